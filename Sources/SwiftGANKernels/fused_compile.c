// Turns steps into ops on slots: which values are in memory and which in buffers, and how long.
#include <stdlib.h>

#include "fused_builder.h"

static int32_t new_slot(sgk_fused_builder *b, int64_t size) {
  b->slot_size[b->plan->slots] = size;
  return b->plan->slots++;
}

static int32_t take_buffer(sgk_fused_builder *b, int64_t size) {
  return b->spares[size] > 0 ? b->spare[size][--b->spares[size]] : new_slot(b, size);
}

static void give_buffer(sgk_fused_builder *b, const sgk_fused_value *value) {
  int64_t size = sgk_dtype_size(value->dtype);
  b->spare[size][b->spares[size]++] = value->slot;
}

// Whether a chunk of the operand is one run of memory.
static bool is_run(const sgk_fused *plan, const sgk_track *track) {
  int32_t rows = plan->axes - 2, columns = plan->axes - 1;
  if (plan->shape == SGK_TILES || !sgk_track_is_even(track, columns) || sgk_track_stride(track, columns) != 1)
    return false;
  return plan->shape == SGK_ROW_PARTS ||
         (sgk_track_is_even(track, rows) && sgk_track_stride(track, rows) == plan->extents[columns]);
}

// ------------------------------------------------------------------------------------------------------------- slots

static void follow(sgk_fused_builder *b, int32_t level, int32_t slot, int32_t operand, bool is_single) {
  sgk_fused *plan = b->plan;
  const sgk_track *track = &plan->tracks[operand];
  plan->follower[level][plan->followers[level]++] = (sgk_fused_follower){
      .slot = slot,
      .operand = operand,
      .is_even = sgk_track_is_even(track, plan->axes - 2),
      .down = sgk_track_stride(track, plan->axes - 2) * track->size,
      .along = is_single ? 0 : track->size,
  };
}

static void add_op(sgk_fused_builder *b, int32_t level, sgk_fused_op op) {
  b->plan->op[level][b->plan->ops[level]++] = op;
}

// One element, n times.
#define DEFINE_SPREAD(name, T)                                                                  \
  static void name(int64_t n, void *const data[SGK_MAX_OPERANDS], uint32_t scalars) {           \
    (void)scalars;                                                                              \
    typedef T any __attribute__((may_alias));                                                   \
    any *to = data[0], value = *(const any *)data[1];                                           \
    for (int64_t i = 0; i < n; ++i) to[i] = value;                                              \
  }
DEFINE_SPREAD(spread_1, uint8_t)
DEFINE_SPREAD(spread_4, uint32_t)
DEFINE_SPREAD(spread_8, uint64_t)
static sgk_loop spread(int64_t size) { return size == 1 ? spread_1 : size == 4 ? spread_4 : spread_8; }

static bool is_stored(const sgk_fused_builder *b, int32_t value) {
  for (int32_t i = 0; i < b->plan->results; ++i)
    if (!sgk_fused_is_reduced(b->plan, i) && b->value[b->plan->values[i]].same == value) return true;
  return false;
}

static void place_inputs(sgk_fused_builder *b) {
  sgk_fused *plan = b->plan;
  for (int32_t i = 0; i < b->inputs; ++i) {
    sgk_fused_value *value = &b->value[i];
    if (!value->is_needed) continue;
    int64_t size = sgk_dtype_size(value->dtype);
    // An input that is a result, too, is read before anything is written: two such might swap places.
    value->in_place = value->level == SGK_PER_CHUNK && !value->is_single && is_run(plan, &plan->tracks[i]) &&
                      !is_stored(b, i);
    if (value->is_single || value->in_place) {
      value->slot = new_slot(b, 0);
      follow(b, value->level, value->slot, i, value->is_single);
      if (value->is_single && value->last_use == SGK_FUSED_KEPT) {
        // Kept, and so read after results are written, which may be where it was.
        int16_t slot = (int16_t)new_slot(b, -1);
        add_op(b, value->level, (sgk_fused_op){.loop = spread(size), .to = slot, .from = {(int16_t)value->slot},
                                               .is_single = true});
        value->slot = slot;
      }
      continue;
    }
    value->in_buffer = value->level == SGK_PER_CHUNK && value->last_use != SGK_FUSED_KEPT;
    value->slot = take_buffer(b, size);
    plan->pack[value->level][plan->packs[value->level]++] = (sgk_fused_pack){value->slot, i};
  }
}

