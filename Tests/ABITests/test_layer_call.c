// Layers with further inputs and outputs.
#include "networks.h"

static const char *const input_names[2] = {"shift", "scale"}, *const output_names[1] = {"shifted"};

// (x + shift) * scale, where scale may be left out; and x + shift.
static sg_status affine_call(void *context, sg_tensor **outs, size_t out_count, const sg_tensor *input,
                             const sg_tensor *const *further, size_t further_count, sg_error *error) {
  const sg_operation *add = NULL, *multiply = NULL;
  const sg_tensor *pair[2];
  int *mode = context;
  sg_status status;
  (void)error;
  CHECK(out_count == 2 && further_count == 2);
  sg_operation_find(&add, "add", NULL);
  sg_operation_find(&multiply, "multiply", NULL);
  pair[0] = input;
  pair[1] = further[0];
  status = sg_apply(&outs[1], add, pair, 2, NULL, 0, error);
  if (status != SG_OK) return status;
  if (*mode == 1) return SG_OK;  // forgets the first output
  pair[0] = outs[1];
  pair[1] = further[1];
  if (further[1] != NULL) return sg_apply(&outs[0], multiply, pair, 2, NULL, 0, error);
  outs[0] = sg_tensor_retain(outs[1]);
  return SG_OK;
}

static sg_layer_callback affine_description(int *mode) {
  sg_layer_callback description = SG_LAYER_CALLBACK_INIT;
  description.call = affine_call;
  description.context = mode;
  description.input_names = input_names;
  description.input_count = 2;
  description.required_input_count = 1;
  description.output_names = output_names;
  description.output_count = 1;
  return description;
}

static sg_layer *affine(int *mode) {
  sg_layer_callback description = affine_description(mode);
  sg_layer *out = NULL;
  OK(sg_layer_from_callback(&out, &description, e));
  return out;
}

static void inputs_and_outputs_by_name(void) {
  int mode = 0;
  const float one[2] = {1, 2}, sums[2] = {11, 12}, products[2] = {33, 36};
  sg_layer *layer = affine(&mode);
  sg_tensor *x = vector(2, one), *ten = scalar(10), *three = scalar(3), *outs[3];
  const sg_tensor *given[3];
  const char *names[3] = {"scale", "shift", "shift"};
  char *json = NULL;
  given[0] = three;
  given[1] = given[2] = ten;
  OK(sg_layer_signature(&json, layer, e));
  CHECK(strcmp(json, "{\"inputs\": [{\"name\": \"shift\", \"required\": true}, {\"name\": \"scale\", \"required\": false}], "
                     "\"outputs\": [\"shifted\"]}") == 0);
  sg_string_free(json);
  OK(sg_layer_call(outs, 2, layer, x, names, given, 2, e));
  CHECK(holds(outs[0], 2, products) && holds(outs[1], 2, sums));
  sg_tensor_free(outs[0]);
  sg_tensor_free(outs[1]);
  OK(sg_layer_call(outs, 1, layer, x, names + 1, given + 1, 1, e));
  CHECK(holds(outs[0], 2, sums));
  sg_tensor_free(outs[0]);

  FAILS(sg_layer_call(outs, 1, layer, x, NULL, NULL, 0, e), SG_ERROR_TYPE, "'shift' is missing");
  CHECK(outs[0] == NULL);
  FAILS(sg_layer_apply(outs, layer, x, e), SG_ERROR_TYPE, "'shift' is missing");
  FAILS(sg_layer_call(outs, 1, layer, x, names, given, 3, e), SG_ERROR_TYPE, "'shift' is given twice");
  FAILS(sg_layer_call(outs, 3, layer, x, names, given, 2, e), SG_ERROR_VALUE, "the layer has 2 outputs");
  FAILS(sg_layer_call(outs, 0, layer, x, names, given, 2, e), SG_ERROR_VALUE, "out_count is 0");
  FAILS(sg_layer_call(NULL, 1, layer, x, names, given, 2, e), SG_ERROR_VALUE, "'outs' is NULL");
  FAILS(sg_layer_call(outs, 1, NULL, x, names, given, 2, e), SG_ERROR_VALUE, "'layer' is NULL");
  FAILS(sg_layer_call(outs, 1, layer, NULL, names, given, 2, e), SG_ERROR_VALUE, "'input' is NULL");
  FAILS(sg_layer_call(outs, 1, layer, x, NULL, given, 2, e), SG_ERROR_VALUE, "'names' is NULL");
  FAILS(sg_layer_call(outs, 1, layer, x, names, NULL, 2, e), SG_ERROR_VALUE, "'further' is NULL");
  FAILS(sg_layer_call(outs, 1, layer, x, names, given, (size_t)-1, e), SG_ERROR_VALUE, "out of range");
  names[0] = "scal";
  FAILS(sg_layer_call(outs, 1, layer, x, names, given, 2, e), SG_ERROR_TYPE, "did you mean 'scale'");
  names[0] = "\xff";
  FAILS(sg_layer_call(outs, 1, layer, x, names, given, 2, e), SG_ERROR_VALUE, "UTF-8");
  names[0] = "scale";
  given[0] = NULL;
  FAILS(sg_layer_call(outs, 1, layer, x, names, given, 2, e), SG_ERROR_VALUE, "'further' is NULL");
  given[0] = three;
  mode = 1;
  FAILS(sg_layer_call(outs, 1, layer, x, names, given, 2, e), SG_ERROR_STATE, "left out its output 'the first'");
  FAILS(sg_layer_signature(&json, NULL, e), SG_ERROR_VALUE, "'layer' is NULL");
  FAILS(sg_layer_signature(NULL, layer, e), SG_ERROR_VALUE, "'json' is NULL");
  sg_tensor_free(x);
  sg_tensor_free(ten);
  sg_tensor_free(three);
  sg_layer_free(layer);
}

