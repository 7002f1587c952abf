#include "sgk_recurrent.h"

#include <stddef.h>
#include <string.h>

#include "gemm_plan.h"
#include "isa_select.h"
#include "recurrent_sequence.h"
#include "scratch.h"
#include "sgk_pool.h"

SGK_DECLARE_ISA_TABLE(sgk_cell_kernels, sgk_cells_f32);
SGK_DECLARE_ISA_TABLE(sgk_cell_kernels, sgk_cells_f64);

static const sgk_cell_kernels *cells_for(int32_t dtype) {
  return dtype == SGK_FLOAT64 ? SGK_SELECT_TABLE(sgk_cells_f64) : SGK_SELECT_TABLE(sgk_cells_f32);
}

#define STREAMED_BYTES ((int64_t)2 << 20)  // of planes from which they do not stay in the second-level cache
#define FEW_ROWS 8  // the input of all steps is multiplied at once where the batch is smaller

static int gates(sgk_cell cell) { return cell == SGK_LSTM ? 4 : 3; }
static int planes(sgk_cell cell) { return cell == SGK_LSTM ? 6 : 5; }
static int first_gate_plane(sgk_cell cell) { return cell == SGK_LSTM ? 2 : 1; }

static bool is_given(const sgk_view *view) { return view->rank > 0 && sgk_view_count(view) > 0; }

static char *at(const sgk_view *view, int64_t i, int64_t j, int64_t k) {
  const int64_t *strides = view->strides;
  int64_t offset = view->rank == 3 ? i * strides[0] + j * strides[1] + k * strides[2]
                                   : i * strides[0] + j * strides[view->rank - 1];
  return (char *)view->data + offset * sgk_dtype_size(view->dtype);
}

static sgk_source matrix(const sgk_view *view) {
  return sgk_matrix(view->data, view->strides[view->rank - 2], view->strides[view->rank - 1]);
}

// --- Forward. ---

static bool has_input(const sgk_sequence *s) { return s->cut_count == 3 || s->next_k > 0; }

static void begin_forward(const sgk_sequence *s, int64_t step, int64_t row, int64_t rows) {
  const sgk_recurrent *call = s->call;
  if (s->next_k > 0) {
    sgk_source x = sgk_matrix(at(&call->x, step, 0, 0), call->x.strides[1], call->x.strides[2]);
    sgk_sequence_fill(s, step, row, rows, &x, 0, call->x.shape[2]);
  }
  if (step == 0 && is_given(&call->hidden)) {
    sgk_source hidden = matrix(&call->hidden);
    sgk_sequence_fill(s, step, row, rows, &hidden, s->next_k, s->hidden);
  }
}

// The mask's elements at a step.
static sgk_cell_rows mask_of(const sgk_recurrent *call, int64_t step, int64_t row) {
  if (!is_given(&call->mask)) return (sgk_cell_rows){NULL, 0};
  return (sgk_cell_rows){at(&call->mask, step, row, 0), call->mask.strides[1]};
}

static void place_forward(const sgk_sequence *s, int64_t step, int64_t row, sgk_cell_step *cell, int64_t unit) {
  const sgk_recurrent *call = s->call;
  const sgk_view *out = &call->out, *first = call->cell == SGK_LSTM ? &call->cell_state : &call->hidden;
  int64_t size = sgk_dtype_size(s->dtype), width = out->shape[2];
  int64_t state = call->cell == SGK_LSTM ? s->hidden : 0;
  cell->out = (sgk_cell_rows){at(out, step, row, unit), width};
  if (step > 0)
    cell->state = (sgk_cell_rows){at(out, step - 1, row, state + unit), width};
  else if (is_given(first))
    cell->state = (sgk_cell_rows){at(first, row, unit, 0), first->strides[0]};
  if (is_given(&call->bias)) cell->bias = (const char *)call->bias.data + unit * size;
  if (is_given(&call->candidate_bias)) cell->candidate_bias = (const char *)call->candidate_bias.data + unit * size;
  cell->adds_planes = !has_input(s);
  cell->mask = mask_of(call, step, row);
  if (step > 0)
    cell->held = (sgk_cell_rows){at(out, step - 1, row, unit), width};
  else if (is_given(&call->hidden))
    cell->held = (sgk_cell_rows){at(&call->hidden, row, unit, 0), call->hidden.strides[0]};
  cell->streams = s->streams;
  // Without fetching those lines only h and c are left to be asked for.
  int fetched = s->streams ? first_gate_plane(call->cell) : planes(call->cell);
  sgk_sequence_fetch(cell->out, cell, fetched, s->hidden, size);
}

