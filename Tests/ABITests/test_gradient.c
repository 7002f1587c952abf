#include "check.h"

static void first_order(void) {
  const float values[2] = {2, 3}, expected[2] = {4, 6}, weights[2] = {1, 10}, weighted[2] = {4, 60};
  sg_tensor *value = vector(2, values), *w = vector(2, weights), *x = NULL, *dx = NULL;
  sg_tensor *squares, *y;
  sg_tensor_info info, leaf;
  OK(sg_gradient_enter(e));
  OK(sg_gradient_track(&x, value, e));
  squares = op("square", x, NULL);
  y = op("sum", squares, NULL);
  OK(sg_gradient_compute(&dx, y, (const sg_tensor *const *)&x, 1, NULL, e));
  CHECK(holds(dx, 2, expected));
  sg_tensor_free(dx);
  OK(sg_gradient_compute(&dx, squares, (const sg_tensor *const *)&x, 1, w, e));
  CHECK(holds(dx, 2, weighted));
  OK(sg_gradient_exit(e));
  OK(sg_tensor_info_get(&info, value, e));
  OK(sg_tensor_info_get(&leaf, x, e));
  CHECK(info.data == leaf.data);
  sg_tensor_free(value);
  sg_tensor_free(w);
  sg_tensor_free(x);
  sg_tensor_free(dx);
  sg_tensor_free(squares);
  sg_tensor_free(y);
}

// d/dx (d/dx x^3)^2 at 2: (3 x^2)^2 = 9 x^4, so 36 x^3 = 288.
static void second_order(void) {
  sg_tensor *value = scalar(2), *x = NULL, *inner = NULL, *slope = NULL, *result = NULL;
  sg_tensor *square, *cube, *y;
  OK(sg_gradient_enter(e));
  OK(sg_gradient_track(&x, value, e));
  OK(sg_gradient_enter(e));
  OK(sg_gradient_track(&inner, x, e));
  square = op("square", inner, NULL);
  cube = op("multiply", square, inner);
  OK(sg_gradient_compute(&slope, cube, (const sg_tensor *const *)&inner, 1, NULL, e));
  OK(sg_gradient_exit(e));
  y = op("square", slope, NULL);
  OK(sg_gradient_compute(&result, y, (const sg_tensor *const *)&x, 1, NULL, e));
  OK(sg_gradient_exit(e));
  CHECK(fabs(item(slope) - 12) < 1e-4 && fabs(item(result) - 288) < 1e-3);
  sg_tensor_free(value);
  sg_tensor_free(x);
  sg_tensor_free(inner);
  sg_tensor_free(slope);
  sg_tensor_free(result);
  sg_tensor_free(square);
  sg_tensor_free(cube);
  sg_tensor_free(y);
}

// y = x^3 element by element at (1, 2), along v = (1, 10): the Jacobian times v is 3 x^2 v = (3, 120). The pullback of a
// cotangent u that is itself tracked has the Jacobian as its gradient by u.
static void jacobian_times_vector(void) {
  const float values[2] = {1, 2}, along[2] = {1, 10}, nothing[2] = {0, 0}, expected[2] = {3, 120};
  sg_tensor *value = vector(2, values), *v = vector(2, along), *zeros = vector(2, nothing);
  sg_tensor *x = NULL, *u = NULL, *pulled = NULL, *product = NULL, *square, *y;
  OK(sg_gradient_enter(e));
  OK(sg_gradient_enter(e));
  OK(sg_gradient_track(&x, value, e));
  OK(sg_gradient_track(&u, zeros, e));
  square = op("square", x, NULL);
  y = op("multiply", square, x);
  OK(sg_gradient_compute(&pulled, y, (const sg_tensor *const *)&x, 1, u, e));
  OK(sg_gradient_exit(e));
  OK(sg_gradient_compute(&product, pulled, (const sg_tensor *const *)&u, 1, v, e));
  OK(sg_gradient_exit(e));
  CHECK(holds(product, 2, expected));
  sg_tensor_free(value);
  sg_tensor_free(v);
  sg_tensor_free(zeros);
  sg_tensor_free(x);
  sg_tensor_free(u);
  sg_tensor_free(pulled);
  sg_tensor_free(product);
  sg_tensor_free(square);
  sg_tensor_free(y);
}

// f = sum of x^3 at (1, 2): the Hessian times v is 6 x v = (6, 120).
static void hessian_times_vector(void) {
  const float values[2] = {1, 2}, along[2] = {1, 10}, expected[2] = {6, 120};
  sg_tensor *value = vector(2, values), *v = vector(2, along);
  sg_tensor *x = NULL, *slope = NULL, *product = NULL, *square, *cube, *f;
  OK(sg_gradient_enter(e));
  OK(sg_gradient_enter(e));
  OK(sg_gradient_track(&x, value, e));
  square = op("square", x, NULL);
  cube = op("multiply", square, x);
  f = op("sum", cube, NULL);
  OK(sg_gradient_compute(&slope, f, (const sg_tensor *const *)&x, 1, NULL, e));
  OK(sg_gradient_exit(e));
  OK(sg_gradient_compute(&product, slope, (const sg_tensor *const *)&x, 1, v, e));
  OK(sg_gradient_exit(e));
  CHECK(holds(product, 2, expected));
  sg_tensor_free(value);
  sg_tensor_free(v);
  sg_tensor_free(x);
  sg_tensor_free(slope);
  sg_tensor_free(product);
  sg_tensor_free(square);
  sg_tensor_free(cube);
  sg_tensor_free(f);
}