static bool is_same_window(const sgk_track *a, const sgk_track *b, int32_t axes) {
  if (a->size != b->size || a->start != b->start) return false;
  for (int32_t i = 0; i <= axes; ++i)
    if (a->first[i] != b->first[i]) return false;
  for (int32_t i = 0; i < a->first[axes]; ++i)
    if (a->digits[i].extent != b->digits[i].extent || a->digits[i].stride != b->digits[i].stride) return false;
  return true;
}

// A step whose value is kept writes it where it belongs, if that is a run of memory. Returns the slot, or -1.
static int32_t place_at_home(sgk_fused_builder *b, int32_t step) {
  sgk_fused *plan = b->plan;
  for (int32_t i = 0; i < plan->results; ++i) {
    int32_t operand = plan->inputs + i;
    const sgk_track *track = &plan->tracks[operand];
    if (b->value[plan->values[i]].same != b->inputs + step || sgk_fused_is_reduced(plan, i) || !is_run(plan, track))
      continue;
    int32_t slot = new_slot(b, 0), spare = -1;
    follow(b, SGK_PER_CHUNK, slot, operand, false);
    for (int32_t k = 0; k < b->inputs; ++k) {
      const sgk_fused_value *input = &b->value[k];
      if (!input->is_needed || !input->in_place || input->last_use <= step) continue;
      if (!is_same_window(track, &plan->tracks[k], plan->axes)) continue;
      if (spare < 0) {
        spare = new_slot(b, track->size);
        b->idle += track->size;
      }
      plan->hazard[plan->hazards++] = (sgk_fused_hazard){k, i, slot, spare};
    }
    return slot;
  }
  for (int32_t i = 0; i < plan->lanes; ++i)
    if (b->value[plan->values[plan->lane[i].result]].same == b->inputs + step)
      return plan->lane[i].slot = new_slot(b, 0);
  return -1;
}

// The slot of a single value written out for a whole chunk.
static int32_t full_slot(sgk_fused_builder *b, sgk_fused_value *value) {
  if (value->full >= 0) return value->full;
  int64_t size = sgk_dtype_size(value->dtype);
  value->full = new_slot(b, size);
  add_op(b, value->level,
         (sgk_fused_op){.loop = spread(size), .to = (int16_t)value->full, .from = {(int16_t)value->slot}});
  return value->full;
}

static void place_step(sgk_fused_builder *b, int32_t number) {
  const sgk_fused_step *step = &b->list[number];
  sgk_fused_value *result = &b->value[b->inputs + number];
  int64_t size = sgk_dtype_size(result->dtype);
  bool in_chunk = result->level == SGK_PER_CHUNK && !result->is_single;
  const sgk_fused_join *join = &b->join[number];
  bool is_joined = join->operands > 0;
  sgk_fused_op op = {.is_single = result->is_single};
  op.loop = is_joined ? SGK_SELECT(sgk_joined_table)[join->loop][step->from == SGK_FLOAT64] : sgk_fused_loop(step);
  sgk_fused_value *ends[SGK_JOINED_OPERANDS];
  int32_t ending = 0;
  for (int32_t k = 0; k < (is_joined ? join->operands : sgk_fused_operands(step)); ++k) {
    sgk_fused_value *operand = is_joined ? &b->value[join->operand[k]] : sgk_fused_operand(b, step, k);
    int32_t slot = operand->slot;
    bool can_be_single = is_joined || step->kind == SGK_FUSED_BINARY || (step->kind == SGK_FUSED_SELECT && k > 0);
    if (operand->is_single && !result->is_single) {
      if (can_be_single)
        op.scalars |= (uint16_t)(2u << k);
      else
        slot = full_slot(b, operand);
    }
    op.from[k] = (int16_t)slot;
    bool counted = !operand->in_buffer || operand->last_use != number;
    for (int32_t i = 0; i < ending; ++i) counted |= ends[i] == operand;
    if (!counted) ends[ending++] = operand;
  }
  result->slot = in_chunk ? place_at_home(b, number) : new_slot(b, result->is_single ? -1 : size);
  if (result->slot < 0) {
    // The loops may write where they read, element by element: only elements of one size stay clear of one another.
    for (int32_t i = 0; i < ending && result->slot < 0; ++i)
      if (sgk_dtype_size(ends[i]->dtype) == size) {
        result->slot = ends[i]->slot;
        ends[i] = ends[--ending];
      }
    if (result->slot < 0) result->slot = take_buffer(b, size);
    result->in_buffer = result->last_use != SGK_FUSED_KEPT;
  }
  for (int32_t i = 0; i < ending; ++i) give_buffer(b, ends[i]);
  op.to = (int16_t)result->slot;
  add_op(b, result->level, op);
}

