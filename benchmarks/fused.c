// Chains of elementwise operations in one pass, beside the same operations run one by one into memory that is there
// already, in interleaved rounds. Printed: microseconds of the one pass and of the single operations (minima), the
// bytes per second that the chain must read and write, and how many times as fast the one pass is, by minima and by
// medians.
//
//   clang -O2 benchmarks/fused.c Sources/SwiftGANKernels/*.c -ISources/SwiftGANKernels/include -lpthread -lm -o fused
//   ./fused [name]
//
// SWIFTGAN_NUM_THREADS and SWIFTGAN_ISA choose what is measured.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "SwiftGANKernels.h"
#include "chain.h"
#include "timing.h"

enum { ROUNDS = 15 };

static void run_one_by_one(chain *c) {
  for (int32_t i = 0; i < c->steps; ++i) {
    const sgk_fused_step *step = &c->list[i];
    const sgk_view *a = &c->views[step->operands[0]], *b = &c->views[step->operands[1]];
    const sgk_view *out = &c->views[c->inputs + i];
    if (step->kind == SGK_FUSED_UNARY) sgk_unary((sgk_unary_op)step->op, a, out);
    if (step->kind == SGK_FUSED_BINARY) sgk_binary((sgk_binary_op)step->op, a, b, out);
    if (step->kind == SGK_FUSED_SELECT) sgk_select(a, b, &c->views[step->operands[2]], out);
  }
  for (int32_t k = 0; k < c->results; ++k)
    if (c->kept[k].reduce >= 0)
      sgk_reduce((sgk_reduce_op)c->kept[k].reduce, &c->views[c->kept[k].value], &c->again[k]);
}

static void print(const char *name, int32_t steps, double times[2][ROUNDS], double bytes) {
  for (int k = 0; k < 2; ++k) qsort(times[k], ROUNDS, sizeof times[k][0], compare);
  double one = times[0][0], each = times[1][0];
  printf("%-24s %5d %11.2f %11.2f %8.1f %8.2f %8.2f\n", name, steps, one * 1e6, each * 1e6, bytes / one * 1e-9,
         each / one, times[1][ROUNDS / 2] / times[0][ROUNDS / 2]);
}

static void measure(const char *name, const char *only, chain c) {
  if (only && strcmp(only, name) != 0) return;
  sgk_fused *plan = NULL;
  if (sgk_fused_create(&plan, c.inputs, c.views, c.steps, c.list, c.results, c.kept, c.out) != SGK_OK) {
    fprintf(stderr, "fused: no plan for %s\n", name);
    exit(1);
  }
  double times[2][ROUNDS];
  run_one_by_one(&c);
  double start = now();
  sgk_fused_run(plan, NULL, NULL);
  int repeats = (int)(2e-3 / (now() - start)) + 1;
  for (int round = 0; round < ROUNDS; ++round) {
    start = now();
    for (int i = 0; i < repeats; ++i) sgk_fused_run(plan, NULL, NULL);
    times[0][round] = (now() - start) / repeats;
    start = now();
    for (int i = 0; i < repeats; ++i) run_one_by_one(&c);
    times[1][round] = (now() - start) / repeats;
  }
  for (int32_t k = 0; k < c.results; ++k)
    if (memcmp(c.out[k].data, c.again[k].data, (size_t)sgk_view_count(&c.out[k]) * 4) != 0)
      printf("%s: result %d differs\n", name, k);
  print(name, c.steps, times, c.bytes);
  sgk_fused_free(plan);
  chain_free(&c);
}

// Adam on the parameters of a small network: all plans in one go, and one after another.
static void measure_many(const char *name, const char *only) {
  if (only && strcmp(only, name) != 0) return;
  const int64_t sizes[] = {2048, 64, 131072, 128, 128, 128, 6272, 1, 627200, 6272, 131072, 64, 64, 64, 1024, 1};
  enum { PLANS = sizeof sizes / sizeof sizes[0] };
  sgk_fused *plans[PLANS];
  chain *chains = malloc(PLANS * sizeof *chains);
  for (int i = 0; chains && i < PLANS; ++i) {
    chains[i] = adam(sizes[i]);
    chain *c = &chains[i];
    if (sgk_fused_create(&plans[i], c->inputs, c->views, c->steps, c->list, c->results, c->kept, c->out) != SGK_OK)
      exit(1);
  }
  double times[2][ROUNDS], bytes = 0;
  for (int i = 0; chains && i < PLANS; ++i) bytes += chains[i].bytes;
  for (int round = 0; round < ROUNDS; ++round) {
    double start = now();
    for (int k = 0; k < 10; ++k) sgk_fused_run_many(PLANS, (const sgk_fused *const *)plans, NULL, NULL);
    times[0][round] = (now() - start) / 10;
    start = now();
    for (int k = 0; k < 10; ++k)
      for (int i = 0; i < PLANS; ++i) sgk_fused_run(plans[i], NULL, NULL);
    times[1][round] = (now() - start) / 10;
  }
  print(name, 14, times, bytes);
  for (int i = 0; i < PLANS; ++i) sgk_fused_free(plans[i]), chain_free(&chains[i]);
  free(chains);
}

// ------------------------------------------------------------------------------------------------- what is measured

