#include "sgk_reduce.h"

#include <stdlib.h>
#include <string.h>

#include "copy.h"
#include "fold.h"
#include "move.h"
#include "reduce_plan.h"
#include "sgk_elementwise.h"
#include "sgk_pool.h"

typedef struct job {
  sgk_reduce_plan plan;
  const sgk_fold *fold;
  int64_t cells_per_item;
  char *partials;  // [cell][group][column], where a cell is more than one item folds
} job;

typedef struct cell {
  const char *x;
  char *out;
  int64_t columns;  // of the plane, in this cell
} cell;

typedef char results[SGK_FOLD_COLUMNS * 8];

typedef struct buffers {
  _Alignas(64) char block[SGK_REDUCE_BLOCK * 8];
  _Alignas(64) results wide;
  _Alignas(64) results stack[8];  // one per level of the tree over SGK_REDUCE_GROUP pieces, and one to compute in
} buffers;

static cell find_cell(const sgk_reduce_plan *plan, int64_t index) {
  cell cell = {plan->x, plan->out, plan->columns};
  if (!plan->along) {
    int64_t first = index % plan->across * plan->block_columns;
    index /= plan->across;
    cell.x += first * plan->column_stride * plan->size;
    cell.out += first * plan->out_stride * plan->size;
    cell.columns = plan->columns - first < plan->block_columns ? plan->columns - first : plan->block_columns;
  }
  for (int32_t i = plan->kept_axes - 1; i >= 0; --i) {
    int64_t at = index % plan->kept[i].extent;
    index /= plan->kept[i].extent;
    cell.x += at * plan->kept[i].from * plan->size;
    cell.out += at * plan->kept[i].to * plan->size;
  }
  return cell;
}

// Rows that lie one after another are folded several at a time, as one wide row, where one alone is short.
static void fold_columns(const job *job, int64_t rows, int64_t columns, const char *x, int64_t row_stride, char *out,
                         buffers *buffers) {
  int64_t size = job->plan.size, joined = row_stride == columns ? SGK_FOLD_COLUMNS / columns : 1;
  if (columns >= 64 || joined < 2 || rows < 2 * joined) {
    job->fold->columns(rows, columns, x, row_stride, out);
    return;
  }
  int64_t wide = joined * columns, wide_rows = rows / joined, rest = rows - wide_rows * joined;
  job->fold->columns(wide_rows, wide, x, wide, buffers->wide);
  if (rest != 0) job->fold->combine(rest * columns, buffers->wide, x + wide_rows * wide * size);
  while (joined > 1) {
    int64_t half = joined / 2;
    joined -= half;
    job->fold->combine(half * columns, buffers->wide, buffers->wide + joined * columns * size);
  }
  memcpy(out, buffers->wide, (size_t)(columns * size));
}

static void fold_piece(const job *job, const cell *cell, int64_t piece, char *out, buffers *buffers) {
  const sgk_reduce_plan *plan = &job->plan;
  int64_t column = 0;
  if (plan->along) {
    column = piece % plan->across * plan->block_columns;
    piece /= plan->across;
  }
  int64_t row = piece % plan->down * plan->block_rows;
  piece /= plan->down;
  int64_t rows = plan->rows - row < plan->block_rows ? plan->rows - row : plan->block_rows;
  int64_t columns = cell->columns - column < plan->block_columns ? cell->columns - column : plan->block_columns;
  const char *x = cell->x + (row * plan->row_stride + column * plan->column_stride) * plan->size;
  for (int32_t i = plan->reduced_axes - 1; i >= 0; --i) {
    x += piece % plan->reduced[i].extent * plan->reduced[i].from * plan->size;
    piece /= plan->reduced[i].extent;
  }
  int64_t row_stride = plan->row_stride;
  if (plan->packed) {
    sgk_move(plan->size, rows, columns, buffers->block, columns, 1, x, plan->row_stride, plan->column_stride);
    x = buffers->block;
    row_stride = columns;
  }
  if (plan->along)
    job->fold->run(rows * columns, x, out);
  else
    fold_columns(job, rows, columns, x, row_stride, out, buffers);
}

// A tree over the pieces first..<last: level n of the stack holds the fold of 2^n of them, as in a binary counter.
static const char *fold_pieces(const job *job, const cell *cell, int64_t first, int64_t last, buffers *buffers) {
  int64_t columns = job->plan.along ? 1 : cell->columns;
  int32_t depth = 0;
  for (int64_t piece = first; piece < last; ++piece) {
    fold_piece(job, cell, piece, buffers->stack[depth++], buffers);
    for (int64_t done = piece - first + 1; (done & 1) == 0; done >>= 1, --depth)
      job->fold->combine(columns, buffers->stack[depth - 2], buffers->stack[depth - 1]);
  }
  for (; depth > 1; --depth) job->fold->combine(columns, buffers->stack[depth - 2], buffers->stack[depth - 1]);
  return buffers->stack[0];
}

