// Factorisations and triangular solves, in one block and in several.
#include <stdio.h>

#include "case.h"

typedef struct system_of {
  sgk_dtype dtype;
  int64_t batch, n, columns;
} system_of;

// To the diagonal of contiguous square matrices: so that they have an inverse.
static void add_to_diagonal(const sgk_view *a, double value) {
  int64_t n = a->shape[2];
  for (int64_t i = 0; i < a->shape[0] * n; ++i) {
    int64_t at = i / n * n * n + i % n * (n + 1);
    if (a->dtype == SGK_FLOAT32) ((float *)a->data)[at] += (float)value;
    if (a->dtype == SGK_FLOAT64) ((double *)a->data)[at] += value;
  }
}

static void call(const void *parameters) {
  const system_of *s = parameters;
  sgk_pivot failed;
  sgk_view general = update(s->dtype, PLAIN, SHAPE(s->batch, s->n, s->n));
  sgk_view definite = update(s->dtype, PLAIN, SHAPE(s->batch, s->n, s->n));
  add_to_diagonal(&general, 4.0 * (double)s->n);
  add_to_diagonal(&definite, 8.0 * (double)s->n);
  for (int upper = 0; upper < 2; ++upper)
    for (int unit = 0; unit < 2; ++unit) {
      sgk_view x = update(s->dtype, PLAIN, SHAPE(s->batch, s->n, s->columns));
      expect_status(sgk_solve_triangular(&general, !upper, unit, &x, &failed), SGK_OK);
    }
  sgk_view x = update(s->dtype, PLAIN, SHAPE(s->batch, s->n, s->columns));
  expect_status(sgk_solve(&general, &x, &failed), SGK_OK);
  expect(failed.matrix == -1, "a system that has a solution was not solved");
  sgk_view determinant = output(s->dtype, PLAIN, SHAPE(s->batch, 2));
  expect_status(sgk_slogdet(&general, &determinant), SGK_OK);
  expect_status(sgk_cholesky(&definite, &failed), SGK_OK);
  expect(failed.matrix == -1, "a definite matrix has no factor");
}

void test_linear(void) {
  static const int64_t sizes[][3] = {{1, 1, 1}, {3, 5, 2}, {2, 33, 7}, {1, 70, 65}, {1, 150, 3}, {2, 0, 3}};
  char name[64];
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i)
    for (int dtype = SGK_FLOAT32; dtype <= SGK_FLOAT64; ++dtype) {
      system_of s = {(sgk_dtype)dtype, sizes[i][0], sizes[i][1], sizes[i][2]};
      snprintf(name, sizeof name, "%lld systems of %lld, type %d", (long long)s.batch, (long long)s.n, dtype);
      run_case(name, call, &s);
    }
}
