// Nonsense for every operation and layer: random tensors, attributes and options must come back as a result or an
// error, and never end the process.
#include "fuzz.h"
#include "json.h"

static sg_attribute any_attribute(const char *key, int64_t *integers) {
  static const char *const words[] = {"same", "valid", "float32", "", "mean", "\xff"};
  switch (fuzz_below(8)) {
    case 0: return sg_attribute_integer(key, fuzz_integer());
    case 1: return sg_attribute_number(key, fuzz_number());
    case 2: return sg_attribute_bool(key, (int)fuzz_below(2));
    case 3: return sg_attribute_dtype(key, (sg_dtype)(fuzz_below(8) - 1));
    case 4: return sg_attribute_text(key, words[fuzz_below(6)]);
    default: break;
  }
  for (int i = 0; i < 8; ++i) integers[i] = fuzz_integer();
  return sg_attribute_integers(key, integers, (size_t)fuzz_below(8));
}

// Names and their attributes, out of the list's JSON.
typedef struct listed {
  char name[64], keys[8][32];
  int key_count;
} listed;

// What is registered of a kind, each with the names under a key of it: attributes, or options.
static int list(const char *kind, const char *key, listed *found, int capacity) {
  char *json = NULL;
  int count = 0;
  OK(sg_registry_list(&json, kind, e));
  for (const char *at = json_first(json); at != NULL && count < capacity; at = json_next(at)) {
    listed *one = &found[count++];
    memset(one, 0, sizeof *one);
    snprintf(one->name, sizeof one->name, "%s", json_text(json_get(at, "name")));
    for (const char *part = json_first(json_get(at, key)); part != NULL && one->key_count < 8; part = json_next(part))
      snprintf(one->keys[one->key_count++], sizeof one->keys[0], "%s",
               json_text(*part == '{' ? json_get(part, "name") : part));
  }
  sg_string_free(json);
  return count;
}

// Adds to the description of the call, as far as there is room.
static void note(const char *format, long long value) {
  size_t used = strlen(fuzz_current);
  snprintf(fuzz_current + used, sizeof fuzz_current - used, format, value);
}

static void describe(const listed *one, const sg_attribute *given, size_t count, sg_tensor **inputs, int input_count) {
  snprintf(fuzz_current, sizeof fuzz_current, "%s", one->name);
  for (int i = 0; i < input_count; ++i) {
    sg_tensor_info info;
    sg_tensor_info_get(&info, inputs[i], NULL);
    note(" dtype %lld (", info.dtype);
    for (int k = 0; k < info.rank; ++k) note("%lld,", info.shape[k]);
    note(")", 0);
  }
  for (size_t i = 0; i < count; ++i) {
    size_t used = strlen(fuzz_current);
    snprintf(fuzz_current + used, sizeof fuzz_current - used, " %s:", given[i].key);
    if (given[i].type == SG_ATTRIBUTE_INTEGERS)
      for (size_t k = 0; k < given[i].count; ++k) note(" %lld", given[i].value.integers[k]);
    else if (given[i].type != SG_ATTRIBUTE_TEXT)
      note(" bits %llx", given[i].value.integer);
  }
}

static void nonsense_for_every_operation(void) {
  static listed operations[256];
  static int64_t integers[8][8];
  int calls = fuzz_begin(60), count = list("operation", "attributes", operations, 256), successes = 0;
  CHECK(count > 60 && count < 256);
  for (int i = 0; i < count; ++i) {
    const sg_operation *operation = NULL;
    OK(sg_operation_find(&operation, operations[i].name, e));
    for (int k = 0; k < calls; ++k) {
      sg_tensor *inputs[3], *out = NULL;
      sg_attribute given[8];
      int input_count = (int)fuzz_below(4);
      size_t attribute_count = 0;
      sg_status status;
      for (int j = 0; j < input_count; ++j) inputs[j] = fuzz_tensor();
      for (int j = 0; j < operations[i].key_count; ++j)
        if (fuzz_below(5) != 0) {
          given[attribute_count] = any_attribute(operations[i].keys[j], integers[attribute_count]);
          ++attribute_count;
        }
      describe(&operations[i], given, attribute_count, inputs, input_count);
      status = sg_apply(&out, operation, (const sg_tensor *const *)inputs, (size_t)input_count, given, attribute_count,
                        &check_error);
      CHECK(status >= SG_OK && status <= SG_ERROR_INTERRUPTED);
      CHECK((status == SG_OK) == (out != NULL));
      if (status == SG_OK) {
        // What came out must be readable; a broadcast may stand for more than memory holds.
        sg_tensor_info info;
        OK(sg_tensor_info_get(&info, out, e));
        if (info.byte_count < 1 << 24) {
          void *bytes = malloc((size_t)info.byte_count + 1);
          OK(sg_tensor_copy_out(bytes, (size_t)info.byte_count, out, e));
          free(bytes);
        }
        ++successes;
      }
      sg_tensor_free(out);
      for (int j = 0; j < input_count; ++j) sg_tensor_free(inputs[j]);
    }
  }
  fuzz_end();
  CHECK(successes > count);
}

// A value for an option: of the right kind now and then.
static const char *any_json(void) {
  static const char *const values[] = {
      "0", "1", "2", "3", "2", "4", "-1", "0.5", "1e308", "1e-320", "2147483648", "null", "true", "false",
      "\"same\"", "\"valid\"", "\"relu\"", "\"zeros\"", "\"tanh\"", "[]", "[2, 3]", "[1, 1]", "[0, -1]", "[4]",
      "[\"relu\", \"tanh\"]", "[{\"name\": \"dense\", \"in_features\": 3, \"out_features\": 2}]", "{}", "[[[[]]]]",
      "{\"name\": \"normal\", \"std\": -1}", "{\"name\": \"orthogonal\"}"};
  return values[fuzz_below(sizeof values / sizeof *values)];
}

static void nonsense_for_every_layer(void) {
  static listed layers[256];
  int calls = fuzz_begin(200), count, made = 0, applied = 0;
  sg_generator *generator = NULL;
  count = list("layer", "options", layers, 256);
  CHECK(count > 15 && count < 256);
  OK(sg_generator_create(&generator, 1, e));
  for (int i = 0; i < count; ++i) {
    for (int k = 0; k < calls; ++k) {
      char options[1024] = "{";
      sg_layer *network = NULL;
      sg_status status;
      for (int j = 0; j < layers[i].key_count; ++j)
        if (fuzz_below(4) != 0) {
          size_t used = strlen(options);
          snprintf(options + used, sizeof options - used, "%s\"%s\": %s", used > 1 ? ", " : "", layers[i].keys[j],
                   any_json());
        }
      strcat(options, "}");
      snprintf(fuzz_current, sizeof fuzz_current, "layer %s %.400s", layers[i].name, options);
      status = sg_layer_create(&network, layers[i].name, options, generator, &check_error);
      CHECK((status == SG_OK) == (network != NULL));
      if (network != NULL) {
        ++made;
        for (int j = 0; j < 8; ++j) {
          sg_tensor *x = fuzz_tensor(), *y = NULL;
          status = sg_layer_apply(&y, network, x, &check_error);
          CHECK((status == SG_OK) == (y != NULL));
          applied += status == SG_OK;
          sg_tensor_free(x);
          sg_tensor_free(y);
        }
      }
      sg_layer_free(network);
    }
  }
  fuzz_end();
  CHECK(made > count && applied > count);
  sg_generator_free(generator);
}

void fuzz_tests(void) {
  check_run("nonsense for every operation", nonsense_for_every_operation);
  check_run("nonsense for every layer", nonsense_for_every_layer);
}
