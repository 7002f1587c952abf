// Turns steps into ops on slots: which values change when, which are in memory and which in buffers, and how long.
#include <stdlib.h>
#include <string.h>

#include "fused.h"
#include "loops.h"

enum {
  MAX_SLOTS = 2 * SGK_FUSED_VALUES + 3 * SGK_FUSED_MAX_RESULTS,
  MAX_FOLLOWERS = SGK_FUSED_OPERANDS,
  NEVER = -1,
  AT_THE_END = SGK_FUSED_MAX_STEPS,
};

typedef struct value {
  int32_t dtype;
  int32_t same;        // itself, or the value that it is a copy of
  int32_t level;
  bool is_single, is_needed;
  bool in_place;       // an input that is read where it lies
  bool in_buffer;      // its slot is free again after its last use
  int32_t slot, full;  // full: a single value written out, or -1
  int32_t last_use;    // step per chunk
} value;

typedef struct builder {
  sgk_fused *plan;
  int32_t inputs, steps;
  const sgk_fused_step *list;
  value value[SGK_FUSED_VALUES];
  int64_t slot_size[MAX_SLOTS];  // bytes of an element of a full buffer; 0: the slot follows an operand; -1: one element
  int32_t spare[9][MAX_SLOTS], spares[9];
  double work;                   // per element
} builder;

static int32_t operands_of(const sgk_fused_step *step) {
  return step->kind == SGK_FUSED_BINARY ? 2 : step->kind == SGK_FUSED_SELECT ? 3 : 1;
}

static value *operand_of(builder *b, const sgk_fused_step *step, int32_t k) {
  return &b->value[b->value[step->operands[k]].same];
}

static int32_t new_slot(builder *b, int64_t size) {
  b->slot_size[b->plan->slots] = size;
  return b->plan->slots++;
}

static int32_t take_buffer(builder *b, int64_t size) {
  return b->spares[size] > 0 ? b->spare[size][--b->spares[size]] : new_slot(b, size);
}

static void give_buffer(builder *b, const value *value) {
  int64_t size = sgk_dtype_size(value->dtype);
  b->spare[size][b->spares[size]++] = value->slot;
}

// ------------------------------------------------------------------------------------------- what is needed, and when

static void find_uses(builder *b) {
  const sgk_fused *plan = b->plan;
  for (int32_t i = 0; i < plan->results; ++i) {
    value *kept = &b->value[b->value[plan->values[i]].same];
    kept->is_needed = true;
    kept->last_use = AT_THE_END;
  }
  for (int32_t i = b->steps - 1; i >= 0; --i) {
    const value *result = &b->value[b->inputs + i];
    if (!result->is_needed || result->same != b->inputs + i) continue;
    for (int32_t k = 0; k < operands_of(&b->list[i]); ++k) {
      value *operand = operand_of(b, &b->list[i], k);
      operand->is_needed = true;
      if (operand->last_use < i) operand->last_use = i;
    }
  }
}

static void classify_input(builder *b, int32_t input) {
  const sgk_fused *plan = b->plan;
  const sgk_track *track = &plan->tracks[input];
  value *value = &b->value[input];
  bool same_outside = true, same_down = sgk_track_is_constant(track, plan->axes - 2);
  for (int32_t axis = 0; axis < plan->axes - 2; ++axis) same_outside &= sgk_track_is_constant(track, axis);
  bool joined = plan->shape == SGK_ROWS_JOINED;
  value->is_single = sgk_track_is_constant(track, plan->axes - 1) && (same_down || plan->shape == SGK_ROW_PARTS);
  value->level = same_down && (value->is_single || joined) ? (same_outside ? SGK_ONCE : SGK_PER_OUTER) : SGK_PER_CHUNK;
}

