#include "networks.h"

static sg_generator *generator(uint64_t seed) {
  sg_generator *out = NULL;
  OK(sg_generator_create(&out, seed, e));
  return out;
}

static sg_tensor *parameter_value(sg_layer *network, size_t index) {
  sg_parameter *parameter = NULL;
  sg_tensor *value = NULL;
  OK(sg_layer_parameter(&parameter, network, index, e));
  OK(sg_parameter_get_value(&value, parameter, e));
  sg_parameter_free(parameter);
  return value;
}

static void one_layer(void) {
  sg_generator *g = generator(7), *same = generator(7);
  sg_layer *dense = layer("dense", "{\"in_features\": 2, \"out_features\": 3}", g);
  sg_layer *next = layer("dense", "{\"in_features\": 2, \"out_features\": 3}", g);
  sg_layer *again = layer("dense", "{\"in_features\": 2, \"out_features\": 3}", same);
  sg_tensor *a = parameter_value(dense, 0), *b = parameter_value(next, 0), *c = parameter_value(again, 0);
  sg_tensor *weight = NULL, *bias = NULL, *x, *y = NULL;
  sg_parameter *p = NULL;
  const int64_t shape[2] = {2, 3}, one_row[2] = {1, 2};
  const float weights[6] = {1, 2, 3, 4, 5, 6}, offsets[3] = {10, 20, 30}, input[2] = {1, 1}, expected[3] = {15, 27, 39};
  size_t count = 0;
  CHECK(same_bits(a, c) && !same_bits(a, b));
  OK(sg_layer_parameter_count(&count, dense, e));
  CHECK(count == 2);
  weight = floats(weights, 2, shape);
  bias = vector(3, offsets);
  OK(sg_layer_parameter(&p, dense, 0, e));
  OK(sg_parameter_set_value(p, weight, e));
  sg_parameter_free(p);
  OK(sg_layer_parameter(&p, dense, 1, e));
  OK(sg_parameter_set_value(p, bias, e));
  sg_parameter_free(p);
  x = floats(input, 2, one_row);
  OK(sg_layer_apply(&y, dense, x, e));
  CHECK(holds(y, 3, expected));
  sg_tensor_free(a);
  sg_tensor_free(b);
  sg_tensor_free(c);
  sg_tensor_free(weight);
  sg_tensor_free(bias);
  sg_tensor_free(x);
  sg_tensor_free(y);
  sg_layer_free(dense);
  sg_layer_free(next);
  sg_layer_free(again);
  sg_generator_free(g);
  sg_generator_free(same);
}

static void sequential_shares_its_layers(void) {
  sg_generator *g = generator(1);
  sg_layer *parts[2], *whole = NULL;
  sg_parameter *inside = NULL, *outside = NULL;
  const char *name = NULL;
  sg_tensor *zeros = NULL, *x = NULL, *y = NULL;
  const float input[2] = {1, 2}, nothing[4] = {0, 0, 0, 0};
  const int64_t shape[2] = {1, 2}, square[2] = {2, 2};
  parts[0] = layer("dense", "{\"in_features\": 2, \"out_features\": 2, \"bias\": false}", g);
  parts[1] = layer("relu", "", g);
  OK(sg_layer_sequential(&whole, parts, 2, e));
  OK(sg_layer_parameter(&outside, whole, 0, e));
  OK(sg_layer_parameter(&inside, parts[0], 0, e));
  OK(sg_parameter_name(&name, outside, e));
  CHECK(strcmp(name, "0.weight") == 0);
  OK(sg_parameter_name(&name, inside, e));
  CHECK(strcmp(name, "weight") == 0);
  CHECK(sg_parameter_is_same(inside, outside) == 1);
  zeros = floats(nothing, 2, square);
  OK(sg_parameter_set_value(inside, zeros, e));
  x = floats(input, 2, shape);
  OK(sg_layer_apply(&y, whole, x, e));
  CHECK(holds(y, 2, nothing));
  OK(sg_layer_set_training(whole, 0, e));
  CHECK(sg_layer_is_training(whole) == 0 && sg_layer_is_training(parts[0]) == 0);
  sg_tensor_free(y);
  sg_layer_free(whole);
  OK(sg_layer_sequential(&whole, NULL, 0, e));
  OK(sg_layer_apply(&y, whole, x, e));
  CHECK(same_bits(x, y));
  sg_layer_free(whole);
  sg_layer_free(parts[0]);
  sg_layer_free(parts[1]);
  sg_parameter_free(inside);
  sg_parameter_free(outside);
  sg_tensor_free(zeros);
  sg_tensor_free(x);
  sg_tensor_free(y);
  sg_generator_free(g);
}

