#include "fold.h"

#include <stddef.h>

#include "sgk_elementwise.h"

const sgk_fold *sgk_fold_find(int32_t op, int32_t dtype) {
  bool logical = op == SGK_ANY || op == SGK_ALL;
  if (op < 0 || op > SGK_MOMENTS || dtype < 0 || dtype > SGK_BOOL || logical != (dtype == SGK_BOOL)) return NULL;
  int32_t row = op == SGK_ANY ? SGK_MAX : op == SGK_ALL ? SGK_MIN : op == SGK_MOMENTS ? SGK_FOLD_MOMENTS : op;
  const sgk_fold *fold = &SGK_SELECT(sgk_fold_table)[row][logical ? SGK_UINT8 : dtype];
  return fold->run ? fold : NULL;
}

void sgk_fold_nothing(int32_t op, const sgk_view *out) {
  static const uint8_t yes = 1;
  const sgk_fold *fold = sgk_fold_find(op, out->dtype);
  sgk_view plane = *out;
  for (int32_t i = 0; fold != NULL && i < fold->results; ++i) {
    sgk_fill(op == SGK_ALL ? &yes : fold->identity, &plane);
    plane.data = (char *)plane.data + sgk_view_count(out) * sgk_dtype_size(out->dtype);
  }
}
