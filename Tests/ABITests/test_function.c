#define _POSIX_C_SOURCE 200809L
#include "networks.h"

#include <unistd.h>

// What a body reads, does and counts.
typedef struct body_state {
  int calls, deletions, mode;
  sg_layer *layer;
  sg_generator *generator;
  sg_outputs *kept;
} body_state;

enum { PLAIN, READS_ITEM, READS_BYTES, READS_ADDRESS, ADDS_NULL, FAILS_ITSELF, MANY, FORM };

// x -> (2 x, x + y), or something that cannot be done.
static sg_status body(void *context, sg_outputs *outputs, const sg_tensor *const *inputs, size_t count,
                      sg_error *error) {
  body_state *self = context;
  sg_tensor *twice = NULL, *sum = NULL;
  double value;
  float bytes[2];
  void *address;
  sg_status status = SG_OK;
  ++self->calls;
  self->kept = outputs;
  if (count != 2) return SG_ERROR_VALUE;
  switch (self->mode) {
    case READS_ITEM: return sg_tensor_item(&value, inputs[0], error);
    case READS_BYTES:
      status = sg_tensor_set_name(inputs[0], "image", error);
      if (status != SG_OK) return status;
      return sg_tensor_copy_out(bytes, sizeof bytes, inputs[0], error);
    case READS_ADDRESS: return sg_tensor_address(&address, inputs[0], error);
    case ADDS_NULL: return sg_outputs_add(outputs, NULL, error);
    case FAILS_ITSELF:
      snprintf(error->message, sizeof error->message, "no luck today");
      return SG_ERROR_INTERRUPTED;
    default: break;
  }
  twice = op("add", inputs[0], inputs[0]);
  sum = op("add", inputs[0], inputs[1]);
  for (int i = 0; i < (self->mode == MANY ? 50 : 1) && status == SG_OK; ++i) {
    status = sg_outputs_add(outputs, twice, error);
  }
  if (status == SG_OK) status = sg_outputs_add(outputs, sum, error);
  if (status == SG_OK && self->mode == FORM) status = sg_outputs_set_form(outputs, 42, error);
  sg_tensor_free(twice);
  sg_tensor_free(sum);
  return status;
}

static void delete_body(void *context) { ++((body_state *)context)->deletions; }

static void calls_and_traces(void) {
  const float x_values[2] = {1, 2}, y_values[2] = {10, 20}, twice[2] = {2, 4}, sum[2] = {11, 22};
  body_state state = {0};
  sg_function *function = NULL;
  sg_tensor *inputs[2], *outs[60] = {NULL}, *wide;
  size_t count = 77;
  int64_t form = 77;
  char *json = NULL;
  inputs[0] = vector(2, x_values);
  inputs[1] = vector(2, y_values);
  state.mode = FORM;
  OK(sg_function_create(&function, "pair", body, &state, delete_body, "{\"max_traces\": 2}", e));
  CHECK(sg_function_runs_body() == 0);
  for (int i = 0; i < 3; ++i) {
    OK(sg_function_call(outs, 2, &count, &form, function, (const sg_tensor *const *)inputs, 2, NULL, e));
    CHECK(count == 2 && form == 42 && holds(outs[0], 2, twice) && holds(outs[1], 2, sum));
    for (size_t j = 0; j < count; ++j) sg_tensor_free(outs[j]);
  }
  CHECK(state.calls == 1);
  OK(sg_function_information(&json, function, e));
  CHECK(strstr(json, "\"traces\": 1") && strstr(json, "\"kept\": 1") && strstr(json, "step_names"));
  sg_string_free(json);
  // Another key, another form of arguments, another trace; and traces are let go on demand.
  OK(sg_function_call(outs, 2, &count, NULL, function, (const sg_tensor *const *)inputs, 2, "other", e));
  for (size_t j = 0; j < count; ++j) sg_tensor_free(outs[j]);
  CHECK(state.calls == 2);
  OK(sg_function_clear(function, e));
  OK(sg_function_call(outs, 2, &count, &form, function, (const sg_tensor *const *)inputs, 2, NULL, e));
  for (size_t j = 0; j < count; ++j) sg_tensor_free(outs[j]);
  CHECK(state.calls == 3);
  // Too little room is found before anything runs, and says how much there must be.
  state.mode = MANY;
  wide = inputs[1];
  inputs[1] = op("add", wide, wide);
  FAILS(sg_function_call(outs, 2, &count, NULL, function, (const sg_tensor *const *)inputs, 2, "many", e),
        SG_ERROR_VALUE, "gives 51 outputs, but there is room for 2");
  CHECK(count == 51 && outs[0] == NULL && outs[1] == NULL);
  OK(sg_function_call(outs, 60, &count, NULL, function, (const sg_tensor *const *)inputs, 2, "many", e));
  CHECK(count == 51);
  for (size_t j = 0; j < count; ++j) sg_tensor_free(outs[j]);
  CHECK(state.calls == 4);
  sg_tensor_free(wide);
  CHECK(sg_function_retain(function) == function);
  sg_function_free(function);
  CHECK(state.deletions == 0);
  sg_function_free(function);
  CHECK(state.deletions == 1);
  sg_function_free(NULL);
  CHECK(sg_function_retain(NULL) == NULL);
  for (int i = 0; i < 2; ++i) sg_tensor_free(inputs[i]);
}

