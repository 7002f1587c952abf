// Operands that the loop can read or write where they are stay there; others pass through small buffers that fit the
// first-level cache. A vector repeated over short rows (a bias over few channels) is written out to its buffer once and
// then used for many blocks, so the loop always runs long.
#include "map.h"

#include "move.h"
#include "sgk_pool.h"

enum {
  TILE = 1024,          // elements of a buffer
  SHORT_ROW = 96,       // rows below this are joined: a call per row would cost more than packing
  TRANSPOSE_ROWS = 16,  // a cache line of four-byte elements
  TRANSPOSE_COLUMNS = TILE / TRANSPOSE_ROWS,
};

typedef struct job {
  const sgk_map *map;
  sgk_nest nest;
  sgk_grid grid;
  bool packed[SGK_MAX_OPERANDS];
  uint32_t scalars;
  bool joined;  // a block is one run for the loop, not one per row
} job;

typedef struct buffers {
  _Alignas(64) char bytes[SGK_MAX_OPERANDS][TILE * 8];
  const char *source[SGK_MAX_OPERANDS];  // what is in them
  int64_t rows[SGK_MAX_OPERANDS];
} buffers;

static int64_t row_stride(const job *job, int32_t k) { return job->nest.operand[k].strides[job->nest.rank - 2]; }
static int64_t column_stride(const job *job, int32_t k) { return job->nest.operand[k].strides[job->nest.rank - 1]; }

static void plan(job *job) {
  const sgk_nest *nest = &job->nest;
  int64_t rows = nest->shape[nest->rank - 2], columns = nest->shape[nest->rank - 1];
  job->joined = rows == 1 || columns < SHORT_ROW;
  job->scalars = 0;
  bool any_packed = false, transposed = false, all_scalar = nest->operands > 1;
  for (int32_t k = 0; k < nest->operands; ++k) {
    int64_t down = row_stride(job, k), along = column_stride(job, k);
    bool in_place = along == 1 && (!job->joined || rows == 1 || down == columns);
    bool scalar = along == 0 && (!job->joined || rows == 1 || down == 0) && (job->map->may_be_scalar >> k & 1);
    if (scalar) job->scalars |= 1u << k;
    if (k > 0 && !scalar) all_scalar = false;
    job->packed[k] = !in_place && !scalar;
  }
  if (all_scalar) {
    job->scalars &= ~2u;
    job->packed[1] = true;
  }
  for (int32_t k = 0; k < nest->operands; ++k) {
    if (!job->packed[k]) continue;
    any_packed = true;
    int64_t down = row_stride(job, k), along = column_stride(job, k);
    transposed |= along != 0 && (down < 0 ? -down : down) < (along < 0 ? -along : along);
  }
  int64_t block_rows, block_columns;
  if (rows > 1 && job->joined) {
    block_columns = columns;
    block_rows = TILE / columns;
  } else if (!any_packed) {
    block_columns = job->map->grain;
    block_rows = columns < job->map->grain ? job->map->grain / columns : 1;
  } else {
    block_columns = transposed ? TRANSPOSE_COLUMNS : TILE;
    block_rows = transposed ? TRANSPOSE_ROWS : 1;
  }
  sgk_grid_make(&job->grid, nest, block_rows, block_columns, job->map->grain);
}

static void pack(const job *job, const sgk_walk *walk, int32_t k, buffers *buffers) {
  bool same_for_every_row = row_stride(job, k) == 0 && walk->columns == job->nest.shape[job->nest.rank - 1];
  if (same_for_every_row && buffers->source[k] == walk->data[k] && buffers->rows[k] >= walk->rows) return;
  sgk_move(job->nest.operand[k].size, walk->rows, walk->columns, buffers->bytes[k], walk->columns, 1, walk->data[k],
           row_stride(job, k), column_stride(job, k));
  buffers->source[k] = walk->data[k];
  buffers->rows[k] = walk->rows;
}

static void run_block(const job *job, const sgk_walk *walk, buffers *buffers) {
  const sgk_nest *nest = &job->nest;
  void *data[SGK_MAX_OPERANDS] = {0};
  int64_t step[SGK_MAX_OPERANDS] = {0};
  for (int32_t k = 0; k < nest->operands; ++k) {
    if (job->packed[k]) {
      if (k > 0) pack(job, walk, k, buffers);
      data[k] = buffers->bytes[k];
      step[k] = walk->columns * nest->operand[k].size;
    } else {
      data[k] = walk->data[k];
      step[k] = row_stride(job, k) * nest->operand[k].size;
    }
  }
  if (job->joined) {
    job->map->loop(walk->rows * walk->columns, data, job->scalars);
  } else {
    for (int64_t i = 0; i < walk->rows; ++i) {
      job->map->loop(walk->columns, data, job->scalars);
      for (int32_t k = 0; k < nest->operands; ++k) data[k] = (char *)data[k] + step[k];
    }
  }
  if (job->packed[0])
    sgk_move(nest->operand[0].size, walk->rows, walk->columns, walk->data[0], row_stride(job, 0),
             column_stride(job, 0), buffers->bytes[0], walk->columns, 1);
}

static void run_item(void *context, int64_t item) {
  const job *job = context;
  buffers buffers;
  for (int32_t k = 0; k < SGK_MAX_OPERANDS; ++k) buffers.source[k] = 0;
  sgk_walk walk;
  sgk_walk_begin(&walk, &job->grid, item);
  while (sgk_walk_next(&walk)) run_block(job, &walk, &buffers);
}

void sgk_map_run(const sgk_map *map, int32_t operands, const sgk_view *const views[]) {
  job job;
  job.map = map;
  sgk_nest_make(&job.nest, operands, views);
  if (job.nest.count == 0) return;
  plan(&job);
  sgk_parallel(job.grid.items, run_item, &job);
}
