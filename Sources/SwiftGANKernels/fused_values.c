#include "fused_builder.h"

enum { NEVER = -1 };

static void find_uses(sgk_fused_builder *b) {
  const sgk_fused *plan = b->plan;
  for (int32_t i = 0; i < plan->results; ++i) {
    sgk_fused_value *kept = &b->value[b->value[plan->values[i]].same];
    kept->is_needed = true;
    kept->last_use = SGK_FUSED_KEPT;
  }
  for (int32_t i = b->steps - 1; i >= 0; --i) {
    const sgk_fused_value *result = &b->value[b->inputs + i];
    if (!result->is_needed || result->same != b->inputs + i) continue;
    for (int32_t k = 0; k < sgk_fused_operands(&b->list[i]); ++k) {
      sgk_fused_value *operand = sgk_fused_operand(b, &b->list[i], k);
      operand->is_needed = true;
      if (operand->last_use < i) operand->last_use = i;
    }
  }
}

static void classify_input(sgk_fused_builder *b, int32_t input) {
  const sgk_fused *plan = b->plan;
  const sgk_track *track = &plan->tracks[input];
  sgk_fused_value *value = &b->value[input];
  bool same_outside = true, same_down = sgk_track_is_constant(track, plan->axes - 2);
  for (int32_t axis = 0; axis < plan->axes - 2; ++axis) same_outside &= sgk_track_is_constant(track, axis);
  bool joined = plan->shape == SGK_ROWS_JOINED;
  value->is_single = sgk_track_is_constant(track, plan->axes - 1) && (same_down || plan->shape == SGK_ROW_PARTS);
  value->level = same_down && (value->is_single || joined) ? (same_outside ? SGK_ONCE : SGK_PER_OUTER) : SGK_PER_CHUNK;
}

static void classify_steps(sgk_fused_builder *b) {
  for (int32_t i = 0; i < b->steps; ++i) {
    sgk_fused_value *result = &b->value[b->inputs + i];
    result->is_single = true;
    for (int32_t k = 0; k < sgk_fused_operands(&b->list[i]); ++k) {
      const sgk_fused_value *operand = sgk_fused_operand(b, &b->list[i], k);
      result->is_single &= operand->is_single;
      if (operand->level > result->level) result->level = operand->level;
    }
  }
}

void sgk_fused_classify(sgk_fused_builder *b, const sgk_view *input_views) {
  for (int32_t i = 0; i < b->inputs + b->steps; ++i) {
    const sgk_fused_step *step = i < b->inputs ? 0 : &b->list[i - b->inputs];
    bool is_copy = step && step->kind == SGK_FUSED_CAST && step->from == step->to;
    b->value[i] = (sgk_fused_value){.dtype = step ? step->to : input_views[i].dtype,
                                    .same = is_copy ? b->value[step->operands[0]].same : i,
                                    .slot = -1,
                                    .full = -1,
                                    .last_use = NEVER};
  }
  find_uses(b);
  for (int32_t i = 0; i < b->inputs; ++i) classify_input(b, i);
  classify_steps(b);
}
