// LSTM and GRU over sequences, forward and back: odd sizes, masks, missing states.
#include <stdio.h>

#include "case.h"

typedef struct sequence {
  sgk_cell cell;
  sgk_dtype dtype;
  int64_t steps, rows, inputs, hidden;
  bool start, mask, back;
  layout way;
} sequence;

static sgk_view none(sgk_dtype dtype, int rank) {
  sgk_view v;
  sgk_view_set(&v, NULL, dtype, rank, (int64_t[3]){0}, (int64_t[3]){1, 1, 1});
  return v;
}

static void call(const void *parameters) {
  const sequence *s = parameters;
  sgk_dtype t = s->dtype;
  int64_t gates = s->cell == SGK_LSTM ? 4 : 3, planes = s->cell == SGK_LSTM ? 6 : 5, h = s->hidden;
  int64_t steps = s->steps, rows = s->rows;
  sgk_recurrent r = {.cell = s->cell};
  r.x = input(t, s->way, SHAPE(steps, rows, s->inputs));
  r.input_weights = input(t, s->way, SHAPE(s->inputs, gates * h));
  r.weights = input_between(t, s->way, SHAPE(h, gates * h), -0.2, 0.2);
  r.bias = input(t, PLAIN, SHAPE(gates * h));
  r.candidate_bias = s->cell == SGK_GRU ? input(t, PLAIN, SHAPE(h)) : none(t, 1);
  r.hidden = s->start ? input(t, PLAIN, SHAPE(rows, h)) : none(t, 2);
  r.cell_state = s->start && s->cell == SGK_LSTM ? input(t, PLAIN, SHAPE(rows, h)) : none(t, 2);
  r.mask = s->mask ? update(t, PLAIN, SHAPE(steps, rows)) : none(t, 2);
  for (int64_t i = 0; s->mask && i < steps * rows; i += 3) {  // every third is held
    if (t == SGK_FLOAT32) ((float *)r.mask.data)[i] = 0;
    if (t == SGK_FLOAT64) ((double *)r.mask.data)[i] = 0;
  }
  r.out = output(t, PLAIN, SHAPE(steps, rows, planes * h));
  expect_status(sgk_recurrent_run(&r), SGK_OK);
  if (!s->back) return;
  int64_t last = steps > 1 ? steps - 1 : steps;
  sgk_recurrent_gradient g = {.of = r};
  g.hidden = input(t, PLAIN, SHAPE(last, rows, h));
  g.others = input(t, PLAIN, SHAPE(1, rows, (planes - 1) * h));
  g.to.cell = s->cell;
  g.to.x = output(t, PLAIN, SHAPE(steps, rows, s->inputs));
  g.to.input_weights = output(t, PLAIN, SHAPE(s->inputs, gates * h));
  g.to.weights = output(t, PLAIN, SHAPE(h, gates * h));
  g.to.bias = output(t, PLAIN, SHAPE(gates * h));
  g.to.candidate_bias = s->cell == SGK_GRU ? output(t, PLAIN, SHAPE(h)) : none(t, 1);
  g.to.hidden = s->start ? output(t, PLAIN, SHAPE(rows, h)) : none(t, 2);
  g.to.cell_state = s->start && s->cell == SGK_LSTM ? output(t, PLAIN, SHAPE(rows, h)) : none(t, 2);
  g.to.mask = none(t, 2);
  g.to.out = output(t, PLAIN, SHAPE(steps, rows, 4 * h));
  expect_status(sgk_recurrent_run_back(&g), SGK_OK);
}

void test_recurrent(void) {
  static const int64_t sizes[][4] = {{3, 5, 4, 7},  {1, 1, 1, 1},  {3, 16, 4, 33}, {2, 9, 3, 17},
                                     {4, 33, 20, 40}, {2, 7, 70, 32}, {2, 64, 17, 64}, {2, 2, 5, 130}};
  char name[96];
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i)
    for (int cell = SGK_LSTM; cell <= SGK_GRU; ++cell)
      for (int kind = 0; kind < 4; ++kind) {
        const int64_t *z = sizes[i];
        sequence s = {(sgk_cell)cell, kind == 3 ? SGK_FLOAT64 : SGK_FLOAT32, z[0], z[1], z[2], z[3],
                      kind != 1, kind != 0, kind != 2, (layout)((int)i % LAYOUTS)};
        snprintf(name, sizeof name, "%s of %lld steps, %lld rows, %lld -> %lld, kind %d", cell ? "GRU" : "LSTM",
                 (long long)s.steps, (long long)s.rows, (long long)s.inputs, (long long)s.hidden, kind);
        run_case(name, call, &s);
      }
}
