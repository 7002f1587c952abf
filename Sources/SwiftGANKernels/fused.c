#include "sgk_fused.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "fused.h"
#include "scratch.h"
#include "sgk_pool.h"

// ---------------------------------------------------------------------------------------------------------- creation

// A reduction over axes of one element each copies, as sgk_reduce does; but one element is folded with nothing.
static bool folds(const sgk_view *space, const sgk_view *out) {
  bool has_axes = false, has_reduced = false;
  for (int32_t i = 0; i < space->rank; ++i) {
    has_axes |= space->shape[i] > 1;
    has_reduced |= space->shape[i] != out->shape[i];
  }
  return has_reduced || !has_axes;
}

static sgk_status make(sgk_fused *plan, const sgk_view *input_views, int32_t steps, const sgk_fused_step *list,
                       const sgk_fused_result *kept) {
  plan->count = sgk_view_count(&input_views[0]);
  for (int32_t i = 0; i < plan->inputs; ++i) plan->first_inputs[i] = input_views[i].data;
  for (int32_t i = 0; i < plan->results; ++i) {
    plan->first_results[i] = plan->views[i].data;
    plan->reductions[i] = kept[i].reduce;
    plan->values[i] = kept[i].value;
    plan->reduces |= kept[i].reduce >= 0 && folds(&input_views[0], &plan->views[i]);
  }
  if (plan->count == 0) return SGK_OK;
  if (plan->reduces) {
    plan->lane = calloc((size_t)plan->results, sizeof *plan->lane);
    if (plan->lane == NULL) return SGK_OUT_OF_MEMORY;
    for (int32_t i = 0; i < plan->results; ++i)
      if (plan->reductions[i] >= 0)
        plan->lane[plan->lanes++] = (sgk_fused_lane){
            .result = i, .input = -1, .slot = -1, .size = sgk_dtype_size(plan->views[i].dtype),
            .count = sgk_view_count(&plan->views[i]),
            .fold = sgk_fold_find(plan->reductions[i], plan->views[i].dtype)};
  }
  sgk_status status = sgk_fused_make_space(plan, input_views);
  return status == SGK_OK ? sgk_fused_compile(plan, input_views, steps, list) : status;
}

sgk_status sgk_fused_create(sgk_fused **out, int32_t inputs, const sgk_view *input_views, int32_t steps,
                            const sgk_fused_step *list, int32_t results, const sgk_fused_result *kept,
                            const sgk_view *result_views) {
  *out = NULL;
  sgk_status status = sgk_fused_check(inputs, input_views, steps, list, results, kept, result_views);
  if (status != SGK_OK) return status;
  sgk_fused *plan = calloc(1, sizeof *plan);
  if (plan == NULL) return SGK_OUT_OF_MEMORY;
  plan->inputs = inputs;
  plan->results = results;
  plan->operands = inputs + results;
  plan->is_row_major = sgk_fused_is_row_major(&result_views[0]);
  plan->views = malloc((size_t)results * sizeof *plan->views);
  if (plan->views == NULL) {
    free(plan);
    return SGK_OUT_OF_MEMORY;
  }
  memcpy(plan->views, result_views, (size_t)results * sizeof *plan->views);
  status = make(plan, input_views, steps, list, kept);
  if (plan->count != 0) {
    free(plan->views);
    plan->views = NULL;
  }
  if (status == SGK_OK)
    *out = plan;
  else
    sgk_fused_free(plan);
  return status;
}

void sgk_fused_free(sgk_fused *plan) {
  if (plan == NULL) return;
  for (int32_t level = 0; level < SGK_LEVELS; ++level) {
    free(plan->op[level]);
    free(plan->pack[level]);
    free(plan->follower[level]);
  }
  free(plan->views);
  free(plan->tracks);
  free(plan->copy);
  free(plan->hazard);
  free(plan->lane);
  free(plan->place);
  free(plan);
}

// ----------------------------------------------------------------------------------------------------------- running

typedef sgk_fused_call call;

static call make_call(const sgk_fused *plan, void *const *inputs, void *const *results) {
  return (call){plan, inputs ? inputs : plan->first_inputs, results ? results : plan->first_results};
}

static sgk_status fold_nothing(const call *call) {
  const sgk_fused *plan = call->plan;
  for (int32_t i = 0; i < plan->results; ++i) {
    if (plan->reductions[i] < 0) continue;
    sgk_view out = plan->views[i];
    out.data = call->results[i];
    sgk_fold_nothing(plan->reductions[i], &out);
  }
  return SGK_OK;
}