static void classify_steps(builder *b) {
  for (int32_t i = 0; i < b->steps; ++i) {
    value *result = &b->value[b->inputs + i];
    result->is_single = true;
    for (int32_t k = 0; k < operands_of(&b->list[i]); ++k) {
      const value *operand = operand_of(b, &b->list[i], k);
      result->is_single &= operand->is_single;
      if (operand->level > result->level) result->level = operand->level;
    }
  }
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

static void follow(builder *b, int32_t level, int32_t slot, int32_t operand, bool is_single) {
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

static void add_op(builder *b, int32_t level, sgk_fused_op op) {
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

static bool is_stored(const builder *b, int32_t value) {
  for (int32_t i = 0; i < b->plan->results; ++i)
    if (!sgk_fused_is_reduced(b->plan, i) && b->value[b->plan->values[i]].same == value) return true;
  return false;
}

static void place_inputs(builder *b) {
  sgk_fused *plan = b->plan;
  for (int32_t i = 0; i < b->inputs; ++i) {
    value *value = &b->value[i];
    if (!value->is_needed) continue;
    int64_t size = sgk_dtype_size(value->dtype);
    // An input that is a result, too, is read before anything is written: two such might swap places.
    value->in_place = value->level == SGK_PER_CHUNK && !value->is_single && is_run(plan, &plan->tracks[i]) &&
                      !is_stored(b, i);
    if (value->is_single || value->in_place) {
      value->slot = new_slot(b, 0);
      follow(b, value->level, value->slot, i, value->is_single);
      if (value->is_single && value->last_use == AT_THE_END) {
        // Kept, and so read after results are written, which may be where it was.
        int16_t slot = (int16_t)new_slot(b, -1);
        add_op(b, value->level, (sgk_fused_op){.loop = spread(size), .to = slot, .from = {(int16_t)value->slot},
                                               .is_single = true});
        value->slot = slot;
      }
      continue;
    }
    value->in_buffer = value->level == SGK_PER_CHUNK && value->last_use != AT_THE_END;
    value->slot = take_buffer(b, size);
    plan->pack[value->level][plan->packs[value->level]++] = (sgk_fused_pack){value->slot, i};
    b->work += 1;
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
static int32_t place_at_home(builder *b, int32_t step) {
  sgk_fused *plan = b->plan;
  for (int32_t i = 0; i < plan->results; ++i) {
    int32_t operand = plan->inputs + i;
    const sgk_track *track = &plan->tracks[operand];
    if (b->value[plan->values[i]].same != b->inputs + step || sgk_fused_is_reduced(plan, i) || !is_run(plan, track))
      continue;
    int32_t slot = new_slot(b, 0), spare = -1;
    follow(b, SGK_PER_CHUNK, slot, operand, false);
    for (int32_t k = 0; k < b->inputs; ++k) {
      const value *input = &b->value[k];
      if (!input->is_needed || !input->in_place || input->last_use <= step) continue;
      if (!is_same_window(track, &plan->tracks[k], plan->axes)) continue;
      if (spare < 0) spare = take_buffer(b, track->size);
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
static int32_t full_slot(builder *b, value *value) {
  if (value->full >= 0) return value->full;
  int64_t size = sgk_dtype_size(value->dtype);
  value->full = new_slot(b, size);
  add_op(b, value->level,
         (sgk_fused_op){.loop = spread(size), .to = (int16_t)value->full, .from = {(int16_t)value->slot}});
  return value->full;
}

static double weight(const sgk_fused_step *step) {
  bool dear = (step->kind == SGK_FUSED_UNARY && sgk_unary_is_dear((sgk_unary_op)step->op)) ||
              (step->kind == SGK_FUSED_BINARY && sgk_binary_is_dear((sgk_binary_op)step->op));
  return dear ? 8 : 1;
}

static void place_step(builder *b, int32_t number) {
  const sgk_fused_step *step = &b->list[number];
  value *result = &b->value[b->inputs + number];
  int64_t size = sgk_dtype_size(result->dtype);
  bool in_chunk = result->level == SGK_PER_CHUNK && !result->is_single;
  sgk_fused_op op = {.loop = sgk_fused_loop(step), .is_single = result->is_single};
  value *ends[3];
  int32_t ending = 0;
  for (int32_t k = 0; k < operands_of(step); ++k) {
    value *operand = operand_of(b, step, k);
    int32_t slot = operand->slot;
    bool can_be_single = step->kind == SGK_FUSED_BINARY || (step->kind == SGK_FUSED_SELECT && k > 0);
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
    result->in_buffer = result->last_use != AT_THE_END;
  }
  for (int32_t i = 0; i < ending; ++i) give_buffer(b, ends[i]);
  op.to = (int16_t)result->slot;
  if (in_chunk) b->work += weight(step);
  add_op(b, result->level, op);
}

// Kept values that no step writes where they belong.
static void place_copies(builder *b) {
  sgk_fused *plan = b->plan;
  bool stores = plan->lanes < plan->results;
  for (int32_t i = 0, lane = 0; i < plan->results; ++i) {
    const value *value = &b->value[b->value[plan->values[i]].same];
    sgk_fused_copy copy = {value->slot, plan->inputs + i, -1, value->is_single};
    if (sgk_fused_is_reduced(plan, i)) {
      sgk_fused_lane *place = &plan->lane[lane++];
      if (place->slot >= 0) continue;
      int32_t input = (int32_t)(value - b->value);
      if (value->in_place && !stores && sgk_track_is_even(&plan->tracks[input], plan->axes - 2)) {
        place->input = input;
        continue;
      }
      copy.operand = -1;
      copy.lane = lane - 1;
    } else {
      bool at_home = false;
      for (int32_t k = 0; k < plan->followers[SGK_PER_CHUNK]; ++k) {
        const sgk_fused_follower *follower = &plan->follower[SGK_PER_CHUNK][k];
        at_home |= follower->slot == value->slot && follower->operand == plan->inputs + i;
      }
      if (at_home) continue;
    }
    plan->copy[plan->copies++] = copy;
    b->work += 1;
  }
}

// ------------------------------------------------------------------------------------------------------------ sizes

enum {
  CHUNK_BYTES = 24 << 10,   // of all that a chunk touches: the first-level cache has 32 KiB or more
  STATE_BYTES = 512 << 10,  // most that a state's buffers may take
  TILE_ROWS = 16, TILE_COLUMNS = 64,
};

static int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }
static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t round_up(int64_t bytes) { return (bytes + 63) & ~(int64_t)63; }

static int64_t chunk_length(const builder *b) {
  const sgk_fused *plan = b->plan;
  int64_t touched = 0, buffers = 0;
  for (int32_t i = 0; i < plan->slots; ++i)
    if (b->slot_size[i] > 0) buffers += b->slot_size[i];
  touched = buffers;
  for (int32_t i = 0; i < plan->hazards; ++i) touched -= plan->tracks[plan->inputs + plan->hazard[i].result].size;
  for (int32_t i = 0; i < plan->followers[SGK_PER_CHUNK]; ++i)
    touched += plan->follower[SGK_PER_CHUNK][i].along;
  for (int32_t i = 0; i < plan->lanes; ++i) touched += plan->lane[i].size;
  int64_t length = touched < 1 ? 2048 : CHUNK_BYTES / touched / 64 * 64;
  length = length < 256 ? 256 : length > 2048 ? 2048 : length;
  return buffers * length > STATE_BYTES ? smaller(length, STATE_BYTES / buffers / 64 * 64) : length;
}

static void choose_chunks(builder *b) {
  sgk_fused *plan = b->plan;
  int64_t length = chunk_length(b), rows = plan->extents[plan->axes - 2], columns = plan->extents[plan->axes - 1];
  if (plan->shape == SGK_ROWS_JOINED) {
    plan->chunk_columns = columns;
    plan->chunk_rows = smaller(rows, length < columns ? 1 : length / columns);
  } else if (plan->shape == SGK_TILES) {
    plan->chunk_columns = smaller(columns, TILE_COLUMNS);
    plan->chunk_rows = smaller(rows, TILE_ROWS);
  } else {
    plan->chunk_columns = smaller(columns, round_up(divide_up(columns, divide_up(columns, length))));
    plan->chunk_rows = 1;
  }
  plan->down = divide_up(rows, plan->chunk_rows);
  plan->across = divide_up(columns, plan->chunk_columns);
  plan->blocks = plan->down * plan->across;
  // An item is worth some microseconds.
  double item = 65536 / (1 + b->work);
  item = item < 2048 ? 2048 : item > 32768 ? 32768 : item;
  plan->per_item = (int64_t)item / (plan->chunk_rows * plan->chunk_columns);
  if (plan->per_item < 1) plan->per_item = 1;
  plan->items = divide_up(plan->blocks, plan->per_item);
}

static sgk_status place_buffers(builder *b) {
  sgk_fused *plan = b->plan;
  int64_t chunk = plan->chunk_rows * plan->chunk_columns;
  plan->place = malloc((size_t)plan->slots * sizeof *plan->place);
  if (plan->place == NULL) return SGK_OUT_OF_MEMORY;
  int64_t offset = round_up((int64_t)sizeof(sgk_fused_state)) + round_up(plan->operands * (int64_t)sizeof(char *)) +
                   round_up(plan->slots * (int64_t)sizeof(char *)) + round_up(plan->hazards * (int64_t)sizeof(char *));
  for (int32_t i = 0; i < plan->slots; ++i) {
    plan->place[i] = b->slot_size[i] == -1 ? offset : -1;
    if (b->slot_size[i] == -1) offset += 8;
  }
  offset = round_up(offset);
  for (int32_t i = 0; i < plan->slots; ++i) {
    if (b->slot_size[i] <= 0) continue;
    plan->place[i] = offset;
    offset += round_up(chunk * b->slot_size[i]);
  }
  for (int32_t i = 0; i < plan->lanes; ++i) {
    plan->lane[i].offset = offset;
    if (plan->lane[i].input < 0) offset += round_up(smaller(plan->count, SGK_REDUCE_FETCH) * plan->lane[i].size);
  }
  plan->state_bytes = offset;
  return SGK_OK;
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
  builder *b = calloc(1, sizeof *b);
  if (b == NULL || !allocate(plan, steps)) {
    free(b);
    return SGK_OUT_OF_MEMORY;
  }
  b->plan = plan;
  b->inputs = plan->inputs;
  b->steps = steps;
  b->list = list;
  for (int32_t i = 0; i < plan->inputs + steps; ++i) {
    const sgk_fused_step *step = i < plan->inputs ? NULL : &list[i - plan->inputs];
    bool is_copy = step && step->kind == SGK_FUSED_CAST && step->from == step->to;
    b->value[i] = (value){.dtype = step ? step->to : input_views[i].dtype, .slot = -1, .full = -1, .last_use = NEVER,
                          .same = is_copy ? b->value[step->operands[0]].same : i};
  }
  find_uses(b);
  for (int32_t i = 0; i < plan->inputs; ++i) classify_input(b, i);
  classify_steps(b);
  place_inputs(b);
  for (int32_t i = 0; i < steps; ++i) {
    const value *result = &b->value[plan->inputs + i];
    if (result->is_needed && result->same == plan->inputs + i) place_step(b, i);
  }
  place_copies(b);
  choose_chunks(b);
  sgk_status status = place_buffers(b);
  free(b);
  return status;
}
