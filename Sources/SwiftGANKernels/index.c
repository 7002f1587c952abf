#include "map.h"
#include "move.h"
#include "sgk_index.h"
#include "sgk_pool.h"

static int64_t index_at(const sgk_view *index, int64_t j) {
  j *= index->strides[0];
  return index->dtype == SGK_INT32 ? ((const int32_t *)index->data)[j] : ((const int64_t *)index->data)[j];
}

static bool all_inside(const sgk_view *index, int64_t extent) {
  for (int64_t j = 0; j < index->shape[0]; ++j) {
    int64_t i = index_at(index, j);
    if (i < -extent || i >= extent) return false;
  }
  return true;
}

typedef struct job {
  const sgk_view *index;
  int64_t count, extent;            // of the index, of the axis that it points into
  int64_t to_stride, from_stride;   // bytes along the axis, in the output and in the input
  sgk_nest nest;                    // over the other axes: output, input
  sgk_grid grid;
  int64_t per_item;
  int32_t dtype;
  bool sets;  // a scatter replaces what is there
} job;

// Whether there is anything to do. `pointed` is the operand that the index points into.
static bool prepare(job *job, const sgk_view *index, int32_t axis, const sgk_view *out, const sgk_view *x,
                    const sgk_view *pointed) {
  sgk_view to = *out, from = *x;
  to.shape[axis] = from.shape[axis] = 1;
  const sgk_view *views[] = {&to, &from};
  sgk_nest_make(&job->nest, 2, views);
  job->index = index;
  job->count = index->shape[0];
  job->extent = pointed->shape[axis];
  job->dtype = out->dtype;
  job->to_stride = out->strides[axis] * sgk_dtype_size(out->dtype);
  job->from_stride = x->strides[axis] * sgk_dtype_size(x->dtype);
  return job->nest.count != 0 && job->count != 0;
}

static int64_t position(const job *job, int64_t j) {
  int64_t i = index_at(job->index, j);
  return i < 0 ? i + job->extent : i;
}

// One element per index: no slice to move.
#define DEFINE_PICK(name, T)                                                                            \
  static void name(const job *job, int64_t begin, int64_t end) {                                        \
    typedef T any __attribute__((may_alias));                                                           \
    const char *from = job->nest.operand[1].data;                                                       \
    char *to = job->nest.operand[0].data;                                                               \
    for (int64_t j = begin; j < end; ++j)                                                               \
      *(any *)(to + j * job->to_stride) = *(const any *)(from + position(job, j) * job->from_stride);   \
  }
DEFINE_PICK(pick_1, uint8_t)
DEFINE_PICK(pick_4, uint32_t)
DEFINE_PICK(pick_8, uint64_t)

static void gather_item(void *context, int64_t item) {
  const job *job = context;
  const sgk_nest *nest = &job->nest;
  int64_t begin = item * job->per_item, end = begin + job->per_item;
  if (end > job->count) end = job->count;
  int64_t size = nest->operand[0].size;
  if (nest->count == 1) {
    (size == 1 ? pick_1 : size == 4 ? pick_4 : pick_8)(job, begin, end);
    return;
  }
  const int64_t *to = nest->operand[0].strides + nest->rank - 2, *from = nest->operand[1].strides + nest->rank - 2;
  for (int64_t j = begin; j < end; ++j) {
    int64_t to_offset = j * job->to_stride, from_offset = position(job, j) * job->from_stride;
    sgk_walk walk;
    sgk_walk_begin(&walk, &job->grid, 0);
    while (sgk_walk_next(&walk))
      sgk_move(size, walk.rows, walk.columns, walk.data[0] + to_offset, to[0], to[1], walk.data[1] + from_offset,
               from[0], from[1]);
  }
}

sgk_status sgk_gather(const sgk_view *x, const sgk_view *index, int32_t axis, const sgk_view *out) {
  if (!all_inside(index, x->shape[axis])) return SGK_BAD_INDEX;
  job job = {0};
  if (!prepare(&job, index, axis, out, x, x)) return SGK_OK;
  sgk_grid_make(&job.grid, &job.nest, INT32_MAX, INT32_MAX, INT64_MAX / 4);  // one item: all of a slice
  job.per_item = SGK_GRAIN_CHEAP / job.nest.count + 1;
  sgk_parallel((job.count + job.per_item - 1) / job.per_item, gather_item, &job);
  return SGK_OK;
}

// to[i, j] += from[i, j]
#define DEFINE_ADD(name, T)                                                                                          \
  static void name(int64_t rows, int64_t columns, T *to, const int64_t *to_strides, const T *from,                   \
                   const int64_t *from_strides) {                                                                    \
    for (int64_t i = 0; i < rows; ++i, to += to_strides[0], from += from_strides[0]) {                               \
      if (to_strides[1] == 1 && from_strides[1] == 1)                                                                \
        for (int64_t j = 0; j < columns; ++j) to[j] += from[j];                                                      \
      else                                                                                                           \
        for (int64_t j = 0; j < columns; ++j) to[j * to_strides[1]] += from[j * from_strides[1]];                    \
    }                                                                                                                \
  }
DEFINE_ADD(add_f32, float)
DEFINE_ADD(add_f64, double)
DEFINE_ADD(add_u32, uint32_t)
DEFINE_ADD(add_u64, uint64_t)

// Every item owns a part of each slice and goes through all indices in order, so sums never depend on the threads.
static void scatter_item(void *context, int64_t item) {
  const job *job = context;
  const sgk_nest *nest = &job->nest;
  const int64_t *to = nest->operand[0].strides + nest->rank - 2, *from = nest->operand[1].strides + nest->rank - 2;
  sgk_walk walk;
  sgk_walk_begin(&walk, &job->grid, item);
  while (sgk_walk_next(&walk))
    for (int64_t j = 0; j < job->count; ++j) {
      void *target = walk.data[0] + position(job, j) * job->to_stride;
      const void *source = walk.data[1] + j * job->from_stride;
      if (job->sets) {
        sgk_move(nest->operand[0].size, walk.rows, walk.columns, target, to[0], to[1], source, from[0], from[1]);
        continue;
      }
      switch (job->dtype) {
        case SGK_FLOAT32: add_f32(walk.rows, walk.columns, target, to, source, from); break;
        case SGK_FLOAT64: add_f64(walk.rows, walk.columns, target, to, source, from); break;
        case SGK_INT32: add_u32(walk.rows, walk.columns, target, to, source, from); break;
        default: add_u64(walk.rows, walk.columns, target, to, source, from); break;
      }
    }
}

sgk_status sgk_scatter(sgk_scatter_op op, const sgk_view *updates, const sgk_view *index, int32_t axis,
                       const sgk_view *out) {
  if (!all_inside(index, out->shape[axis])) return SGK_BAD_INDEX;
  if (op == SGK_SCATTER_ADD && (out->dtype == SGK_UINT8 || out->dtype == SGK_BOOL)) return SGK_OK;
  job job = {.sets = op == SGK_SCATTER_SET};
  if (!prepare(&job, index, axis, out, updates, out)) return SGK_OK;
  int64_t columns = 256, rows = 16;
  sgk_grid_make(&job.grid, &job.nest, rows, columns, SGK_GRAIN_CHEAP / job.count);
  sgk_parallel(job.grid.items, scatter_item, &job);
  return SGK_OK;
}
