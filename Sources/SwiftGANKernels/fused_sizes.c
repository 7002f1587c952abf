#include <stdlib.h>

#include "fused_builder.h"
#include "loops.h"

enum {
  CHUNK_BYTES = 16 << 10,   // of all that a chunk touches: half a first-level cache, so that what comes next fits in
  STATE_BYTES = 512 << 10,  // most that a state's buffers may take
  TILE_ROWS = 16,           // a cache line of four-byte elements
  TILE_COLUMNS = 64,
  ITEM_WORK = 128 << 10,    // additions that are worth an item of their own: some microseconds
};

static int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }
static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t round_up(int64_t bytes) { return (bytes + 63) & ~(int64_t)63; }

// Of an element of a chunk: about how many additions it is worth.
static double work_of(const sgk_fused_builder *b) {
  double work = 1 + b->plan->packs[SGK_PER_CHUNK] + b->plan->copies + b->plan->followers[SGK_PER_CHUNK];
  for (int32_t i = 0; i < b->steps; ++i) {
    const sgk_fused_step *step = &b->list[i];
    const sgk_fused_value *value = &b->value[b->inputs + i];
    if (!value->is_needed || value->same != b->inputs + i || value->is_single || value->level != SGK_PER_CHUNK)
      continue;
    bool is_dear = (step->kind == SGK_FUSED_UNARY && sgk_unary_is_dear((sgk_unary_op)step->op)) ||
                   (step->kind == SGK_FUSED_BINARY && sgk_binary_is_dear((sgk_binary_op)step->op));
    work += is_dear ? 8 : 1;
  }
  return work;
}

static int64_t chunk_length(const sgk_fused_builder *b) {
  const sgk_fused *plan = b->plan;
  int64_t touched = 0, buffers = 0;
  for (int32_t i = 0; i < plan->slots; ++i)
    if (b->slot_size[i] > 0) buffers += b->slot_size[i];
  touched = buffers - b->idle;
  for (int32_t i = 0; i < plan->followers[SGK_PER_CHUNK]; ++i)
    touched += plan->follower[SGK_PER_CHUNK][i].along;
  for (int32_t i = 0; i < plan->lanes; ++i) touched += plan->lane[i].size;
  int64_t length = touched < 1 ? 2048 : CHUNK_BYTES / touched / 64 * 64;
  length = length < 256 ? 256 : length > 2048 ? 2048 : length;
  return buffers * length > STATE_BYTES ? smaller(length, STATE_BYTES / buffers / 64 * 64) : length;
}

static void choose_chunks(sgk_fused_builder *b) {
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
  plan->item_elements = (int64_t)(ITEM_WORK / work_of(b));
  if (plan->item_elements > SGK_GRAIN_CHEAP) plan->item_elements = SGK_GRAIN_CHEAP;
  plan->per_item = plan->item_elements / (plan->chunk_rows * plan->chunk_columns);
  if (plan->per_item < 1) plan->per_item = 1;
  plan->items = divide_up(plan->blocks, plan->per_item);
}

static sgk_status place_buffers(sgk_fused_builder *b) {
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
    if (plan->lane[i].input < 0) offset += round_up(plan->lane_elements * plan->lane[i].size);
  }
  plan->state_bytes = offset;
  return SGK_OK;
}

sgk_status sgk_fused_choose_sizes(sgk_fused_builder *b) {
  choose_chunks(b);
  return place_buffers(b);
}
