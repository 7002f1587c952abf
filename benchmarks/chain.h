// Chains of elementwise operations for the benchmarks to measure: a builder of sgk_fused plans, and the chains that more
// than one program runs. Functions that a program does not use are no warning to it.
#ifndef SWIFTGAN_BENCHMARKS_CHAIN_H
#define SWIFTGAN_BENCHMARKS_CHAIN_H

#include <stdint.h>
#include <stdlib.h>

#include "SwiftGANKernels.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wunused-function"

enum { MAX_VALUES = 256 };

// A chain over [rows, columns], float32, being put together.
typedef struct chain {
  int64_t rows, columns;
  int32_t inputs, steps, results;
  sgk_view views[MAX_VALUES];  // inputs, then the steps' values when they run one by one
  sgk_fused_step list[MAX_VALUES];
  sgk_fused_result kept[8];
  sgk_view out[8], again[8];   // results of the one pass, and of the single operations
  double bytes;
  int32_t blocks;
  void *memory[MAX_VALUES + 16];  // what to free
} chain;

static void *memory(chain *c, int64_t elements) {
  void *data = NULL;
  if (posix_memalign(&data, 64, (size_t)elements * 4 + 64) != 0) exit(1);
  return c->memory[c->blocks++] = data;
}

static void chain_free(chain *c) {
  for (int32_t i = 0; i < c->blocks; ++i) free(c->memory[i]);
  c->blocks = 0;
}

static sgk_view view(chain *c, int64_t down, int64_t along, int32_t dtype) {
  int64_t rows = down == 0 ? 1 : c->rows, columns = along == 0 ? 1 : c->columns;
  sgk_view v, all;
  sgk_view_set(&v, memory(c, rows * columns), dtype, 2, (int64_t[]){c->rows, c->columns}, (int64_t[]){down, along});
  sgk_view_set(&all, v.data, dtype, 1, (int64_t[]){rows * columns}, (int64_t[]){1});
  if (dtype == SGK_FLOAT32) sgk_random_uniform((sgk_key){1, (uint64_t)c->inputs}, &all);
  return v;
}

static chain begin(int64_t rows, int64_t columns) { return (chain){.rows = rows, .columns = columns}; }
static int32_t add_input(chain *c, int64_t down, int64_t along) {
  c->views[c->inputs] = view(c, down, along, SGK_FLOAT32);
  c->bytes += 4.0 * (double)((down == 0 ? 1 : c->rows) * (along == 0 ? 1 : c->columns));
  return c->inputs++;
}
static int32_t full(chain *c) { return add_input(c, c->columns, 1); }
static int32_t per_column(chain *c) { return add_input(c, 0, 1); }
static int32_t per_row(chain *c) { return add_input(c, 1, 0); }
static int32_t number(chain *c, float value) {
  int32_t i = add_input(c, 0, 0);
  *(float *)c->views[i].data = value;
  return i;
}

// All inputs come before the first step.
static int32_t add_step(chain *c, sgk_fused_step step) {
  c->list[c->steps] = step;
  c->views[c->inputs + c->steps] = view(c, c->columns, 1, step.to);
  return c->inputs + c->steps++;
}
static int32_t unary(chain *c, sgk_unary_op op, int32_t x) {
  return add_step(c, (sgk_fused_step){SGK_FUSED_UNARY, op, SGK_FLOAT32, SGK_FLOAT32, {x}});
}
static int32_t binary(chain *c, sgk_binary_op op, int32_t a, int32_t b) {
  int32_t to = op >= SGK_EQ && op <= SGK_GE ? SGK_BOOL : SGK_FLOAT32;
  return add_step(c, (sgk_fused_step){SGK_FUSED_BINARY, op, SGK_FLOAT32, to, {a, b}});
}
static int32_t choose(chain *c, int32_t condition, int32_t a, int32_t b) {
  return add_step(c, (sgk_fused_step){SGK_FUSED_SELECT, 0, SGK_FLOAT32, SGK_FLOAT32, {condition, a, b}});
}

