// Finds steps that one loop can do together.
#include "fused_builder.h"

// The step behind a value, if it is of this operation and nobody but one reader wants it; else NULL.
static const sgk_fused_step *inner(sgk_fused_builder *b, int32_t value, int32_t kind, int32_t op) {
  value = b->value[value].same;
  if (value < b->inputs || b->uses[value] != 1 || b->value[value].is_single) return 0;
  const sgk_fused_step *step = &b->list[value - b->inputs];
  return step->kind == kind && step->op == op ? step : 0;
}

// Splits a product of elements and one element.
static bool product(sgk_fused_builder *b, int32_t value, int32_t *elements, int32_t *factor) {
  const sgk_fused_step *step = inner(b, value, SGK_FUSED_BINARY, SGK_MUL);
  if (step == 0) return false;
  int32_t left = b->value[step->operands[0]].same, right = b->value[step->operands[1]].same;
  bool swapped = b->value[left].is_single;
  *elements = swapped ? right : left;
  *factor = swapped ? left : right;
  return b->value[*factor].is_single && !b->value[*elements].is_single;
}

static bool match(sgk_fused_builder *b, const sgk_fused_step *step, sgk_fused_join *join) {
  if (step->kind != SGK_FUSED_BINARY) return false;
  int32_t left = step->operands[0], right = step->operands[1];
  int32_t x, s, y, t;
  if (step->op == SGK_ADD && product(b, left, &x, &s) && product(b, right, &y, &t)) {
    const sgk_fused_step *square = inner(b, y, SGK_FUSED_UNARY, SGK_SQUARE);
    int32_t under = square ? b->value[square->operands[0]].same : y;
    *join = (sgk_fused_join){square ? SGK_JOINED_MIX_SQUARE : SGK_JOINED_MIX, 4, {x, s, under, t}};
    return true;
  }
  if (step->op == SGK_SUB && product(b, right, &y, &s) && !b->value[b->value[left].same].is_single) {
    *join = (sgk_fused_join){SGK_JOINED_STEP, 3, {b->value[left].same, y, s}};
    return true;
  }
  if (step->op == SGK_DIV && product(b, left, &x, &s)) {
    const sgk_fused_step *sum = inner(b, right, SGK_FUSED_BINARY, SGK_ADD);
    if (sum == 0) return false;
    bool swapped = b->value[b->value[sum->operands[0]].same].is_single;
    int32_t root = sum->operands[swapped], e = b->value[sum->operands[!swapped]].same;
    const sgk_fused_step *sqrt = inner(b, root, SGK_FUSED_UNARY, SGK_SQRT);
    if (sqrt == 0 || !b->value[e].is_single || !product(b, sqrt->operands[0], &y, &t)) return false;
    *join = (sgk_fused_join){SGK_JOINED_RATIO, 5, {x, s, y, t, e}};
    return true;
  }
  return false;
}

// What a joined step stands for is needed no longer, but for its operands, which are read later than before.
static void absorb(sgk_fused_builder *b, int32_t value, int32_t number, const sgk_fused_join *join) {
  value = b->value[value].same;
  for (int32_t k = 0; k < join->operands; ++k)
    if (join->operand[k] == value) {
      if (b->value[value].last_use < number) b->value[value].last_use = number;
      return;
    }
  b->value[value].is_needed = false;
  const sgk_fused_step *step = &b->list[value - b->inputs];
  for (int32_t k = 0; k < sgk_fused_operands(step); ++k) absorb(b, step->operands[k], number, join);
}

void sgk_fused_find_joins(sgk_fused_builder *b) {
  for (int32_t i = 0; i < b->plan->results; ++i) b->uses[b->value[b->plan->values[i]].same] += 2;
  for (int32_t i = 0; i < b->steps; ++i) {
    const sgk_fused_value *result = &b->value[b->inputs + i];
    if (!result->is_needed || result->same != b->inputs + i) continue;
    for (int32_t k = 0; k < sgk_fused_operands(&b->list[i]); ++k) b->uses[b->value[b->list[i].operands[k]].same] += 1;
  }
  for (int32_t i = b->steps - 1; i >= 0; --i) {
    const sgk_fused_value *result = &b->value[b->inputs + i];
    const sgk_fused_step *step = &b->list[i];
    if (!result->is_needed || result->same != b->inputs + i || result->is_single) continue;
    if (result->level != SGK_PER_CHUNK || (step->from != SGK_FLOAT32 && step->from != SGK_FLOAT64)) continue;
    sgk_fused_join join;
    if (!match(b, step, &join)) continue;
    b->join[i] = join;
    for (int32_t k = 0; k < 2; ++k) absorb(b, step->operands[k], i, &join);
  }
}
