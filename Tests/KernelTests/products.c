// Matrix products: odd sizes, every layout, packed sides, chains on the result, batches, all precisions.
#include <stdio.h>

#include "case.h"

typedef struct product {
  sgk_dtype dtype;
  sgk_precision precision;
  int64_t batch, m, k, n;
  layout a, b;
} product;

static void call(const void *parameters) {
  const product *p = parameters;
  sgk_view a = input(p->dtype, p->a, SHAPE(p->batch, p->m, p->k));
  sgk_view b = input(p->dtype, p->b, SHAPE(p->batch, p->k, p->n));
  sgk_view out = output(p->dtype, PLAIN, SHAPE(p->batch, p->m, p->n));
  expect_status(sgk_matmul_then(p->precision, &a, &b, &out, NULL), SGK_OK);
}

// One right side, broadcast over the batch; and a bias and leaky relu on the result.
static void call_then(const void *parameters) {
  const product *p = parameters;
  sgk_view a = input(p->dtype, p->a, SHAPE(p->m, p->k)), b = input(p->dtype, p->b, SHAPE(p->k, p->n));
  sgk_view out = output(p->dtype, PLAIN, SHAPE(p->m, p->n)), result = output(p->dtype, PLAIN, SHAPE(p->m, p->n));
  sgk_view bias = input(p->dtype, PLAIN, SHAPE(1, p->n));
  bias.shape[0] = p->m, bias.strides[0] = 0;
  sgk_fused_step steps[] = {{SGK_FUSED_BINARY, SGK_ADD, p->dtype, p->dtype, {0, 1}},
                            {SGK_FUSED_UNARY, SGK_RELU, p->dtype, p->dtype, {2}},
                            {SGK_FUSED_UNARY, SGK_TANH, p->dtype, p->dtype, {3}}};
  sgk_fused *plan = NULL;
  expect_status(sgk_fused_create(&plan, 2, (sgk_view[]){out, bias}, 3, steps, 1, (sgk_fused_result[]){{4, -1}}, &result),
                SGK_OK);
  // Data is where it was at creation, so that it need not be said again.
  bool again = p->m % 2 == 0;
  sgk_fused_call then = {plan, again ? (void *const[]){out.data, bias.data} : NULL,
                         again ? (void *const[]){result.data} : NULL};
  expect_status(sgk_matmul_then(p->precision, &a, &b, &out, &then), SGK_OK);
  sgk_fused_free(plan);
}

static void call_packed(const void *parameters) {
  const product *p = parameters;
  int64_t count = sgk_matmul_packed_count(p->dtype, p->m, p->n, p->k);
  if (count == 0) return;
  sgk_view a = input(p->dtype, p->a, SHAPE(p->m, p->k)), b = input(p->dtype, p->b, SHAPE(p->k, p->n));
  sgk_view out = output(p->dtype, PLAIN, SHAPE(p->m, p->n));
  // What lies between panels need not be written: the room is an input to the harness but for what is not compared.
  sgk_view packed = output(p->dtype, PLAIN, SHAPE(count));
  expect_status(sgk_matmul_pack(p->precision, &b, p->m, packed.data), SGK_OK);
  expect_status(sgk_matmul_packed(p->precision, &a, packed.data, &out, NULL), SGK_OK);
  __builtin_memset(packed.data, 0, (size_t)(count * sgk_dtype_size(p->dtype)));
}

static void run(const product *p) {
  char name[128];
  snprintf(name, sizeof name, "product %lld x %lld x %lld, batch %lld, type %d, precision %d, layouts %d %d",
           (long long)p->m, (long long)p->k, (long long)p->n, (long long)p->batch, p->dtype, p->precision, p->a, p->b);
  run_case(name, call, p);
  run_case(name, call_then, p);
  run_case(name, call_packed, p);
}

// Float32 in each precision, then float64.
static sgk_precision precision_of(int kind) { return kind < 3 ? (sgk_precision)kind : SGK_PRECISION_HIGHEST; }

void test_products(void) {
  static const int64_t sizes[][3] = {{1, 1, 1},    {1, 7, 33},    {33, 1, 5},    {3, 300, 2},   {14, 32, 32},
                                     {15, 33, 31}, {17, 9, 16},   {6, 257, 40},  {64, 100, 65}, {129, 31, 67},
                                     {5, 40, 130}, {100, 65, 1},  {1, 129, 100}, {16, 8, 16},   {70, 520, 50},
                                     {0, 3, 4},    {3, 0, 4},     {4, 3, 0}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i)
    for (int kind = 0; kind < 4; ++kind)
      for (int way = 0; way < LAYOUTS; ++way) {
        product p = {kind == 3 ? SGK_FLOAT64 : SGK_FLOAT32, precision_of(kind), 2,
                     sizes[i][0], sizes[i][1], sizes[i][2], (layout)way, (layout)((way * 3 + (int)i) % LAYOUTS)};
        run(&p);
      }
  for (int i = 0; i < 300; ++i) {
    int kind = (int)any_below(4);
    product p = {kind == 3 ? SGK_FLOAT64 : SGK_FLOAT32, precision_of(kind),
                 1 + any_below(3), 1 + any_below(50), 1 + any_below(50), 1 + any_below(80),
                 (layout)any_below(LAYOUTS), (layout)any_below(LAYOUTS)};
    run(&p);
  }
  product large = {SGK_FLOAT32, SGK_PRECISION_HIGHEST, 1, 300, 530, 290, TURNED, PLAIN};
  for (int kind = 0; kind < 3; ++kind) {
    large.precision = precision_of(kind);
    run(&large);
  }
}