static void misuse(void) {
  const float values[2] = {1, 2};
  body_state state = {0};
  sg_function *function = NULL;
  sg_tensor *inputs[2], *outs[2];
  size_t count;
  static const struct {
    int mode;
    sg_status status;
    const char *words;
  } rows[] = {{READS_ITEM, SG_ERROR_STATE, "values of 'argument 0' are not known while a function is traced"},
              {READS_BYTES, SG_ERROR_STATE, "values of 'image' are not known"},
              {READS_ADDRESS, SG_ERROR_STATE, "values of 'argument 0' are not known"},
              {ADDS_NULL, SG_ERROR_VALUE, "'tensor' is NULL"},
              {FAILS_ITSELF, SG_ERROR_INTERRUPTED, "no luck today"}};
  inputs[0] = vector(2, values);
  inputs[1] = vector(2, values);
  OK(sg_tensor_set_name(inputs[0], "not traced", e));
  FAILS(sg_tensor_set_name(inputs[0], NULL, e), SG_ERROR_VALUE, "'name' is NULL");
  FAILS(sg_tensor_set_name(NULL, "x", e), SG_ERROR_VALUE, "'tensor' is NULL");
  CHECK(sg_tensor_is_traced(inputs[0]) == 0 && sg_tensor_is_traced(NULL) == 0);
  FAILS(sg_function_create(&function, NULL, body, &state, NULL, NULL, e), SG_ERROR_VALUE, "'name' is NULL");
  FAILS(sg_function_create(&function, "f", NULL, &state, delete_body, NULL, e), SG_ERROR_VALUE, "the body is NULL");
  FAILS(sg_function_create(&function, "f", body, &state, delete_body, "{\"max\": 1}", e), SG_ERROR_TYPE, "max_traces");
  FAILS(sg_function_create(&function, "f", body, &state, delete_body, "{\"max_traces\": 0}", e), SG_ERROR_VALUE,
        "max_traces");
  FAILS(sg_function_create(NULL, "f", body, &state, delete_body, NULL, e), SG_ERROR_VALUE, "'out' is NULL");
  CHECK(state.deletions == 0 && function == NULL);
  OK(sg_function_create(&function, "f", body, &state, delete_body, NULL, e));
  for (size_t row = 0; row < sizeof rows / sizeof *rows; ++row) {
    state.mode = rows[row].mode;
    FAILS(sg_function_call(outs, 2, &count, NULL, function, (const sg_tensor *const *)inputs, 2, NULL, e),
          rows[row].status, rows[row].words);
  }
  state.mode = PLAIN;
  FAILS(sg_function_call(outs, 2, NULL, NULL, function, (const sg_tensor *const *)inputs, 2, NULL, e), SG_ERROR_VALUE,
        "'count' is NULL");
  FAILS(sg_function_call(outs, 2, &count, NULL, NULL, (const sg_tensor *const *)inputs, 2, NULL, e), SG_ERROR_VALUE,
        "'function' is NULL");
  FAILS(sg_function_call(outs, 2, &count, NULL, (sg_function *)(void *)inputs[0], (const sg_tensor *const *)inputs, 2,
                         NULL, e),
        SG_ERROR_TYPE, "an sg_tensor");
  FAILS(sg_function_call(outs, 2, &count, NULL, function, NULL, 2, NULL, e), SG_ERROR_VALUE, "'inputs' is NULL");
  FAILS(sg_function_call(outs, 2, &count, NULL, function, (const sg_tensor *const *)inputs, 2, "\xff", e),
        SG_ERROR_VALUE, "UTF-8");
  FAILS(sg_function_information(NULL, function, e), SG_ERROR_VALUE, "'json' is NULL");
  FAILS(sg_function_clear(NULL, e), SG_ERROR_VALUE, "'function' is NULL");
  FAILS(sg_outputs_add(NULL, inputs[0], e), SG_ERROR_VALUE, "'outputs' is NULL");
  FAILS(sg_outputs_set_form(NULL, 1, e), SG_ERROR_VALUE, "'outputs' is NULL");
  FAILS(sg_tensor_address(NULL, inputs[0], e), SG_ERROR_VALUE, "'address' is NULL");
  sg_function_free(function);
  CHECK(state.deletions == 1);
  for (int i = 0; i < 2; ++i) sg_tensor_free(inputs[i]);
}

