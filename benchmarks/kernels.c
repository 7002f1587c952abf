// What kernels take by themselves on few elements, in nanoseconds, for overhead.py to take off what calls take. Minima of
// rounds. The kernels' speed on many elements is roofline/'s.
//
//   clang -O2 benchmarks/kernels.c Sources/SwiftGANKernels/*.c -ISources/SwiftGANKernels/include -lpthread -lm -o kernels
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "SwiftGANKernels.h"
#include "timing.h"

#define ROUNDS 7

typedef struct {
  sgk_view a, b, out, truth;
} few_elements;

static void call_add(few_elements *v) { sgk_binary(SGK_ADD, &v->a, &v->b, &v->out); }
static void call_negative(few_elements *v) { sgk_unary(SGK_NEG, &v->a, &v->out); }
static void call_sum(few_elements *v) {
  sgk_view out;
  sgk_view_set(&out, v->out.data, SGK_FLOAT32, 1, &(int64_t){1}, &(int64_t){1});
  sgk_reduce(SGK_SUM, &v->a, &out);
}
static void call_matmul(few_elements *v) { sgk_matmul(&v->a, &v->b, &v->out); }
static void call_relu(few_elements *v) {  // as it is composed: where a <= b, b, else a
  sgk_binary(SGK_LE, &v->a, &v->b, &v->truth);
  sgk_select(&v->truth, &v->b, &v->a, &v->out);
}

static void few(const char *name, void (*call)(few_elements *), int32_t rank, const int64_t *shape) {
  enum { CALLS = 100000 };
  float a[64], b[64], out[64];
  uint8_t truth[64];
  for (int i = 0; i < 64; ++i) a[i] = 1, b[i] = 0;
  int64_t strides[2] = {rank == 2 ? shape[1] : 1, 1};
  few_elements v;
  sgk_view_set(&v.a, a, SGK_FLOAT32, rank, shape, strides);
  sgk_view_set(&v.b, b, SGK_FLOAT32, rank, shape, strides);
  sgk_view_set(&v.out, out, SGK_FLOAT32, rank, shape, strides);
  sgk_view_set(&v.truth, truth, SGK_BOOL, rank, shape, strides);
  double times[ROUNDS];
  for (int round = -1; round < ROUNDS; ++round) {
    double start = now();
    for (int i = 0; i < CALLS; ++i) call(&v);
    if (round >= 0) times[round] = (now() - start) / CALLS;
  }
  qsort(times, ROUNDS, sizeof *times, compare);
  printf("%-14s %8.1f\n", name, times[0] * 1e9);
}

int main(void) {
  const int64_t one = 1, many = 64, square[2] = {2, 2};
  few("add 1", call_add, 1, &one);
  few("add 64", call_add, 1, &many);
  few("negative 1", call_negative, 1, &one);
  few("relu 1", call_relu, 1, &one);
  few("relu 64", call_relu, 1, &many);
  few("sum 64", call_sum, 1, &many);
  few("matmul 2 x 2", call_matmul, 2, square);
  return 0;
}
