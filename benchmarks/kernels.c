// Speed of the matrix product and the convolutions, in GF/s, at each precision that the CPU has, beside the machine's peak of
// float32 fused multiply-adds measured in the same rounds. Medians; every round runs all kinds and precisions in turn, so
// that a busy machine slows them alike.
//
//   clang -O2 benchmarks/kernels.c Sources/SwiftGANKernels/*.c -ISources/SwiftGANKernels/include -lpthread -lm -o kernels
//   ./kernels [matmul | conv | all] [float32 | float64]
//   ./kernels calls        nanoseconds of calls on few elements, for overhead.py
//
// SWIFTGAN_NUM_THREADS and SWIFTGAN_ISA choose what is measured.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "SwiftGANKernels.h"
#include "timing.h"

#define ROUNDS 7

static double median(double *values) {
  qsort(values, ROUNDS, sizeof *values, compare);
  return values[ROUNDS / 2];
}

// --- The peak: twelve independent chains of multiply-adds, nothing else. ---

#define CHAIN_STEPS 1000000
#define PEAK(name, attributes, bytes)                                                          \
  typedef float name##_vector __attribute__((vector_size(bytes)));                             \
  attributes __attribute__((noinline)) static void name(void *context, int64_t item) {         \
    name##_vector sum[12], x = (name##_vector){0} + 0.999f, y = (name##_vector){0} + 0.001f;    \
    for (int i = 0; i < 12; ++i) sum[i] = x;                                                   \
    for (int step = 0; step < CHAIN_STEPS; ++step) {                                           \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < 12; ++i) sum[i] = sum[i] * x + y; \
    }                                                                                          \
    for (int i = 1; i < 12; ++i) sum[0] += sum[i];                                             \
    ((float *)context)[item * 16] = sum[0][0];                                                 \
  }

PEAK(peak_portable, , 16)
#if defined(__x86_64__)
PEAK(peak_avx2, __attribute__((target("avx2,fma"))), 32)
PEAK(peak_avx512, __attribute__((target("avx512f"))), 64)
#endif

static double peak(int64_t element) {
  float *results = malloc((size_t)sgk_num_threads() * 64);
  if (!results) return 0;
  sgk_item_fn fn = peak_portable;
  double lanes = 4;
#if defined(__x86_64__)
  if (sgk_isa_current() == SGK_AVX2) fn = peak_avx2, lanes = 8;
  if (sgk_isa_current() >= SGK_AVX512) fn = peak_avx512, lanes = 16;
#endif
  double start = now();
  sgk_parallel(sgk_num_threads(), fn, results);
  double seconds = now() - start;
  free(results);
  return sgk_num_threads() * 12.0 * 2 * lanes * CHAIN_STEPS / seconds * 1e-9 * 4 / (double)element;
}

// --- What is measured. ---

static const char *const precision_names[] = {"highest", "high", "medium"};

// The precisions that differ in what they run, into `found`; returns how many.
static int precisions(sgk_dtype dtype, sgk_precision *found) {
  int count = 0;
  for (sgk_precision asked = SGK_PRECISION_HIGHEST; asked <= SGK_PRECISION_MEDIUM; ++asked)
    if (asked == SGK_PRECISION_HIGHEST || (dtype == SGK_FLOAT32 && sgk_precision_in_effect(asked) == asked))
      found[count++] = asked;
  return count;
}

// A line for each precision, the first after what names the shape.
static void print_lines(int count, const sgk_precision *precision, int kinds, double (*times)[4][ROUNDS], double work,
                        double *peaks) {
  double most = median(peaks);
  for (int p = 0; p < count; ++p) {
    if (p > 0) printf("%29s", "");
    printf("%-8s", precision_names[precision[p]]);
    for (int kind = 0; kind < kinds; ++kind) printf("%8.1f", work / median(times[p][kind]) * 1e-9);
    printf("%10.1f\n", most);
  }
}

static void *buffer(int64_t count, sgk_dtype dtype) {
  int64_t size = sgk_dtype_size(dtype);
  char *data = malloc((size_t)(count * size));
  if (!data) {
    fprintf(stderr, "kernels: out of memory for %lld elements\n", (long long)count);
    exit(1);
  }
  sgk_key key = {1, (uint64_t)count};
  sgk_view view;
  sgk_view_set(&view, data, dtype, 1, &count, &(int64_t){1});
  sgk_random_uniform(key, &view);
  return data;
}

static void matmul(sgk_dtype dtype, int64_t m, int64_t k, int64_t n) {
  printf("%6lld x %5lld x %5lld        ", (long long)m, (long long)k, (long long)n);
  void *a = buffer(m * k, dtype), *b = buffer(k * n, dtype), *c = buffer(m * n, dtype);
  double work = 2.0 * (double)m * (double)n * (double)k, times[3][4][ROUNDS], peaks[ROUNDS];
  sgk_precision precision[3];
  int count = precisions(dtype, precision), repeats = (int)(1e8 / work) + 1;
  for (int round = -1; round < ROUNDS; ++round) {
    for (int turn = 0; turn < 4 * count; ++turn) {
      int kind = turn / count, p = turn % count, ta = kind & 1, tb = kind >> 1;
      sgk_view left, right, out;
      sgk_view_set(&left, a, dtype, 2, (int64_t[]){m, k}, (int64_t[]){ta ? 1 : k, ta ? m : 1});
      sgk_view_set(&right, b, dtype, 2, (int64_t[]){k, n}, (int64_t[]){tb ? 1 : n, tb ? k : 1});
      sgk_view_set(&out, c, dtype, 2, (int64_t[]){m, n}, (int64_t[]){n, 1});
      double start = now();
      for (int i = 0; i < repeats; ++i) sgk_matmul_then(precision[p], &left, &right, &out, NULL);
      if (round >= 0) times[p][kind][round] = (now() - start) / repeats;
    }
    if (round >= 0) peaks[round] = peak(sgk_dtype_size(dtype));
  }
  print_lines(count, precision, 4, times, work, peaks);
  free(a);
  free(b);
  free(c);
}