static void mode_and_seed(void) {
  sg_generator *g = generator(1);
  sg_layer *dropout = layer("dropout", "{\"p\": 0.5}", g);
  float ones[64];
  sg_tensor *x, *a = NULL, *b = NULL;
  for (int i = 0; i < 64; ++i) ones[i] = 1;
  x = vector(64, ones);
  CHECK(sg_layer_is_training(dropout) == 1);
  OK(sg_layer_set_seed(dropout, 5, e));
  OK(sg_layer_apply(&a, dropout, x, e));
  OK(sg_layer_set_seed(dropout, 5, e));
  OK(sg_layer_apply(&b, dropout, x, e));
  CHECK(same_bits(a, b) && !same_bits(a, x));
  sg_tensor_free(b);
  OK(sg_layer_apply(&b, dropout, x, e));
  CHECK(!same_bits(a, b));
  sg_tensor_free(b);
  OK(sg_layer_set_training(dropout, 0, e));
  OK(sg_layer_apply(&b, dropout, x, e));
  CHECK(same_bits(b, x));
  sg_tensor_free(a);
  sg_tensor_free(b);
  sg_tensor_free(x);
  sg_layer_free(dropout);
  sg_generator_free(g);
}

static void specification(void) {
  sg_generator *g = generator(4);
  sg_layer *network = perceptron(3, 2, 9), *copy = NULL;
  char *json = NULL, *again = NULL;
  size_t count = 0;
  OK(sg_layer_specification(&json, network, e));
  CHECK(strstr(json, "\"sequential\"") != NULL && strstr(json, "\"in_features\": 3") != NULL);
  OK(sg_layer_from_specification(&copy, json, g, e));
  OK(sg_layer_specification(&again, copy, e));
  CHECK(strcmp(json, again) == 0);
  OK(sg_layer_parameter_count(&count, copy, e));
  CHECK(count == 4);
  sg_string_free(json);
  sg_string_free(again);
  sg_layer_free(network);
  sg_layer_free(copy);
  sg_generator_free(g);
}

static void files(void) {
  const float input[3] = {1, -2, 3};
  const int64_t shape[2] = {1, 3};
  sg_layer *network = perceptron(3, 2, 9), *other = perceptron(3, 2, 10), *larger = perceptron(4, 2, 10);
  sg_tensor *x = floats(input, 2, shape), *a = NULL, *b = NULL, *before = NULL, *after = NULL;
  const char *path = temporary("network.safetensors"), *broken = temporary("broken.safetensors");
  size_t size;
  char *bytes;
  OK(sg_layer_save(network, path, e));
  OK(sg_layer_apply(&before, other, x, e));
  bytes = read_file(path, &size);
  write_file(broken, bytes, size / 2);
  FAILS(sg_layer_load(other, broken, e), SG_ERROR_IO, "broken.safetensors");
  write_file(broken, "not a file of tensors", 21);
  FAILS(sg_layer_load(other, broken, e), SG_ERROR_IO, "broken.safetensors");
  write_file(broken, "", 0);
  FAILS(sg_layer_load(other, broken, e), SG_ERROR_IO, "broken.safetensors");
  FAILS(sg_layer_load(larger, path, e), SG_ERROR_VALUE, "0.weight has shape (3, 8) where (4, 8) is expected");
  OK(sg_layer_apply(&after, other, x, e));
  CHECK(same_bits(before, after));
  OK(sg_layer_load(other, path, e));
  OK(sg_layer_apply(&a, network, x, e));
  OK(sg_layer_apply(&b, other, x, e));
  CHECK(same_bits(a, b));
  FAILS(sg_layer_load(other, temporary("missing"), e), SG_ERROR_IO, "missing");
  FAILS(sg_layer_load(other, NULL, e), SG_ERROR_VALUE, "'path' is NULL");
  FAILS(sg_layer_load(NULL, path, e), SG_ERROR_VALUE, "'layer' is NULL");
  FAILS(sg_layer_save(other, temporary("no/such/folder"), e), SG_ERROR_IO, "no/such/folder");
  FAILS(sg_layer_save(other, "\xff", e), SG_ERROR_VALUE, "UTF-8");
  FAILS(sg_layer_save(NULL, path, e), SG_ERROR_VALUE, "'layer' is NULL");
  free(bytes);
  sg_tensor_free(x);
  sg_tensor_free(a);
  sg_tensor_free(b);
  sg_tensor_free(before);
  sg_tensor_free(after);
  sg_layer_free(network);
  sg_layer_free(other);
  sg_layer_free(larger);
}

