// Max pooling. The largest element of a window is the largest of its columns' largest: the rows of a window are folded
// whole, which keeps all lanes busy whatever the number of channels, and then the columns. Positions need the windows
// element by element, but are only asked for when a gradient flows back.
#include "pooling.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "scratch.h"
#include "sgk_pool.h"

#define ITEM_WORK 32768  // elements worth an item

typedef struct span {
  int64_t first, count, step;
} span;

static span window(const sgk_windows *axis, int64_t i) {
  if (axis->adaptive) {
    int64_t first = i * axis->extent / axis->windows, end = ((i + 1) * axis->extent + axis->windows - 1) / axis->windows;
    return (span){first, end - first, 1};
  }
  int64_t start = i * axis->stride - axis->pad, step = axis->dilation;
  int64_t low = start >= 0 ? 0 : (-start + step - 1) / step;
  int64_t high = start >= axis->extent ? 0 : (axis->extent - start + step - 1) / step;
  if (high > axis->taps) high = axis->taps;
  return (span){start + low * step, high > low ? high - low : 0, step};
}

typedef struct job {
  const sgk_pooling *pooling;
  const sgk_pooling_loops *loops;
  int64_t size, rows, each;  // of an element; of the result, all images; per item
  const char *image;
  char *out;                 // of the image's type, or
  int64_t *index;
  atomic_bool failed;
} job;

// Row `i` of the result for one image: values.
static void pool_row(const job *job, const char *image, span rows, char *column_best, char *out) {
  const sgk_pooling *p = job->pooling;
  int64_t pixel = p->channels * job->size, line = p->x.extent * pixel;
  const char *best = image + rows.first * line;
  if (rows.count > 1) {
    memcpy(column_best, best, (size_t)line);
    for (int64_t t = 1; t < rows.count; ++t)
      job->loops->larger(p->x.extent * p->channels, image + (rows.first + t * rows.step) * line, column_best);
    best = column_best;
  }
  // Windows one pixel apart: taps are folded over the whole row, as rows were.
  span first = window(&p->x, 0), last = window(&p->x, p->x.windows - 1);
  if (!p->x.adaptive && p->x.stride == 1 && first.count == p->x.taps && last.count == p->x.taps) {
    memcpy(out, best + first.first * pixel, (size_t)(p->x.windows * pixel));
    for (int64_t t = 1; t < first.count; ++t)
      job->loops->larger(p->x.windows * p->channels, best + (first.first + t * first.step) * pixel, out);
    return;
  }
  for (int64_t j = 0; j < p->x.windows; ++j, out += pixel) {
    span columns = window(&p->x, j);
    memcpy(out, best + columns.first * pixel, (size_t)pixel);
    for (int64_t t = 1; t < columns.count; ++t)
      job->loops->larger(p->channels, best + (columns.first + t * columns.step) * pixel, out);
  }
}

// Row `i` of the result for one image: positions.
static void find_row(const job *job, const char *image, span rows, char *best, int64_t *index) {
  const sgk_pooling *p = job->pooling;
  int64_t pixel = p->channels * job->size;
  for (int64_t j = 0; j < p->x.windows; ++j, index += p->channels) {
    span columns = window(&p->x, j);
    int64_t start = rows.first * p->x.extent + columns.first;
    memcpy(best, image + start * pixel, (size_t)pixel);
    for (int64_t c = 0; c < p->channels; ++c) index[c] = start;
    for (int64_t s = 0; s < rows.count; ++s)
      for (int64_t t = s == 0 ? 1 : 0; t < columns.count; ++t) {
        int64_t position = start + s * rows.step * p->x.extent + t * columns.step;
        job->loops->larger_at(p->channels, image + position * pixel, position, best, index);
      }
  }
}

static void pool_item(void *context, int64_t item) {
  job *job = context;
  const sgk_pooling *p = job->pooling;
  int64_t pixel = p->channels * job->size;
  char *scratch = sgk_scratch(SGK_SCRATCH_ITEM, (size_t)(p->x.extent * pixel));
  if (!scratch) {
    atomic_store(&job->failed, true);
    return;
  }
  int64_t end = (item + 1) * job->each < job->rows ? (item + 1) * job->each : job->rows;
  for (int64_t row = item * job->each; row < end; ++row) {
    const char *image = job->image + row / p->y.windows * p->y.extent * p->x.extent * pixel;
    span rows = window(&p->y, row % p->y.windows);
    if (job->index)
      find_row(job, image, rows, scratch, job->index + row * p->x.windows * p->channels);
    else
      pool_row(job, image, rows, scratch, job->out + row * p->x.windows * pixel);
  }
}

static sgk_status run(const sgk_pooling *pooling, sgk_dtype dtype, const void *image, void *out, int64_t *index) {
  int64_t rows = pooling->batch * pooling->y.windows, columns = pooling->x.windows * pooling->channels;
  if ((unsigned)dtype > SGK_UINT8 || rows == 0 || columns == 0) return SGK_OK;
  job job = {.pooling = pooling, .loops = &(*SGK_SELECT_TABLE(sgk_pooling_loops_of))[dtype],
             .size = sgk_dtype_size(dtype), .rows = rows, .image = image, .out = out, .index = index};
  span y = window(&pooling->y, pooling->y.windows / 2), x = window(&pooling->x, pooling->x.windows / 2);
  int64_t work = index ? columns * y.count * x.count : columns * x.count + pooling->x.extent * pooling->channels * y.count;
  job.each = work < ITEM_WORK ? ITEM_WORK / (work + 1) + 1 : 1;
  sgk_parallel((rows + job.each - 1) / job.each, pool_item, &job);
  sgk_scratch_trim(SGK_SCRATCH_ITEM);
  return atomic_load(&job.failed) ? SGK_OUT_OF_MEMORY : SGK_OK;
}

sgk_status sgk_max_pool(const sgk_pooling *pooling, sgk_dtype dtype, const void *image, void *out) {
  return run(pooling, dtype, image, out, NULL);
}

sgk_status sgk_max_pool_index(const sgk_pooling *pooling, sgk_dtype dtype, const void *image, int64_t *out) {
  return run(pooling, dtype, image, NULL, out);
}
