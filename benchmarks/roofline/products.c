// Matrix products: as they come, turned, and with a right side that is packed already, beside oneDNN's with plain and with
// its own layouts; and in float64, which oneDNN does not have.
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "onednn.h"

typedef struct product {
  sgk_precision precision;
  sgk_view a, b, out;
  void *packed;  // NULL: b is packed on the way
} product;

static void run(void *context) {
  const product *p = context;
  if (p->packed)
    sgk_matmul_packed(p->precision, &p->a, p->packed, &p->out, NULL);
  else
    sgk_matmul_then(p->precision, &p->a, &p->b, &p->out, NULL);
}

// Memory of the operands and which of them are turned (given as their transposes), for products of one shape.
typedef struct operands {
  sgk_dtype dtype;
  int64_t m, k, n;
  bool turn_a, turn_b;
  void *a, *b, *out;
} operands;

static product product_of(const operands *o, sgk_precision precision, bool packed) {
  product p = {.precision = precision};
  sgk_view_set(&p.a, o->a, o->dtype, 2, (int64_t[]){o->m, o->k},
               o->turn_a ? (int64_t[]){1, o->m} : (int64_t[]){o->k, 1});
  sgk_view_set(&p.b, o->b, o->dtype, 2, (int64_t[]){o->k, o->n},
               o->turn_b ? (int64_t[]){1, o->k} : (int64_t[]){o->n, 1});
  sgk_view_set(&p.out, o->out, o->dtype, 2, (int64_t[]){o->m, o->n}, (int64_t[]){o->n, 1});
  int64_t count = packed ? sgk_matmul_packed_count(o->dtype, o->m, o->n, o->k) : 0;
  if (count > 0) {
    p.packed = bench_memory((size_t)(count * sgk_dtype_size(o->dtype)));
    sgk_matmul_pack(precision, &p.b, o->m, p.packed);
  }
  return p;
}

static bench_case case_of(const operands *o) {
  static char name[64];
  snprintf(name, sizeof name, "%lld x %lld x %lld", (long long)o->m, (long long)o->k, (long long)o->n);
  return (bench_case){.group = "products", .name = name, .unit = "GF/s",
                      .pass = o->dtype == SGK_FLOAT64 ? "float64" : o->turn_a ? "A' B" : o->turn_b ? "A B'" : "A B",
                      .work = 2.0 * (double)o->m * (double)o->n * (double)o->k};
}

static void measure(int64_t m, int64_t k, int64_t n, bool turn_a, bool turn_b) {
  static const char *const labels[2][2] = {{"highest", "medium"}, {"packed highest", "packed medium"}};
  static const char *const foreign[2][2] = {{"onednn f32 plain", "onednn bf16 plain"},
                                            {"onednn f32 own", "onednn bf16 own"}};
  operands o = {SGK_FLOAT32, m, k, n, turn_a, turn_b, bench_floats(m * k), bench_floats(k * n), bench_floats(m * n)};
  bench_case c = case_of(&o);
  bool medium = sgk_precision_in_effect(SGK_PRECISION_MEDIUM) == SGK_PRECISION_MEDIUM, turned = turn_a || turn_b;
  product ours[2][2];
  onednn *theirs[2][2] = {{NULL}};
  for (int packed = 0; packed < (turned ? 1 : 2); ++packed)
    for (int lesser = 0; lesser < 2; ++lesser) {
      product *p = &ours[packed][lesser];
      *p = product_of(&o, lesser ? SGK_PRECISION_MEDIUM : SGK_PRECISION_HIGHEST, packed);
      bool differs = (!packed || p->packed) && (!lesser || medium);
      bench_add(&c, labels[packed][lesser], run, differs ? p : NULL);
      theirs[packed][lesser] = onednn_product(m, k, n, turn_a, turn_b, lesser, packed);
      bench_add_foreign(&c, foreign[packed][lesser], onednn_run, theirs[packed][lesser]);
    }
  bench_add_ceiling(&c, "f32", peak_f32, NULL);
  if (medium) bench_add_ceiling(&c, "bf16", peak_bf16, NULL);
  bench_run(&c);
  for (int i = 0; i < 4; ++i) {
    if (!turned || i < 2) free(ours[i / 2][i % 2].packed);
    onednn_free(theirs[i / 2][i % 2]);
  }
  free(o.a), free(o.b), free(o.out);
}

static void *doubles(int64_t count) {
  double *data = bench_memory((size_t)count * sizeof *data);
  for (int64_t i = 0; i < count; ++i) data[i] = (double)(i % 251) / 256;
  return data;
}

static void measure_float64(int64_t m, int64_t k, int64_t n) {
  operands o = {SGK_FLOAT64, m, k, n, false, false, doubles(m * k), doubles(k * n), doubles(m * n)};
  bench_case c = case_of(&o);
  product p = product_of(&o, SGK_PRECISION_HIGHEST, false);
  bench_add(&c, "float64", run, &p);
  bench_add_ceiling(&c, "f64", peak_f64, NULL);
  bench_run(&c);
  free(o.a), free(o.b), free(o.out);
}

void bench_products(void) {
  measure(128, 100, 128, false, false);
  measure(128, 784, 128, false, false);
  measure(128, 784, 128, true, false);
  measure(128, 784, 128, false, true);
  measure(256, 1024, 1024, false, false);
  measure(256, 1024, 1024, true, false);
  measure(256, 1024, 1024, false, true);
  measure(1024, 1024, 1024, false, false);
  measure(256, 512, 512, false, false);
  measure(4096, 64, 64, false, false);
  measure_float64(1024, 1024, 1024);
}
