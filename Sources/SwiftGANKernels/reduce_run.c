#include "reduce_run.h"

#include <string.h>

#include "move.h"
#include "scratch.h"
#include "sgk_pool.h"

typedef struct cell {
  int64_t x, out;   // offsets
  int64_t columns;  // of the plane, in this cell
} cell;

// A lane's buffers: one per level of the tree over SGK_REDUCE_GROUP pieces, one to compute in, and one for wide rows.
enum { WIDE = 8, BUFFERS };

// What an item works with: in the thread's scratch memory.
typedef struct item {
  void *state;
  sgk_reduce_block *blocks;  // [lane]
  char *block;               // for elements that must be packed
  char *buffers;             // [lane][BUFFERS]
} item;

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static size_t round_up(size_t bytes) { return (bytes + 63) & ~(size_t)63; }
static size_t buffer_bytes(const sgk_reduce_job *job) { return (size_t)job->planes * SGK_FOLD_COLUMNS * 8; }

static char *buffer(const sgk_reduce_job *job, const item *item, int32_t lane, int32_t level) {
  return item->buffers + (size_t)(lane * BUFFERS + level) * buffer_bytes(job);
}

static bool begin_item(sgk_reduce_job *job, item *item) {
  size_t lanes = (size_t)job->lanes, state = round_up((size_t)job->state_bytes);
  size_t blocks = round_up(lanes * sizeof(sgk_reduce_block)), block = job->plan->packed ? SGK_REDUCE_BLOCK * 8 : 0;
  char *memory = sgk_scratch(SGK_SCRATCH_ITEM, state + blocks + block + lanes * BUFFERS * buffer_bytes(job));
  if (memory == NULL) {
    atomic_store_explicit(&job->out_of_memory, true, memory_order_relaxed);
    return false;
  }
  item->state = memory;
  item->blocks = (sgk_reduce_block *)(memory + state);
  item->block = memory + state + blocks;
  item->buffers = memory + state + blocks + block;
  if (job->begin) job->begin(job, item->state);
  return true;
}

static cell find_cell(const sgk_reduce_plan *plan, int64_t index) {
  cell cell = {plan->x_start, plan->out_start, plan->columns};
  if (!plan->along) {
    int64_t first = index % plan->across * plan->block_columns;
    index /= plan->across;
    cell.x += first * plan->column_stride;
    cell.out += first * plan->out_stride;
    cell.columns = smaller(plan->columns - first, plan->block_columns);
  }
  for (int32_t i = plan->kept_axes - 1; i >= 0; --i) {
    int64_t at = index % plan->kept[i].extent;
    index /= plan->kept[i].extent;
    cell.x += at * plan->kept[i].from;
    cell.out += at * plan->kept[i].to;
  }
  return cell;
}

static void fetch(const sgk_reduce_job *job, const item *item, int64_t offset, int64_t rows, int64_t columns) {
  if (job->fetch) {
    job->fetch(job, item->state, offset, rows, columns, item->blocks);
    return;
  }
  for (int32_t i = 0; i < job->lanes; ++i)
    item->blocks[i] = (sgk_reduce_block){job->lane[i].x + offset * job->lane[i].size, job->plan->row_stride,
                                         job->plan->column_stride};
}

// The fetched block of a lane, in rows that are each one run of memory.
static sgk_reduce_block packed(const sgk_reduce_job *job, const item *item, int32_t lane, int64_t rows,
                               int64_t columns) {
  sgk_reduce_block block = item->blocks[lane];
  if (!job->plan->packed) return block;
  sgk_move(job->lane[lane].size, rows, columns, item->block, columns, 1, block.data, block.row_stride,
           block.column_stride);
  return (sgk_reduce_block){item->block, columns, 1};
}

// What is kept of columns, from a buffer to planes `apart` elements from one another.
static void copy_planes(const sgk_reduce_lane *lane, int64_t columns, char *to, int64_t apart, const char *from) {
  for (int32_t i = 0; i < lane->fold->planes; ++i)
    memcpy(to + i * apart * lane->size, from + i * SGK_FOLD_COLUMNS * lane->size, (size_t)(columns * lane->size));
}

