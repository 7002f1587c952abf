#include "check.h"

static const float start[2] = {3, 4};

static sg_parameter *make(const char *name, int trainable) {
  sg_tensor *value = vector(2, start);
  sg_parameter *parameter = NULL;
  OK(sg_parameter_create(&parameter, name, value, trainable, e));
  sg_tensor_free(value);
  return parameter;
}

static void values(void) {
  const float other[2] = {5, 6};
  sg_parameter *p = make("scale", 1), *buffer = make("mean", 0);
  sg_tensor *value = NULL, *next = vector(2, other);
  const char *name = NULL;
  OK(sg_parameter_name(&name, p, e));
  CHECK(strcmp(name, "scale") == 0);
  CHECK(sg_parameter_is_trainable(p) == 1 && sg_parameter_is_trainable(buffer) == 0);
  CHECK(sg_parameter_is_same(p, p) == 1 && sg_parameter_is_same(p, buffer) == 0);
  OK(sg_parameter_get_value(&value, p, e));
  OK(sg_parameter_set_value(p, next, e));
  CHECK(holds(value, 2, start));
  sg_tensor_free(value);
  OK(sg_parameter_get_value(&value, p, e));
  CHECK(holds(value, 2, other));
  sg_tensor_free(value);
  sg_tensor_free(next);
  CHECK(sg_parameter_retain(p) == p);
  sg_parameter_free(p);
  OK(sg_parameter_get_value(&value, p, e));
  sg_tensor_free(value);
  sg_parameter_free(p);
  sg_parameter_free(buffer);
}

static void set_value_copies_and_converts(void) {
  double memory[2] = {1, 2};
  int64_t shape = 2;
  sg_buffer buffer = SG_BUFFER_INIT;
  sg_parameter *p = make("w", 1);
  sg_tensor *x = NULL, *value = NULL;
  const float expected[2] = {1, 2};
  buffer.dtype = SG_FLOAT64;
  buffer.rank = 1;
  buffer.shape = &shape;
  buffer.data = memory;
  OK(sg_tensor_borrow(&x, &buffer, e));
  OK(sg_parameter_set_value(p, x, e));
  memory[0] = 99;
  OK(sg_parameter_get_value(&value, p, e));
  CHECK(holds(value, 2, expected));
  sg_tensor_free(x);
  sg_tensor_free(value);
  sg_parameter_free(p);
}

// d/dw sum(w^2) = 2 w, taken by a caller's own loop.
static void tracking(void) {
  const float expected[2] = {6, 8}, nothing[2] = {0, 0};
  sg_parameter *p = make("w", 1), *q = make("v", 1);
  sg_parameter *both[2];
  sg_tensor *leaves[2] = {NULL, NULL}, *inner = NULL, *gradients[2] = {NULL, NULL}, *w = NULL, *square, *loss;
  both[0] = p;
  both[1] = q;
  OK(sg_parameters_track(leaves, both, 2, e));
  OK(sg_parameter_get_value(&w, p, e));
  square = op("square", w, NULL);
  loss = op("sum", square, NULL);
  OK(sg_gradient_compute(gradients, loss, (const sg_tensor *const *)leaves, 2, NULL, e));
  CHECK(holds(gradients[0], 2, expected) && holds(gradients[1], 2, nothing));
  // Nested, and restored in the wrong order.
  OK(sg_parameters_track(&inner, &q, 1, e));
  FAILS(sg_parameters_restore(both, 2, e), SG_ERROR_STATE, "others were tracked last");
  OK(sg_parameters_restore(&q, 1, e));
  OK(sg_parameters_restore(both, 2, e));
  FAILS(sg_parameters_restore(both, 2, e), SG_ERROR_STATE, "no parameters are tracked");
  FAILS(sg_gradient_exit(e), SG_ERROR_STATE, "no gradient scope");
  for (int i = 0; i < 2; ++i) {
    sg_tensor_free(leaves[i]);
    sg_tensor_free(gradients[i]);
  }
  sg_tensor_free(inner);
  sg_tensor_free(w);
  sg_tensor_free(square);
  sg_tensor_free(loss);
  sg_parameter_free(p);
  sg_parameter_free(q);
}

