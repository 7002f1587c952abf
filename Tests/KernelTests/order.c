// Sorting along an axis, and searching in what is sorted.
#include <stdio.h>

#include "case.h"

typedef struct sorting {
  sgk_dtype dtype;
  layout way;
  int64_t rows, count;
} sorting;

static void call(const void *parameters) {
  const sorting *s = parameters;
  sgk_view x = input(s->dtype, s->way, SHAPE(s->rows, s->count));
  sgk_view up = output(SGK_INT64, PLAIN, SHAPE(s->rows, s->count)), down = output(SGK_INT64, s->way, SHAPE(s->rows, s->count));
  sgk_view across = output(SGK_INT64, PLAIN, SHAPE(s->rows, s->count));
  expect_status(sgk_argsort(&x, 1, 0, &up), SGK_OK);
  expect_status(sgk_argsort(&x, 1, 1, &down), SGK_OK);
  expect_status(sgk_argsort(&x, 0, 0, &across), SGK_OK);
  // A range in order, of the same type, and values below, inside and above it.
  if (s->dtype == SGK_BOOL || (s->dtype == SGK_UINT8 && s->count > 256)) return;
  sgk_view sorted = output(s->dtype, PLAIN, SHAPE(s->count)), left = output(SGK_INT64, PLAIN, SHAPE(s->rows, s->count));
  sgk_view right = output(SGK_INT64, PLAIN, SHAPE(s->rows, s->count));
  sgk_arange(s->dtype == SGK_UINT8 ? 0 : -20, 1, &sorted);
  sgk_search_sorted(&sorted, &x, 0, &left);
  sgk_search_sorted(&sorted, &x, 1, &right);
}

void test_order(void) {
  static const int64_t shapes[][2] = {{1, 1}, {3, 17}, {7, 100}, {33, 2}, {2, 1500}, {4, 0}};
  char name[64];
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; ++s)
    for (int dtype = SGK_FLOAT32; dtype <= SGK_BOOL; ++dtype) {
      sorting o = {(sgk_dtype)dtype, (layout)((dtype + (int)s) % LAYOUTS), shapes[s][0], shapes[s][1]};
      snprintf(name, sizeof name, "order of type %d, %lld x %lld", dtype, (long long)o.rows, (long long)o.count);
      run_case(name, call, &o);
    }
}
