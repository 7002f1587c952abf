// Random numbers of every kind, at counts that meet and miss whole blocks.
#include <stdio.h>

#include "case.h"

static void call(const void *parameters) {
  int64_t count = *(const int64_t *)parameters;
  sgk_key key = {7, (uint64_t)count};
  for (int dtype = SGK_FLOAT32; dtype <= SGK_FLOAT64; ++dtype) {
    sgk_view uniform = output((sgk_dtype)dtype, PLAIN, SHAPE(count)), normal = output((sgk_dtype)dtype, PLAIN, SHAPE(count));
    sgk_random_uniform(key, &uniform);
    sgk_random_normal(key, &normal);
  }
  sgk_view truth = output(SGK_BOOL, PLAIN, SHAPE(count)), order = output(SGK_INT64, PLAIN, SHAPE(count));
  sgk_view whole = output(SGK_INT64, PLAIN, SHAPE(count)), widest = output(SGK_INT64, PLAIN, SHAPE(count));
  sgk_random_bernoulli(key, 0.3, &truth);
  expect_status(sgk_random_permutation(key, &order), SGK_OK);
  sgk_random_integers(key, -5, 12, &whole);
  sgk_random_integers(key, INT64_MIN, INT64_MAX, &widest);
}

void test_random(void) {
  static const int64_t counts[] = {0, 1, 2, 3, 5, 15, 16, 17, 31, 33, 63, 65, 127, 1001, 40003};
  char name[48];
  for (size_t i = 0; i < sizeof counts / sizeof *counts; ++i) {
    snprintf(name, sizeof name, "%lld random numbers", (long long)counts[i]);
    run_case(name, call, &counts[i]);
  }
}