// x times the input's weights of all steps into the planes of out's gates.
static sgk_status project(const sgk_recurrent *call) {
  const sgk_view *x = &call->x, *out = &call->out;
  int64_t steps = x->shape[0], batch = x->shape[1], width = out->shape[2];
  int64_t hidden = width / planes(call->cell);
  sgk_gemm gemm = {.dtype = (sgk_dtype)out->dtype, .n = gates(call->cell) * hidden, .k = x->shape[2],
                   .b = matrix(&call->input_weights)};
  char *to = at(out, 0, 0, first_gate_plane(call->cell) * hidden);
  const int64_t *strides = x->strides;
  if (batch == 1 || steps == 1 || strides[0] == batch * strides[1]) {
    gemm.m = steps * batch;
    gemm.a = sgk_matrix(x->data, batch == 1 ? strides[0] : strides[1], strides[2]);
    gemm.c = sgk_rows(to, width, 1);
    return sgk_gemm_run(&gemm);
  }
  if (strides[1] == steps * strides[0]) {
    gemm.m = steps * batch;
    gemm.a = sgk_matrix(x->data, strides[0], strides[2]);
    gemm.c = (sgk_sink){.data = to, .count_y = 1, .count_x = steps, .stride_n = width, .stride_x = batch * width,
                        .column_stride = 1};
    return sgk_gemm_run(&gemm);
  }
  for (int64_t step = 0; step < steps; ++step) {
    gemm.m = batch;
    gemm.a = sgk_matrix(at(x, step, 0, 0), strides[1], strides[2]);
    gemm.c = sgk_rows(to + step * batch * width * sgk_dtype_size(out->dtype), width, 1);
    sgk_status status = sgk_gemm_run(&gemm);
    if (status != SGK_OK) return status;
  }
  return SGK_OK;
}

// A part with the input's rows (columns 0..<inputs of the left side), the state's (from `from` on), or both.
static void add_part(sgk_sequence *s, const sgk_recurrent *call, int64_t gate, int64_t inputs, int64_t from,
                     bool state) {
  sgk_part *part = &s->parts[s->part_count++];
  *part = (sgk_part){.units = s->hidden, .k0 = inputs > 0 ? 0 : from, .k1 = state ? from + s->padded : from};
  if (inputs > 0)
    part->segments[part->segment_count++] = (sgk_segment){
        .source = matrix(&call->input_weights), .k = 0, .count = inputs, .unit = gate * s->hidden};
  if (state)
    part->segments[part->segment_count++] = (sgk_segment){
        .source = matrix(&call->weights), .k = from, .count = s->hidden, .unit = gate * s->hidden};
}

sgk_status sgk_recurrent_run(const sgk_recurrent *call) {
  if (sgk_view_count(&call->out) == 0) return SGK_OK;
  int64_t batch = call->out.shape[1], inputs = call->x.shape[2];
  sgk_dtype dtype = (sgk_dtype)call->out.dtype;
  bool projects = batch < FEW_ROWS || inputs == 0;
  if (projects) {
    sgk_status status = project(call);
    if (status != SGK_OK) return status;
    inputs = 0;
  }
  int64_t lanes = sgk_gemm_kernels_for(dtype)->lanes, hidden = call->weights.shape[0];
  int64_t padded = sgk_whole(hidden, lanes), from = sgk_whole(inputs, lanes);
  sgk_sequence sequence = {.call = call, .dtype = dtype, .steps = call->out.shape[0], .batch = batch, .hidden = hidden,
                           .padded = padded, .next_count = 1, .next_k = from, .begin = begin_forward,
                           .place = place_forward, .cell = cells_for(dtype)->forward[call->cell],
                           .begins_at = is_given(&call->hidden) ? from + padded : from,
                           .cuts = {0, from + padded}, .cut_count = 2};
  // Where the products with the input are in the planes, these have been fetched already.
  int64_t row_bytes = hidden * sgk_dtype_size(dtype);
  sequence.streams = !projects && row_bytes % 64 == 0 && (uintptr_t)call->out.data % 64 == 0 &&
                     sgk_view_count(&call->out) * sgk_dtype_size(dtype) >= STREAMED_BYTES;
  if (call->cell == SGK_LSTM) {
    for (int gate = 0; gate < 4; ++gate) add_part(&sequence, call, gate, inputs, from, true);
  } else {
    add_part(&sequence, call, 0, inputs, from, true);
    add_part(&sequence, call, 1, inputs, from, true);
    add_part(&sequence, call, 2, 0, from, true);
    // The candidate's products with input and state stay apart.
    if (inputs > 0) {
      add_part(&sequence, call, 2, inputs, from, false);
      sequence.cuts[1] = from;
      sequence.cuts[2] = from + padded;
      sequence.cut_count = 3;
    }
  }
  sgk_status status = sgk_sequence_run(&sequence);
  sgk_scratch_trim(SGK_SCRATCH_CALL);
  return status;
}

