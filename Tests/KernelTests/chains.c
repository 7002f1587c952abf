// Chains of elementwise steps in one pass, with and without reductions, an optimiser's update of many parameters, and
// random chains.
#include <stdio.h>
#include <stdlib.h>

#include "case.h"

enum { INPUTS = 4, MOST_STEPS = 24 };

typedef struct chain {
  int64_t rows, columns;
  uint32_t seed;
  int reduce;  // an axis; -1: results are stored
} chain;

static uint32_t draw(uint32_t *state, uint32_t below) {
  *state = *state * 1664525u + 1013904223u;  // Numerical Recipes' constants
  return (*state >> 8) % below;
}

static void call(const void *parameters) {
  const chain *c = parameters;
  static const sgk_unary_op unary[] = {SGK_NEG,  SGK_EXP,     SGK_TANH,     SGK_SIGMOID, SGK_RELU, SGK_SQUARE,
                                       SGK_ERF,  SGK_SQRT,    SGK_SOFTPLUS, SGK_ABS,     SGK_LOG,  SGK_SIN};
  static const sgk_binary_op binary[] = {SGK_ADD, SGK_SUB, SGK_MUL, SGK_DIV, SGK_MAXIMUM, SGK_MINIMUM};
  uint32_t seed = c->seed;
  sgk_view views[INPUTS] = {
      input(SGK_FLOAT32, (layout)draw(&seed, LAYOUTS), SHAPE(c->rows, c->columns)),
      input(SGK_FLOAT32, PLAIN, SHAPE(1, c->columns)), input(SGK_FLOAT32, PLAIN, SHAPE(c->rows, 1)),
      input(SGK_FLOAT32, PLAIN, SHAPE(1, 1))};
  views[1].shape[0] = views[3].shape[0] = c->rows, views[1].strides[0] = views[3].strides[0] = 0;
  views[2].shape[1] = views[3].shape[1] = c->columns, views[2].strides[1] = views[3].strides[1] = 0;
  sgk_fused_step steps[MOST_STEPS];
  int32_t count = 3 + (int32_t)draw(&seed, MOST_STEPS - 6);
  for (int32_t i = 0; i < count; ++i) {
    int32_t known = INPUTS + i, last = known - 1;
    if (draw(&seed, 2))
      steps[i] = (sgk_fused_step){SGK_FUSED_UNARY, (int32_t)unary[draw(&seed, sizeof unary / sizeof *unary)],
                                  SGK_FLOAT32, SGK_FLOAT32, {last}};
    else
      steps[i] = (sgk_fused_step){SGK_FUSED_BINARY, (int32_t)binary[draw(&seed, sizeof binary / sizeof *binary)],
                                  SGK_FLOAT32, SGK_FLOAT32, {last, (int32_t)draw(&seed, (uint32_t)known)}};
  }
  // A comparison and a choice by it.
  int32_t last = INPUTS + count - 1;
  steps[count++] = (sgk_fused_step){SGK_FUSED_BINARY, SGK_GT, SGK_FLOAT32, SGK_BOOL, {last, 1}};
  steps[count++] = (sgk_fused_step){SGK_FUSED_SELECT, 0, SGK_FLOAT32, SGK_FLOAT32, {last + 1, last, 0}};
  int64_t out_rows = c->reduce == 0 ? 1 : c->rows, out_columns = c->reduce == 1 ? 1 : c->columns;
  sgk_view results[] = {output(SGK_FLOAT32, PLAIN, SHAPE(out_rows, out_columns)),
                        output(SGK_FLOAT32, PLAIN, SHAPE(out_rows, out_columns))};
  int32_t how = c->reduce < 0 ? -1 : (int32_t)SGK_SUM;
  sgk_fused_result kept[] = {{INPUTS + count - 1, how}, {INPUTS + count / 2 - 1, c->reduce < 0 ? -1 : (int32_t)SGK_MAX}};
  sgk_fused *plan = NULL;
  expect_status(sgk_fused_create(&plan, INPUTS, views, count, steps, 2, kept, results), SGK_OK);
  if (plan) expect_status(sgk_fused_run(plan, NULL, NULL), SGK_OK);
  sgk_fused_free(plan);
}

// Adam (Kingma and Ba 2015) in place on parameters of several sizes, in one go.
static void call_adam(const void *parameters) {
  (void)parameters;
  static const int64_t sizes[] = {1, 3, 64, 1000, 4097, 20011};
  enum { PLANS = sizeof sizes / sizeof *sizes };
  sgk_fused *plans[PLANS] = {NULL};
  sgk_view numbers = input_between(SGK_FLOAT32, PLAIN, SHAPE(4), 0.5, 1);
  for (int i = 0; i < PLANS; ++i) {
    sgk_view views[8] = {update(SGK_FLOAT32, PLAIN, SHAPE(sizes[i])), input(SGK_FLOAT32, PLAIN, SHAPE(sizes[i])),
                         update(SGK_FLOAT32, PLAIN, SHAPE(sizes[i])), update(SGK_FLOAT32, PLAIN, SHAPE(sizes[i]))};
    for (int k = 0; k < 4; ++k)
      sgk_view_set(&views[4 + k], (float *)numbers.data + k, SGK_FLOAT32, 1, &sizes[i], &(int64_t){0});
    enum { P, G, M, V, BETA1, BETA2, EPSILON, RATE };
#define B(op, a, b) {SGK_FUSED_BINARY, op, SGK_FLOAT32, SGK_FLOAT32, {a, b}}
    sgk_fused_step steps[] = {B(SGK_MUL, M, BETA1), B(SGK_ADD, 8, G), B(SGK_MUL, V, BETA2),
                              {SGK_FUSED_UNARY, SGK_SQUARE, SGK_FLOAT32, SGK_FLOAT32, {G}}, B(SGK_ADD, 10, 11),
                              {SGK_FUSED_UNARY, SGK_SQRT, SGK_FLOAT32, SGK_FLOAT32, {12}}, B(SGK_ADD, 13, EPSILON),
                              B(SGK_DIV, 9, 14), B(SGK_MUL, 15, RATE), B(SGK_SUB, P, 16)};
#undef B
    sgk_fused_result kept[] = {{17, -1}, {9, -1}, {12, -1}};
    sgk_view results[] = {views[P], views[M], views[V]};
    expect_status(sgk_fused_create(&plans[i], 8, views, sizeof steps / sizeof *steps, steps, 3, kept, results), SGK_OK);
  }
  expect_status(sgk_fused_run_many(PLANS, (const sgk_fused *const *)plans, NULL, NULL), SGK_OK);
  for (int i = 0; i < PLANS; ++i) sgk_fused_free(plans[i]);
}

void test_chains(void) {
  static const int64_t shapes[][2] = {{1, 1}, {3, 17}, {33, 5}, {7, 1031}, {130, 64}, {1, 9001}, {40, 1}};
  char name[64];
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; ++s)
    for (uint32_t seed = 1; seed <= 9; ++seed) {
      chain c = {shapes[s][0], shapes[s][1], seed * 7919u, (int)(seed % 3) - 1};
      snprintf(name, sizeof name, "chain %u on %lld x %lld, reduced %d", seed, (long long)c.rows, (long long)c.columns,
               c.reduce);
      run_case(name, call, &c);
    }
  run_case("Adam of many parameters", call_adam, NULL);
}
