// Feeds the driver of reductions with the values of a chain.
#include "fused.h"
#include "reduce_run.h"

typedef struct call {
  const sgk_fused *plan;
  void *const *inputs;
  void *const *results;
} call;

static void begin(const sgk_reduce_job *job, void *state) {
  const call *call = job->context;
  sgk_fused_begin(call->plan, call->inputs, call->results, state);
}

static void fetch(const sgk_reduce_job *job, void *memory, int64_t offset, int64_t rows, int64_t columns,
                  sgk_reduce_block *blocks) {
  const sgk_fused *plan = ((const call *)job->context)->plan;
  sgk_fused_state *state = memory;
  // The plan's rows are the columns of the chain's plane where short runs are folded side by side.
  bool turned = job->plan->packed;
  int64_t down = plan->extents[plan->axes - 2], along = plan->extents[plan->axes - 1];
  sgk_tile tile = {offset / along % down, turned ? columns : rows, offset % along, turned ? rows : columns};
  int64_t skipped = 0;
  if (plan->whole_rows) {
    skipped = tile.column;
    tile.column = 0;
    tile.columns = along;
  }
  if (!plan->whole_rows || state->lane_first != offset - skipped) {
    sgk_fused_set_outer(state, offset / along / down);
    sgk_fused_evaluate(state, &tile);
    state->lane_first = offset - skipped;
  }
  for (int32_t i = 0; i < plan->lanes; ++i) {
    const sgk_fused_lane *lane = &plan->lane[i];
    const char *data = (const char *)state + lane->offset;
    int64_t stride = tile.columns;
    if (lane->input >= 0) {
      stride = sgk_track_stride(&plan->tracks[lane->input], plan->axes - 2);
      data = state->base[lane->input] + (tile.row * stride + tile.column) * lane->size;
    }
    data += skipped * lane->size;
    blocks[i] = (sgk_reduce_block){data, turned ? 1 : stride, turned ? stride : 1};
  }
}

static void store(const sgk_reduce_job *job, int32_t number, int32_t plane, int64_t offset, int64_t count,
                  int64_t stride, const char *values) {
  (void)stride;  // results side by side in a cell are side by side in row-major order
  const call *call = job->context;
  const sgk_fused_lane *lane = &call->plan->lane[number];
  sgk_tile tile = {0, 1, offset, count};
  char *data = (char *)call->results[lane->result] + (lane->out.start + plane * lane->count) * lane->size;
  sgk_track_unpack(&lane->out, 2, &tile, data, values, count, 1);
}

sgk_status sgk_fused_run_reduction(const sgk_fused *plan, void *const *inputs, void *const *results) {
  call call = {plan, inputs, results};
  sgk_reduce_lane lanes[SGK_FUSED_MAX_RESULTS];
  for (int32_t i = 0; i < plan->lanes; ++i)
    lanes[i] = (sgk_reduce_lane){.fold = plan->lane[i].fold, .size = plan->lane[i].size};
  sgk_reduce_job job = {.plan = &plan->reduce, .lanes = plan->lanes, .lane = lanes,
                        .item_elements = plan->item_elements, .context = &call, .state_bytes = plan->state_bytes,
                        .begin = begin, .fetch = fetch, .store = store};
  return sgk_reduce_run(&job);
}
