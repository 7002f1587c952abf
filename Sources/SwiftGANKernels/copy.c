#include "copy.h"

#include "map.h"
#include "move.h"
#include "sgk_pool.h"

enum {
  // Blocks of a transpose: columns enough for whole cache lines of the output, rows for whole lines of the input.
  TRANSPOSE_ROWS = 64,
  TRANSPOSE_COLUMNS = 64,
};

static int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

static void copy_item(void *context, int64_t item) {
  const sgk_grid *grid = context;
  const sgk_nest *nest = grid->nest;
  int32_t row = nest->rank - 2, column = nest->rank - 1;
  const sgk_operand *to = &nest->operand[0], *from = &nest->operand[1];
  sgk_walk walk;
  sgk_walk_begin(&walk, grid, item);
  while (sgk_walk_next(&walk))
    sgk_move(to->size, walk.rows, walk.columns, walk.data[0], to->strides[row], to->strides[column], walk.data[1],
             from->strides[row], from->strides[column]);
}

void sgk_copy(const sgk_view *x, const sgk_view *out) {
  const sgk_view *views[] = {out, x};
  if (x->data == out->data) {
    bool same = true;
    for (int32_t i = 0; i < x->rank; ++i) same &= x->shape[i] == 1 || x->strides[i] == out->strides[i];
    if (same) return;
  }
  sgk_nest nest;
  sgk_nest_make(&nest, 2, views);
  if (nest.count == 0) return;
  const int64_t *strides = nest.operand[1].strides;
  int64_t down = magnitude(strides[nest.rank - 2]), along = magnitude(strides[nest.rank - 1]);
  bool transposed = along != 0 && down < along;
  int64_t columns = nest.shape[nest.rank - 1];
  int64_t block_rows = transposed ? TRANSPOSE_ROWS : columns < SGK_GRAIN_CHEAP ? SGK_GRAIN_CHEAP / columns : 1;
  int64_t block_columns = transposed ? TRANSPOSE_COLUMNS : SGK_GRAIN_CHEAP;
  sgk_grid grid;
  sgk_grid_make(&grid, &nest, block_rows, block_columns, SGK_GRAIN_CHEAP);
  sgk_parallel(grid.items, copy_item, &grid);
}
