// Applies a loop over contiguous elements to operands of any strides: the engine of every elementwise kernel.
#ifndef SGK_MAP_H
#define SGK_MAP_H

#include "nest.h"

// Computes n contiguous elements of data[0] from those of data[1], data[2], data[3]. Bit k of `scalars`: operand k is
// one element that stands for all n. Every element gets the same bits wherever it lies in the run.
typedef void (*sgk_loop)(int64_t n, void *const data[SGK_MAX_OPERANDS], uint32_t scalars);

// The loop's iterations do not depend on one another, even where input and output are the same memory.
#define SGK_VECTORIZE _Pragma("clang loop vectorize(assume_safety)")

typedef struct sgk_map {
  sgk_loop loop;
  uint32_t may_be_scalar;  // operands that the loop takes as one element; it is never asked to take all of them so
  int64_t grain;           // elements worth an item of their own on the pool
} sgk_map;

enum {
  SGK_GRAIN_CHEAP = 32768,  // an operation or two per element: bound by memory
  SGK_GRAIN_DEAR = 8192,    // tens of operations per element
};

// views[0] is the output; all have one shape.
void sgk_map_run(const sgk_map *map, int32_t operands, const sgk_view *const views[]);

#endif
