#include "reduce_plan.h"

#include "fold.h"

static int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }
static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

// The axes of more than one element in the order of memory, neighbours of one kind and one run merged.
static int32_t order_axes(sgk_reduce_plan *plan, const sgk_view *x, const sgk_view *out, sgk_reduce_axis *axes) {
  int32_t count = 0;
  for (int32_t i = 0; i < x->rank; ++i) {
    if (x->shape[i] == 1) continue;
    bool kept = out->shape[i] != 1;
    sgk_reduce_axis axis = {x->shape[i], x->strides[i], kept ? out->strides[i] : 0, kept};
    if (axis.from < 0) {
      plan->x_start += (axis.extent - 1) * axis.from;
      plan->out_start += (axis.extent - 1) * axis.to;
      axis.from = -axis.from;
      axis.to = -axis.to;
    }
    int32_t place = count++;
    for (; place > 0 && axes[place - 1].from < axis.from; --place) axes[place] = axes[place - 1];
    axes[place] = axis;
  }
  int32_t merged = 0;
  for (int32_t i = 1; i < count; ++i) {
    sgk_reduce_axis *outer = &axes[merged], inner = axes[i];
    if (outer->kept == inner.kept && outer->from == inner.from * inner.extent && outer->to == inner.to * inner.extent) {
      inner.extent *= outer->extent;
      *outer = inner;
    } else {
      axes[++merged] = inner;
    }
  }
  return count == 0 ? 0 : merged + 1;
}

static int32_t last_axis(const sgk_reduce_axis *axes, int32_t count, bool kept) {
  while (count > 0 && axes[count - 1].kept != kept) count -= 1;
  return count - 1;
}

static void choose_plane(sgk_reduce_plan *plan, const sgk_reduce_axis *axes, int32_t count) {
  int32_t kept = last_axis(axes, count, true), reduced = last_axis(axes, count, false);
  // Short runs are better folded side by side, after a transpose, than one by one.
  plan->along = reduced == count - 1 && (kept < 0 || axes[reduced].extent >= 32);
  int32_t row_axis = reduced, column_axis = kept;
  if (plan->along) {
    column_axis = reduced;
    row_axis = reduced > 0 && !axes[reduced - 1].kept ? reduced - 1 : -1;
  }
  const sgk_reduce_axis none = {1, 0, 0, false};
  sgk_reduce_axis row = row_axis < 0 ? none : axes[row_axis], column = column_axis < 0 ? none : axes[column_axis];
  plan->rows = row.extent;
  plan->row_stride = row.from;
  plan->columns = column.extent;
  plan->column_stride = column.from;
  plan->out_stride = column.to;
  plan->kept_axes = plan->reduced_axes = 0;
  for (int32_t i = 0; i < count; ++i) {
    if (i == row_axis || i == column_axis) continue;
    if (axes[i].kept)
      plan->kept[plan->kept_axes++] = axes[i];
    else
      plan->reduced[plan->reduced_axes++] = axes[i];
  }
}

static void choose_blocks(sgk_reduce_plan *plan) {
  if (plan->along) {
    plan->block_columns = smaller(plan->columns, SGK_REDUCE_BLOCK);
    plan->block_rows = smaller(plan->rows, SGK_REDUCE_BLOCK / plan->block_columns);
    plan->packed = plan->column_stride != 1 || plan->block_rows > 1;
  } else {
    plan->block_columns = smaller(plan->columns, SGK_FOLD_COLUMNS);
    // Blocks of few columns are folded as wide rows, for which their rows must lie one after another.
    plan->packed = plan->column_stride != 1 || (plan->columns < 64 && plan->row_stride != plan->columns);
    int64_t rows = plan->block_columns >= 64 ? 128 : 8 * SGK_REDUCE_BLOCK / plan->block_columns;
    if (plan->packed) rows = SGK_REDUCE_BLOCK / plan->block_columns;
    plan->block_rows = smaller(plan->rows, rows);
  }
  plan->down = divide_up(plan->rows, plan->block_rows);
  plan->across = divide_up(plan->columns, plan->block_columns);
}

void sgk_reduce_plan_make(sgk_reduce_plan *plan, const sgk_view *x, const sgk_view *out) {
  plan->x_start = plan->out_start = 0;
  sgk_reduce_axis axes[SGK_MAX_RANK];
  int32_t count = order_axes(plan, x, out, axes);
  choose_plane(plan, axes, count);
  choose_blocks(plan);
  plan->cells = plan->along ? 1 : plan->across;
  plan->pieces = plan->along ? plan->down * plan->across : plan->down;
  for (int32_t i = 0; i < plan->kept_axes; ++i) plan->cells *= plan->kept[i].extent;
  for (int32_t i = 0; i < plan->reduced_axes; ++i) plan->pieces *= plan->reduced[i].extent;
  int64_t group = 16 * SGK_REDUCE_BLOCK / (plan->block_rows * plan->block_columns);
  plan->group = group < 1 ? 1 : smaller(group, SGK_REDUCE_GROUP);
  plan->groups = divide_up(plan->pieces, plan->group);
}