static void layers_without_further_inputs(void) {
  const float input[2] = {-1, 2}, expected[2] = {0, 2};
  sg_generator *g = NULL;
  sg_layer *relu;
  sg_tensor *x = vector(2, input), *out = NULL;
  const char *name = "mask";
  char *json = NULL;
  OK(sg_generator_create(&g, 1, e));
  relu = layer("relu", NULL, g);
  OK(sg_layer_call(&out, 1, relu, x, NULL, NULL, 0, e));
  CHECK(holds(out, 2, expected));
  sg_tensor_free(out);
  OK(sg_layer_signature(&json, relu, e));
  CHECK(strcmp(json, "{\"inputs\": [], \"outputs\": []}") == 0);
  sg_string_free(json);
  FAILS(sg_layer_call(&out, 1, relu, x, &name, (const sg_tensor *const *)&x, 1, e), SG_ERROR_TYPE,
        "no further input 'mask'; it has none");
  sg_tensor_free(x);
  sg_layer_free(relu);
  sg_generator_free(g);
}

// A sequence passes inputs on by name to all, and by position to one.
static void sequences_pass_them_on(void) {
  int mode = 0;
  const float one[1] = {1};
  sg_layer *parts[2], *whole = NULL;
  sg_tensor *x = vector(1, one), *ten = scalar(10), *three = scalar(3), *outs[3];
  const sg_tensor *given[2];
  const char *names[2] = {"shift", "1.scale"};
  char *json = NULL;
  given[0] = ten;
  given[1] = three;
  parts[0] = parts[1] = affine(&mode);
  OK(sg_layer_sequential(&whole, parts, 2, e));
  OK(sg_layer_signature(&json, whole, e));
  CHECK(strstr(json, "{\"name\": \"shift\", \"required\": true}") != NULL);
  CHECK(strstr(json, "{\"name\": \"1.scale\", \"required\": false}") != NULL);
  CHECK(strstr(json, "\"outputs\": [\"0.shifted\", \"1.shifted\"]") != NULL);
  sg_string_free(json);
  OK(sg_layer_call(outs, 3, whole, x, names, given, 2, e));
  CHECK(item(outs[0]) == 63 && item(outs[1]) == 11 && item(outs[2]) == 21);
  for (int i = 0; i < 3; ++i) sg_tensor_free(outs[i]);
  names[0] = "0.shift";
  FAILS(sg_layer_call(outs, 3, whole, x, names, given, 2, e), SG_ERROR_TYPE, "'shift' is missing");
  names[0] = "2.shift";
  FAILS(sg_layer_call(outs, 3, whole, x, names, given, 2, e), SG_ERROR_TYPE, "no further input '2.shift'");
  sg_tensor_free(x);
  sg_tensor_free(ten);
  sg_tensor_free(three);
  sg_layer_free(whole);
  sg_layer_free(parts[0]);
}

