// Batches of linear systems. Small matrices are handed to the threads whole; the products inside large ones use them.
#include "linear.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "move.h"
#include "sgk_pool.h"

#define SMALL_ORDER 192  // below which matrices are handed to the threads
#define ITEM_WORK 1e6    // operations worth an item

typedef struct batch batch;
struct batch {
  sgk_status (*one)(const batch *batch, int64_t index, int64_t *failed);
  sgk_view a, x;          // a: any strides; x: contiguous, or unused
  bool lower, unit;
  int64_t n, k, count, each;
  sgk_dtype dtype;
  atomic_int status;
  atomic_llong failed;    // the smallest index * (n + 1) + pivot
};

static char *matrix_at(const sgk_view *view, int64_t index) {
  int64_t offset = 0;
  for (int32_t axis = view->rank - 3; axis >= 0; --axis) {
    offset += index % view->shape[axis] * view->strides[axis];
    index /= view->shape[axis];
  }
  return (char *)view->data + offset * sgk_dtype_size(view->dtype);
}

static void run_item(void *context, int64_t item) {
  batch *batch = context;
  int64_t end = (item + 1) * batch->each < batch->count ? (item + 1) * batch->each : batch->count;
  for (int64_t i = item * batch->each; i < end; ++i) {
    int64_t pivot = -1;
    sgk_status status = batch->one(batch, i, &pivot);
    if (status != SGK_OK) atomic_store(&batch->status, status);
    if (pivot < 0) continue;
    long long mine = i * (batch->n + 1) + pivot, seen = atomic_load(&batch->failed);
    while (mine < seen && !atomic_compare_exchange_weak(&batch->failed, &seen, mine)) {
    }
  }
}

static sgk_status run(batch *batch, sgk_pivot *failed) {
  const sgk_view *a = &batch->a;
  batch->dtype = (sgk_dtype)a->dtype;
  batch->n = a->shape[a->rank - 1];
  batch->count = 1;
  for (int32_t axis = 0; axis < a->rank - 2; ++axis) batch->count *= a->shape[axis];
  atomic_store(&batch->failed, INT64_MAX);
  double n = (double)batch->n, work = n * n * (n + (double)batch->k) + 1;
  batch->each = work < ITEM_WORK ? (int64_t)(ITEM_WORK / work) : 1;
  int64_t items = (batch->count + batch->each - 1) / batch->each;
  if (batch->n < SMALL_ORDER) {
    sgk_parallel(items, run_item, batch);
  } else {
    for (int64_t item = 0; item < items; ++item) run_item(batch, item);
  }
  long long first = atomic_load(&batch->failed);
  if (failed) *failed = first == INT64_MAX ? (sgk_pivot){-1, -1} : (sgk_pivot){first / (batch->n + 1), first % (batch->n + 1)};
  return (sgk_status)atomic_load(&batch->status);
}

static sgk_status cholesky_one(const batch *batch, int64_t index, int64_t *failed) {
  int64_t n = batch->n, size = sgk_dtype_size(batch->dtype);
  char *a = matrix_at(&batch->a, index);
  sgk_status status = sgk_cholesky_factor(batch->dtype, n, a, n, failed);
  for (int64_t i = 0; i + 1 < n; ++i) memset(a + (i * n + i + 1) * size, 0, (size_t)((n - i - 1) * size));
  return status;
}

sgk_status sgk_cholesky(const sgk_view *a, sgk_pivot *failed) {
  batch batch = {.one = cholesky_one, .a = *a};
  return run(&batch, failed);
}

static bool is_zero(const void *element, sgk_dtype dtype) {
  return dtype == SGK_FLOAT64 ? *(const double *)element == 0 : *(const float *)element == 0;
}

static sgk_status triangle_one(const batch *batch, int64_t index, int64_t *failed) {
  const sgk_view *a = &batch->a;
  sgk_triangle triangle = {.a = matrix_at(a, index), .row = a->strides[a->rank - 2], .column = a->strides[a->rank - 1],
                           .lower = batch->lower, .unit = batch->unit};
  int64_t step = (triangle.row + triangle.column) * sgk_dtype_size(batch->dtype);
  for (int64_t i = 0; !batch->unit && i < batch->n; ++i)
    if (is_zero((const char *)triangle.a + i * step, batch->dtype)) return *failed = i, SGK_OK;
  return sgk_triangle_solve(&triangle, batch->dtype, batch->n, batch->k, matrix_at(&batch->x, index), batch->k);
}

sgk_status sgk_solve_triangular(const sgk_view *a, int32_t lower, int32_t unit, const sgk_view *x, sgk_pivot *failed) {
  batch batch = {.one = triangle_one, .a = *a, .x = *x, .lower = lower != 0, .unit = unit != 0,
                 .k = x->shape[x->rank - 1]};
  return run(&batch, failed);
}

// Memory of its own, not a thread's scratch buffers: the products inside use those.
static sgk_status factor(const batch *batch, int64_t index, char **factors, int64_t **pivots, int64_t *failed) {
  const sgk_view *a = &batch->a;
  int64_t n = batch->n, size = sgk_dtype_size(batch->dtype);
  *factors = malloc((size_t)(n * n * size + n * 8 + 8));
  if (!*factors) return SGK_OUT_OF_MEMORY;
  *pivots = (int64_t *)(*factors + (n * n * size + 7) / 8 * 8);
  sgk_move(size, n, n, *factors, n, 1, matrix_at(a, index), a->strides[a->rank - 2], a->strides[a->rank - 1]);
  return sgk_lu_factor(batch->dtype, n, n, *factors, n, *pivots, failed);
}

static sgk_status solve_one(const batch *batch, int64_t index, int64_t *failed) {
  int64_t n = batch->n, k = batch->k, *pivots = NULL;
  char *factors = NULL, *x = matrix_at(&batch->x, index);
  sgk_status status = factor(batch, index, &factors, &pivots, failed);
  if (status == SGK_OK && *failed < 0) {
    sgk_exchange_rows(batch->dtype, n, pivots, k, x, k);
    sgk_triangle lower = {.a = factors, .row = n, .column = 1, .lower = true, .unit = true};
    sgk_triangle upper = {.a = factors, .row = n, .column = 1};
    status = sgk_triangle_solve(&lower, batch->dtype, n, k, x, k);
    if (status == SGK_OK) status = sgk_triangle_solve(&upper, batch->dtype, n, k, x, k);
  }
  free(factors);
  return status;
}

sgk_status sgk_solve(const sgk_view *a, const sgk_view *x, sgk_pivot *failed) {
  batch batch = {.one = solve_one, .a = *a, .x = *x, .k = x->shape[x->rank - 1]};
  return run(&batch, failed);
}

static sgk_status slogdet_one(const batch *batch, int64_t index, int64_t *failed) {
  int64_t *pivots = NULL, singular = -1;
  char *factors = NULL;
  (void)failed;  // a singular matrix has a determinant
  sgk_status status = factor(batch, index, &factors, &pivots, &singular);
  if (status == SGK_OK)
    sgk_linear_kernels_for(batch->dtype)
        ->diagonal(batch->n, factors, batch->n, pivots,
                   (char *)batch->x.data + 2 * index * sgk_dtype_size(batch->dtype));
  free(factors);
  return status;
}

sgk_status sgk_slogdet(const sgk_view *a, const sgk_view *out) {
  batch batch = {.one = slogdet_one, .a = *a, .x = *out};
  return run(&batch, NULL);
}