static void keep(chain *c, int32_t value, int32_t reduce, int64_t rows, int64_t columns) {
  for (int k = 0; k < 2; ++k)
    sgk_view_set(k ? &c->again[c->results] : &c->out[c->results], memory(c, rows * columns), SGK_FLOAT32, 2,
                 (int64_t[]){rows, columns}, (int64_t[]){columns, 1});
  if (reduce < 0) c->views[value] = c->again[c->results];
  c->kept[c->results++] = (sgk_fused_result){value, reduce};
  c->bytes += 4.0 * (double)(rows * columns);
}
static void store(chain *c, int32_t value) { keep(c, value, -1, c->rows, c->columns); }

// The result takes the place of an input, in the one pass and in the single operations.
static void replace(chain *c, int32_t value, int32_t input) {
  c->out[c->results] = c->again[c->results] = c->views[value] = c->views[input];
  c->kept[c->results++] = (sgk_fused_result){value, -1};
  c->bytes += 4.0 * (double)(c->rows * c->columns);
}

// --- Chains that training is full of. ---

static chain adam(int64_t count) {
  chain c = begin(1, count);
  int32_t p = full(&c), g = full(&c), m = full(&c), v = full(&c);
  int32_t beta1 = number(&c, 0.9f), rest1 = number(&c, 0.1f), beta2 = number(&c, 0.999f), rest2 = number(&c, 0.001f);
  int32_t fix1 = number(&c, 1.5f), fix2 = number(&c, 1.2f), epsilon = number(&c, 1e-8f), rate = number(&c, 1e-3f);
  int32_t m1 = binary(&c, SGK_ADD, binary(&c, SGK_MUL, m, beta1), binary(&c, SGK_MUL, g, rest1));
  int32_t v1 = binary(&c, SGK_ADD, binary(&c, SGK_MUL, v, beta2),
                      binary(&c, SGK_MUL, unary(&c, SGK_SQUARE, g), rest2));
  int32_t root = unary(&c, SGK_SQRT, binary(&c, SGK_MUL, v1, fix2));
  int32_t direction = binary(&c, SGK_DIV, binary(&c, SGK_MUL, m1, fix1), binary(&c, SGK_ADD, root, epsilon));
  replace(&c, binary(&c, SGK_SUB, p, binary(&c, SGK_MUL, direction, rate)), p);
  replace(&c, m1, m);
  replace(&c, v1, v);
  return c;
}

static chain gelu(int64_t count) {
  chain c = begin(1, count);
  int32_t x = full(&c), half = number(&c, 0.5f), root = number(&c, 0.70710678f), one = number(&c, 1);
  int32_t y = binary(&c, SGK_ADD, unary(&c, SGK_ERF, binary(&c, SGK_MUL, x, root)), one);
  store(&c, binary(&c, SGK_MUL, binary(&c, SGK_MUL, x, half), y));
  return c;
}

static chain log_softmax_sums(int64_t rows, int64_t columns) {
  chain c = begin(rows, columns);
  int32_t x = full(&c), most = per_row(&c);
  keep(&c, unary(&c, SGK_EXP, binary(&c, SGK_SUB, x, most)), SGK_SUM, rows, 1);
  return c;
}

static chain log_softmax(int64_t rows, int64_t columns) {
  chain c = begin(rows, columns);
  int32_t x = full(&c), most = per_row(&c), sum = per_row(&c);
  store(&c, binary(&c, SGK_SUB, binary(&c, SGK_SUB, x, most), unary(&c, SGK_LOG, sum)));
  return c;
}

static chain softmax(int64_t rows, int64_t columns) {
  chain c = begin(rows, columns);
  int32_t x = full(&c), most = per_row(&c), sum = per_row(&c);
  store(&c, unary(&c, SGK_EXP, binary(&c, SGK_SUB, binary(&c, SGK_SUB, x, most), unary(&c, SGK_LOG, sum))));
  return c;
}

#pragma clang diagnostic pop

#endif