static void bad_calls(void) {
  sg_parameter *p = make("w", 1), *out = NULL, *twice[2], *none[2];
  sg_tensor *x = scalar(1), *whole = NULL, *value = NULL, *leaves[2];
  const char *name = NULL;
  OK(sg_tensor_scalar(&whole, 1, SG_INT64, e));
  FAILS(sg_parameter_create(&out, "w", whole, 1, e), SG_ERROR_TYPE, "int64");
  OK(sg_parameter_create(&out, "counter", whole, 0, e));
  sg_parameter_free(out);
  FAILS(sg_parameter_create(&out, NULL, x, 1, e), SG_ERROR_VALUE, "'name' is NULL");
  CHECK(out == NULL);
  FAILS(sg_parameter_create(&out, "\xc3", x, 1, e), SG_ERROR_VALUE, "UTF-8");
  FAILS(sg_parameter_create(&out, "w", NULL, 1, e), SG_ERROR_VALUE, "'value' is NULL");
  FAILS(sg_parameter_create(NULL, "w", x, 1, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(sg_parameter_name(&name, NULL, e), SG_ERROR_VALUE, "'parameter' is NULL");
  FAILS(sg_parameter_name(&name, (sg_parameter *)x, e), SG_ERROR_TYPE, "must be an sg_parameter, not an sg_tensor");
  FAILS(sg_parameter_name(NULL, p, e), SG_ERROR_VALUE, "'name' is NULL");
  FAILS(sg_parameter_set_value(p, x, e), SG_ERROR_SHAPE, "'w' has shape (2,)");
  FAILS(sg_parameter_set_value(p, NULL, e), SG_ERROR_VALUE, "'value' is NULL");
  FAILS(sg_parameter_set_value(NULL, x, e), SG_ERROR_VALUE, "'parameter' is NULL");
  FAILS(sg_parameter_get_value(&value, NULL, e), SG_ERROR_VALUE, "'parameter' is NULL");
  FAILS(sg_parameter_get_value(NULL, p, e), SG_ERROR_VALUE, "'out' is NULL");
  twice[0] = twice[1] = p;
  FAILS(sg_parameters_track(leaves, twice, 2, e), SG_ERROR_VALUE, "listed twice");
  CHECK(leaves[0] == NULL && leaves[1] == NULL);
  FAILS(sg_gradient_exit(e), SG_ERROR_STATE, "no gradient scope");
  none[0] = p;
  none[1] = NULL;
  FAILS(sg_parameters_track(leaves, none, 2, e), SG_ERROR_VALUE, "element 1");
  FAILS(sg_parameters_track(NULL, none, 1, e), SG_ERROR_VALUE, "'leaves' is NULL");
  FAILS(sg_parameters_track(leaves, NULL, 1, e), SG_ERROR_VALUE, "'parameters' is NULL");
  FAILS(sg_parameters_restore(NULL, 1, e), SG_ERROR_VALUE, "'parameters' is NULL");
  CHECK(sg_parameter_is_trainable(NULL) == 0 && sg_parameter_is_trainable((sg_parameter *)x) == 0);
  CHECK(sg_parameter_is_same(NULL, p) == 0 && sg_parameter_is_same(p, (sg_parameter *)x) == 0);
  CHECK(sg_parameter_retain(NULL) == NULL);
  sg_parameter_free(NULL);
  sg_tensor_free(x);
  sg_tensor_free(whole);
  sg_parameter_free(p);
}

void parameter_tests(void) {
  check_run("values of parameters", values);
  check_run("set_value copies and converts", set_value_copies_and_converts);
  check_run("tracking parameters", tracking);
  check_run("bad calls of parameter functions", bad_calls);
}
