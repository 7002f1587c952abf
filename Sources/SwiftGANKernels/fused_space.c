#include <stdlib.h>

#include "fused.h"

// Rows up to this length are joined; inner axes up to this many elements make a row, so that what repeats beyond them
// is computed once.
enum { JOIN = 256 };

static void set_row_major(sgk_view *view, const sgk_view *shape) {
  *view = *shape;
  int64_t step = 1;
  for (int32_t i = view->rank - 1; i >= 0; --i) {
    view->strides[i] = view->shape[i] == 1 ? 0 : step;
    step *= view->shape[i];
  }
}

static void set_operand(sgk_operand *operand, const sgk_view *view, const sgk_view *space) {
  operand->size = sgk_dtype_size(view->dtype);
  operand->start = 0;
  int32_t rank = 0;
  for (int32_t i = 0; i < space->rank; ++i)
    if (space->shape[i] != 1) operand->strides[rank++] = view->shape[i] == 1 ? 0 : view->strides[i];
}

// The innermost axes of few elements are the columns, the others the rows.
static int32_t group_plane(int32_t rank, const int64_t *shape, int32_t *from) {
  int32_t split = rank > 0 ? rank - 1 : 0;
  int64_t columns = rank > 0 ? shape[split] : 1;
  while (split > 0 && columns * shape[split - 1] <= JOIN) columns *= shape[--split];
  from[0] = 0;
  from[1] = split;
  from[2] = rank;
  return 2;
}

// Neighbours that are all kept or all reduced are one axis, as in the reduction's own plan.
static int32_t group_by_kind(int32_t rank, const sgk_operand *kinds, int32_t *from) {
  int32_t axes = 0, before = 0;
  for (int32_t i = 0; i < rank; ++i)
    if (i == 0 || (kinds->strides[i] == 0) != (kinds->strides[i - 1] == 0)) axes += 1;
  for (; axes + before < 2; ++before) from[before] = 0;
  axes = before;
  for (int32_t i = 0; i < rank; ++i)
    if (i == 0 || (kinds->strides[i] == 0) != (kinds->strides[i - 1] == 0)) from[axes++] = i;
  from[axes] = rank;
  return axes;
}

static void make_out_track(sgk_track *track, const sgk_operand *operand, const sgk_operand *kinds, int32_t rank,
                           const int64_t *shape) {
  sgk_operand kept = *operand;
  int64_t extents[SGK_MAX_RANK];
  int32_t count = 0;
  for (int32_t i = 0; i < rank; ++i) {
    if (kinds->strides[i] == 0) continue;
    extents[count] = shape[i];
    kept.strides[count++] = operand->strides[i];
  }
  sgk_track_make(track, &kept, extents, 2, (int32_t[]){0, 0, count});
}

// Where short reads go down and long ones along: an operand whose neighbours in memory are neighbours in a column.
static bool is_crosswise(const sgk_fused *plan, const sgk_track *track) {
  int64_t down = sgk_track_stride(track, plan->axes - 2), along = sgk_track_stride(track, plan->axes - 1);
  return along != 0 && (down < 0 ? -down : down) < (along < 0 ? -along : along) && !(along == 1 || along == -1);
}

// Short rows that are reduced are asked for a few columns at a time. They are best computed whole, but when two items
// ask for parts of one row, that is twice, and must not be when a result may take an input's place.
static void choose_fetch(sgk_fused *plan, int64_t columns) {
  const sgk_reduce_plan *reduce = &plan->reduce;
  plan->lane_elements = plan->count < SGK_REDUCE_FETCH ? plan->count : SGK_REDUCE_FETCH;
  if (!reduce->packed || reduce->block_rows >= columns) return;
  plan->whole_rows = plan->lanes == plan->results || reduce->groups == 1 || reduce->group % reduce->down == 0;
  if (plan->whole_rows)
    plan->lane_elements = columns * reduce->block_columns;
  else
    plan->shape = SGK_TILES;
}

static void choose_shape(sgk_fused *plan) {
  int64_t rows = plan->extents[plan->axes - 2], columns = plan->extents[plan->axes - 1];
  plan->shape = rows > 1 && columns <= JOIN ? SGK_ROWS_JOINED : SGK_ROW_PARTS;
  if (plan->reduces) {
    choose_fetch(plan, columns);
    return;
  }
  if (plan->shape == SGK_ROWS_JOINED || rows == 1) return;
  for (int32_t i = 0; i < plan->operands; ++i)
    if (is_crosswise(plan, &plan->tracks[i])) plan->shape = SGK_TILES;
}

sgk_status sgk_fused_make_space(sgk_fused *plan, const sgk_view *input_views) {
  const sgk_view *space = &input_views[0];
  sgk_operand *operands = malloc((size_t)(plan->operands + 1) * sizeof *operands);
  plan->tracks = malloc((size_t)plan->operands * sizeof *plan->tracks);
  if (operands == NULL || plan->tracks == NULL) {
    free(operands);
    return SGK_OUT_OF_MEMORY;
  }
  int32_t rank = 0;
  int64_t shape[SGK_MAX_RANK];
  for (int32_t i = 0; i < space->rank; ++i)
    if (space->shape[i] != 1) shape[rank++] = space->shape[i];
  for (int32_t i = 0; i < plan->operands; ++i)
    set_operand(&operands[i + 1], i < plan->inputs ? &input_views[i] : &plan->views[i - plan->inputs], space);
  int32_t from[SGK_TRACK_AXES + 1];
  if (plan->reduces) {
    // The first operand keeps axes apart that are reduced and kept: it is the result, contiguous.
    sgk_view x, out = *space;
    for (int32_t i = 0; i < plan->results; ++i)
      if (plan->reductions[i] >= 0) out = plan->views[i];
    set_row_major(&x, space);
    set_row_major(&out, &out);
    set_operand(&operands[0], &out, space);
    sgk_reduce_plan_make(&plan->reduce, &x, &out);
    rank = sgk_axes_merge(rank, shape, plan->operands + 1, operands);
    plan->axes = group_by_kind(rank, &operands[0], from);
  } else {
    // The first operand decides the order of the axes: it is the first result.
    operands[0] = operands[plan->inputs + 1];
    sgk_axes_follow_first(rank, shape, plan->operands + 1, operands);
    rank = sgk_axes_merge(rank, shape, plan->operands + 1, operands);
    plan->axes = group_plane(rank, shape, from);
  }
  plan->outer = 1;
  for (int32_t axis = 0; axis < plan->axes; ++axis) {
    plan->extents[axis] = 1;
    for (int32_t i = from[axis]; i < from[axis + 1]; ++i) plan->extents[axis] *= shape[i];
    if (axis < plan->axes - 2) plan->outer *= plan->extents[axis];
  }
  for (int32_t i = 0; i < plan->operands; ++i)
    sgk_track_make(&plan->tracks[i], &operands[i + 1], shape, plan->axes, from);
  for (int32_t i = 0; i < plan->lanes; ++i)
    make_out_track(&plan->lane[i].out, &operands[plan->inputs + plan->lane[i].result + 1], &operands[0], rank, shape);
  choose_shape(plan);
  free(operands);
  return SGK_OK;
}
