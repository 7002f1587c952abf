// What the files that compile a fused chain share while they do.
#ifndef SGK_FUSED_BUILDER_H
#define SGK_FUSED_BUILDER_H

#include "fused.h"
#include "fused_joined.h"

enum {
  SGK_FUSED_MAX_SLOTS = 2 * SGK_FUSED_VALUES + 3 * SGK_FUSED_MAX_RESULTS,
  SGK_FUSED_KEPT = SGK_FUSED_MAX_STEPS,  // "the last use" of what is kept: after all steps
};

typedef struct sgk_fused_value {
  int32_t dtype;
  int32_t same;        // itself, or the value that it is a copy of
  int32_t level;
  bool is_single, is_needed;
  bool in_place;       // an input that is read where it lies
  bool in_buffer;      // its slot is free again after its last use
  int32_t slot, full;  // full: a single value written out, or -1
  int32_t last_use;    // a step
} sgk_fused_value;

// Steps that one loop does together, told by the last of them.
typedef struct sgk_fused_join {
  int32_t loop;      // of sgk_joined
  int32_t operands;  // 0: the step is done by itself
  int32_t operand[SGK_JOINED_OPERANDS];
} sgk_fused_join;

typedef struct sgk_fused_builder {
  sgk_fused *plan;
  int32_t inputs, steps;
  const sgk_fused_step *list;
  sgk_fused_value value[SGK_FUSED_VALUES];
  int32_t uses[SGK_FUSED_VALUES];  // by steps; results count twice
  sgk_fused_join join[SGK_FUSED_MAX_STEPS];
  // Bytes of an element of a full buffer; 0: the slot follows an operand; -1: one element.
  int64_t slot_size[SGK_FUSED_MAX_SLOTS];
  int32_t spare[9][SGK_FUSED_MAX_SLOTS], spares[9];  // buffers that are free, by the size of an element
  int64_t idle;  // bytes per element of buffers that only a hazard uses
} sgk_fused_builder;

static inline int32_t sgk_fused_operands(const sgk_fused_step *step) {
  return step->kind == SGK_FUSED_BINARY ? 2 : step->kind == SGK_FUSED_SELECT ? 3 : 1;
}

static inline sgk_fused_value *sgk_fused_operand(sgk_fused_builder *b, const sgk_fused_step *step, int32_t k) {
  return &b->value[b->value[step->operands[k]].same];
}

// fused_values.c: which values are needed, till when, and how often they change.
void sgk_fused_classify(sgk_fused_builder *b, const sgk_view *input_views);
// fused_join.c: which steps are done together. Those inside are not needed any more.
void sgk_fused_find_joins(sgk_fused_builder *b);
// fused_sizes.c: how long a chunk is, how many make an item, and where buffers lie in the state.
sgk_status sgk_fused_choose_sizes(sgk_fused_builder *b);

#endif
