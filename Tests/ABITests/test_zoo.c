// Every model that the library has is fitted, and what it declares is called: by the registry, as a binding does it.
#include "check.h"
#include "json.h"

enum { ROWS = 32 };

// What the models are given: images, labels, and two numbers for each row.
static sg_tensor *images, *labels, *values;

static void make_data(void) {
  static float pixels[ROWS * 64], numbers[ROWS * 2];
  const int64_t image_shape[4] = {ROWS, 8, 8, 1}, pair_shape[2] = {ROWS, 2}, row_shape[1] = {ROWS};
  int32_t classes[ROWS];
  sg_buffer buffer = SG_BUFFER_INIT;
  for (int i = 0; i < ROWS * 64; ++i) pixels[i] = (float)(i * 37 % 101) / 100;
  for (int i = 0; i < ROWS * 2; ++i) numbers[i] = (float)(i * 13 % 7);
  for (int i = 0; i < ROWS; ++i) classes[i] = i % 2;
  images = floats(pixels, 4, image_shape);
  values = floats(numbers, 2, pair_shape);
  buffer.dtype = SG_INT32;
  buffer.rank = 1;
  buffer.shape = row_shape;
  buffer.data = classes;
  OK(sg_tensor_copy_in(&labels, &buffer, e));
}

// Options that make a model small, those of them that it has. The encoders of some begin to learn when `gan_epochs` are
// over: with null, at once.
static sg_model *small_model(const char *entry) {
  static const struct {
    const char *option, *type, *value;
  } small[] = {{"batch_size", "integer", "16"}, {"hidden", "integers", "[8]"},    {"hidden", "integer", "8"},
               {"width", "integer", "4"},       {"widths", "integers", "[4, 4]"}, {"critic_steps", "integer", "1"},
               {"latent", "integer", "3"},      {"search_steps", "integer", "2"}, {"threshold_rows", "integer", "16"},
               {"gan_epochs", "integer", "null"}, {"binarize", "choice", "\"threshold\""}};
  char options[512] = "{";
  sg_model *out = NULL;
  for (size_t i = 0; i < sizeof small / sizeof *small; ++i) {
    const char *option = json_named(json_get(entry, "options"), small[i].option);
    size_t used = strlen(options);
    if (!json_is(json_get(option, "type"), small[i].type)) continue;
    snprintf(options + used, sizeof options - used, "%s\"%s\": %s", used > 1 ? ", " : "", small[i].option,
             small[i].value);
  }
  strcat(options, "}");
  OK(sg_model_create(&out, json_text(json_get(entry, "name")), options, e));
  return out;
}

// What one of its functions makes of a fitted model; NULL where there is no such function, or no tensor for an input.
static sg_tensor *result(sg_model *m, const char *functions, const char *function);

static sg_tensor *tensor_for(const char *input, sg_model *m, const char *functions) {
  // Functions that make what others take.
  static const char *const codes[] = {"codes", "transform"}, *const noise[] = {"draw_noise", "transform"};
  const char *type = json_get(input, "type"), *name = json_get(input, "name");
  sg_tensor *out = NULL;
  if (json_is(type, "samples")) return sg_tensor_retain(images);
  if (json_is(type, "labels")) return sg_tensor_retain(labels);
  if (json_is(name, "vocabulary")) return sg_tensor_retain(values);
  if (json_is(name, "t")) return result(m, functions, json_named(functions, "to_network"));
  if (!json_is(type, "vectors")) return NULL;
  for (size_t i = 0; i < 2 && out == NULL; ++i)
    out = result(m, functions, json_named(functions, (json_is(name, "codes") ? codes : noise)[i]));
  return out;
}

static sg_tensor *result(sg_model *m, const char *functions, const char *function) {
  const char *name = json_get(function, "name"), *options = NULL;
  sg_tensor *given[4] = {NULL}, *out = NULL;
  size_t count = 0;
  int has_all = function != NULL;
  for (const char *input = json_first(json_get(function, "inputs")); input != NULL; input = json_next(input)) {
    given[count] = tensor_for(input, m, functions);
    has_all = has_all && given[count++] != NULL;
  }
  if (json_is(name, "draw_noise")) options = "{\"n\": 32}";
  if (json_is(name, "forget")) options = "{\"dropped\": [0]}";
  if (has_all) OK(sg_model_call(&out, m, json_text(name), (const sg_tensor *const *)given, count, options, e));
  for (size_t i = 0; i < count; ++i) sg_tensor_free(given[i]);
  return out;
}

// Calls all of its functions that there are tensors for, and returns how many others there are.
static int left_out(sg_model *m, const char *functions) {
  int count = 0;
  for (const char *one = json_first(functions); one != NULL; one = json_next(one)) {
    sg_tensor *out = result(m, functions, one);
    sg_tensor_info info;
    if (out == NULL) {
      ++count;
      continue;
    }
    OK(sg_tensor_info_get(&info, out, e));
    CHECK(info.rank == 0 || info.shape[0] > 0);
    sg_tensor_free(out);
  }
  return count;
}

static void every_model_of_the_registry(void) {
  char *json = NULL;
  int models = 0;
  make_data();
  OK(sg_registry_list(&json, "model", e));
  for (const char *entry = json_first(json); entry != NULL; entry = json_next(entry), ++models) {
    const char *target = json_get(entry, "target");
    const sg_tensor *data[2] = {images, json_is(target, "labels") ? labels : values};
    sg_model *m = small_model(entry);
    int failures = check_failures;
    OK(sg_model_fit(m, data, json_is(target, "none") ? 1 : 2, "{\"steps\": 1}", NULL, NULL, e));
    // `arithmetic`, which takes sets, or what a pyramid makes of the noise of all its levels.
    CHECK(left_out(m, json_get(entry, "functions")) <= 1);
    if (check_failures > failures) fprintf(stderr, "the model: %s\n", json_text(json_get(entry, "name")));
    sg_model_free(m);
  }
  CHECK(models > 0);
  sg_string_free(json);
  sg_tensor_free(images);
  sg_tensor_free(labels);
  sg_tensor_free(values);
}

void zoo_tests(void) { check_run("every model of the registry", every_model_of_the_registry); }
