// What memory bounds: elementwise functions, sums, softmax, random numbers and the optimiser, in bytes per second that
// must be read and written, beside a loop that reads and writes as many arrays of the size and does nothing else.
#include <stdio.h>
#include <stdlib.h>

#include "../chain.h"
#include "bench.h"
#include "onednn.h"

// One million floats lie in the second- or third-level cache, 16 million in memory.
static const int64_t sizes[] = {(int64_t)1 << 20, (int64_t)1 << 24};

// Runs a case; oneDNN's operation, if there is one, is freed.
static void finish(bench_case *c, int reads, int writes, int64_t count, void (*run)(void *), void *ours, onednn *theirs) {
  // The optimiser alone writes more than one array: what it has read.
  traffic t = traffic_of(reads, writes, writes > 1, count);
  c->group = "streams";
  c->unit = "GB/s";
  bench_add(c, "highest", run, ours);
  bench_add_foreign(c, "onednn f32 plain", onednn_run, theirs);
  bench_add_ceiling(c, "memory", peak_traffic, &t);
  bench_run(c);
  onednn_free(theirs);
  traffic_free(&t);
}

static const char *size_name(int64_t rows, int64_t columns) {
  static char name[48];
  if (rows == 1)
    snprintf(name, sizeof name, "%lld", (long long)columns);
  else
    snprintf(name, sizeof name, "%lld x %lld", (long long)rows, (long long)columns);
  return name;
}

// --- One operation. ---

typedef struct single {
  sgk_unary_op op;
  sgk_view x, out;
} single;

static void run_unary(void *context) {
  const single *s = context;
  sgk_unary(s->op, &s->x, &s->out);
}
static void run_sum(void *context) {
  const single *s = context;
  sgk_reduce(SGK_SUM, &s->x, &s->out);
}
static void run_normal(void *context) {
  const single *s = context;
  sgk_random_normal((sgk_key){1, 2}, &s->out);
}

static single single_of(int64_t rows, int64_t columns, int64_t out_rows, int64_t out_columns) {
  single s = {.op = SGK_EXP};
  sgk_view_set(&s.x, bench_floats(rows * columns), SGK_FLOAT32, 2, (int64_t[]){rows, columns},
               (int64_t[]){columns, 1});
  sgk_view_set(&s.out, bench_floats(out_rows * out_columns), SGK_FLOAT32, 2, (int64_t[]){out_rows, out_columns},
               (int64_t[]){out_columns, 1});
  return s;
}
static void single_free(single *s) { free(s->x.data), free(s->out.data); }

static void functions(int64_t count) {
  static const struct {
    const char *name;
    sgk_unary_op op;
    int theirs;  // -1: oneDNN has no such function
  } list[] = {{"relu", SGK_RELU, ONEDNN_RELU}, {"exp", SGK_EXP, ONEDNN_EXP}, {"tanh", SGK_TANH, ONEDNN_TANH},
              {"erf", SGK_ERF, -1},            {"log", SGK_LOG, -1}};
  single s = single_of(1, count, 1, count);
  for (size_t i = 0; i < sizeof list / sizeof *list; ++i) {
    s.op = list[i].op;
    bench_case c = {.name = list[i].name, .pass = size_name(1, count), .work = 8.0 * (double)count};
    onednn *theirs = list[i].theirs < 0 ? NULL : onednn_elementwise((onednn_function)list[i].theirs, count);
    finish(&c, 1, 1, count, run_unary, &s, theirs);
  }
  bench_case c = {.name = "normal", .pass = size_name(1, count), .work = 4.0 * (double)count};
  finish(&c, 0, 1, count, run_normal, &s, NULL);
  single_free(&s);
}

static void sum(int64_t rows, int64_t columns, bool down) {
  single s = single_of(rows, columns, down ? 1 : rows, down ? columns : 1);
  bench_case c = {.name = rows == 1 ? "sum" : down ? "sum of rows" : "sum of columns",
                  .pass = size_name(rows, columns), .work = 4.0 * (double)(rows * columns)};
  finish(&c, 1, 0, rows * columns, run_sum, &s, onednn_sum(rows, columns, down));
  single_free(&s);
}

// --- Chains. ---

typedef struct plans {
  int count;
  sgk_fused *list[2];
  single before;  // softmax: the largest of each row
  bool reduces;
} plans;

static sgk_fused *plan(const chain *c) {
  sgk_fused *made = NULL;
  if (sgk_fused_create(&made, c->inputs, c->views, c->steps, c->list, c->results, c->kept, c->out) == SGK_OK) return made;
  fprintf(stderr, "roofline: a chain of %d steps cannot be planned\n", c->steps);
  exit(1);
}

static void run_plans(void *context) {
  const plans *p = context;
  if (p->reduces) sgk_reduce(SGK_MAX, &p->before.x, &p->before.out);
  for (int i = 0; i < p->count; ++i) sgk_fused_run(p->list[i], NULL, NULL);
}

static void finish_plans(const char *name, const char *size, int reads, int writes, int64_t count, plans *p,
                         onednn *theirs) {
  bench_case c = {.name = name, .pass = size, .work = 4.0 * (double)count * (reads + writes)};
  finish(&c, reads, writes, count, run_plans, p, theirs);
  for (int i = 0; i < p->count; ++i) sgk_fused_free(p->list[i]);
}

// As the library computes it: largest elements, sums, and the result in a pass of its own each. What must be moved is the
// input and the result.
static void softmax_of(int64_t rows, int64_t columns) {
  chain sums = log_softmax_sums(rows, columns), result = softmax(rows, columns);
  // All three read the same input, and the last two what those before them made.
  result.views[0] = sums.views[0];
  result.views[1] = sums.views[1];
  result.views[2].data = sums.out[0].data;
  plans p = {.count = 2, .list = {plan(&sums), plan(&result)}, .reduces = true};
  p.before.x = sums.views[0];
  sgk_view_set(&p.before.out, sums.views[1].data, SGK_FLOAT32, 2, (int64_t[]){rows, 1}, (int64_t[]){1, 1});
  finish_plans("softmax", size_name(rows, columns), 1, 1, rows * columns, &p, onednn_softmax(rows, columns));
  chain_free(&sums);
  chain_free(&result);
}

static void gelu_of(int64_t count) {
  chain c = gelu(count);
  plans p = {.count = 1, .list = {plan(&c)}};
  finish_plans("gelu", size_name(1, count), 1, 1, count, &p, onednn_elementwise(ONEDNN_GELU, count));
  chain_free(&c);
}

static void adam_of(int64_t count) {
  chain c = adam(count);
  plans p = {.count = 1, .list = {plan(&c)}};
  finish_plans("adam", size_name(1, count), 4, 3, count, &p, NULL);
  chain_free(&c);
}

void bench_streams(void) {
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
    functions(sizes[i]);
    gelu_of(sizes[i]);
    sum(1, sizes[i], false);
  }
  sum(25088, 64, true);
  sum(16384, 1024, false);
  softmax_of(25088, 10);
  softmax_of(16384, 1000);
  adam_of((int64_t)1 << 20);
  adam_of((int64_t)1 << 22);
}
