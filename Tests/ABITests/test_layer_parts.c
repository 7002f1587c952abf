// Layers made around layers that exist.
#include "networks.h"

#define AROUND "{\"layer\": {\"part\": 0}}"

static void parts_are_shared(void) {
  const float row[3] = {1, 2, 3};
  const int64_t shape[2] = {3, 2};
  const float zeros[6] = {0, 0, 0, 0, 0, 0};
  sg_generator *generator = NULL;
  sg_layer *dense, *norm = NULL, *again = NULL;
  sg_parameter *weight = NULL;
  sg_tensor *x = vector(3, row), *value = floats(zeros, 2, shape), *y = NULL;
  char *text = NULL;
  size_t count = 0;
  OK(sg_generator_create(&generator, 3, e));
  dense = layer("dense", "{\"in_features\": 3, \"out_features\": 2}", generator);
  OK(sg_layer_create_with(&norm, "weight_norm", AROUND, &dense, 1, generator, e));
  OK(sg_layer_parameter_count(&count, norm, e));
  CHECK(count == 3);
  OK(sg_layer_specification(&text, norm, e));
  CHECK(strstr(text, "\"part\"") == NULL && strstr(text, "\"dense\"") != NULL);
  OK(sg_layer_from_specification(&again, text, generator, e));
  sg_string_free(text);
  // What changes in the part changes in the whole, also when the part's own handle is gone.
  OK(sg_layer_parameter(&weight, dense, 0, e));
  sg_layer_free(dense);
  OK(sg_parameter_set_value(weight, value, e));
  OK(sg_layer_apply(&y, norm, x, e));
  CHECK(holds(y, 2, zeros));
  sg_tensor_free(y);
  sg_tensor_free(value);
  sg_tensor_free(x);
  sg_parameter_free(weight);
  sg_layer_free(again);
  sg_layer_free(norm);
  sg_generator_free(generator);
}

static void bad_parts(void) {
  sg_generator *generator = NULL;
  sg_layer *relu, *out = NULL;
  OK(sg_generator_create(&generator, 3, e));
  relu = layer("relu", NULL, generator);
  FAILS(sg_layer_create_with(&out, "weight_norm", AROUND, NULL, 0, generator, e), SG_ERROR_VALUE, "there is no part 0");
  FAILS(sg_layer_create_with(&out, "weight_norm", AROUND, &relu, 1, generator, e), SG_ERROR_VALUE, "no weight");
  FAILS(sg_layer_create_with(&out, "weight_norm", AROUND, NULL, 1, generator, e), SG_ERROR_VALUE, "'parts' is NULL");
  FAILS(sg_layer_create_with(&out, "weight_norm", AROUND, &relu, (size_t)-1, generator, e), SG_ERROR_VALUE, "parts");
  FAILS(sg_layer_create(&out, "weight_norm", AROUND, generator, e), SG_ERROR_VALUE, "there is no part 0");
  CHECK(out == NULL);
  sg_layer_free(relu);
  sg_generator_free(generator);
}

void layer_parts_tests(void) {
  check_run("layers around layers", parts_are_shared);
  check_run("bad parts of layers", bad_parts);
}