static void bad_calls(void) {
  const float two[2] = {1, 2};
  sg_generator *g = generator(4);
  sg_layer *out = NULL, *dense = layer("dense", "{\"in_features\": 3, \"out_features\": 2}", g), *none[2];
  sg_tensor *x = vector(2, two), *y = NULL;
  sg_parameter *p = NULL;
  uint64_t seed, counter;
  char *json = NULL;
  size_t count;
  OK(sg_generator_set_state(g, 4, 10, e));
  FAILS(sg_layer_create(&out, "dens", NULL, g, e), SG_ERROR_VALUE, "did you mean 'dense'");
  CHECK(out == NULL);
  FAILS(sg_layer_create(&out, "dense", "{\"in_features\": 2}", g, e), SG_ERROR_TYPE, "'out_features' is missing");
  FAILS(sg_layer_create(&out, "dense", "{\"in_features\": 2, \"out_features\": 0}", g, e), SG_ERROR_VALUE, "not 0");
  FAILS(sg_layer_create(&out, "dense", "{\"in_features\": 2, \"units\": 0}", g, e), SG_ERROR_TYPE, "'units'");
  FAILS(sg_layer_create(&out, "dense", "{\"in_features\": 2,", g, e), SG_ERROR_VALUE, "'options'");
  FAILS(sg_layer_create(&out, "dense", "[1]", g, e), SG_ERROR_VALUE, "must be a JSON object, not an array");
  FAILS(sg_layer_create(&out, "relu", "{\"name\": \"dense\"}", g, e), SG_ERROR_TYPE, "name");
  FAILS(sg_layer_create(&out, "dense", "{\"in_features\": 2000000000, \"out_features\": 2000000000}", g, e),
        SG_ERROR_MEMORY, "memory");
  FAILS(sg_layer_create(&out, NULL, NULL, g, e), SG_ERROR_VALUE, "'name' is NULL");
  FAILS(sg_layer_create(&out, "relu", "\xff", g, e), SG_ERROR_VALUE, "UTF-8");
  FAILS(sg_layer_create(&out, "relu", NULL, NULL, e), SG_ERROR_VALUE, "'generator' is NULL");
  FAILS(sg_layer_create(&out, "relu", NULL, (sg_generator *)x, e), SG_ERROR_TYPE, "not an sg_tensor");
  FAILS(sg_layer_create(NULL, "relu", NULL, g, e), SG_ERROR_VALUE, "'out' is NULL");
  OK(sg_generator_get_state(&seed, &counter, g, e));
  CHECK(counter <= 12);  // only the layer that was too large got as far as drawing a seed
  FAILS(sg_layer_from_specification(&out, "{\"layers\": []}", g, e), SG_ERROR_TYPE, "name");
  FAILS(sg_layer_from_specification(&out, "{", g, e), SG_ERROR_VALUE, "");
  FAILS(sg_layer_from_specification(&out, NULL, g, e), SG_ERROR_VALUE, "'specification' is NULL");
  FAILS(sg_layer_from_specification(&out, "\"relu\"", NULL, e), SG_ERROR_VALUE, "'generator' is NULL");
  FAILS(sg_layer_from_specification(NULL, "\"relu\"", g, e), SG_ERROR_VALUE, "'out' is NULL");
  none[0] = dense;
  none[1] = NULL;
  FAILS(sg_layer_sequential(&out, none, 2, e), SG_ERROR_VALUE, "element 1");
  FAILS(sg_layer_sequential(&out, NULL, 2, e), SG_ERROR_VALUE, "'layers' is NULL");
  FAILS(sg_layer_sequential(NULL, none, 1, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(sg_layer_apply(&y, dense, x, e), SG_ERROR_SHAPE, "(2,)");
  FAILS(sg_layer_apply(&y, dense, NULL, e), SG_ERROR_VALUE, "'input' is NULL");
  FAILS(sg_layer_apply(&y, NULL, x, e), SG_ERROR_VALUE, "'layer' is NULL");
  FAILS(sg_layer_apply(NULL, dense, x, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(sg_layer_parameter(&p, dense, 2, e), SG_ERROR_INDEX, "index 2");
  FAILS(sg_layer_parameter(&p, dense, (size_t)-1, e), SG_ERROR_INDEX, "18446744073709551615");
  FAILS(sg_layer_parameter(&p, NULL, 0, e), SG_ERROR_VALUE, "'layer' is NULL");
  FAILS(sg_layer_parameter(NULL, dense, 0, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(sg_layer_parameter_count(NULL, dense, e), SG_ERROR_VALUE, "'count' is NULL");
  FAILS(sg_layer_parameter_count(&count, NULL, e), SG_ERROR_VALUE, "'layer' is NULL");
  FAILS(sg_layer_set_training(NULL, 1, e), SG_ERROR_VALUE, "'layer' is NULL");
  FAILS(sg_layer_set_seed(NULL, 1, e), SG_ERROR_VALUE, "'layer' is NULL");
  FAILS(sg_layer_specification(&json, NULL, e), SG_ERROR_VALUE, "'layer' is NULL");
  FAILS(sg_layer_specification(NULL, dense, e), SG_ERROR_VALUE, "'json' is NULL");
  CHECK(sg_layer_is_training(NULL) == 0);
  CHECK(sg_layer_retain(NULL) == NULL && sg_layer_retain(dense) == dense);
  sg_layer_free(NULL);
  sg_layer_free(dense);
  sg_layer_free(dense);
  sg_tensor_free(x);
  sg_generator_free(g);
}

void layer_tests(void) {
  check_run("one layer", one_layer);
  check_run("a sequential shares its layers", sequential_shares_its_layers);
  check_run("mode and seed of layers", mode_and_seed);
  check_run("specifications of layers", specification);
  check_run("files of layers", files);
  check_run("bad calls of layer functions", bad_calls);
}
