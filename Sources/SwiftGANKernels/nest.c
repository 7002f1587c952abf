#include "nest.h"

static void swap_axes(int64_t *shape, int32_t operands, sgk_operand *operand, int32_t i, int32_t j) {
  int64_t extent = shape[i];
  shape[i] = shape[j];
  shape[j] = extent;
  for (int32_t k = 0; k < operands; ++k) {
    int64_t *strides = operand[k].strides;
    int64_t stride = strides[i];
    strides[i] = strides[j];
    strides[j] = stride;
  }
}

void sgk_axes_follow_first(int32_t rank, int64_t *shape, int32_t operands, sgk_operand *operand) {
  for (int32_t i = 0; i < rank; ++i) {
    if (operand[0].strides[i] >= 0) continue;
    for (int32_t k = 0; k < operands; ++k) {
      operand[k].start += (shape[i] - 1) * operand[k].strides[i];
      operand[k].strides[i] = -operand[k].strides[i];
    }
  }
  // A stable sort: axes keep their order where the first operand does not tell.
  for (int32_t i = 1; i < rank; ++i)
    for (int32_t j = i; j > 0 && operand[0].strides[j - 1] < operand[0].strides[j]; --j)
      swap_axes(shape, operands, operand, j - 1, j);
}

static bool is_one_run(const int64_t *shape, int32_t operands, const sgk_operand *operand, int32_t outer,
                       int32_t inner) {
  for (int32_t k = 0; k < operands; ++k)
    if (operand[k].strides[outer] != operand[k].strides[inner] * shape[inner]) return false;
  return true;
}

int32_t sgk_axes_merge(int32_t rank, int64_t *shape, int32_t operands, sgk_operand *operand) {
  if (rank == 0) return 0;
  int32_t last = 0;
  for (int32_t i = 1; i < rank; ++i) {
    if (is_one_run(shape, operands, operand, last, i)) {
      shape[last] *= shape[i];
    } else {
      last += 1;
      shape[last] = shape[i];
    }
    for (int32_t k = 0; k < operands; ++k) operand[k].strides[last] = operand[k].strides[i];
  }
  return last + 1;
}

void sgk_nest_make(sgk_nest *nest, int32_t operands, const sgk_view *const views[]) {
  nest->count = sgk_view_count(views[0]);
  if (nest->count == 0) return;
  nest->operands = operands;
  nest->rank = 0;
  for (int32_t k = 0; k < operands; ++k) {
    nest->operand[k].size = sgk_dtype_size(views[k]->dtype);
    nest->operand[k].start = 0;
  }
  for (int32_t i = 0; i < views[0]->rank; ++i) {
    if (views[0]->shape[i] == 1) continue;
    nest->shape[nest->rank] = views[0]->shape[i];
    for (int32_t k = 0; k < operands; ++k) nest->operand[k].strides[nest->rank] = views[k]->strides[i];
    nest->rank += 1;
  }
  sgk_axes_follow_first(nest->rank, nest->shape, operands, nest->operand);
  nest->rank = sgk_axes_merge(nest->rank, nest->shape, operands, nest->operand);
  for (int32_t k = 0; k < operands; ++k)
    nest->operand[k].data = (char *)views[k]->data + nest->operand[k].start * nest->operand[k].size;
  while (nest->rank < 2) {
    nest->shape[nest->rank] = 1;
    for (int32_t k = 0; k < operands; ++k) nest->operand[k].strides[nest->rank] = 1;
    if (nest->rank == 1) swap_axes(nest->shape, operands, nest->operand, 0, 1);
    nest->rank += 1;
  }
  // Tiny planes would make tiny blocks: take the longest axis for the rows.
  int32_t rows = nest->rank - 2;
  if (nest->shape[rows] * nest->shape[rows + 1] < 256)
    for (int32_t i = 0; i < nest->rank - 2; ++i)
      if (nest->shape[i] > nest->shape[rows]) swap_axes(nest->shape, operands, nest->operand, i, rows);
}

static int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

void sgk_grid_make(sgk_grid *grid, const sgk_nest *nest, int64_t rows, int64_t columns, int64_t grain) {
  int64_t m = nest->shape[nest->rank - 2], n = nest->shape[nest->rank - 1];
  grid->nest = nest;
  grid->rows = rows < m ? rows : m;
  grid->columns = columns < n ? columns : n;
  grid->down = divide_up(m, grid->rows);
  grid->across = divide_up(n, grid->columns);
  grid->blocks = nest->count / (m * n) * grid->down * grid->across;
  int64_t per_item = grain / (grid->rows * grid->columns);
  grid->per_item = per_item < 1 ? 1 : per_item;
  grid->items = divide_up(grid->blocks, grid->per_item);
}

void sgk_walk_begin(sgk_walk *walk, const sgk_grid *grid, int64_t item) {
  const sgk_nest *nest = grid->nest;
  int64_t first = item * grid->per_item;
  int64_t left = grid->blocks - first;
  walk->grid = grid;
  walk->left = left < grid->per_item ? left : grid->per_item;
  int64_t plane = first / (grid->down * grid->across);
  walk->across = first % grid->across;
  walk->down = first / grid->across % grid->down;
  for (int32_t k = 0; k < nest->operands; ++k) walk->plane[k] = nest->operand[k].data;
  for (int32_t i = nest->rank - 3; i >= 0; --i) {
    walk->index[i] = plane % nest->shape[i];
    plane /= nest->shape[i];
    for (int32_t k = 0; k < nest->operands; ++k)
      walk->plane[k] += walk->index[i] * nest->operand[k].strides[i] * nest->operand[k].size;
  }
}

static void next_plane(sgk_walk *walk) {
  const sgk_nest *nest = walk->grid->nest;
  for (int32_t i = nest->rank - 3; i >= 0; --i) {
    int64_t steps = 1;
    if (++walk->index[i] == nest->shape[i]) {
      walk->index[i] = 0;
      steps = 1 - nest->shape[i];
    }
    for (int32_t k = 0; k < nest->operands; ++k)
      walk->plane[k] += steps * nest->operand[k].strides[i] * nest->operand[k].size;
    if (steps == 1) return;
  }
}

bool sgk_walk_next(sgk_walk *walk) {
  if (walk->left == 0) return false;
  walk->left -= 1;
  const sgk_grid *grid = walk->grid;
  const sgk_nest *nest = grid->nest;
  int64_t row = walk->down * grid->rows, column = walk->across * grid->columns;
  int64_t rows = nest->shape[nest->rank - 2] - row, columns = nest->shape[nest->rank - 1] - column;
  walk->rows = rows < grid->rows ? rows : grid->rows;
  walk->columns = columns < grid->columns ? columns : grid->columns;
  for (int32_t k = 0; k < nest->operands; ++k) {
    const sgk_operand *operand = &nest->operand[k];
    walk->data[k] = walk->plane[k] + (row * operand->strides[nest->rank - 2] +
                                      column * operand->strides[nest->rank - 1]) * operand->size;
  }
  if (++walk->across == grid->across) {
    walk->across = 0;
    if (++walk->down == grid->down) {
      walk->down = 0;
      next_plane(walk);
    }
  }
  return true;
}
