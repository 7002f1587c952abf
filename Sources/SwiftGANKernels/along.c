// Gather and scatter along one axis where every element has an index of its own.
#include <stdatomic.h>

#include "map.h"
#include "sgk_index.h"
#include "sgk_pool.h"

// Two loops within a row of a block. Strides are bytes; that of the operand that the index points into leaves the
// indexed axis out.
typedef struct loop {
  int64_t count, to, from, index;
} loop;

typedef struct job job;
typedef bool (*block_fn)(const job *job, const sgk_walk *walk, loop outer, loop inner);

struct job {
  block_fn block;
  int64_t extent, stride;  // of the axis pointed into; bytes
  loop along;              // the indexed axis, for a scatter; count 0 for a gather, whose nest holds all axes
  bool along_inside;       // its elements are nearer to one another than those of a row
  sgk_nest nest;           // output, input, index
  sgk_grid grid;
  atomic_bool is_bad;
};

// `statement` for every element, with *to the output's (or target's) and *from the input's. False at an index outside.
#define DEFINE_BLOCK(name, T, I, to_steps, from_steps, statement)                                                 \
  static bool name(const job *job, const sgk_walk *walk, loop outer, loop inner) {                                \
    typedef T any __attribute__((may_alias));                                                                     \
    const sgk_operand *operands = job->nest.operand;                                                              \
    int32_t row = job->nest.rank - 2;                                                                             \
    for (int64_t r = 0; r < walk->rows; ++r) {                                                                    \
      char *to_row = walk->data[0] + r * operands[0].strides[row] * operands[0].size;                             \
      const char *from_row = walk->data[1] + r * operands[1].strides[row] * operands[1].size;                     \
      const char *index_row = walk->data[2] + r * operands[2].strides[row] * operands[2].size;                    \
      for (int64_t i = 0; i < outer.count; ++i)                                                                   \
        for (int64_t j = 0; j < inner.count; ++j) {                                                               \
          int64_t position = *(const I *)(index_row + i * outer.index + j * inner.index);                         \
          if (position < 0) position += job->extent;                                                              \
          if ((uint64_t)position >= (uint64_t)job->extent) return false;                                          \
          any *to = (any *)(to_row + i * outer.to + j * inner.to + (to_steps) * position * job->stride);          \
          const any *from =                                                                                       \
              (const any *)(from_row + i * outer.from + j * inner.from + (from_steps) * position * job->stride);  \
          statement;                                                                                              \
        }                                                                                                         \
    }                                                                                                             \
    return true;                                                                                                  \
  }
