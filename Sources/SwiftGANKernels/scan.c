#include "sgk_scan.h"

#include "map.h"
#include "sgk_pool.h"

enum { COLUMNS = 256 };  // running values of a block

typedef struct job job;

// One row of a block: `columns` recurrences side by side. Strides are elements: out, a, b.
typedef void (*row_fn)(const job *job, int64_t columns, char *const data[3], const int64_t across[3]);

struct job {
  row_fn row;
  int64_t count, along[3];
  bool along_inside;  // elements of one recurrence are nearer to one another than those of two
  sgk_nest nest;
  sgk_grid grid;
};

#define DEFINE_ROW(name, T, R)                                                                                  \
  static void name(const job *job, int64_t columns, char *const data[3], const int64_t across[3]) {             \
    T *out = (T *)data[0];                                                                                      \
    const T *a = (const T *)data[1], *b = (const T *)data[2];                                                   \
    const int64_t *along = job->along;                                                                          \
    if (job->along_inside) {                                                                                    \
      for (int64_t i = 0; i < columns; ++i, out += across[0], a += across[1], b += across[2]) {                 \
        R running = (R)b[0];                                                                                    \
        out[0] = b[0];                                                                                          \
        for (int64_t t = 1; t < job->count; ++t) {                                                              \
          running = (R)a[t * along[1]] * running + (R)b[t * along[2]];                                          \
          out[t * along[0]] = (T)running;                                                                       \
        }                                                                                                       \
      }                                                                                                         \
      return;                                                                                                   \
    }                                                                                                           \
    R running[COLUMNS];                                                                                         \
    for (int64_t i = 0; i < columns; ++i) {                                                                     \
      running[i] = (R)b[i * across[2]];                                                                         \
      out[i * across[0]] = b[i * across[2]];                                                                    \
    }                                                                                                           \
    for (int64_t t = 1; t < job->count; ++t) {                                                                  \
      out += along[0], a += along[1], b += along[2];                                                            \
      for (int64_t i = 0; i < columns; ++i) {                                                                   \
        running[i] = (R)a[i * across[1]] * running[i] + (R)b[i * across[2]];                                    \
        out[i * across[0]] = (T)running[i];                                                                     \
      }                                                                                                         \
    }                                                                                                           \
  }
DEFINE_ROW(row_f32, float, double)
DEFINE_ROW(row_f64, double, double)
DEFINE_ROW(row_u32, uint32_t, uint32_t)
DEFINE_ROW(row_u64, uint64_t, uint64_t)

static const row_fn rows[SGK_BOOL + 1] = {
    [SGK_FLOAT32] = row_f32, [SGK_FLOAT64] = row_f64, [SGK_INT32] = row_u32, [SGK_INT64] = row_u64};

static void run_item(void *context, int64_t item) {
  const job *job = context;
  const sgk_nest *nest = &job->nest;
  int64_t across[3];
  for (int k = 0; k < 3; ++k) across[k] = nest->operand[k].strides[nest->rank - 1];
  sgk_walk walk;
  sgk_walk_begin(&walk, &job->grid, item);
  while (sgk_walk_next(&walk))
    for (int64_t row = 0; row < walk.rows; ++row) {
      char *data[3];
      for (int k = 0; k < 3; ++k)
        data[k] = walk.data[k] + row * nest->operand[k].strides[nest->rank - 2] * nest->operand[k].size;
      job->row(job, walk.columns, data, across);
    }
}

static int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

void sgk_linear_scan(const sgk_view *a, const sgk_view *b, int32_t axis, int32_t reverse, const sgk_view *out) {
  job job = {.row = rows[out->dtype], .count = out->shape[axis]};
  sgk_view first[3] = {*out, *a, *b};
  if (job.row == 0 || job.count == 0) return;
  for (int k = 0; k < 3; ++k) {
    job.along[k] = first[k].strides[axis];
    if (reverse) {
      first[k].data = (char *)first[k].data + (job.count - 1) * job.along[k] * sgk_dtype_size(out->dtype);
      job.along[k] = -job.along[k];
    }
    first[k].shape[axis] = 1;
  }
  const sgk_view *views[] = {&first[0], &first[1], &first[2]};
  sgk_nest_make(&job.nest, 3, views);
  if (job.nest.count == 0) return;
  job.along_inside = magnitude(job.along[0]) < magnitude(job.nest.operand[0].strides[job.nest.rank - 1]) ||
                     job.nest.shape[job.nest.rank - 1] == 1;
  sgk_grid_make(&job.grid, &job.nest, 16, COLUMNS, SGK_GRAIN_CHEAP / job.count);
  sgk_parallel(job.grid.items, run_item, &job);
}