// Rows that lie one after another are folded several at a time, as one wide row, where one alone is short. Elements
// that are computed when fetched are fetched a subtotal at a time, to be in the cache still when they are folded.
static void fold_columns(const sgk_reduce_job *job, const item *item, int64_t offset, int64_t rows, int64_t columns,
                         int32_t level) {
  const sgk_reduce_plan *plan = job->plan;
  int64_t joined = plan->packed || plan->row_stride == columns ? SGK_FOLD_COLUMNS / columns : 1;
  if (columns >= 64 || joined < 2 || rows < 2 * joined) joined = 1;
  int64_t wide = joined * columns, whole = rows - rows % joined;
  int64_t at_once = job->fetch && !plan->packed ? SGK_FOLD_ROWS * joined : rows;
  for (int64_t row = 0; row < rows; row += at_once) {
    int64_t count = smaller(at_once, rows - row), whole_rows = smaller(count, whole - row);
    fetch(job, item, offset + row * plan->row_stride, count, columns);
    for (int32_t i = 0; i < job->lanes; ++i) {
      const sgk_fold *fold = job->lane[i].fold;
      sgk_reduce_block block = packed(job, item, i, count, columns);
      char *into = buffer(job, item, i, joined > 1 ? WIDE : level);
      if (whole_rows > 0)
        fold->columns(whole_rows / joined, wide, block.data, joined > 1 ? wide : block.row_stride, into, row == 0);
      if (whole_rows < count)
        fold->columns(1, (count - whole_rows) * columns, block.data + whole_rows * columns * job->lane[i].size, 0, into,
                      false);
    }
  }
  if (joined == 1) return;
  for (int32_t i = 0; i < job->lanes; ++i) {
    const sgk_reduce_lane *lane = &job->lane[i];
    char *wide_row = buffer(job, item, i, WIDE);
    for (int64_t left = joined; left > 1;) {
      int64_t half = left / 2;
      left -= half;
      lane->fold->combine(half * columns, wide_row, wide_row + left * columns * lane->size, SGK_FOLD_COLUMNS);
    }
    copy_planes(lane, columns, buffer(job, item, i, level), SGK_FOLD_COLUMNS, wide_row);
  }
}

// The fold of one piece goes to `level` of each lane's stack.
static void fold_piece(const sgk_reduce_job *job, const item *item, const cell *cell, int64_t piece, int32_t level) {
  const sgk_reduce_plan *plan = job->plan;
  int64_t column = 0;
  if (plan->along) {
    column = piece % plan->across * plan->block_columns;
    piece /= plan->across;
  }
  int64_t row = piece % plan->down * plan->block_rows;
  piece /= plan->down;
  int64_t rows = smaller(plan->rows - row, plan->block_rows);
  int64_t columns = smaller(cell->columns - column, plan->block_columns);
  int64_t offset = cell->x + row * plan->row_stride + column * plan->column_stride;
  for (int32_t i = plan->reduced_axes - 1; i >= 0; --i) {
    offset += piece % plan->reduced[i].extent * plan->reduced[i].from;
    piece /= plan->reduced[i].extent;
  }
  if (!plan->along) {
    fold_columns(job, item, offset, rows, columns, level);
    return;
  }
  fetch(job, item, offset, rows, columns);
  for (int32_t i = 0; i < job->lanes; ++i)
    job->lane[i].fold->run(rows * columns, packed(job, item, i, rows, columns).data, buffer(job, item, i, level));
}

static void combine(const sgk_reduce_job *job, const item *item, int64_t columns, int32_t level) {
  for (int32_t i = 0; i < job->lanes; ++i)
    job->lane[i].fold->combine(columns, buffer(job, item, i, level), buffer(job, item, i, level + 1), SGK_FOLD_COLUMNS);
}

// A tree over the pieces first..<last: level n of the stack holds the fold of 2^n of them, as in a binary counter.
static void fold_pieces(const sgk_reduce_job *job, const item *item, const cell *cell, int64_t first, int64_t last) {
  int64_t columns = job->plan->along ? 1 : cell->columns;
  int32_t depth = 0;
  for (int64_t piece = first; piece < last; ++piece) {
    fold_piece(job, item, cell, piece, depth++);
    for (int64_t done = piece - first + 1; (done & 1) == 0; done >>= 1, --depth) combine(job, item, columns, depth - 2);
  }
  for (; depth > 1; --depth) combine(job, item, columns, depth - 2);
}

// `values` is what a fold has kept, in planes `apart` elements from one another.
static void store(const sgk_reduce_job *job, int32_t number, int64_t offset, int64_t count, int64_t stride, char *values,
                  int64_t apart) {
  const sgk_reduce_lane *lane = &job->lane[number];
  if (lane->fold->finish) lane->fold->finish(count, job->folded, values, apart);
  for (int32_t i = 0; i < lane->fold->results; ++i, values += apart * lane->size) {
    if (job->store)
      job->store(job, number, i, offset, count, stride, values);
    else
      sgk_move(lane->size, 1, count, lane->out + (offset + i * lane->apart) * lane->size, 0, stride, values, 0, 1);
  }
}

static void store_cell(const sgk_reduce_job *job, int32_t lane, const cell *cell, char *values, int64_t apart) {
  store(job, lane, cell->out, job->plan->along ? 1 : cell->columns, job->plan->out_stride, values, apart);
}