// A recurrent layer over a sequence in two parts gives what it gives for the whole.
static void states_are_handed_on(void) {
  const float values[4] = {1, -2, 3, 0.5f};
  const int64_t whole_shape[3] = {1, 4, 1}, part_shape[3] = {1, 2, 1}, mask_shape[2] = {1, 4};
  const float steps[4] = {1, 1, 0, 0};
  const char *names[2] = {"hidden", "cell"}, *mask_name = "mask";
  sg_generator *g = NULL;
  sg_layer *lstm;
  sg_tensor *x = floats(values, 3, whole_shape), *a = floats(values, 3, part_shape);
  sg_tensor *b = floats(values + 2, 3, part_shape), *mask = floats(steps, 2, mask_shape);
  sg_tensor *all[3], *first[3], *second[3], *masked[3];
  char *json = NULL;
  OK(sg_generator_create(&g, 1, e));
  lstm = layer("lstm", "{\"input_size\": 1, \"hidden_size\": 3}", g);
  OK(sg_layer_signature(&json, lstm, e));
  CHECK(strstr(json, "\"mask\"") != NULL && strstr(json, "\"outputs\": [\"hidden\", \"cell\"]") != NULL);
  sg_string_free(json);
  OK(sg_registry_list(&json, "layer", e));
  CHECK(strstr(json, "\"inputs\": [{\"name\": \"mask\", \"required\": false") != NULL);
  sg_string_free(json);
  OK(sg_layer_call(all, 3, lstm, x, NULL, NULL, 0, e));
  OK(sg_layer_call(first, 3, lstm, a, NULL, NULL, 0, e));
  OK(sg_layer_call(second, 3, lstm, b, names, (const sg_tensor *const *)first + 1, 2, e));
  CHECK(same_bits(all[1], second[1]) && same_bits(all[2], second[2]));
  OK(sg_layer_call(masked, 3, lstm, x, &mask_name, (const sg_tensor *const *)&mask, 1, e));
  CHECK(same_bits(masked[1], first[1]) && same_bits(masked[2], first[2]));
  for (int i = 0; i < 3; ++i) sg_tensor_free(masked[i]);
  FAILS(sg_layer_call(masked, 3, lstm, x, &mask_name, (const sg_tensor *const *)&x, 1, e), SG_ERROR_SHAPE,
        "'mask' must have shape (batch, time), here (1, 4), not (1, 4, 1)");
  for (int i = 0; i < 3; ++i) {
    sg_tensor_free(all[i]);
    sg_tensor_free(first[i]);
    sg_tensor_free(second[i]);
  }
  sg_tensor_free(x);
  sg_tensor_free(a);
  sg_tensor_free(b);
  sg_tensor_free(mask);
  sg_layer_free(lstm);
  sg_generator_free(g);
}

static void bad_descriptions(void) {
  static const char *const dotted[1] = {"a.b"}, *const none[1] = {NULL}, *const same[2] = {"a", "a"};
  int mode = 0;
  sg_layer_callback good = affine_description(&mode), bad;
  sg_layer *out = NULL;
#define BAD(change, words) \
  do { \
    bad = good; \
    change; \
    FAILS(sg_layer_from_callback(&out, &bad, e), SG_ERROR_VALUE, words); \
    CHECK(out == NULL); \
  } while (0)
  BAD(bad.required_input_count = 3, "required_input_count is 3, but there are 2");
  BAD(bad.required_input_count = (size_t)-1, "required_input_count");
  BAD(bad.input_count = (size_t)-1, "out of range");
  BAD(bad.input_names = NULL, "'input_names' is NULL");
  BAD((bad.input_names = none, bad.input_count = 1), "input_names[0]");
  BAD((bad.input_names = same), "'a' cannot be input_names[1]");
  BAD((bad.output_names = dotted), "'a.b' cannot be output_names[0]");
  BAD(bad.call = NULL, "function is NULL");
#undef BAD
}

void layer_call_tests(void) {
  check_run("inputs and outputs of a layer by name", inputs_and_outputs_by_name);
  check_run("calls of layers without further inputs", layers_without_further_inputs);
  check_run("sequences pass further inputs on", sequences_pass_them_on);
  check_run("a recurrent layer hands its state on", states_are_handed_on);
  check_run("bad descriptions of further inputs", bad_descriptions);
}
