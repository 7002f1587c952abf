// How a reduction is cut: into cells (runs of results), each the fold of a fixed list of pieces (blocks of x). All
// positions and strides count elements, so that one plan serves several reductions of tensors of different types.
#ifndef SGK_REDUCE_PLAN_H
#define SGK_REDUCE_PLAN_H

#include <stdbool.h>

#include "sgk_types.h"

enum {
  SGK_REDUCE_BLOCK = 4096,  // elements of a packed block, or of a run that is folded in one go
  SGK_REDUCE_GROUP = 32,    // most pieces that one item folds
  SGK_REDUCE_FETCH = 8192,  // most elements that are asked for at once where they are computed on demand
};

typedef struct sgk_reduce_axis {
  int64_t extent, from, to;  // strides in x and in out
  bool kept;
} sgk_reduce_axis;

// The plane is the two axes that blocks are cut from. Its rows are reduced. Its columns are reduced, too, where x is
// contiguous along a reduced axis (`along`), else they are results side by side.
typedef struct sgk_reduce_plan {
  int64_t x_start, out_start;  // the elements where both begin: axes that run backwards are turned round
  bool along;
  int64_t rows, columns, row_stride, column_stride, out_stride;
  int64_t block_rows, block_columns, down, across;
  bool packed;  // blocks are not contiguous runs of columns, and pass through a buffer
  int32_t kept_axes, reduced_axes;
  sgk_reduce_axis kept[SGK_MAX_RANK], reduced[SGK_MAX_RANK];  // those that are not of the plane, outermost first
  int64_t cells, pieces, group, groups;                       // pieces and groups per cell
} sgk_reduce_plan;

// x and out are not empty.
void sgk_reduce_plan_make(sgk_reduce_plan *plan, const sgk_view *x, const sgk_view *out);

#endif