// What a body sees of its inputs: kinds, and no elements.
static sg_status looking_body(void *context, sg_outputs *outputs, const sg_tensor *const *inputs, size_t count,
                              sg_error *error) {
  sg_tensor_info *info = context;
  if (sg_function_runs_body() != 1 || sg_tensor_is_traced(inputs[0]) != 1 || count != 1) return SG_ERROR_STATE;
  if (sg_tensor_info_get(info, inputs[0], error) != SG_OK) return SG_ERROR_STATE;
  return sg_outputs_add(outputs, inputs[0], error);
}

static void traced_values(void) {
  const float values[6] = {1, 2, 3, 4, 5, 6};
  const int64_t shape[2] = {2, 3};
  sg_tensor_info info;
  sg_function *function = NULL;
  sg_tensor *x = floats(values, 2, shape), *out = NULL;
  void *address = NULL;
  size_t count;
  OK(sg_function_create(&function, "look", looking_body, &info, NULL, NULL, e));
  OK(sg_function_call(&out, 1, &count, NULL, function, (const sg_tensor *const *)&x, 1, NULL, e));
  CHECK(info.data == NULL && info.rank == 2 && info.shape[1] == 3 && info.dtype == SG_FLOAT32 && info.count == 6);
  CHECK(holds(out, 6, values));
  OK(sg_tensor_address(&address, x, e));
  OK(sg_tensor_info_get(&info, x, e));
  CHECK(address == info.data && address != NULL);
  sg_tensor_free(x);
  sg_tensor_free(out);
  sg_function_free(function);
}

static sg_status noisy_layer(void *context, sg_outputs *outputs, const sg_tensor *const *inputs, size_t count,
                             sg_error *error) {
  body_state *self = context;
  sg_tensor *key = NULL, *y = NULL;
  sg_status status;
  (void)count;
  ++self->calls;
  status = sg_layer_apply(&y, self->layer, inputs[0], error);
  if (status == SG_OK) status = sg_outputs_add(outputs, y, error);
  sg_tensor_free(y);
  if (status == SG_OK) status = sg_generator_next(&key, self->generator, error);
  if (status == SG_OK) status = sg_outputs_add(outputs, key, error);
  sg_tensor_free(key);
  return status;
}

// Parameters are those of the moment, and keys go on from call to call; gradients flow through.
static void states(void) {
  const float values[2] = {3, 4};
  const int64_t shape[2] = {1, 2};
  body_state state = {0};
  sg_generator *source = NULL, *twin = NULL;
  sg_function *function = NULL;
  sg_parameter *weight = NULL;
  sg_tensor *x = floats(values, 2, shape), *outs[2], *direct = NULL, *key = NULL, *value = NULL, *twice = NULL;
  sg_tensor *leaf = NULL, *sum, *slope = NULL;
  size_t count;
  OK(sg_generator_create(&source, 1, e));
  OK(sg_generator_create(&state.generator, 5, e));
  OK(sg_generator_create(&twin, 5, e));
  state.layer = layer("dense", "{\"in_features\": 2, \"out_features\": 1}", source);
  OK(sg_function_create(&function, "noisy", noisy_layer, &state, NULL, NULL, e));
  OK(sg_layer_parameter(&weight, state.layer, 0, e));
  for (int i = 0; i < 3; ++i) {
    OK(sg_function_call(outs, 2, &count, NULL, function, (const sg_tensor *const *)&x, 1, NULL, e));
    OK(sg_layer_apply(&direct, state.layer, x, e));
    OK(sg_generator_next(&key, twin, e));
    CHECK(same_bits(outs[0], direct) && same_bits(outs[1], key));
    OK(sg_parameter_get_value(&value, weight, e));
    twice = op("add", value, value);
    OK(sg_parameter_set_value(weight, twice, e));
    sg_tensor_free(outs[0]);
    sg_tensor_free(outs[1]);
    sg_tensor_free(direct);
    sg_tensor_free(key);
    sg_tensor_free(value);
    sg_tensor_free(twice);
  }
  CHECK(state.calls == 1);
  OK(sg_gradient_enter(e));
  OK(sg_gradient_track(&leaf, x, e));
  OK(sg_function_call(outs, 2, &count, NULL, function, (const sg_tensor *const *)&leaf, 1, NULL, e));
  CHECK(state.calls == 2);
  sum = op("sum", outs[0], NULL);
  OK(sg_gradient_compute(&slope, sum, (const sg_tensor *const *)&leaf, 1, NULL, e));
  OK(sg_gradient_exit(e));
  OK(sg_parameter_get_value(&value, weight, e));
  {
    float expected[2];
    OK(sg_tensor_copy_out(expected, sizeof expected, value, e));
    CHECK(holds(slope, 2, expected));
  }
  sg_tensor_free(sum);
  sg_tensor_free(slope);
  sg_tensor_free(leaf);
  sg_tensor_free(value);
  sg_tensor_free(outs[0]);
  sg_tensor_free(outs[1]);
  sg_tensor_free(x);
  sg_parameter_free(weight);
  sg_layer_free(state.layer);
  sg_function_free(function);
  sg_generator_free(source);
  sg_generator_free(state.generator);
  sg_generator_free(twin);
}

