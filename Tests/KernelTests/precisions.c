// Float32 products in lesser precisions beside sums in double: matrix products and the three passes of convolutions, on
// numbers that are hard on roundings. In the tests with a model of tiles (see run) these are the products of AMX.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "case.h"

#if defined(SGK_TILE_MODEL)
_Thread_local bool tile_model_is_held;
#define TILES_ARE_HELD tile_model_is_held
#else
#define TILES_ARE_HELD false
#endif

typedef enum numbers { EVEN, WIDE, CANCELLING, HALFWAY, KINDS } numbers;

typedef struct check {
  sgk_precision precision;
  numbers kind;
  int64_t m, k, n;
  layout a, b;
} check;

// Errors are norms of what is off by the norm of the sums of the terms' magnitudes.
static const double bounds[] = {[SGK_PRECISION_HIGHEST] = 0x1p-20, [SGK_PRECISION_HIGH] = 0x1p-15,
                                [SGK_PRECISION_MEDIUM] = 0x1p-7};

static float hard_number(numbers kind, int64_t index, uint32_t *random) {
  *random = *random * 1664525u + 1013904223u;
  float even = (float)(*random >> 8) * 0x1p-23f - 1;
  *random = *random * 1664525u + 1013904223u;
  switch (kind) {
    case EVEN: return even;
    case WIDE: return ldexpf(even, (int)(*random >> 16) % 41 - 20);
    case CANCELLING: return (index % 2 == 0 ? 1000 : -1000) + even;
    // The sum of two bfloat16 is as far from it as can be, below it, and so is what `high` leaves out: errors add up.
    default: return 1 + 0x1p-8f - 0x1p-15f + 0x1p-17f;
  }
}

static float *element(const sgk_view *v, int64_t i, int64_t j) {
  return (float *)v->data + i * v->strides[0] + j * v->strides[1];
}

static sgk_view hard(layout layout, numbers kind, int64_t rows, int64_t columns) {
  sgk_view v = update(SGK_FLOAT32, layout, SHAPE(rows, columns));
  uint32_t random = 12345;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) *element(&v, i, j) = hard_number(kind, i + j, &random);
  return v;
}

static double expect_close(double off, double all, const check *c, const char *what) {
  double error = sqrt(off / all);
  if (error >= bounds[c->precision]) fprintf(stderr, "off by %g\n", error);
  expect(error < bounds[c->precision], what);
  return error;
}

static void product(const void *parameters) {
  const check *c = parameters;
  sgk_view a = hard(c->a, c->kind, c->m, c->k);
  sgk_view b = hard(c->b, c->kind, c->k, c->n);
  sgk_view out = output(SGK_FLOAT32, PLAIN, SHAPE(c->m, c->n));
  expect_status(sgk_matmul_then(c->precision, &a, &b, &out, NULL), SGK_OK);
  expect(!TILES_ARE_HELD, "tiles are not released");
  double off = 0, all = 0;
  for (int64_t i = 0; i < c->m; ++i) {
    for (int64_t j = 0; j < c->n; ++j) {
      double sum = 0, magnitude = 0;
      for (int64_t k = 0; k < c->k; ++k) {
        double term = (double)*element(&a, i, k) * *element(&b, k, j);
        sum += term;
        magnitude += fabs(term);
      }
      double difference = *element(&out, i, j) - sum;
      off += difference * difference;
      all += magnitude * magnitude;
    }
  }
  double error = expect_close(off, all, c, "a product is too far off");
  // What is asked for and pays is what runs: these numbers show it.
  bool pays = c->m >= 16 && c->n >= 16, rounds = sgk_precision_in_effect(c->precision) != SGK_PRECISION_HIGHEST;
  if (c->kind == HALFWAY) expect((error > bounds[c->precision] / 4) == (pays && rounds), "another precision's error");
}