static chain bias_leaky(int64_t rows, int64_t columns) {
  chain c = begin(rows, columns);
  int32_t x = full(&c), bias = per_column(&c), zero = number(&c, 0), slope = number(&c, 0.2f);
  int32_t y = binary(&c, SGK_ADD, x, bias);
  store(&c, choose(&c, binary(&c, SGK_GT, y, zero), y, binary(&c, SGK_MUL, y, slope)));
  return c;
}

static chain norm_relu(int64_t rows, int64_t columns) {
  chain c = begin(rows, columns);
  int32_t x = full(&c), mean = per_column(&c), variance = per_column(&c), scale = per_column(&c);
  int32_t shift = per_column(&c), epsilon = number(&c, 1e-5f), zero = number(&c, 0);
  int32_t factor = binary(&c, SGK_MUL, unary(&c, SGK_RSQRT, binary(&c, SGK_ADD, variance, epsilon)), scale);
  int32_t y = binary(&c, SGK_ADD, binary(&c, SGK_MUL, binary(&c, SGK_SUB, x, mean), factor), shift);
  store(&c, binary(&c, SGK_MAXIMUM, y, zero));
  return c;
}

static chain norm_sums(int64_t rows, int64_t columns) {
  chain c = begin(rows, columns);
  int32_t x = full(&c), dy = full(&c), mean = per_column(&c), factor = per_column(&c);
  int32_t xhat = binary(&c, SGK_MUL, binary(&c, SGK_SUB, x, mean), factor);
  keep(&c, dy, SGK_SUM, 1, columns);
  keep(&c, binary(&c, SGK_MUL, dy, xhat), SGK_SUM, 1, columns);
  return c;
}

static chain tanh_gradient(int64_t count) {
  chain c = begin(1, count);
  int32_t x = full(&c), dy = full(&c), one = number(&c, 1);
  int32_t y = unary(&c, SGK_TANH, x);
  store(&c, binary(&c, SGK_MUL, dy, binary(&c, SGK_SUB, one, unary(&c, SGK_SQUARE, y))));
  return c;
}

static chain mean_square(int64_t count) {
  chain c = begin(1, count);
  int32_t x = full(&c), y = full(&c);
  keep(&c, unary(&c, SGK_SQUARE, binary(&c, SGK_SUB, x, y)), SGK_SUM, 1, 1);
  return c;
}

// Binary cross-entropy with logits.
static chain cross_entropy(int64_t count) {
  chain c = begin(1, count);
  int32_t x = full(&c), y = full(&c);
  keep(&c, binary(&c, SGK_SUB, unary(&c, SGK_SOFTPLUS, x), binary(&c, SGK_MUL, x, y)), SGK_SUM, 1, 1);
  return c;
}

static chain long_chain(int64_t count, int32_t steps) {
  chain c = begin(1, count);
  int32_t x = full(&c), y = full(&c), z = x;
  for (int32_t i = 0; i < steps; ++i) z = binary(&c, i % 2 ? SGK_MUL : SGK_ADD, z, y);
  store(&c, z);
  return c;
}

int main(int count, char **arguments) {
  const char *only = count > 1 ? arguments[1] : NULL;
  const int64_t pixels = 128 * 14 * 14;
  printf("float32, %s, threads: %d\n\n", sgk_isa_name(sgk_isa_current()), sgk_num_threads());
  printf("%-24s %5s %11s %11s %8s %8s %8s\n", "chain", "steps", "one pass us", "single us", "GB/s", "ratio", "medians");
  measure("adam-1M", only, adam(1 << 20));
  measure("adam-10k", only, adam(10000));
  measure_many("adam-16-parameters", only);
  measure("bias-leaky-64", only, bias_leaky(pixels, 64));
  measure("bias-leaky-10", only, bias_leaky(pixels, 10));
  measure("bias-leaky-512", only, bias_leaky(pixels / 8, 512));
  measure("norm-relu-64", only, norm_relu(pixels, 64));
  measure("norm-relu-3", only, norm_relu(pixels * 4, 3));
  measure("norm-sums-64", only, norm_sums(pixels, 64));
  measure("norm-sums-3", only, norm_sums(pixels * 4, 3));
  measure("norm-sums-512", only, norm_sums(pixels / 8, 512));
  measure("gelu-1M", only, gelu(1 << 20));
  measure("tanh-gradient-1M", only, tanh_gradient(1 << 20));
  measure("log-softmax-sums-10", only, log_softmax_sums(pixels, 10));
  measure("log-softmax-10", only, log_softmax(pixels, 10));
  measure("log-softmax-sums-1000", only, log_softmax_sums(1024, 1000));
  measure("log-softmax-1000", only, log_softmax(1024, 1000));
  measure("mean-square-1M", only, mean_square(1 << 20));
  measure("mean-square-100k", only, mean_square(100000));
  measure("cross-entropy-128", only, cross_entropy(128));
  measure("norm-sums-128x10", only, norm_sums(128, 10));
  measure("100-steps-100k", only, long_chain(100000, 100));
  measure("100-steps-128", only, long_chain(128, 100));
  measure("100-steps-1", only, long_chain(1, 100));
  measure("2-steps-1", only, long_chain(1, 2));
  measure("2-steps-1000", only, long_chain(1000, 2));
  return 0;
}