typedef struct heard {
  int calls, deletions;
  char message[600];
} heard;

static void hear(void *context, const char *message) {
  heard *self = context;
  ++self->calls;
  snprintf(self->message, sizeof self->message, "%s", message);
}

static void delete_heard(void *context) { ++((heard *)context)->deletions; }

static void warnings(void) {
  body_state state = {0};
  heard first = {0}, second = {0};
  sg_function *function = NULL;
  float values[8] = {0};
  OK(sg_function_create(&function, "shapes", body, &state, NULL, "{\"max_traces\": 2}", e));
  OK(sg_function_set_warning(function, hear, &first, delete_heard, e));
  OK(sg_function_set_warning(function, hear, &second, delete_heard, e));
  CHECK(first.deletions == 1);
  for (size_t size = 1; size < 6; ++size) {
    sg_tensor *inputs[2], *outs[2];
    size_t count;
    inputs[0] = vector(size, values);
    inputs[1] = vector(size, values);
    OK(sg_function_call(outs, 2, &count, NULL, function, (const sg_tensor *const *)inputs, 2, NULL, e));
    CHECK(second.calls == (size >= 3));
    for (int i = 0; i < 2; ++i) sg_tensor_free(inputs[i]);
    for (int i = 0; i < 2; ++i) sg_tensor_free(outs[i]);
  }
  CHECK(first.calls == 0 && strstr(second.message, "shapes") && strstr(second.message, "argument 0"));
  FAILS(sg_function_set_warning(NULL, hear, &first, delete_heard, e), SG_ERROR_VALUE, "'function' is NULL");
  CHECK(first.deletions == 1);
  sg_function_free(function);
  CHECK(second.deletions == 1);
}

// Where nobody asked to be told, a warning goes to the standard error stream, once.
static void warnings_by_default(void) {
  const char *path = temporary("warnings");
  body_state state = {0};
  sg_function *function = NULL;
  float values[8] = {0};
  FILE *file = fopen(path, "w");
  int kept = dup(2);
  size_t size;
  char *text;
  OK(sg_function_create(&function, "restless", body, &state, NULL, "{\"max_traces\": 1}", e));
  OK(sg_function_set_warning(function, NULL, NULL, NULL, e));
  CHECK(file != NULL && kept >= 0);
  fflush(stderr);
  dup2(fileno(file), 2);
  for (size_t length = 1; length < 5; ++length) {
    sg_tensor *inputs[2], *outs[2];
    size_t count;
    inputs[0] = vector(length, values);
    inputs[1] = vector(length, values);
    OK(sg_function_call(outs, 2, &count, NULL, function, (const sg_tensor *const *)inputs, 2, NULL, e));
    for (int i = 0; i < 2; ++i) sg_tensor_free(inputs[i]);
    for (int i = 0; i < 2; ++i) sg_tensor_free(outs[i]);
  }
  fflush(stderr);
  dup2(kept, 2);
  close(kept);
  fclose(file);
  text = read_file(path, &size);
  CHECK(size > 30 && size < 1000 && !strncmp(text, "swiftgan: warning: restless has been traced", 43));
  CHECK(strchr(text, '\n') == text + size - 1);
  free(text);
  sg_function_free(function);
}

void function_tests(void) {
  check_run("compiled functions: calls and traces", calls_and_traces);
  check_run("compiled functions: misuse", misuse);
  check_run("compiled functions: traced values", traced_values);
  check_run("compiled functions: states and gradients", states);
  check_run("compiled functions: warnings", warnings);
  check_run("compiled functions: warnings by default", warnings_by_default);
}