// A convolution and its adjoints, beside those of doubles. m: images; k, n: channels of x and y.
static void convolution(const void *parameters) {
  const check *c = parameters;
  enum { SIDE = 7, TAPS = 4, OUT = 3 };
  sgk_conv conv = {.batch = c->m, .height = SIDE, .width = SIDE, .in_channels = c->k, .filter_height = TAPS,
                   .filter_width = TAPS, .out_height = OUT, .out_width = OUT, .out_channels = c->n, .stride_height = 2,
                   .stride_width = 2, .dilation_height = 1, .dilation_width = 1, .pad_top = 1, .pad_left = 1, .groups = 1,
                   .precision = c->precision};
  int64_t counts[3] = {c->m * SIDE * SIDE * c->k, TAPS * TAPS * c->k * c->n, c->m * OUT * OUT * c->n};
  float *given[3], *found[3];
  double *exact[3], *terms[3], *made[3], *sizes[3];
  for (int i = 0; i < 3; ++i) {
    given[i] = hard(PLAIN, c->kind, 1, counts[i]).data;
    found[i] = output_block(SGK_FLOAT32, counts[i]);
    exact[i] = malloc((size_t)counts[i] * sizeof(double));
    terms[i] = malloc((size_t)counts[i] * sizeof(double));
    made[i] = malloc((size_t)counts[i] * sizeof(double));
    sizes[i] = malloc((size_t)counts[i] * sizeof(double));
    if (!exact[i] || !terms[i] || !made[i] || !sizes[i]) abort();
    for (int64_t e = 0; e < counts[i]; ++e) exact[i][e] = given[i][e], terms[i][e] = fabs(exact[i][e]);
  }
  sgk_status all_well = SGK_OK;
  all_well |= sgk_conv2d(&conv, SGK_FLOAT32, given[0], given[1], found[2]);
  all_well |= sgk_conv2d_input_grad(&conv, SGK_FLOAT32, given[2], given[1], found[0]);
  all_well |= sgk_conv2d_filter_grad(&conv, SGK_FLOAT32, given[0], given[2], found[1]);
  conv.precision = SGK_PRECISION_HIGHEST;
  for (int magnitude = 0; magnitude < 2; ++magnitude) {
    double **from = magnitude ? terms : exact, **to = magnitude ? sizes : made;
    all_well |= sgk_conv2d(&conv, SGK_FLOAT64, from[0], from[1], to[2]);
    all_well |= sgk_conv2d_input_grad(&conv, SGK_FLOAT64, from[2], from[1], to[0]);
    all_well |= sgk_conv2d_filter_grad(&conv, SGK_FLOAT64, from[0], from[2], to[1]);
  }
  expect_status(all_well, SGK_OK);
  for (int i = 0; i < 3; ++i) {
    double off = 0, all = 0;
    for (int64_t e = 0; e < counts[i]; ++e) {
      off += (found[i][e] - made[i][e]) * (found[i][e] - made[i][e]);
      all += sizes[i][e] * sizes[i][e];
    }
    expect_close(off, all, c, "a convolution is too far off");
    free(exact[i]), free(terms[i]), free(made[i]), free(sizes[i]);
  }
}

// An infinity or NaN reaches the results that it belongs to, and no others: what fills up words must not meet it.
static void infinities(const void *parameters) {
  const check *c = parameters;
  const float of_row[4] = {1.25f, INFINITY, -INFINITY, NAN};
  sgk_view a = update(SGK_FLOAT32, c->a, SHAPE(c->m, c->k)), b = update(SGK_FLOAT32, c->b, SHAPE(c->k, c->n));
  sgk_view out = output(SGK_FLOAT32, PLAIN, SHAPE(c->m, c->n));
  for (int64_t i = 0; i < c->m; ++i)
    for (int64_t k = 0; k < c->k; ++k) *element(&a, i, k) = k < c->k - 1 ? 1.25f : of_row[i % 4];
  for (int64_t k = 0; k < c->k; ++k)
    for (int64_t j = 0; j < c->n; ++j) *element(&b, k, j) = 1 + 0x1p-9f;
  expect_status(sgk_matmul_then(c->precision, &a, &b, &out, NULL), SGK_OK);
  for (int64_t i = 0; i < c->m; ++i)
    for (int64_t j = 0; j < c->n; ++j) {
      float value = *element(&out, i, j), wanted = of_row[i % 4];
      bool good = isnan(wanted) ? isnan(value) : isinf(wanted) ? value == wanted : isfinite(value);
      expect(good, "an infinity or NaN is elsewhere");
      // NaN's bits need not be the same.
      if (isnan(value)) *element(&out, i, j) = 0;
    }
  for (int64_t i = 0; i < c->m; ++i) *element(&a, i, c->k - 1) = 0;
}

void test_precisions(void) {
  static const int64_t sizes[][3] = {{16, 16, 16},  {17, 33, 31},   {64, 65, 96},   {33, 1031, 40}, {15, 300, 33},
                                     {100, 70, 47}, {48, 8, 64},    {31, 17, 16},   {161, 129, 20}, {32, 64, 32},
                                     {40, 2100, 24}, {65, 545, 130}};
  char name[96];
  for (int precision = SGK_PRECISION_HIGHEST; precision <= SGK_PRECISION_MEDIUM; ++precision) {
    for (numbers kind = EVEN; kind < KINDS; ++kind) {
      for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        check c = {(sgk_precision)precision, kind, sizes[i][0], sizes[i][1], sizes[i][2],
                   (layout)((i + kind) % LAYOUTS), (layout)(i / 2 % LAYOUTS)};
        snprintf(name, sizeof name, "precision %d, numbers %d, %lld x %lld x %lld, layouts %d %d", precision, kind,
                 (long long)c.m, (long long)c.k, (long long)c.n, c.a, c.b);
        run_case(name, product, &c);
        if (kind == EVEN) run_case(name, infinities, &c);
      }
      static const int64_t images[][3] = {{3, 16, 16}, {1, 17, 33}, {5, 3, 20}, {2, 40, 18}};
      for (size_t i = 0; i < sizeof images / sizeof *images; ++i) {
        check c = {(sgk_precision)precision, kind, images[i][0], images[i][1], images[i][2], PLAIN, PLAIN};
        snprintf(name, sizeof name, "precision %d, numbers %d, convolution of %lld images, %lld to %lld channels",
                 precision, kind, (long long)c.m, (long long)c.k, (long long)c.n);
        run_case(name, convolution, &c);
      }
    }
  }
}