static void paused(void) {
  sg_tensor *value = scalar(3), *x = NULL, *dx = NULL, *y;
  OK(sg_gradient_enter(e));
  OK(sg_gradient_track(&x, value, e));
  OK(sg_gradient_pause(e));
  OK(sg_gradient_pause(e));
  OK(sg_gradient_resume(e));
  y = op("square", x, NULL);
  OK(sg_gradient_resume(e));
  OK(sg_gradient_compute(&dx, y, (const sg_tensor *const *)&x, 1, NULL, e));
  CHECK(item(dx) == 0);
  OK(sg_gradient_exit(e));
  sg_tensor_free(value);
  sg_tensor_free(x);
  sg_tensor_free(dx);
  sg_tensor_free(y);
}

static void bad_calls(void) {
  const float values[2] = {2, 3};
  sg_tensor *x = NULL, *whole = NULL, *value = vector(2, values), *one = scalar(1);
  sg_tensor *out[2] = {(sg_tensor *)1, (sg_tensor *)1};
  const sg_tensor *by[2];
  sg_tensor *y;
  FAILS(sg_gradient_exit(e), SG_ERROR_STATE, "no gradient scope");
  FAILS(sg_gradient_resume(e), SG_ERROR_STATE, "not paused");
  OK(sg_tensor_scalar(&whole, 2, SG_INT32, e));
  FAILS(sg_gradient_track(&x, whole, e), SG_ERROR_TYPE, "int32");
  CHECK(x == NULL);
  FAILS(sg_gradient_track(&x, NULL, e), SG_ERROR_VALUE, "'tensor' is NULL");
  FAILS(sg_gradient_track(NULL, value, e), SG_ERROR_VALUE, "'out' is NULL");
  OK(sg_gradient_enter(e));
  OK(sg_gradient_track(&x, value, e));
  y = op("square", x, NULL);
  by[0] = x;
  by[1] = NULL;
  FAILS(sg_gradient_compute(out, y, by, 1, NULL, e), SG_ERROR_SHAPE, "scalar");
  CHECK(out[0] == NULL && out[1] == (sg_tensor *)1);
  FAILS(sg_gradient_compute(out, y, by, 1, one, e), SG_ERROR_SHAPE, "cotangent");
  FAILS(sg_gradient_compute(out, y, by, 2, value, e), SG_ERROR_VALUE, "element 1");
  CHECK(out[0] == NULL && out[1] == NULL);
  FAILS(sg_gradient_compute(out, NULL, by, 1, NULL, e), SG_ERROR_VALUE, "'y' is NULL");
  FAILS(sg_gradient_compute(NULL, y, by, 1, value, e), SG_ERROR_VALUE, "'outs' is NULL");
  FAILS(sg_gradient_compute(out, y, NULL, 1, value, e), SG_ERROR_VALUE, "'by' is NULL");
  FAILS(sg_gradient_compute(out, whole, by, 1, NULL, e), SG_ERROR_TYPE, "int32");
  OK(sg_gradient_compute(NULL, y, NULL, 0, value, e));
  OK(sg_gradient_exit(e));
  sg_tensor_free(x);
  sg_tensor_free(y);
  sg_tensor_free(whole);
  sg_tensor_free(value);
  sg_tensor_free(one);
}

static void long_chains_are_freed_without_deep_recursion(void) {
  sg_tensor *x = NULL, *value = scalar(1), *step = scalar(1e-6), *y, *next;
  OK(sg_gradient_enter(e));
  OK(sg_gradient_track(&x, value, e));
  y = sg_tensor_retain(x);
  for (int i = 0; i < 100000; ++i) {
    next = op("add", y, step);
    sg_tensor_free(y);
    y = next;
  }
  OK(sg_gradient_exit(e));
  sg_tensor_free(x);
  sg_tensor_free(y);
  sg_tensor_free(value);
  sg_tensor_free(step);
}

void gradient_tests(void) {
  check_run("gradients of first order", first_order);
  check_run("gradients of second order", second_order);
  check_run("a Jacobian times a vector", jacobian_times_vector);
  check_run("a Hessian times a vector", hessian_times_vector);
  check_run("recording pauses", paused);
  check_run("bad calls of gradient functions", bad_calls);
  check_run("long chains are freed", long_chains_are_freed_without_deep_recursion);
}
