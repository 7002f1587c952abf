// The plan of a fused chain, and the machine that runs it.
//
// The iteration space is a plane of rows and columns, repeated along outer axes. The plane is worked through in chunks
// that fit the first-level cache: several whole rows (when rows are short), a part of one row, or, where an operand
// lies crosswise in memory, a tile all of whose operands are packed. Within a chunk every value is one of:
//   - full: an element for each of the chunk's, or
//   - single: one element that stands for all of them,
// and it changes with every chunk, with the outer index alone, or never (its level). What does not change is computed
// once. Values live in slots, pointers that are either fixed (buffers of the state) or follow an operand in memory.
#ifndef SGK_FUSED_PLAN_H
#define SGK_FUSED_PLAN_H

#include "fold.h"
#include "map.h"
#include "reduce_plan.h"
#include "sgk_fused.h"
#include "track.h"

enum { SGK_ONCE, SGK_PER_OUTER, SGK_PER_CHUNK, SGK_LEVELS };

enum {
  SGK_FUSED_OPERANDS = SGK_FUSED_MAX_INPUTS + SGK_FUSED_MAX_RESULTS,
  SGK_FUSED_VALUES = SGK_FUSED_MAX_INPUTS + SGK_FUSED_MAX_STEPS,
};

// A step: slots and the loop that goes over them.
typedef struct sgk_fused_op {
  sgk_loop loop;
  int16_t to, from[5];
  uint16_t scalars;
  bool is_single;
} sgk_fused_op;

// A slot that follows an operand.
typedef struct sgk_fused_follower {
  int32_t slot, operand;
  bool is_even;  // one stride down and one along, in bytes
  int64_t down, along;
} sgk_fused_follower;

// An input that is copied to a buffer.
typedef struct sgk_fused_pack {
  int32_t slot, operand;
} sgk_fused_pack;

// A slot that is copied to a result, or to a lane's elements, when a chunk is done.
typedef struct sgk_fused_copy {
  int32_t slot;
  int32_t operand, lane;  // one of them is -1
  bool is_single;
} sgk_fused_copy;

// A result that would be written while an input is still to be read. When both are one window (which only a run knows),
// the result's slot is a buffer and is copied at the end.
typedef struct sgk_fused_hazard {
  int32_t input, result, slot, spare;
} sgk_fused_hazard;

typedef struct sgk_fused_lane {
  int32_t result;
  int32_t input;   // the input that is folded where it lies, else -1: elements are gathered in the state
  int32_t slot;    // that a step writes the elements to, or -1: they are copied
  int64_t offset;  // of the elements in the state
  int64_t size, count;  // bytes of an element; results of a plane
  const sgk_fold *fold;
  sgk_track out;   // a plane of one row: the result by its place in row-major order
} sgk_fused_lane;

typedef enum sgk_fused_shape { SGK_ROWS_JOINED, SGK_ROW_PARTS, SGK_TILES } sgk_fused_shape;

struct sgk_fused {
  int32_t inputs, results;
  int64_t count;                             // elements of the space
  bool reduces;
  bool is_row_major;                         // the first result
  void *first_inputs[SGK_FUSED_MAX_INPUTS], *first_results[SGK_FUSED_MAX_RESULTS];  // at creation
  sgk_view *views;                           // of the results, where the space is empty; else only at creation
  int32_t reductions[SGK_FUSED_MAX_RESULTS];
  int32_t values[SGK_FUSED_MAX_RESULTS];

  int32_t axes;                              // of the space; the last two are the plane
  int64_t extents[SGK_TRACK_AXES];
  int64_t outer;                             // planes
  int32_t operands;                          // inputs, then results
  sgk_track *tracks;                         // [operand]; of a reduction's result not set

  sgk_fused_shape shape;
  int64_t chunk_rows, chunk_columns;         // SGK_ROWS_JOINED: whole rows
  int64_t item_elements;                     // that are worth an item of their own
  int64_t down, across, blocks, per_item, items;  // without reductions

  int32_t ops[SGK_LEVELS], packs[SGK_LEVELS], followers[SGK_LEVELS], copies, hazards, lanes;
  sgk_fused_op *op[SGK_LEVELS];
  sgk_fused_pack *pack[SGK_LEVELS];
  sgk_fused_follower *follower[SGK_LEVELS];
  sgk_fused_copy *copy;
  sgk_fused_hazard *hazard;
  sgk_fused_lane *lane;
  sgk_reduce_plan reduce;
  bool whole_rows;                           // are computed at once, however few of their columns are asked for
  int64_t lane_elements;                     // most that a tile has

  int32_t slots;
  int64_t *place;                            // [slot]: offset of its buffer in the state, or -1
  int64_t state_bytes;
};

// What an item works with; buffers follow it in memory.
typedef struct sgk_fused_state {
  const sgk_fused *plan;
  void *const *inputs;
  void *const *results;
  int64_t outer;                        // what `base` and SGK_PER_OUTER are for; -1 at first
  int64_t lane_first;                   // the first element that the lanes hold, where rows are computed whole; or -1
  char **base;                          // [operand]: element (0, 0) of the plane
  char **at;                            // [slot]
  int32_t hazards;                      // those that this run has
  const sgk_fused_hazard **hazard;
} sgk_fused_state;

// fused_check.c
sgk_status sgk_fused_check(int32_t inputs, const sgk_view *input_views, int32_t steps, const sgk_fused_step *list,
                           int32_t results, const sgk_fused_result *kept, const sgk_view *result_views);
bool sgk_fused_is_row_major(const sgk_view *view);
// NULL where there is no such operation on the type. A cast to the same type has none, and is no step.
sgk_loop sgk_fused_loop(const sgk_fused_step *step);

// fused_space.c: the axes, tracks, chunk shape and, with reductions, the reduction's plan.
sgk_status sgk_fused_make_space(sgk_fused *plan, const sgk_view *input_views);

// fused_compile.c: slots, ops, buffers and sizes.
sgk_status sgk_fused_compile(sgk_fused *plan, const sgk_view *input_views, int32_t steps, const sgk_fused_step *list);
static inline bool sgk_fused_is_reduced(const sgk_fused *plan, int32_t result) {
  return plan->reduces && plan->reductions[result] >= 0;
}

// fused_chunk.c. `memory` has state_bytes bytes and is aligned to 64.
sgk_fused_state *sgk_fused_begin(const sgk_fused *plan, void *const *inputs, void *const *results, void *memory);
void sgk_fused_set_outer(sgk_fused_state *state, int64_t outer);
// Evaluates a tile of a plane; lanes get its elements in row-major order.
void sgk_fused_evaluate(sgk_fused_state *state, const sgk_tile *tile);

// fused_part.c. Whether the chain can be run on parts of a matrix of this row length, whole rows or any columns: those
// whose rows have been joined hold what does not change from row to row for whole rows.
bool sgk_fused_takes_parts(const sgk_fused *plan, int64_t row_length, bool whole_rows);
// Runs the chain on `count` stretches of `length` elements, `step` apart from `first` on, in row-major order.
sgk_status sgk_fused_run_part(const sgk_fused_call *call, int64_t first, int64_t length, int64_t count, int64_t step);

// The chain, if there is one, after what ended with this status.
static inline sgk_status sgk_fused_follow(sgk_status status, const sgk_fused_call *then) {
  return status == SGK_OK && then ? sgk_fused_run(then->plan, then->inputs, then->results) : status;
}

// fused_reduce.c
sgk_status sgk_fused_run_reduction(const sgk_fused *plan, void *const *inputs, void *const *results);

#endif