static void write_cell(const sgk_reduce_plan *plan, const cell *cell, const char *values) {
  int64_t columns = plan->along ? 1 : cell->columns;
  sgk_move(plan->size, 1, columns, cell->out, 0, plan->out_stride, values, 0, 1);
}

// Cells of one contiguous run each: sums of rows. Steps along the innermost kept axis need no search.
static void fold_runs(const job *job, int64_t first, int64_t last) {
  const sgk_reduce_plan *plan = &job->plan;
  const sgk_reduce_axis none = {1, 0, 0, true};
  const sgk_reduce_axis *axis = plan->kept_axes > 0 ? &plan->kept[plan->kept_axes - 1] : &none;
  while (first < last) {
    cell cell = find_cell(plan, first);
    int64_t count = axis->extent - first % axis->extent;
    if (count > last - first) count = last - first;
    for (int64_t i = 0; i < count; ++i)
      job->fold->run(plan->columns, cell.x + i * axis->from * plan->size, cell.out + i * axis->to * plan->size);
    first += count;
  }
}

static void whole_cells(void *context, int64_t item) {
  const job *job = context;
  buffers buffers;
  int64_t first = item * job->cells_per_item, last = first + job->cells_per_item;
  if (last > job->plan.cells) last = job->plan.cells;
  if (job->plan.along && job->plan.pieces == 1 && !job->plan.packed) {
    fold_runs(job, first, last);
    return;
  }
  for (int64_t i = first; i < last; ++i) {
    cell cell = find_cell(&job->plan, i);
    write_cell(&job->plan, &cell, fold_pieces(job, &cell, 0, job->plan.pieces, &buffers));
  }
}

static char *partial(const job *job, int64_t cell, int64_t group) {
  int64_t columns = job->plan.along ? 1 : job->plan.block_columns;
  return job->partials + (cell * job->plan.groups + group) * columns * job->plan.size;
}

static void group_of_pieces(void *context, int64_t item) {
  const job *job = context;
  const sgk_reduce_plan *plan = &job->plan;
  buffers buffers;
  int64_t index = item / plan->groups, group = item % plan->groups;
  cell cell = find_cell(plan, index);
  int64_t first = group * plan->group, last = first + plan->group;
  const char *values = fold_pieces(job, &cell, first, last < plan->pieces ? last : plan->pieces, &buffers);
  memcpy(partial(job, index, group), values, (size_t)((plan->along ? 1 : cell.columns) * plan->size));
}

static void combine_groups(void *context, int64_t index) {
  const job *job = context;
  cell cell = find_cell(&job->plan, index);
  int64_t columns = job->plan.along ? 1 : cell.columns, groups = job->plan.groups;
  for (int64_t step = 1; step < groups; step *= 2)
    for (int64_t group = 0; group + step < groups; group += 2 * step)
      job->fold->combine(columns, partial(job, index, group), partial(job, index, group + step));
  write_cell(&job->plan, &cell, partial(job, index, 0));
}

sgk_status sgk_reduce(sgk_reduce_op op, const sgk_view *x, const sgk_view *out) {
  bool logical = op == SGK_ANY || op == SGK_ALL;
  if ((unsigned)op > SGK_ALL || logical != (x->dtype == SGK_BOOL) || (unsigned)x->dtype > SGK_BOOL) return SGK_OK;
  int32_t row = op == SGK_ANY ? SGK_MAX : op == SGK_ALL ? SGK_MIN : (int32_t)op;
  job job = {.fold = &SGK_SELECT(sgk_fold_table)[row][logical ? SGK_UINT8 : x->dtype]};
  if (sgk_view_count(out) == 0) return SGK_OK;
  if (sgk_view_count(x) == 0) {
    const uint8_t yes = 1;
    sgk_fill(op == SGK_ALL ? &yes : job.fold->identity, out);
    return SGK_OK;
  }
  sgk_reduce_plan *plan = &job.plan;
  sgk_reduce_plan_make(plan, x, out);
  if (plan->pieces == 1 && plan->rows == 1 && !plan->along) {
    sgk_copy(x, out);  // nothing is reduced
    return SGK_OK;
  }
  if (plan->groups == 1) {
    int64_t work = plan->pieces * plan->block_rows * plan->block_columns;
    job.cells_per_item = work < 16 * SGK_REDUCE_BLOCK ? 16 * SGK_REDUCE_BLOCK / work : 1;
    sgk_parallel((plan->cells + job.cells_per_item - 1) / job.cells_per_item, whole_cells, &job);
    return SGK_OK;
  }
  size_t bytes = (size_t)(plan->cells * plan->groups * (plan->along ? 1 : plan->block_columns) * plan->size);
  job.partials = malloc(bytes);
  if (job.partials == NULL) return SGK_OUT_OF_MEMORY;
  sgk_parallel(plan->cells * plan->groups, group_of_pieces, &job);
  sgk_parallel(plan->cells, combine_groups, &job);
  free(job.partials);
  return SGK_OK;
}