// Items first..<last of a plan without reductions. False: out of memory.
static bool run_items(const call *call, int64_t first, int64_t last) {
  const sgk_fused *plan = call->plan;
  if (first >= last) return true;
  void *memory = sgk_scratch(SGK_SCRATCH_ITEM, (size_t)plan->state_bytes);
  if (memory == NULL) return false;
  sgk_fused_state *state = sgk_fused_begin(plan, call->inputs, call->results, memory);
  sgk_fused_set_outer(state, 0);
  int64_t end = last * plan->per_item;
  if (end > plan->blocks) end = plan->blocks;
  for (int64_t block = first * plan->per_item; block < end; ++block) {
    int64_t row = block / plan->across * plan->chunk_rows, column = block % plan->across * plan->chunk_columns;
    int64_t rows = plan->extents[plan->axes - 2] - row, columns = plan->extents[plan->axes - 1] - column;
    sgk_tile tile = {row, rows < plan->chunk_rows ? rows : plan->chunk_rows, column,
                     columns < plan->chunk_columns ? columns : plan->chunk_columns};
    sgk_fused_evaluate(state, &tile);
  }
  return true;
}

// An item of the pool: items from one position on, up to the next one's.
typedef struct position {
  int32_t plan;
  int64_t item;
} position;

typedef struct work {
  int32_t count;
  const sgk_fused *const *plans;
  void *const *const *inputs;
  void *const *const *results;
  const position *positions;
  atomic_bool out_of_memory;
} work;

static call call_of(const work *work, int32_t i) {
  return make_call(work->plans[i], work->inputs ? work->inputs[i] : NULL, work->results ? work->results[i] : NULL);
}

static void run_position(void *context, int64_t number) {
  work *work = context;
  position from = work->positions[number], to = work->positions[number + 1];
  for (; from.plan < to.plan || (from.plan == to.plan && from.item < to.item); ++from.plan, from.item = 0) {
    call call = call_of(work, from.plan);
    if (!run_items(&call, from.item, from.plan == to.plan ? to.item : call.plan->items))
      atomic_store_explicit(&work->out_of_memory, true, memory_order_relaxed);
  }
}

static void run_item(void *context, int64_t item) {
  work *work = context;
  call call = call_of(work, 0);
  if (!run_items(&call, item, item + 1)) atomic_store_explicit(&work->out_of_memory, true, memory_order_relaxed);
}

sgk_status sgk_fused_run(const sgk_fused *plan, void *const *inputs, void *const *results) {
  call call = make_call(plan, inputs, results);
  if (plan->count == 0) return fold_nothing(&call);
  if (plan->reduces) return sgk_fused_run_reduction(plan, call.inputs, call.results);
  if (plan->items == 1) return run_items(&call, 0, 1) ? SGK_OK : SGK_OUT_OF_MEMORY;
  work work = {.count = 1, .plans = &plan, .inputs = &call.inputs, .results = &call.results};
  atomic_init(&work.out_of_memory, false);
  sgk_parallel(plan->items, run_item, &work);
  return atomic_load(&work.out_of_memory) ? SGK_OUT_OF_MEMORY : SGK_OK;
}

enum { ITEMS_AT_ONCE = 16384 };  // elements below which items of several plans go together

sgk_status sgk_fused_run_many(int32_t count, const sgk_fused *const *plans, void *const *const *inputs,
                              void *const *const *results) {
  if (count < 0 || (count > 0 && plans == NULL)) return SGK_BAD_ARGUMENT;
  int64_t items = 0;
  for (int32_t i = 0; i < count; ++i) {
    if (plans[i] == NULL || plans[i]->reduces) return SGK_BAD_ARGUMENT;
    items += plans[i]->items;
  }
  if (items == 0) return SGK_OK;
  position *positions = sgk_scratch(SGK_SCRATCH_CALL, (size_t)(items + 1) * sizeof *positions);
  if (positions == NULL) return SGK_OUT_OF_MEMORY;
  int64_t number = 0, elements = 0;
  for (int32_t i = 0; i < count; ++i) {
    const sgk_fused *plan = plans[i];
    int64_t size = plan->items == 0 ? 0 : plan->count / plan->items;
    for (int64_t item = 0; item < plan->items; ++item) {
      if (elements == 0) positions[number++] = (position){i, item};
      elements += size;
      if (elements >= ITEMS_AT_ONCE || plan->items > 1) elements = 0;
    }
  }
  positions[number] = (position){count, 0};
  work work = {.count = count, .plans = plans, .inputs = inputs, .results = results, .positions = positions};
  atomic_init(&work.out_of_memory, false);
  sgk_parallel(number, run_position, &work);
  sgk_scratch_trim(SGK_SCRATCH_CALL);
  return atomic_load(&work.out_of_memory) ? SGK_OUT_OF_MEMORY : SGK_OK;
}
