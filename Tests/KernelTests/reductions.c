// Sums, products, extremes, truth, moments, positions of extremes and scans, along every axis and layout.
#include <stdio.h>

#include "case.h"

typedef struct reduction {
  sgk_dtype dtype;
  int op;
  layout way;
  int64_t shape[3];
  int axes;  // a bit for each axis that is reduced
} reduction;

static void call(const void *parameters) {
  const reduction *r = parameters;
  sgk_view x = input(r->dtype, r->way, 3, r->shape);
  int64_t shape[4] = {2};  // means, and as many variances after them
  for (int i = 0; i < 3; ++i) shape[i + 1] = r->axes >> i & 1 ? 1 : r->shape[i];
  bool both = r->op == SGK_MOMENTS;
  sgk_view out = output(r->dtype, PLAIN, both ? 4 : 3, both ? shape : shape + 1);
  if (both) sgk_view_set(&out, out.data, out.dtype, 3, out.shape + 1, out.strides + 1);
  expect_status(sgk_reduce((sgk_reduce_op)r->op, &x, &out), SGK_OK);
}

static void call_position(const void *parameters) {
  const reduction *r = parameters;
  sgk_view x = input(r->dtype, r->way, 3, r->shape);
  int64_t shape[3] = {r->shape[0], r->shape[1], r->shape[2]};
  shape[r->axes] = 1;
  sgk_view most = output(SGK_INT64, PLAIN, 3, shape), least = output(SGK_INT64, PLAIN, 3, shape);
  expect_status(sgk_argmax(&x, r->axes, &most), SGK_OK);
  expect_status(sgk_argmin(&x, r->axes, &least), SGK_OK);
}

static void call_scan(const void *parameters) {
  const reduction *r = parameters;
  sgk_view a = input(r->dtype, r->way, 3, r->shape), b = input(r->dtype, PLAIN, 3, r->shape);
  sgk_view out = output(r->dtype, PLAIN, 3, r->shape), back = output(r->dtype, r->way, 3, r->shape);
  sgk_linear_scan(&a, &b, r->axes, 0, &out);
  sgk_linear_scan(&a, &b, r->axes, 1, &back);
}

void test_reductions(void) {
  static const int64_t shapes[][3] = {{1, 1, 1}, {2, 3, 67}, {5, 33, 7}, {40, 17, 3}, {1, 1, 5003}, {300, 1, 31}, {2, 0, 3}};
  char name[96];
  int turn = 0;
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; ++s)
    for (int dtype = SGK_FLOAT32; dtype <= SGK_BOOL; ++dtype) {
      const int64_t *z = shapes[s];
      bool empty = z[0] * z[1] * z[2] == 0;
      for (int op = SGK_SUM; op <= SGK_MOMENTS; ++op)
        for (int axes = 0; axes < 8; ++axes) {
          if (op == SGK_MOMENTS && dtype > SGK_FLOAT64) continue;
          if ((op == SGK_ANY || op == SGK_ALL) != (dtype == SGK_BOOL) || (empty && (op == SGK_MAX || op == SGK_MIN))) continue;
          reduction r = {(sgk_dtype)dtype, op, (layout)(turn++ % LAYOUTS), {z[0], z[1], z[2]}, axes};
          snprintf(name, sizeof name, "reduction %d of type %d, axes %d, layout %d, %lld x %lld x %lld", op, dtype, axes,
                   r.way, (long long)z[0], (long long)z[1], (long long)z[2]);
          run_case(name, call, &r);
        }
      for (int axis = 0; axis < 3; ++axis) {
        reduction r = {(sgk_dtype)dtype, 0, (layout)(turn++ % LAYOUTS), {z[0], z[1], z[2]}, axis};
        snprintf(name, sizeof name, "axis %d of type %d, layout %d, %lld x %lld x %lld", axis, dtype, r.way,
                 (long long)z[0], (long long)z[1], (long long)z[2]);
        if (!empty && dtype != SGK_BOOL) run_case(name, call_position, &r);
        if (dtype <= SGK_INT64) run_case(name, call_scan, &r);
      }
    }
  reduction large = {SGK_FLOAT32, SGK_SUM, PLAIN, {3, 700, 65}, 3};
  run_case("sum of several items", call, &large);
  large.op = SGK_MOMENTS;
  run_case("moments of several items", call, &large);
}