static void add_copy(sgk_fused_builder *b, int32_t result, int32_t operand, int32_t lane) {
  const sgk_fused_value *value = &b->value[b->value[b->plan->values[result]].same];
  b->plan->copy[b->plan->copies++] = (sgk_fused_copy){value->slot, operand, lane, value->is_single};
}

static bool is_at_home(const sgk_fused_builder *b, int32_t result) {
  const sgk_fused *plan = b->plan;
  int32_t slot = b->value[b->value[plan->values[result]].same].slot;
  for (int32_t i = 0; i < plan->followers[SGK_PER_CHUNK]; ++i) {
    const sgk_fused_follower *follower = &plan->follower[SGK_PER_CHUNK][i];
    if (follower->slot == slot && follower->operand == plan->inputs + result) return true;
  }
  return false;
}

// Kept values that no step writes where they belong. Lanes come first: they may read an input whose place a result
// takes.
static void place_copies(sgk_fused_builder *b) {
  sgk_fused *plan = b->plan;
  bool stores = plan->lanes < plan->results;
  for (int32_t i = 0; i < plan->lanes; ++i) {
    sgk_fused_lane *lane = &plan->lane[i];
    if (lane->slot >= 0) continue;
    int32_t value = b->value[plan->values[lane->result]].same;
    if (b->value[value].in_place && !stores && sgk_track_is_even(&plan->tracks[value], plan->axes - 2))
      lane->input = value;
    else
      add_copy(b, lane->result, -1, i);
  }
  for (int32_t i = 0; i < plan->results; ++i)
    if (!sgk_fused_is_reduced(plan, i) && !is_at_home(b, i)) add_copy(b, i, plan->inputs + i, -1);
}

static bool allocate(sgk_fused *plan, int32_t steps) {
  bool ok = true;
  for (int32_t level = 0; level < SGK_LEVELS; ++level) {
    plan->op[level] = malloc((size_t)(2 * steps + plan->inputs) * sizeof *plan->op[level]);
    plan->pack[level] = malloc((size_t)plan->inputs * sizeof *plan->pack[level]);
    plan->follower[level] = malloc((size_t)plan->operands * sizeof *plan->follower[level]);
    ok = ok && plan->op[level] && plan->pack[level] && plan->follower[level];
  }
  plan->copy = malloc((size_t)plan->results * sizeof *plan->copy);
  plan->hazard = malloc((size_t)(plan->inputs * plan->results) * sizeof *plan->hazard);
  return ok && plan->copy && plan->hazard;
}

sgk_status sgk_fused_compile(sgk_fused *plan, const sgk_view *input_views, int32_t steps, const sgk_fused_step *list) {
  sgk_fused_builder *b = calloc(1, sizeof *b);
  if (b == NULL || !allocate(plan, steps)) {
    free(b);
    return SGK_OUT_OF_MEMORY;
  }
  b->plan = plan;
  b->inputs = plan->inputs;
  b->steps = steps;
  b->list = list;
  sgk_fused_classify(b, input_views);
  sgk_fused_find_joins(b);
  place_inputs(b);
  for (int32_t i = 0; i < steps; ++i) {
    const sgk_fused_value *result = &b->value[plan->inputs + i];
    if (result->is_needed && result->same == plan->inputs + i) place_step(b, i);
  }
  place_copies(b);
  sgk_status status = sgk_fused_choose_sizes(b);
  free(b);
  return status;
}
