#include "sgk_elementwise.h"

#include "copy.h"
#include "loops.h"

static bool is_dtype(int32_t dtype) { return dtype >= 0 && dtype < SGK_DTYPES; }

bool sgk_unary_is_dear(sgk_unary_op op) {
  switch (op) {
    case SGK_EXP: case SGK_EXPM1: case SGK_LOG: case SGK_LOG1P: case SGK_TANH: case SGK_SIGMOID: case SGK_SOFTPLUS:
    case SGK_ERF: case SGK_SIN: case SGK_COS: return true;
    default: return op >= SGK_LOG2 && op <= SGK_ATANH;
  }
}

bool sgk_binary_is_dear(sgk_binary_op op) {
  return op == SGK_POW || (op >= SGK_FLOOR_DIVIDE && op <= SGK_LOGADDEXP && op != SGK_COPYSIGN);
}

void sgk_unary(sgk_unary_op op, const sgk_view *x, const sgk_view *out) {
  if ((unsigned)op > SGK_IS_FINITE || !is_dtype(x->dtype)) return;
  const sgk_view *views[] = {out, x};
  sgk_map map = {SGK_SELECT(sgk_unary_table)[op][x->dtype], 0, sgk_unary_is_dear(op) ? SGK_GRAIN_DEAR : SGK_GRAIN_CHEAP};
  if (map.loop != 0) sgk_map_run(&map, 2, views);
}

void sgk_binary(sgk_binary_op op, const sgk_view *a, const sgk_view *b, const sgk_view *out) {
  if ((unsigned)op > SGK_XOR || !is_dtype(a->dtype)) return;
  const sgk_view *views[] = {out, a, b};
  sgk_map map = {SGK_SELECT(sgk_binary_table)[op][a->dtype], 2 | 4,
                 sgk_binary_is_dear(op) ? SGK_GRAIN_DEAR : SGK_GRAIN_CHEAP};
  if (map.loop != 0) sgk_map_run(&map, 3, views);
}

void sgk_select(const sgk_view *condition, const sgk_view *a, const sgk_view *b, const sgk_view *out) {
  const sgk_view *views[] = {out, condition, a, b};
  sgk_map map = {SGK_SELECT(sgk_select_table)[sgk_dtype_size(out->dtype)], 4 | 8, SGK_GRAIN_CHEAP};
  sgk_map_run(&map, 4, views);
}

void sgk_cast(const sgk_view *x, const sgk_view *out) {
  if (!is_dtype(x->dtype) || !is_dtype(out->dtype)) return;
  if (x->dtype == out->dtype) {
    sgk_copy(x, out);
    return;
  }
  const sgk_view *views[] = {out, x};
  sgk_map map = {SGK_SELECT(sgk_cast_table)[x->dtype][out->dtype], 0, SGK_GRAIN_CHEAP};
  sgk_map_run(&map, 2, views);
}
