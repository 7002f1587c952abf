#include "fold.h"

#include <stddef.h>

const sgk_fold *sgk_fold_find(int32_t op, int32_t dtype) {
  bool logical = op == SGK_ANY || op == SGK_ALL;
  if (op < 0 || op > SGK_ALL || dtype < 0 || dtype > SGK_BOOL || logical != (dtype == SGK_BOOL)) return NULL;
  int32_t row = op == SGK_ANY ? SGK_MAX : op == SGK_ALL ? SGK_MIN : op;
  return &SGK_SELECT(sgk_fold_table)[row][logical ? SGK_UINT8 : dtype];
}

const void *sgk_fold_of_nothing(int32_t op, const sgk_fold *fold) {
  static const uint8_t yes = 1;
  return op == SGK_ALL ? &yes : fold->identity;
}
