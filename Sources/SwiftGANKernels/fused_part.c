// A chain on a part of its space: what a product has just computed and is still in the cache.
#include <stddef.h>

#include "fused.h"
#include "scratch.h"

bool sgk_fused_takes_parts(const sgk_fused *plan, int64_t row_length, bool whole_rows) {
  if (plan->count == 0 || plan->reduces || !plan->is_row_major || plan->outer != 1) return false;
  if (plan->shape == SGK_ROW_PARTS) return true;
  return plan->shape == SGK_ROWS_JOINED && whole_rows && row_length % plan->extents[plan->axes - 1] == 0;
}

static void run_stretch(sgk_fused_state *state, int64_t first, int64_t length) {
  const sgk_fused *plan = state->plan;
  int64_t columns = plan->extents[plan->axes - 1];
  if (plan->shape == SGK_ROWS_JOINED) {
    sgk_tile rows = {first / columns, length / columns, 0, columns};
    sgk_fused_evaluate(state, &rows);
    return;
  }
  while (length > 0) {
    int64_t column = first % columns, rest = columns - column;
    sgk_tile part = {first / columns, 1, column, length < rest ? length : rest};
    sgk_fused_evaluate(state, &part);
    first += part.columns;
    length -= part.columns;
  }
}

sgk_status sgk_fused_run_part(const sgk_fused_call *call, int64_t first, int64_t length, int64_t count, int64_t step) {
  void *memory = sgk_scratch(SGK_SCRATCH_ITEM, (size_t)call->plan->state_bytes);
  if (memory == NULL) return SGK_OUT_OF_MEMORY;
  const sgk_fused *plan = call->plan;
  sgk_fused_state *state = sgk_fused_begin(plan, call->inputs ? call->inputs : plan->first_inputs,
                                           call->results ? call->results : plan->first_results, memory);
  sgk_fused_set_outer(state, 0);
  if (length == step) {  // end to end
    length *= count;
    count = 1;
  }
  for (int64_t i = 0; i < count; ++i) run_stretch(state, first + i * step, length);
  return SGK_OK;
}
