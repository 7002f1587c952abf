#include "fused.h"

#include "fold.h"
#include "loops.h"

static bool is_dtype(int32_t dtype) { return dtype >= 0 && dtype < SGK_DTYPES; }

sgk_loop sgk_fused_loop(const sgk_fused_step *step) {
  if (!is_dtype(step->from) || !is_dtype(step->to)) return 0;
  switch (step->kind) {
    case SGK_FUSED_UNARY:
      return (uint32_t)step->op > SGK_IS_FINITE ? 0 : SGK_SELECT(sgk_unary_table)[step->op][step->from];
    case SGK_FUSED_BINARY:
      return (uint32_t)step->op > SGK_XOR ? 0 : SGK_SELECT(sgk_binary_table)[step->op][step->from];
    case SGK_FUSED_SELECT: return SGK_SELECT(sgk_select_table)[sgk_dtype_size(step->from)];
    case SGK_FUSED_CAST: return SGK_SELECT(sgk_cast_table)[step->from][step->to];
    default: return 0;
  }
}

static int32_t type_of_result(const sgk_fused_step *step) {
  switch (step->kind) {
    case SGK_FUSED_UNARY: return step->op == SGK_IS_FINITE ? SGK_BOOL : step->from;
    case SGK_FUSED_BINARY: return step->op >= SGK_EQ && step->op <= SGK_GE ? SGK_BOOL : step->from;
    case SGK_FUSED_SELECT: return step->from;
    default: return step->to;
  }
}

static bool is_step(const sgk_fused_step *step, int32_t values, const int32_t *types) {
  bool is_copy = step->kind == SGK_FUSED_CAST && step->from == step->to && is_dtype(step->to);
  if (!is_copy && sgk_fused_loop(step) == 0) return false;
  if (step->to != type_of_result(step)) return false;
  int32_t operands = step->kind == SGK_FUSED_BINARY ? 2 : step->kind == SGK_FUSED_SELECT ? 3 : 1;
  for (int32_t k = 0; k < operands; ++k) {
    if (step->operands[k] < 0 || step->operands[k] >= values) return false;
    int32_t type = step->kind == SGK_FUSED_SELECT && k == 0 ? SGK_BOOL : step->from;
    if (types[step->operands[k]] != type) return false;
  }
  return true;
}

// Elements and bytes must be countable in 64 bits, also where strides are far apart.
static bool is_view(const sgk_view *view) {
  if (!is_dtype(view->dtype) || view->rank < 0 || view->rank > SGK_MAX_RANK) return false;
  int64_t count = 1, least = 1;
  for (int32_t i = 0; i < view->rank; ++i) {
    int64_t reach;
    if (view->shape[i] < 0 || view->strides[i] == INT64_MIN) return false;
    int64_t stride = view->strides[i] < 0 ? -view->strides[i] : view->strides[i];
    int64_t extent = view->shape[i] < 1 ? 1 : view->shape[i];
    if (__builtin_mul_overflow(count, extent, &count) || count > INT64_MAX / 64) return false;
    if (__builtin_mul_overflow(extent - 1, stride, &reach) || __builtin_add_overflow(least, reach, &least) ||
        least > INT64_MAX / 64)
      return false;
  }
  return true;
}

static bool is_same_shape(const sgk_view *a, const sgk_view *b) {
  bool same = a->rank == b->rank;
  for (int32_t i = 0; same && i < a->rank; ++i) same = a->shape[i] == b->shape[i];
  return same;
}

bool sgk_fused_is_row_major(const sgk_view *view) {
  int64_t step = 1;
  for (int32_t i = view->rank - 1; i >= 0; --i) {
    if (view->shape[i] != 1 && view->strides[i] != step) return false;
    step *= view->shape[i];
  }
  return true;
}

// Elements of a result may not share their memory by a zero stride.
static bool is_writable(const sgk_view *view) {
  if (sgk_view_count(view) == 0) return true;
  for (int32_t i = 0; i < view->rank; ++i)
    if (view->shape[i] > 1 && view->strides[i] == 0) return false;
  return true;
}

static bool is_reduced_shape(const sgk_view *view, const sgk_view *space) {
  if (view->rank != space->rank) return false;
  for (int32_t i = 0; i < view->rank; ++i)
    if (view->shape[i] != space->shape[i] && view->shape[i] != 1) return false;
  return true;
}

sgk_status sgk_fused_check(int32_t inputs, const sgk_view *input_views, int32_t steps, const sgk_fused_step *list,
                           int32_t results, const sgk_fused_result *kept, const sgk_view *result_views) {
  if (inputs < 1 || inputs > SGK_FUSED_MAX_INPUTS || input_views == 0) return SGK_BAD_ARGUMENT;
  if (steps < 0 || steps > SGK_FUSED_MAX_STEPS || (steps > 0 && list == 0)) return SGK_BAD_ARGUMENT;
  if (results < 1 || results > SGK_FUSED_MAX_RESULTS || kept == 0 || result_views == 0) return SGK_BAD_ARGUMENT;
  int32_t types[SGK_FUSED_VALUES];
  for (int32_t i = 0; i < inputs; ++i) {
    if (!is_view(&input_views[i]) || !is_same_shape(&input_views[i], &input_views[0])) return SGK_BAD_ARGUMENT;
    types[i] = input_views[i].dtype;
  }
  for (int32_t i = 0; i < steps; ++i) {
    if (!is_step(&list[i], inputs + i, types)) return SGK_BAD_ARGUMENT;
    types[inputs + i] = list[i].to;
  }
  const sgk_view *reduced = 0;
  for (int32_t i = 0; i < results; ++i) {
    const sgk_view *view = &result_views[i];
    if (kept[i].value < 0 || kept[i].value >= inputs + steps || !is_view(view) || !is_writable(view))
      return SGK_BAD_ARGUMENT;
    if (view->dtype != types[kept[i].value]) return SGK_BAD_ARGUMENT;
    if (kept[i].reduce < 0) {
      if (kept[i].reduce != -1 || !is_same_shape(view, &input_views[0])) return SGK_BAD_ARGUMENT;
      continue;
    }
    if (!is_reduced_shape(view, &input_views[0])) return SGK_BAD_ARGUMENT;
    const sgk_fold *fold = sgk_fold_find(kept[i].reduce, view->dtype);
    if (fold == 0) return SGK_BAD_ARGUMENT;
    // What is more than a fold of elements is not what it is made of where nothing is reduced.
    if (fold->finish && (is_same_shape(view, &input_views[0]) || !sgk_fused_is_row_major(view))) return SGK_BAD_ARGUMENT;
    if (reduced != 0 && !is_same_shape(view, reduced)) return SGK_BAD_ARGUMENT;
    reduced = view;
  }
  return SGK_OK;
}