// Cells of one contiguous run each: sums of rows. Steps along the innermost kept axis need no search.
static void fold_runs(const sgk_reduce_job *job, const item *item, int64_t first, int64_t last) {
  const sgk_reduce_plan *plan = job->plan;
  const sgk_reduce_axis none = {1, 0, 0, true};
  const sgk_reduce_axis *axis = plan->kept_axes > 0 ? &plan->kept[plan->kept_axes - 1] : &none;
  int64_t most = job->fetch ? SGK_REDUCE_BLOCK / plan->columns : SGK_FOLD_COLUMNS;
  most = most < 1 ? 1 : smaller(most, SGK_FOLD_COLUMNS);
  while (first < last) {
    cell cell = find_cell(plan, first);
    int64_t count = smaller(smaller(axis->extent - first % axis->extent, last - first), most);
    fetch(job, item, cell.x, count, plan->columns);
    for (int32_t i = 0; i < job->lanes; ++i) {
      const sgk_reduce_lane *lane = &job->lane[i];
      const char *x = item->blocks[i].data;
      int64_t step = (job->fetch ? item->blocks[i].row_stride : axis->from) * lane->size;
      char *sums = buffer(job, item, i, WIDE);
      for (int64_t j = 0; j < count; ++j) lane->fold->run(plan->columns, x + j * step, sums + j * lane->size);
      store(job, i, cell.out, count, axis->to, sums, SGK_FOLD_COLUMNS);
    }
    first += count;
  }
}

static void whole_cells(void *context, int64_t number) {
  sgk_reduce_job *job = context;
  item item;
  if (!begin_item(job, &item)) return;
  int64_t first = number * job->cells_per_item, last = smaller(first + job->cells_per_item, job->plan->cells);
  if (job->plan->along && job->plan->pieces == 1 && !job->plan->packed) {
    fold_runs(job, &item, first, last);
    return;
  }
  for (int64_t i = first; i < last; ++i) {
    cell cell = find_cell(job->plan, i);
    fold_pieces(job, &item, &cell, 0, job->plan->pieces);
    for (int32_t k = 0; k < job->lanes; ++k) store_cell(job, k, &cell, buffer(job, &item, k, 0), SGK_FOLD_COLUMNS);
  }
}

static int64_t partial_columns(const sgk_reduce_plan *plan) { return plan->along ? 1 : plan->block_columns; }

// Lanes begin at multiples of eight bytes times the elements before them, whatever their type and planes.
static char *partial(const sgk_reduce_job *job, int32_t lane, int64_t cell, int64_t group) {
  const sgk_reduce_plan *plan = job->plan;
  int64_t before = lane * plan->cells * plan->groups * 8 * job->planes;
  int64_t size = job->lane[lane].size * job->lane[lane].fold->planes;
  return job->partials + partial_columns(plan) * (before + (cell * plan->groups + group) * size);
}

static void group_of_pieces(void *context, int64_t number) {
  sgk_reduce_job *job = context;
  const sgk_reduce_plan *plan = job->plan;
  item item;
  if (!begin_item(job, &item)) return;
  int64_t index = number / plan->groups, group = number % plan->groups;
  cell cell = find_cell(plan, index);
  int64_t first = group * plan->group;
  fold_pieces(job, &item, &cell, first, smaller(first + plan->group, plan->pieces));
  for (int32_t i = 0; i < job->lanes; ++i)
    copy_planes(&job->lane[i], plan->along ? 1 : cell.columns, partial(job, i, index, group), partial_columns(plan),
                buffer(job, &item, i, 0));
}

static void combine_groups(void *context, int64_t index) {
  const sgk_reduce_job *job = context;
  cell cell = find_cell(job->plan, index);
  int64_t columns = job->plan->along ? 1 : cell.columns, groups = job->plan->groups;
  int64_t apart = partial_columns(job->plan);
  for (int32_t i = 0; i < job->lanes; ++i) {
    for (int64_t step = 1; step < groups; step *= 2)
      for (int64_t group = 0; group + step < groups; group += 2 * step)
        job->lane[i].fold->combine(columns, partial(job, i, index, group), partial(job, i, index, group + step), apart);
    store_cell(job, i, &cell, partial(job, i, index, 0), apart);
  }
}

sgk_status sgk_reduce_run(sgk_reduce_job *job) {
  const sgk_reduce_plan *plan = job->plan;
  atomic_init(&job->out_of_memory, false);
  job->folded = plan->rows * (plan->along ? plan->columns : 1);
  for (int32_t i = 0; i < plan->reduced_axes; ++i) job->folded *= plan->reduced[i].extent;
  job->planes = 1;
  for (int32_t i = 0; i < job->lanes; ++i)
    if (job->lane[i].fold->planes > job->planes) job->planes = job->lane[i].fold->planes;
  if (plan->groups == 1) {
    int64_t work = plan->pieces * plan->block_rows * plan->block_columns;
    job->cells_per_item = work < job->item_elements ? job->item_elements / work : 1;
    sgk_parallel((plan->cells + job->cells_per_item - 1) / job->cells_per_item, whole_cells, job);
  } else {
    int64_t elements = job->planes * job->lanes * plan->cells * plan->groups * partial_columns(plan);
    job->partials = sgk_scratch(SGK_SCRATCH_CALL, (size_t)elements * 8);
    if (job->partials == NULL) return SGK_OUT_OF_MEMORY;
    sgk_parallel(plan->cells * plan->groups, group_of_pieces, job);
    sgk_parallel(plan->cells, combine_groups, job);
    sgk_scratch_trim(SGK_SCRATCH_CALL);
  }
  return atomic_load(&job->out_of_memory) ? SGK_OUT_OF_MEMORY : SGK_OK;
}
