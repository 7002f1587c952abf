// Index of the first extreme along an axis. Results are found many side by side: a block of them goes down the axis
// together, packed into a buffer where they are not contiguous in x.
#include "map.h"
#include "move.h"
#include "sgk_pool.h"
#include "sgk_reduce.h"

enum { COLUMNS = 256, BUFFER = 4096 };

typedef struct block {
  int64_t rows, columns, row_stride;  // rows are positions on the axis
  int64_t first;                      // position of row 0; where it is 0, row 0 begins the search
  const void *x;
  void *best;      // [columns], of x's type
  int64_t *index;  // [columns]
} block;

// A NaN beats all but an earlier NaN.
#define DEFINE_SEARCH(name, T, beats)                                                                    \
  static void name(const block *block) {                                                                 \
    T *best = block->best;                                                                               \
    int64_t *index = block->index;                                                                       \
    const T *x = block->x;                                                                               \
    int64_t row = 0;                                                                                     \
    if (block->first == 0) {                                                                             \
      for (int64_t j = 0; j < block->columns; ++j) best[j] = x[j], index[j] = 0;                         \
      row = 1;                                                                                           \
    }                                                                                                    \
    for (; row < block->rows; ++row) {                                                                   \
      const T *values = x + row * block->row_stride;                                                     \
      for (int64_t j = 0; j < block->columns; ++j) {                                                     \
        T a = values[j], b = best[j];                                                                    \
        int better = (a beats b) | ((a != a) & (b == b));                                                \
        best[j] = better ? a : b;                                                                        \
        index[j] = better ? block->first + row : index[j];                                               \
      }                                                                                                  \
    }                                                                                                    \
  }
DEFINE_SEARCH(max_f32, float, >)
DEFINE_SEARCH(max_f64, double, >)
DEFINE_SEARCH(max_i32, int32_t, >)
DEFINE_SEARCH(max_i64, int64_t, >)
DEFINE_SEARCH(max_u8, uint8_t, >)
DEFINE_SEARCH(min_f32, float, <)
DEFINE_SEARCH(min_f64, double, <)
DEFINE_SEARCH(min_i32, int32_t, <)
DEFINE_SEARCH(min_i64, int64_t, <)
DEFINE_SEARCH(min_u8, uint8_t, <)

typedef void (*search)(const block *block);
static const search maxima[] = {max_f32, max_f64, max_i32, max_i64, max_u8, max_u8};
static const search minima[] = {min_f32, min_f64, min_i32, min_i64, min_u8, min_u8};

typedef struct job {
  search search;
  int64_t extent, stride;  // of the axis
  sgk_nest nest;           // over the results: out, x
  sgk_grid grid;
} job;

static void search_item(void *context, int64_t item) {
  const job *job = context;
  const sgk_nest *nest = &job->nest;
  int64_t size = nest->operand[1].size, column_stride = nest->operand[1].strides[nest->rank - 1];
  _Alignas(64) char packed[BUFFER * 8], best[COLUMNS * 8];
  int64_t index[COLUMNS];
  sgk_walk walk;
  sgk_walk_begin(&walk, &job->grid, item);
  while (sgk_walk_next(&walk)) {
    int64_t at_once = column_stride == 1 ? job->extent : BUFFER / walk.columns;
    for (int64_t first = 0; first < job->extent; first += at_once) {
      int64_t rows = job->extent - first < at_once ? job->extent - first : at_once;
      block block = {rows, walk.columns, job->stride, first, walk.data[1] + first * job->stride * size, best, index};
      if (column_stride != 1) {
        sgk_move(size, rows, walk.columns, packed, walk.columns, 1, block.x, job->stride, column_stride);
        block.x = packed;
        block.row_stride = walk.columns;
      }
      job->search(&block);
    }
    sgk_move(8, 1, walk.columns, walk.data[0], 0, nest->operand[0].strides[nest->rank - 1], index, 0, 1);
  }
}

static sgk_status search_axis(const search *searches, const sgk_view *x, int32_t axis, const sgk_view *out) {
  if ((unsigned)x->dtype > SGK_BOOL || axis < 0 || axis >= x->rank || x->shape[axis] == 0) return SGK_OK;
  job job = {.search = searches[x->dtype], .extent = x->shape[axis], .stride = x->strides[axis]};
  sgk_view first = *x;
  first.shape[axis] = 1;
  const sgk_view *views[] = {out, &first};
  sgk_nest_make(&job.nest, 2, views);
  if (job.nest.count == 0) return SGK_OK;
  sgk_grid_make(&job.grid, &job.nest, 1, COLUMNS, SGK_GRAIN_CHEAP / job.extent);
  sgk_parallel(job.grid.items, search_item, &job);
  return SGK_OK;
}

sgk_status sgk_argmax(const sgk_view *x, int32_t axis, const sgk_view *out) {
  return search_axis(maxima, x, axis, out);
}

sgk_status sgk_argmin(const sgk_view *x, int32_t axis, const sgk_view *out) {
  return search_axis(minima, x, axis, out);
}