#define DEFINE_BLOCKS(name, T, to_steps, from_steps, statement)            \
  DEFINE_BLOCK(name##_i32, T, int32_t, to_steps, from_steps, statement)    \
  DEFINE_BLOCK(name##_i64, T, int64_t, to_steps, from_steps, statement)

DEFINE_BLOCKS(take_1, uint8_t, 0, 1, *to = *from)
DEFINE_BLOCKS(take_4, uint32_t, 0, 1, *to = *from)
DEFINE_BLOCKS(take_8, uint64_t, 0, 1, *to = *from)
DEFINE_BLOCKS(set_1, uint8_t, 1, 0, *to = *from)
DEFINE_BLOCKS(set_4, uint32_t, 1, 0, *to = *from)
DEFINE_BLOCKS(set_8, uint64_t, 1, 0, *to = *from)
DEFINE_BLOCKS(add_f32, float, 1, 0, *to += *from)
DEFINE_BLOCKS(add_f64, double, 1, 0, *to += *from)
DEFINE_BLOCKS(add_u32, uint32_t, 1, 0, *to += *from)
DEFINE_BLOCKS(add_u64, uint64_t, 1, 0, *to += *from)

// [size of an element][whether the index is int64]
static const block_fn takes[9][2] = {[1] = {take_1_i32, take_1_i64}, [4] = {take_4_i32, take_4_i64},
                                     [8] = {take_8_i32, take_8_i64}};
static const block_fn sets[9][2] = {[1] = {set_1_i32, set_1_i64}, [4] = {set_4_i32, set_4_i64},
                                    [8] = {set_8_i32, set_8_i64}};
// [type]
static const block_fn adds[SGK_BOOL + 1][2] = {
    [SGK_FLOAT32] = {add_f32_i32, add_f32_i64}, [SGK_FLOAT64] = {add_f64_i32, add_f64_i64},
    [SGK_INT32] = {add_u32_i32, add_u32_i64}, [SGK_INT64] = {add_u64_i32, add_u64_i64}};

// Every item owns a part of the output and goes along the axis in order, so results never depend on the threads.
static void run_item(void *context, int64_t item) {
  job *job = context;
  const sgk_operand *operands = job->nest.operand;
  int32_t column = job->nest.rank - 1;
  loop across = {0, operands[0].strides[column] * operands[0].size, operands[1].strides[column] * operands[1].size,
                 operands[2].strides[column] * operands[2].size};
  const loop once = {1, 0, 0, 0};
  sgk_walk walk;
  sgk_walk_begin(&walk, &job->grid, item);
  while (sgk_walk_next(&walk)) {
    across.count = walk.columns;
    loop along = job->along.count == 0 ? once : job->along;
    bool ok = job->along_inside ? job->block(job, &walk, across, along) : job->block(job, &walk, along, across);
    if (!ok) atomic_store_explicit(&job->is_bad, true, memory_order_relaxed);
  }
}

static sgk_status run(job *job) {
  atomic_init(&job->is_bad, false);
  sgk_parallel(job->grid.items, run_item, job);
  return atomic_load(&job->is_bad) ? SGK_BAD_INDEX : SGK_OK;
}

static int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

sgk_status sgk_take_along(const sgk_view *x, const sgk_view *index, int32_t axis, const sgk_view *out) {
  int64_t size = sgk_dtype_size(x->dtype);
  job job = {.block = takes[size][index->dtype == SGK_INT64], .extent = x->shape[axis],
             .stride = x->strides[axis] * size};
  sgk_view source = *x;
  source.shape[axis] = out->shape[axis];
  source.strides[axis] = 0;
  const sgk_view *views[] = {out, &source, index};
  sgk_nest_make(&job.nest, 3, views);
  if (job.nest.count == 0) return SGK_OK;
  sgk_grid_make(&job.grid, &job.nest, 64, 1024, SGK_GRAIN_CHEAP);
  return run(&job);
}

sgk_status sgk_scatter_along(sgk_scatter_op op, const sgk_view *updates, const sgk_view *index, int32_t axis,
                             const sgk_view *out) {
  int64_t size = sgk_dtype_size(out->dtype), wide = index->dtype == SGK_INT64;
  job job = {.block = op == SGK_SCATTER_SET ? sets[size][wide] : adds[out->dtype][wide],
             .extent = out->shape[axis], .stride = out->strides[axis] * size};
  if (job.block == 0) return SGK_OK;
  job.along = (loop){index->shape[axis], 0, updates->strides[axis] * size,
                     index->strides[axis] * sgk_dtype_size(index->dtype)};
  sgk_view to = *out, from = *updates, at = *index;
  to.shape[axis] = from.shape[axis] = at.shape[axis] = 1;
  const sgk_view *views[] = {&to, &from, &at};
  sgk_nest_make(&job.nest, 3, views);
  if (job.nest.count == 0 || job.along.count == 0) return SGK_OK;
  int64_t column = job.nest.operand[2].strides[job.nest.rank - 1] * job.nest.operand[2].size;
  job.along_inside = magnitude(job.along.index) < magnitude(column) || job.nest.shape[job.nest.rank - 1] == 1;
  sgk_grid_make(&job.grid, &job.nest, 16, 256, SGK_GRAIN_CHEAP / job.along.count);
  return run(&job);
}

// ------------------------------------------------------------------------------------------- positions of several indices

static void ravel_item(void *context, int64_t item) {
  job *job = context;
  const sgk_operand *out = &job->nest.operand[0], *index = &job->nest.operand[1];
  int32_t last = job->nest.rank - 1;
  sgk_walk walk;
  sgk_walk_begin(&walk, &job->grid, item);
  while (sgk_walk_next(&walk))
    for (int64_t i = 0; i < walk.rows; ++i)
      for (int64_t j = 0; j < walk.columns; ++j) {
        int64_t *to = (int64_t *)walk.data[0] + i * out->strides[last - 1] + j * out->strides[last];
        int64_t from = i * index->strides[last - 1] + j * index->strides[last];
        int64_t position = index->size == 8 ? ((const int64_t *)walk.data[1])[from] : ((const int32_t *)walk.data[1])[from];
        if (position < 0) position += job->extent;
        if ((uint64_t)position >= (uint64_t)job->extent)
          atomic_store_explicit(&job->is_bad, true, memory_order_relaxed);
        else
          *to = *to * job->extent + position;
      }
}

sgk_status sgk_ravel_step(const sgk_view *index, int64_t extent, const sgk_view *out) {
  job job = {.extent = extent};
  const sgk_view *views[] = {out, index};
  sgk_nest_make(&job.nest, 2, views);
  if (job.nest.count == 0) return SGK_OK;
  sgk_grid_make(&job.grid, &job.nest, 16, 1024, SGK_GRAIN_CHEAP);
  atomic_init(&job.is_bad, false);
  sgk_parallel(job.grid.items, ravel_item, &job);
  return atomic_load(&job.is_bad) ? SGK_BAD_INDEX : SGK_OK;
}