// --- Back. ---

// The rows of cotangents of a step, if any came to it.
static sgk_cell_rows cotangents(const sgk_view *view, int64_t steps, int64_t step, int64_t row, int64_t unit) {
  if (!is_given(view) || step < steps - view->shape[0]) return (sgk_cell_rows){NULL, 0};
  return (sgk_cell_rows){at(view, step - (steps - view->shape[0]), row, unit), view->strides[1]};
}

// Where the parts of what the cell leaves come from: the gates of the state's weights that meet them, -1 for none.
static const int8_t gates_of_state[2][SGK_CELL_PARTS] = {{0, 1, 2, 3}, {2, 0, 1, -1}};
static const int8_t gates_of_input[2][SGK_CELL_PARTS] = {{0, 1, 2, 3}, {-1, 0, 1, 2}};

static int64_t time_of(const sgk_sequence *s, int64_t step) {
  return ((const sgk_recurrent_gradient *)s->call)->of.out.shape[0] - 1 - step;
}

static void place_back(const sgk_sequence *s, int64_t step, int64_t row, sgk_cell_step *cell, int64_t unit) {
  const sgk_recurrent_gradient *call = s->call;
  const sgk_view *given = &call->of.out, *to = &call->to.out;
  const sgk_view *first = call->of.cell == SGK_LSTM ? &call->of.cell_state : &call->of.hidden;
  const sgk_view *starts[2] = {&call->to.hidden, &call->to.cell_state};
  int64_t state = call->of.cell == SGK_LSTM ? s->hidden : 0, steps = given->shape[0], size = sgk_dtype_size(s->dtype);
  int64_t t = time_of(s, step);
  if (t < 0) {
    cell->is_start = 1;
    for (int i = 0; i < 2; ++i)
      if (is_given(starts[i])) cell->start[i] = (sgk_cell_rows){at(starts[i], row, unit, 0), s->hidden};
    return;
  }
  if (is_given(to)) cell->out = (sgk_cell_rows){at(to, t, row, unit), to->shape[2]};
  cell->planes = (sgk_cell_rows){at(given, t, row, unit), given->strides[1]};
  if (t > 0)
    cell->state = (sgk_cell_rows){at(given, t - 1, row, state + unit), given->strides[1]};
  else if (is_given(first))
    cell->state = (sgk_cell_rows){at(first, row, unit, 0), first->strides[0]};
  cell->mask = mask_of(&call->of, t, row);
  cell->hidden_cotangent = cotangents(&call->hidden, steps, t, row, unit);
  cell->other_cotangents = cotangents(&call->others, steps, t, row, unit);
  sgk_sequence_fetch(cell->planes, cell, planes(call->of.cell), s->hidden, size);
  sgk_sequence_fetch(cell->out, cell, 4, s->hidden, size);
  sgk_sequence_fetch(cell->state, cell, 1, 0, size);
  sgk_sequence_fetch(cell->hidden_cotangent, cell, 1, 0, size);
  // The right side of the step to come.
  if (s->right > 0 && t > 1)
    sgk_sequence_fetch((sgk_cell_rows){at(given, t - 2, row, unit), given->strides[1]}, cell, 1, 0, size);
}

// The right side of a step: h before it, x and ones.
static void begin_back(const sgk_sequence *s, int64_t step, int64_t row, int64_t rows) {
  const sgk_recurrent_gradient *call = s->call;
  const sgk_gemm_kernels *kernels = s->gemm;
  int64_t t = time_of(s, step), size = sgk_dtype_size(s->dtype), inputs = call->of.x.shape[2], ld = s->right_ld;
  if (t < 0 || s->right == 0) return;
  char *to = sgk_sequence_right(s, row);
  if (t > 0 || is_given(&call->of.hidden)) {
    sgk_source hidden = t > 0 ? sgk_matrix(at(&call->of.out, t - 1, 0, 0), call->of.out.strides[1], 1)
                              : matrix(&call->of.hidden);
    kernels->copy(&hidden, row, rows, 0, s->hidden, to, ld);
  } else {
    for (int64_t i = 0; i < rows; ++i) memset(to + i * ld * size, 0, (size_t)(s->hidden * size));
  }
  sgk_source x = sgk_matrix(at(&call->of.x, t, 0, 0), call->of.x.strides[1], call->of.x.strides[2]);
  kernels->copy(&x, row, rows, 0, inputs, to + s->hidden * size, ld);
  for (int64_t i = 0; i < rows; ++i) {
    char *one = to + (i * ld + s->hidden + inputs) * size;
    if (s->dtype == SGK_FLOAT32)
      *(float *)one = 1;
    else
      *(double *)one = 1;
  }
}