static void convolution(sgk_dtype dtype, int64_t batch, int64_t in, int64_t out, int64_t size, int64_t filter,
                        int64_t stride, int64_t pad) {
  int64_t result = (size + 2 * pad - filter) / stride + 1;
  sgk_conv conv = {.batch = batch, .height = size, .width = size, .in_channels = in, .out_height = result,
                   .out_width = result, .out_channels = out, .filter_height = filter, .filter_width = filter,
                   .stride_height = stride, .stride_width = stride, .pad_top = pad, .pad_left = pad,
                   .dilation_height = 1, .dilation_width = 1, .groups = 1};
  printf("%4lld ->%4lld @%3lld, %lldx%lld stride %lld ", (long long)in, (long long)out, (long long)size,
         (long long)filter, (long long)filter, (long long)stride);
  void *x = buffer(batch * size * size * in, dtype), *y = buffer(batch * result * result * out, dtype);
  void *w = buffer(filter * filter * in * out, dtype);
  double work = 2.0 * (double)(batch * result * result * out) * (double)(filter * filter * in);
  double times[3][4][ROUNDS], peaks[ROUNDS];
  sgk_precision precision[3];
  int count = precisions(dtype, precision), repeats = (int)(1e8 / work) + 1;
  for (int round = -1; round < ROUNDS; ++round) {
    for (int turn = 0; turn < 3 * count; ++turn) {
      int kind = turn / count, p = turn % count;
      conv.precision = precision[p];
      double start = now();
      for (int i = 0; i < repeats; ++i) {
        if (kind == 0) sgk_conv2d(&conv, dtype, x, w, y);
        if (kind == 1) sgk_conv2d_input_grad(&conv, dtype, y, w, x);
        if (kind == 2) sgk_conv2d_filter_grad(&conv, dtype, x, y, w);
      }
      if (round >= 0) times[p][kind][round] = (now() - start) / repeats;
    }
    if (round >= 0) peaks[round] = peak(sgk_dtype_size(dtype));
  }
  print_lines(count, precision, 3, times, work, peaks);
  free(x);
  free(y);
  free(w);
}

// --- Calls on few elements. ---

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

static int calls(void) {
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

int main(int count, char **arguments) {
  const char *what = count > 1 ? arguments[1] : "all";
  if (strcmp(what, "calls") == 0) return calls();
  sgk_dtype dtype = count > 2 && strcmp(arguments[2], "float64") == 0 ? SGK_FLOAT64 : SGK_FLOAT32;
  printf("%s, %s, threads: %d; GF/s\n", dtype == SGK_FLOAT64 ? "float64" : "float32", sgk_isa_name(sgk_isa_current()),
         sgk_num_threads());
  if (strcmp(what, "conv") != 0) {
    printf("\n matmul m x k x n            precision    A B     A'B     AB'    A'B'      peak\n");
    matmul(dtype, 1024, 1024, 1024);
    matmul(dtype, 128, 100, 128);
    matmul(dtype, 128, 784, 128);
    matmul(dtype, 256, 512, 512);
    matmul(dtype, 256, 1024, 1024);
    matmul(dtype, 128, 6272, 1);
    matmul(dtype, 128, 100, 8192);
    matmul(dtype, 4096, 64, 64);
    matmul(dtype, 64, 16384, 48);
    matmul(dtype, 1, 1024, 1024);
    matmul(dtype, 32, 32, 32);
  }
  if (strcmp(what, "matmul") != 0) {
    printf("\n conv, batch 128, NHWC       precision forward   input  filter      peak\n");
    convolution(dtype, 128, 3, 64, 64, 4, 2, 1);
    convolution(dtype, 128, 64, 128, 32, 4, 2, 1);
    convolution(dtype, 128, 128, 256, 16, 4, 2, 1);
    convolution(dtype, 128, 256, 512, 8, 4, 2, 1);
    convolution(dtype, 128, 1, 64, 28, 4, 2, 1);
    convolution(dtype, 128, 64, 128, 14, 4, 2, 1);
    convolution(dtype, 128, 512, 100, 4, 4, 1, 0);
    convolution(dtype, 128, 512, 1, 4, 4, 1, 0);
    convolution(dtype, 128, 64, 64, 8, 3, 1, 1);
    convolution(dtype, 128, 32, 32, 16, 5, 1, 2);
    convolution(dtype, 128, 1, 32, 8, 4, 2, 1);
    convolution(dtype, 128, 32, 64, 8, 4, 2, 1);
    convolution(dtype, 128, 64, 3, 64, 3, 1, 1);
  }
  return 0;
}
