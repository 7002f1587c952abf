#include "sgk_matmul.h"

#include <stdatomic.h>
#include <stddef.h>

#include "fused.h"
#include "gemm.h"
#include "sgk_pool.h"

#define SMALL_WORK 4e6  // multiply-adds of one matrix below which whole matrices are handed to the threads
#define ITEM_WORK 1e6

typedef struct batch {
  sgk_view a, b, out;   // leading axes only matter
  sgk_gemm gemm;        // of one matrix; the data pointers are filled in per matrix
  int64_t count, each;
  atomic_int status;
} batch;

static void set_error(batch *batch, sgk_status status) {
  if (status != SGK_OK) atomic_store(&batch->status, status);
}

static sgk_status run_one(const batch *batch, int64_t index) {
  int64_t size = sgk_dtype_size(batch->out.dtype), a = 0, b = 0, out = 0;
  for (int32_t axis = batch->out.rank - 3; axis >= 0; --axis) {
    int64_t i = index % batch->out.shape[axis];
    index /= batch->out.shape[axis];
    a += i * batch->a.strides[axis];
    b += i * batch->b.strides[axis];
    out += i * batch->out.strides[axis];
  }
  sgk_gemm gemm = batch->gemm;
  gemm.a.data = (const char *)batch->a.data + a * size;
  gemm.b.data = (const char *)batch->b.data + b * size;
  gemm.c.data = (char *)batch->out.data + out * size;
  return sgk_gemm_run(&gemm);
}

static void batch_item(void *context, int64_t item) {
  batch *batch = context;
  int64_t end = (item + 1) * batch->each < batch->count ? (item + 1) * batch->each : batch->count;
  for (int64_t i = item * batch->each; i < end; ++i) set_error(batch, run_one(batch, i));
}

// [..., p, m, k] x one [k, n] is [..., p * m, k] x [k, n] when A's rows are evenly spaced: one product packs B once.
static void join_rows(batch *batch) {
  for (;;) {
    int32_t rank = batch->out.rank;
    if (rank < 3) return;
    sgk_view *a = &batch->a, *out = &batch->out;
    bool one = out->shape[rank - 3] == 1, one_row = out->shape[rank - 2] == 1;
    bool even = one || (batch->b.strides[rank - 3] == 0 &&
                        (one_row || (a->strides[rank - 3] == a->shape[rank - 2] * a->strides[rank - 2] &&
                                     out->strides[rank - 3] == out->shape[rank - 2] * out->strides[rank - 2])));
    if (!even) return;
    sgk_view *views[3] = {a, &batch->b, out};
    for (int v = 0; v < 3; ++v) {
      sgk_view *view = views[v];
      if (v != 1) {
        view->shape[rank - 3] *= view->shape[rank - 2];
        // Of the two axes, the stride of the one that moves.
        if (one_row && !one) view->strides[rank - 2] = view->strides[rank - 3];
        view->strides[rank - 3] = view->strides[rank - 2];
      } else {
        view->shape[rank - 3] = view->shape[rank - 2];
        view->strides[rank - 3] = view->strides[rank - 2];
      }
      view->shape[rank - 2] = view->shape[rank - 1];
      view->strides[rank - 2] = view->strides[rank - 1];
      view->rank = rank - 1;
    }
  }
}

sgk_status sgk_matmul(const sgk_view *a, const sgk_view *b, const sgk_view *out) {
  return sgk_matmul_then(SGK_PRECISION_HIGHEST, a, b, out, NULL);
}

sgk_status sgk_matmul_then(sgk_precision precision, const sgk_view *a, const sgk_view *b, const sgk_view *out,
                           const sgk_fused_call *then) {
  if (sgk_view_count(out) == 0) return SGK_OK;
  batch batch = {.a = *a, .b = *b, .out = *out, .count = 1, .status = SGK_OK};
  join_rows(&batch);
  int32_t rank = batch.out.rank;
  int64_t m = batch.out.shape[rank - 2], n = batch.out.shape[rank - 1], k = batch.a.shape[rank - 1];
  for (int32_t axis = 0; axis < rank - 2; ++axis) batch.count *= batch.out.shape[axis];
  batch.gemm = (sgk_gemm){.dtype = (sgk_dtype)out->dtype, .precision = precision, .m = m, .n = n, .k = k,
                          .a = sgk_matrix(NULL, batch.a.strides[rank - 2], batch.a.strides[rank - 1]),
                          .b = sgk_matrix(NULL, batch.b.strides[rank - 2], batch.b.strides[rank - 1]),
                          .c = sgk_rows(NULL, batch.out.strides[rank - 2], batch.out.strides[rank - 1])};
  double work = (double)m * (double)n * (double)(k + 1);
  if (batch.count == 1) {
    batch.gemm.then = then;
    return run_one(&batch, 0);
  }
  if (work < SMALL_WORK) {
    batch.each = work < ITEM_WORK ? (int64_t)(ITEM_WORK / work) : 1;
    sgk_parallel((batch.count + batch.each - 1) / batch.each, batch_item, &batch);
  } else {
    for (int64_t i = 0; i < batch.count; ++i) set_error(&batch, run_one(&batch, i));
  }
  return sgk_fused_follow((sgk_status)atomic_load(&batch.status), then);
}

static sgk_gemm product(sgk_precision precision, sgk_dtype dtype, int64_t m, int64_t n, int64_t k) {
  return (sgk_gemm){.dtype = dtype, .precision = precision, .m = m, .n = n, .k = k};
}

int64_t sgk_matmul_packed_count(sgk_dtype dtype, int64_t m, int64_t n, int64_t k) {
  sgk_gemm gemm = product(SGK_PRECISION_HIGHEST, dtype, m, n, k);
  return sgk_gemm_packed_count(&gemm);
}

sgk_status sgk_matmul_pack(sgk_precision precision, const sgk_view *b, int64_t m, void *packed) {
  sgk_gemm gemm = product(precision, (sgk_dtype)b->dtype, m, b->shape[1], b->shape[0]);
  gemm.b = sgk_matrix(b->data, b->strides[0], b->strides[1]);
  return sgk_gemm_pack(&gemm, packed);
}

sgk_status sgk_matmul_packed(sgk_precision precision, const sgk_view *a, const void *packed, const sgk_view *out,
                             const sgk_fused_call *then) {
  sgk_gemm gemm = product(precision, (sgk_dtype)out->dtype, out->shape[0], out->shape[1], a->shape[1]);
  gemm.a = sgk_matrix(a->data, a->strides[0], a->strides[1]);
  gemm.c = sgk_rows(out->data, out->strides[0], out->strides[1]);
  gemm.then = then;
  gemm.packed = packed;
  return sgk_gemm_run(&gemm);
}