static sgk_cell_rows rows_of_x(const sgk_sequence *s, int64_t step, int64_t row) {
  const sgk_view *to = &((const sgk_recurrent_gradient *)s->call)->to.x;
  return (sgk_cell_rows){at(to, time_of(s, step), row, 0), to->shape[2]};
}

// One row of the gradients of weights or of a bias, from the sums.
static void write_row(const sgk_sequence *s, int64_t i, const int8_t *gates_of, void *to) {
  for (int part = 0; part < SGK_CELL_PARTS; ++part)
    if (gates_of[part] >= 0)
      sgk_sequence_sum(s, i, part * s->padded, s->hidden, (char *)to + gates_of[part] * s->hidden * s->size);
}

static void write_item(void *context, int64_t i) {
  const sgk_sequence *s = context;
  const sgk_recurrent_gradient *call = s->call;
  const sgk_recurrent *to = &call->to;
  int64_t inputs = call->of.x.shape[2], width = gates(call->of.cell) * s->hidden * s->size;
  if (i < s->hidden) {
    if (is_given(&to->weights)) write_row(s, i, gates_of_state[call->of.cell], (char *)to->weights.data + i * width);
  } else if (i < s->hidden + inputs) {
    if (is_given(&to->input_weights))
      write_row(s, i, gates_of_input[call->of.cell], (char *)to->input_weights.data + (i - s->hidden) * width);
  } else {
    if (is_given(&to->bias)) write_row(s, i, gates_of_input[call->of.cell], to->bias.data);
    if (is_given(&to->candidate_bias)) sgk_sequence_sum(s, i, 0, s->hidden, to->candidate_bias.data);
  }
}

// The rows of a matrix that meet the parts in a product with what the cell leaves, of which the units are its rows.
static void add_turned(sgk_sequence *s, sgk_part *part, const sgk_view *weights, const int8_t *gates_of) {
  part->units = weights->shape[0];
  part->k0 = INT64_MAX;
  for (int i = 0; i < SGK_CELL_PARTS; ++i) {
    if (gates_of[i] < 0) continue;
    part->segments[part->segment_count++] =
        (sgk_segment){.source = matrix(weights), .transposed = true, .k = i * s->padded, .count = s->hidden,
                      .first = gates_of[i] * s->hidden};
    part->k0 = sgk_min(part->k0, i * s->padded);
    part->k1 = (i + 1) * s->padded;
  }
}

sgk_status sgk_recurrent_run_back(const sgk_recurrent_gradient *call) {
  const sgk_recurrent *of = &call->of, *to = &call->to;
  if (sgk_view_count(&of->out) == 0) return SGK_OK;
  sgk_dtype dtype = (sgk_dtype)of->out.dtype;
  int64_t hidden = of->weights.shape[0], steps = of->out.shape[0];
  int64_t padded = sgk_whole(hidden, sgk_gemm_kernels_for(dtype)->lanes);
  bool starts = is_given(&to->hidden) || is_given(&to->cell_state);
  bool sums = is_given(&to->weights) || is_given(&to->input_weights) || is_given(&to->bias) ||
              is_given(&to->candidate_bias);
  sgk_sequence sequence = {.call = call, .dtype = dtype, .steps = steps + (starts ? 1 : 0), .batch = of->out.shape[1],
                           .hidden = hidden, .padded = padded, .next_count = 4, .begin = begin_back,
                           .place = place_back, .end_rows = rows_of_x, .ends = steps,
                           .right = sums ? hidden + of->x.shape[2] + 1 : 0,
                           .cell = cells_for(dtype)->back[of->cell], .cuts = {0, 4 * padded}, .cut_count = 2,
                           .part_count = 1, .carries = of->cell == SGK_LSTM && is_given(&of->mask) ? 2 : 1};
  add_turned(&sequence, &sequence.parts[0], &of->weights, gates_of_state[of->cell]);
  if (is_given(&to->x)) add_turned(&sequence, &sequence.end, &of->input_weights, gates_of_input[of->cell]);
  sgk_status status = sgk_sequence_run(&sequence);
  if (status == SGK_OK && sums) sgk_parallel(sequence.right, write_item, &sequence);
  sgk_scratch_trim(SGK_SCRATCH_CALL);
  return status;
}
