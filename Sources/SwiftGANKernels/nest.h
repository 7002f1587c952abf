// The loop nest of an elementwise operation: several strided operands of one shape, reduced to as few axes as their
// strides allow, cut into two-dimensional blocks, and the blocks into items for the thread pool.
#ifndef SGK_NEST_H
#define SGK_NEST_H

#include <stdbool.h>

#include "sgk_types.h"

#define SGK_MAX_OPERANDS 4

typedef struct sgk_operand {
  char *data;     // of the element at index 0 of the axes below
  int64_t size;   // bytes of an element
  int64_t start;  // that element's place in the view, in elements
  int64_t strides[SGK_MAX_RANK];
} sgk_operand;

// Turns and orders the axes of operands of one shape so that the first of them is walked through forwards.
void sgk_axes_follow_first(int32_t rank, int64_t *shape, int32_t operands, sgk_operand *operand);
// Merges neighbouring axes that are one run in every operand; returns how many are left.
int32_t sgk_axes_merge(int32_t rank, int64_t *shape, int32_t operands, sgk_operand *operand);

// Axes are ordered by the output's strides, outermost first; neighbours that are one run in every operand are merged.
// The two last axes (there always are two) are the rows and columns that blocks are cut from.
typedef struct sgk_nest {
  int32_t rank;
  int32_t operands;
  int64_t count;  // elements; 0: nothing to do, and the other fields are not set
  int64_t shape[SGK_MAX_RANK];
  sgk_operand operand[SGK_MAX_OPERANDS];  // the output first
} sgk_nest;

void sgk_nest_make(sgk_nest *nest, int32_t operands, const sgk_view *const views[]);

// How a nest is cut. Depends on shapes and strides alone, never on the number of threads.
typedef struct sgk_grid {
  const sgk_nest *nest;
  int64_t rows, columns;  // of a block
  int64_t down, across;   // blocks per plane
  int64_t blocks, per_item, items;
} sgk_grid;

// `grain`: about how many elements an item shall have.
void sgk_grid_make(sgk_grid *grid, const sgk_nest *nest, int64_t rows, int64_t columns, int64_t grain);

// Walks over the blocks of one item: sgk_walk_begin, then use data, rows and columns while sgk_walk_next returns true.
typedef struct sgk_walk {
  const sgk_grid *grid;
  int64_t left, down, across;
  int64_t index[SGK_MAX_RANK];
  char *plane[SGK_MAX_OPERANDS];
  char *data[SGK_MAX_OPERANDS];  // of the block's first element
  int64_t rows, columns;         // of this block; less than the grid's at the edges
} sgk_walk;

void sgk_walk_begin(sgk_walk *walk, const sgk_grid *grid, int64_t item);
bool sgk_walk_next(sgk_walk *walk);

#endif
