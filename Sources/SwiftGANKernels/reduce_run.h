// Runs a plan of a reduction: one driver for a tensor in memory (reduce.c) and for the values of a fused chain, which
// are computed piece by piece as they are asked for and may be folded in several ways at once (fused_reduce.c).
#ifndef SGK_REDUCE_RUN_H
#define SGK_REDUCE_RUN_H

#include <stdatomic.h>

#include "fold.h"
#include "reduce_plan.h"

// One of the reductions that go side by side. They share the plan; types and operations may differ.
typedef struct sgk_reduce_lane {
  const sgk_fold *fold;
  int64_t size;    // bytes of an element
  const char *x;   // element 0 of the plan; not looked at when elements are fetched
  char *out;       // element 0 of the plan; not looked at when results are handed to `store`
  int64_t apart;   // elements from one plane of results to the next; not looked at where there is one
} sgk_reduce_lane;

// A block of a lane's elements: (i, j) is at data[i * row_stride + j * column_stride].
typedef struct sgk_reduce_block {
  const char *data;
  int64_t row_stride, column_stride;
} sgk_reduce_block;

typedef struct sgk_reduce_job sgk_reduce_job;
struct sgk_reduce_job {
  const sgk_reduce_plan *plan;
  int32_t lanes;
  const sgk_reduce_lane *lane;
  int64_t item_elements;  // that are worth an item of their own
  // What follows is NULL or 0 for a tensor in memory, which is read and written where it lies.
  const void *context;
  int64_t state_bytes;  // memory, aligned to 64 bytes, that goes with an item
  void (*begin)(const sgk_reduce_job *job, void *state);
  // Sets blocks[lane] to the plan's elements x_offset + i * plan->row_stride + j * plan->column_stride.
  void (*fetch)(const sgk_reduce_job *job, void *state, int64_t offset, int64_t rows, int64_t columns,
                sgk_reduce_block *blocks);
  // Writes contiguous values to the plan's results offset + i * stride of a plane.
  void (*store)(const sgk_reduce_job *job, int32_t lane, int32_t plane, int64_t offset, int64_t count, int64_t stride,
                const char *values);
  // Set by sgk_reduce_run.
  int64_t cells_per_item;
  int64_t folded;  // elements that make a result
  int32_t planes;  // most that a lane's fold keeps
  char *partials;  // [lane][cell][group][plane][column], where a cell is more than one item folds
  atomic_bool out_of_memory;
};

// The plan's tensors are not empty.
sgk_status sgk_reduce_run(sgk_reduce_job *job);

#endif
