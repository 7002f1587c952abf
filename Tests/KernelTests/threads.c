// The pool: every item once, nested and concurrent callers, a changing number of threads, a forked child; and kernels
// that several threads run at once.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "case.h"

enum { ITEMS = 500, CALLERS = 4 };

typedef struct job {
  int64_t counts[ITEMS];  // plain memory: items that meet are a race
  atomic_long total;
  int64_t inner;
} job;

static void count_inner(void *context, int64_t item) {
  (void)item;
  atomic_fetch_add_explicit(&((job *)context)->total, 1, memory_order_relaxed);
}

static void count(void *context, int64_t item) {
  job *j = context;
  j->counts[item] += 1;
  if (j->inner > 0) sgk_parallel(j->inner, count_inner, j);
}

static void run_job(int64_t items, int64_t inner) {
  job *j = calloc(1, sizeof *j);
  if (!j) abort();
  j->inner = inner;
  for (int repeat = 0; repeat < 3; ++repeat) sgk_parallel(items, count, j);
  for (int64_t i = 0; i < ITEMS; ++i) expect(j->counts[i] == (i < items ? 3 : 0), "an item ran twice, or never");
  expect(atomic_load(&j->total) == 3 * items * inner, "an inner item ran twice, or never");
  free(j);
}

static void call_items(const void *parameters) {
  (void)parameters;
  static const int64_t counts[] = {0, 1, 2, 3, 64, ITEMS};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; ++i) run_job(counts[i], 0);
  run_job(50, 7);
}

// Each caller's numbers are its own; all use the pool at once, and one changes its size.
static void *be_caller(void *argument) {
  int number = (int)(intptr_t)argument;
  for (int64_t repeat = 0; repeat < 60; ++repeat) {
    job *j = calloc(1, sizeof *j);
    if (!j) abort();
    sgk_parallel(33, count, j);
    for (int64_t i = 0; i < 33; ++i)
      if (j->counts[i] != 1) abort();
    free(j);
    if (number == 0) sgk_set_num_threads((int32_t)(1 + repeat % 5));
  }
  return NULL;
}

static void on_threads(void *(*body)(void *)) {
  pthread_t threads[CALLERS];
  for (intptr_t i = 0; i < CALLERS; ++i)
    if (pthread_create(&threads[i], NULL, body, (void *)i) != 0) abort();
  for (int i = 0; i < CALLERS; ++i) pthread_join(threads[i], NULL);
}

static void call_callers(const void *parameters) {
  (void)parameters;
  on_threads(be_caller);
}

// Products, convolutions, a shared plan, random numbers and sums on several threads of the program at once.
typedef struct shared {
  sgk_view a, b, x, w;
  const sgk_fused *plan;
} shared;
static shared together;

static uint64_t everything(float *out, const float *expected) {
  enum { N = 70 };
  uint64_t wrong = 0;
  sgk_view product, sum;
  sgk_view_set(&product, out, SGK_FLOAT32, 2, (int64_t[]){N, N}, (int64_t[]){N, 1});
  sgk_matmul(&together.a, &together.b, &product);
  sgk_view_set(&sum, out + N * N, SGK_FLOAT32, 2, (int64_t[]){1, N}, (int64_t[]){N, 1});
  sgk_reduce(SGK_SUM, &together.a, &sum);
  sgk_conv conv = {.batch = 2, .height = 8, .width = 8, .in_channels = 16, .out_height = 4, .out_width = 4,
                   .out_channels = 16, .filter_height = 4, .filter_width = 4, .stride_height = 2, .stride_width = 2,
                   .pad_top = 1, .pad_left = 1, .dilation_height = 1, .dilation_width = 1, .groups = 1};
  wrong += sgk_conv2d(&conv, SGK_FLOAT32, together.x.data, together.w.data, out + N * (N + 1)) != SGK_OK;
  void *results[] = {out + N * (N + 1) + 512};
  wrong += sgk_fused_run(together.plan, NULL, results) != SGK_OK;
  int64_t size = N * (N + 1) + 512 + N * N;
  sgk_view normal;
  sgk_view_set(&normal, out + size, SGK_FLOAT32, 1, (int64_t[]){1001}, (int64_t[]){1});
  sgk_random_normal((sgk_key){1, 2}, &normal);
  size += 1001;
  return wrong + (expected ? (uint64_t)(memcmp(out, expected, (size_t)size * sizeof *out) != 0) : 0);
}

enum { ALL = 70 * 71 + 512 + 70 * 70 + 1001 };
static float *wanted;

static void *be_user(void *argument) {
  (void)argument;
  float *out = malloc(ALL * sizeof *out);
  uintptr_t wrong = 0;
  for (int repeat = 0; repeat < 8 && out; ++repeat) wrong += everything(out, wanted);
  free(out);
  if (wrong) abort();
  return NULL;
}

static void call_users(const void *parameters) {
  (void)parameters;
  together.a = input(SGK_FLOAT32, PLAIN, SHAPE(70, 70));
  together.b = input(SGK_FLOAT32, TURNED, SHAPE(70, 70));
  together.x = input(SGK_FLOAT32, PLAIN, SHAPE(2 * 8 * 8 * 16));
  together.w = input(SGK_FLOAT32, PLAIN, SHAPE(4 * 4 * 16 * 16));
  sgk_view out = output(SGK_FLOAT32, PLAIN, SHAPE(70, 70));
  sgk_fused_step steps[] = {{SGK_FUSED_BINARY, SGK_MUL, SGK_FLOAT32, SGK_FLOAT32, {0, 1}},
                            {SGK_FUSED_UNARY, SGK_TANH, SGK_FLOAT32, SGK_FLOAT32, {2}}};
  sgk_fused *plan = NULL;
  expect_status(sgk_fused_create(&plan, 2, (sgk_view[]){together.a, together.b}, 2, steps, 1,
                                 (sgk_fused_result[]){{3, -1}}, &out),
                SGK_OK);
  together.plan = plan;
  wanted = output_block(SGK_FLOAT32, ALL);
  expect(everything(wanted, NULL) == 0, "a kernel failed");
  on_threads(be_user);
  sgk_fused_run(plan, NULL, NULL);
  sgk_fused_free(plan);
}

static void call_fork(const void *parameters) {
  (void)parameters;
  run_job(ITEMS, 0);
  pid_t child = fork();
  if (child == 0) {
    static job j;
    sgk_parallel(ITEMS, count, &j);
    for (int64_t i = 0; i < ITEMS; ++i)
      if (j.counts[i] != 1) _exit(1);
    _exit(0);
  }
  int status = 1;
  expect(child > 0 && waitpid(child, &status, 0) == child && status == 0, "the pool does not work in a forked child");
}

void test_threads(void) {
  run_case("items", call_items, NULL);
  run_case("several callers", call_callers, NULL);
  run_case("several users of kernels", call_users, NULL);
}

void test_fork(void) { run_case("a forked child", call_fork, NULL); }
