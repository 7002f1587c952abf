#include <stddef.h>

#include "fused.h"

#include "move.h"

static size_t round_up(size_t bytes) { return (bytes + 63) & ~(size_t)63; }

static void run_ops(const sgk_fused_state *state, int32_t level, int64_t count) {
  const sgk_fused *plan = state->plan;
  char *const *at = state->at;
  const sgk_fused_op *op = plan->op[level];
  for (int32_t i = 0; i < plan->ops[level]; ++i, ++op) {
    void *data[] = {at[op->to],      at[op->from[0]], at[op->from[1]],
                    at[op->from[2]], at[op->from[3]], at[op->from[4]]};
    op->loop(op->is_single ? 1 : count, data, op->scalars);
  }
}

static void run_packs(const sgk_fused_state *state, int32_t level, const sgk_tile *tile) {
  const sgk_fused *plan = state->plan;
  for (int32_t i = 0; i < plan->packs[level]; ++i) {
    sgk_fused_pack pack = plan->pack[level][i];
    sgk_track_pack(&plan->tracks[pack.operand], plan->axes, tile, state->base[pack.operand], state->at[pack.slot],
                   tile->columns, 1);
  }
}

static void move_followers(const sgk_fused_state *state, int32_t level, const sgk_tile *tile) {
  const sgk_fused *plan = state->plan;
  const sgk_fused_follower *follower = plan->follower[level];
  for (int32_t i = 0; i < plan->followers[level]; ++i, ++follower) {
    const sgk_track *track = &plan->tracks[follower->operand];
    int64_t down = follower->is_even ? tile->row * follower->down
                                     : sgk_track_offset(track, plan->axes - 2, tile->row) * track->size;
    state->at[follower->slot] = state->base[follower->operand] + down + tile->column * follower->along;
  }
}

// What does not change within a plane holds for a whole chunk from its first row on.
static void run_level(const sgk_fused_state *state, int32_t level) {
  const sgk_fused *plan = state->plan;
  sgk_tile tile = {0, plan->chunk_rows, 0, plan->chunk_columns};
  move_followers(state, level, &tile);
  run_packs(state, level, &tile);
  run_ops(state, level, plan->chunk_rows * plan->chunk_columns);
}

sgk_fused_state *sgk_fused_begin(const sgk_fused *plan, void *const *inputs, void *const *results, void *memory) {
  char *place = memory;
  sgk_fused_state *state = memory;
  place += round_up(sizeof *state);
  state->base = (char **)place;
  place += round_up((size_t)plan->operands * sizeof(char *));
  state->at = (char **)place;
  place += round_up((size_t)plan->slots * sizeof(char *));
  state->hazard = (const sgk_fused_hazard **)place;
  state->plan = plan;
  state->inputs = inputs;
  state->results = results;
  state->hazards = 0;
  state->outer = state->lane_first = -1;
  for (int32_t i = 0; i < plan->slots; ++i) state->at[i] = plan->place[i] < 0 ? NULL : (char *)memory + plan->place[i];
  for (int32_t i = 0; i < plan->operands; ++i) {
    const sgk_track *track = &plan->tracks[i];
    char *data = i < plan->inputs ? inputs[i] : results[i - plan->inputs];
    state->base[i] = data + track->start * track->size;
  }
  for (int32_t i = 0; i < plan->hazards; ++i)
    if (inputs[plan->hazard[i].input] == results[plan->hazard[i].result])
      state->hazard[state->hazards++] = &plan->hazard[i];
  run_level(state, SGK_ONCE);
  return state;
}

void sgk_fused_set_outer(sgk_fused_state *state, int64_t outer) {
  const sgk_fused *plan = state->plan;
  if (state->outer == outer) return;
  state->outer = outer;
  if (plan->outer > 1) {
    for (int32_t i = 0; i < plan->operands; ++i) {
      const sgk_track *track = &plan->tracks[i];
      int64_t offset = track->start, rest = outer;
      for (int32_t axis = plan->axes - 3; axis >= 0; --axis) {
        offset += sgk_track_offset(track, axis, rest % plan->extents[axis]);
        rest /= plan->extents[axis];
      }
      state->base[i] = (char *)(i < plan->inputs ? state->inputs[i] : state->results[i - plan->inputs]) +
                       offset * track->size;
    }
  }
  run_level(state, SGK_PER_OUTER);
}

// Of a chunk, or of a lane's elements from the `done`th on.
static void run_copies(const sgk_fused_state *state, const sgk_tile *tile, int64_t done) {
  const sgk_fused *plan = state->plan;
  for (int32_t i = 0; i < plan->copies; ++i) {
    sgk_fused_copy copy = plan->copy[i];
    int64_t down = copy.is_single ? 0 : tile->columns, along = copy.is_single ? 0 : 1;
    if (copy.operand >= 0) {
      sgk_track_unpack(&plan->tracks[copy.operand], plan->axes, tile, state->base[copy.operand], state->at[copy.slot],
                       down, along);
    } else {
      const sgk_fused_lane *lane = &plan->lane[copy.lane];
      char *to = (char *)state + lane->offset + done * lane->size;
      sgk_move(lane->size, tile->rows, tile->columns, to, tile->columns, 1, state->at[copy.slot], down, along);
    }
  }
  for (int32_t i = 0; i < state->hazards; ++i) {
    int32_t operand = plan->inputs + state->hazard[i]->result;
    sgk_track_unpack(&plan->tracks[operand], plan->axes, tile, state->base[operand],
                     state->at[state->hazard[i]->spare], tile->columns, 1);
  }
}

static void run_chunk(const sgk_fused_state *state, const sgk_tile *tile, int64_t done) {
  const sgk_fused *plan = state->plan;
  move_followers(state, SGK_PER_CHUNK, tile);
  for (int32_t i = 0; i < state->hazards; ++i) state->at[state->hazard[i]->slot] = state->at[state->hazard[i]->spare];
  for (int32_t i = 0; i < plan->lanes; ++i)
    if (plan->lane[i].slot >= 0)
      state->at[plan->lane[i].slot] = (char *)state + plan->lane[i].offset + done * plan->lane[i].size;
  run_packs(state, SGK_PER_CHUNK, tile);
  run_ops(state, SGK_PER_CHUNK, tile->rows * tile->columns);
  run_copies(state, tile, done);
}

void sgk_fused_evaluate(sgk_fused_state *state, const sgk_tile *tile) {
  const sgk_fused *plan = state->plan;
  int64_t chunk = plan->chunk_rows * plan->chunk_columns, done = 0;
  // Whole rows of the tile, as many as a chunk has room for; or parts of one row.
  int64_t columns = plan->shape == SGK_ROW_PARTS ? plan->chunk_columns : tile->columns;
  int64_t rows = plan->shape == SGK_ROW_PARTS ? 1 : chunk < columns ? 1 : chunk / columns;
  for (int64_t i = 0; i < tile->rows; i += rows)
    for (int64_t j = 0; j < tile->columns; j += columns) {
      int64_t down = tile->rows - i, across = tile->columns - j;
      sgk_tile part = {tile->row + i, down < rows ? down : rows, tile->column + j, across < columns ? across : columns};
      run_chunk(state, &part, done);
      done += part.rows * part.columns;
    }
}
