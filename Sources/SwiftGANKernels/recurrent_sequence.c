#include "recurrent_sequence.h"

#include <string.h>

#include "gemm_plan.h"
#include "scratch.h"
#include "sgk_pool.h"

#define LEAST_ROWS 8         // of a block: fewer do not keep the multiply-adds busy
#define SHARED_WORK (4e5)    // multiply-adds of a step from which its panels are shared out
#define MOST_K 256           // columns of the left side in one product of blocks

static int64_t left_size(const sgk_sequence *s) { return s->blocks * s->rows * s->gemm->lda; }

// The left side that a step reads: of a block of rows, one of two.
static char *left(const sgk_sequence *s, int64_t step, int64_t row_block) {
  return s->left + (row_block * 2 + step % 2) * left_size(s) * s->size;
}

// Elements from the beginning of a left side to column k of its first row.
static int64_t left_offset(const sgk_sequence *s, int64_t k) {
  int64_t block = 0;
  while (block + 1 < s->blocks && s->bounds[block + 1] <= k) ++block;
  return block * s->rows * s->gemm->lda + (k - s->bounds[block]);
}

void sgk_sequence_fill(const sgk_sequence *s, int64_t step, int64_t row, int64_t rows, const sgk_source *source,
                       int64_t k, int64_t count) {
  char *to = left(s, step, row / s->rows);
  for (int64_t block = 0; block < s->blocks; ++block) {
    int64_t from = sgk_max(k, s->bounds[block]), end = sgk_min(k + count, s->bounds[block + 1]);
    if (from < end)
      s->gemm->copy(source, row, rows, from - k, end - from, to + left_offset(s, from) * s->size, s->gemm->lda);
  }
}

void sgk_sequence_fetch(sgk_cell_rows rows, const sgk_cell_step *cell, int planes, int64_t apart, int64_t size) {
  if (!rows.data) return;
  for (int64_t i = 0; i < cell->rows; ++i) {
    const char *row = (const char *)rows.data + i * rows.ld * size;
    for (int p = 0; p < planes; ++p)
      for (int64_t byte = 0; byte < cell->units * size; byte += 64)
        __builtin_prefetch(row + p * apart * size + byte, 0, 2);
  }
}

char *sgk_sequence_right(const sgk_sequence *s, int64_t row) {
  return s->rights + row / s->rows * s->rows * s->right_ld * s->size;
}

// Columns of what the cell leaves: all that is summed.
static int64_t left_columns(const sgk_sequence *s) { return s->cuts[s->cut_count - 1]; }

static char *sums_of(const sgk_sequence *s, int64_t row_block, int64_t i, int64_t k) {
  return s->sums + ((row_block * s->right + i) * left_columns(s) + k) * s->size;
}

void sgk_sequence_sum(const sgk_sequence *s, int64_t i, int64_t k, int64_t count, void *to) {
  s->gemm->sum(sums_of(s, 0, i, k), s->row_blocks, s->right * left_columns(s), count, 1, &to, 1);
}

static int64_t panel_count(const sgk_sequence *s, const sgk_part *part) {
  return sgk_ceil_div(part->units, s->gemm->nr);
}

static char *panel(const sgk_sequence *s, const sgk_part *part, int64_t index) {
  return s->packed + (part->packed + index * (part->k1 - part->k0) * s->gemm->nr) * s->size;
}

static void pack_item(void *context, int64_t item) {
  sgk_sequence *s = context;
  int64_t which = item / s->panels;
  const sgk_part *part = which < s->part_count ? &s->parts[which] : &s->end;
  int64_t index = item - (part == &s->end ? s->part_count : which) * s->panels;
  int64_t nr = s->gemm->nr, k = part->k1 - part->k0, units = sgk_min(nr, part->units - index * nr);
  char *to = panel(s, part, index);
  void *temp = sgk_scratch(SGK_SCRATCH_ITEM, (size_t)(s->gemm->lanes * k * s->size));
  if (!temp) {
    atomic_store(&s->failed, true);
    return;
  }
  memset(to, 0, (size_t)(k * nr * s->size));
  for (int i = 0; i < part->segment_count; ++i) {
    const sgk_segment *segment = &part->segments[i];
    s->gemm->pack(&segment->source, segment->transposed, segment->first, segment->count, segment->unit + index * nr,
                  units, to + (segment->k - part->k0) * nr * s->size, temp);
  }
}

// A panel of a product over the left side's first `columns` columns.
static void multiply(const sgk_sequence *s, const sgk_part *part, int64_t index, const char *from, int64_t rows,
                     int64_t columns, void *const *to) {
  int64_t units = sgk_min(s->gemm->nr, part->units - index * s->gemm->nr);
  bool accumulates = false;
  for (int64_t block = 0; block < s->blocks; ++block) {
    int64_t k = sgk_max(part->k0, s->bounds[block]), end = sgk_min(sgk_min(part->k1, columns), s->bounds[block + 1]);
    if (k >= end) continue;
    sgk_gemm_block product = {.m = rows, .n = units, .k = end - k, .c_rows = to, .c_column_stride = 1,
                              .a = from + left_offset(s, k) * s->size, .lda = s->gemm->lda,
                              .b = panel(s, part, index) + (k - part->k0) * s->gemm->nr * s->size,
                              .ldb = s->gemm->nr, .accumulate = accumulates};
    s->gemm->block(&product);
    accumulates = true;
  }
  for (int64_t i = 0; !accumulates && i < rows; ++i) memset(to[i], 0, (size_t)(units * s->size));
}

static void run_panel(const sgk_sequence *s, int64_t step, int64_t row_block, int64_t index) {
  _Alignas(64) char sums[SGK_CELL_PARTS * SGK_CELL_ROWS * 128];  // a panel is two vectors of at most 64 bytes
  void *rows_of[SGK_CELL_ROWS];
  int64_t nr = s->gemm->nr, row = row_block * s->rows, part_size = SGK_CELL_ROWS * nr;
  sgk_cell_step cell = {.rows = sgk_min(s->rows, s->batch - row), .units = sgk_min(nr, s->hidden - index * nr),
                        .hidden = s->hidden, .sums = sums, .part = part_size, .ld = nr,
                        .next = {left(s, step + 1, row_block), s->gemm->lda}};
  s->place(s, step, row, &cell, index * nr);
  for (int p = 0; p < s->next_count; ++p)
    for (int64_t v = 0; v * s->gemm->lanes < cell.units; ++v)
      cell.at[p][v] = left_offset(s, s->next_k + p * s->padded + index * nr + v * s->gemm->lanes);
  sgk_cell_rows *carries[2] = {&cell.carry, &cell.held_carry};
  for (int i = 0; i < s->carries; ++i) {
    char *values = s->carry + ((i * s->row_blocks * s->rows + row) * s->padded + index * nr) * s->size;
    *carries[i] = (sgk_cell_rows){values, s->padded};
  }
  int64_t columns = step == 0 ? s->begins_at : INT64_MAX;
  if (cell.units % s->gemm->lanes != 0) memset(sums, 0, sizeof sums);
  for (int p = 0; p < s->part_count; ++p) {
    for (int64_t i = 0; i < cell.rows; ++i) rows_of[i] = sums + (p * part_size + i * nr) * s->size;
    multiply(s, &s->parts[p], index, left(s, step, row_block), cell.rows, columns, rows_of);
  }
  s->cell(&cell);
}

// The right side's columns times what the cell left, in a block of its columns: summed over steps.
static void add_sums(const sgk_sequence *s, int64_t step, int64_t row_block, int64_t block) {
  enum { MOST = 8 * 14 };  // rows of sums at once
  void *rows_of[MOST];
  int64_t k = s->bounds[block], row = row_block * s->rows;
  for (int64_t i = 0; i < s->right; i += MOST) {
    int64_t count = sgk_min(MOST, s->right - i);
    for (int64_t r = 0; r < count; ++r) rows_of[r] = sums_of(s, row_block, i + r, k);
    sgk_gemm_block product = {.m = count, .n = s->bounds[block + 1] - k, .k = sgk_min(s->rows, s->batch - row),
                              .a = sgk_sequence_right(s, row) + i * s->size, .lda = s->right_ld, .a_columns = true,
                              .b = left(s, step + 1, row_block) + left_offset(s, k) * s->size, .ldb = s->gemm->lda,
                              .panel_stride = s->gemm->nr, .c_rows = rows_of, .c_column_stride = 1,
                              .accumulate = step > 0};
    s->gemm->block(&product);
  }
}

static int64_t end_count(const sgk_sequence *s) { return panel_count(s, &s->end) + (s->right > 0 ? s->blocks : 0); }

// One of the pieces of a step's end.
static void end_step(const sgk_sequence *s, int64_t step, int64_t row_block, int64_t piece) {
  int64_t panels = panel_count(s, &s->end), row = row_block * s->rows, rows = sgk_min(s->rows, s->batch - row);
  if (piece >= panels) {
    add_sums(s, step, row_block, piece - panels);
    return;
  }
  void *rows_of[SGK_CELL_ROWS];
  sgk_cell_rows to = s->end_rows(s, step, row);
  for (int64_t i = 0; i < rows; ++i)
    rows_of[i] = (char *)to.data + (i * to.ld + piece * s->gemm->nr) * s->size;
  multiply(s, &s->end, piece, left(s, step + 1, row_block), rows, INT64_MAX, rows_of);
}

static void begin(const sgk_sequence *s, int64_t step, int64_t row_block) {
  int64_t row = row_block * s->rows;
  if (s->begin) s->begin(s, step, row, sgk_min(s->rows, s->batch - row));
}

static void rows_item(void *context, int64_t row_block) {
  const sgk_sequence *s = context;
  for (int64_t step = 0; step < s->steps; ++step) {
    begin(s, step, row_block);
    for (int64_t index = 0; index < s->panels; ++index) run_panel(s, step, row_block, index);
    for (int64_t piece = 0; step < s->ends && piece < end_count(s); ++piece) end_step(s, step, row_block, piece);
  }
  if (s->streams) atomic_thread_fence(memory_order_seq_cst);  // stores past the caches come in any order
}

static void panel_item(void *context, int64_t item) {
  const sgk_sequence *s = context;
  run_panel(s, s->step, item / s->panels, item % s->panels);
  if (s->streams) atomic_thread_fence(memory_order_seq_cst);
}

static void end_item(void *context, int64_t item) {
  const sgk_sequence *s = context;
  end_step(s, s->step, item / end_count(s), item % end_count(s));
}

static void run_steps(sgk_sequence *s) {
  int64_t k = 0;
  for (int p = 0; p < s->part_count; ++p) k += s->parts[p].k1 - s->parts[p].k0;
  double work = (double)s->batch * (double)s->hidden * (double)k;
  if (s->row_blocks >= sgk_num_threads() || s->panels == 1 || work < SHARED_WORK) {
    sgk_parallel(s->row_blocks, rows_item, s);
    return;
  }
  for (s->step = 0; s->step < s->steps; ++s->step) {
    for (int64_t block = 0; block < s->row_blocks; ++block) begin(s, s->step, block);
    sgk_parallel(s->row_blocks * s->panels, panel_item, s);
    if (s->step < s->ends) sgk_parallel(s->row_blocks * end_count(s), end_item, s);
  }
}

// Blocks of the left side's columns: equal parts between cuts, in whole vectors. Returns how many; bounds may be NULL.
static int64_t cut(const sgk_sequence *s, int64_t *bounds) {
  int64_t count = 0, most = sgk_min(MOST_K, s->gemm->kc);
  for (int i = 0; i + 1 < s->cut_count; ++i) {
    int64_t length = s->cuts[i + 1] - s->cuts[i], pieces = sgk_ceil_div(length, most);
    int64_t each = sgk_whole(sgk_ceil_div(length, sgk_max(pieces, 1)), s->gemm->lanes);
    for (int64_t k = s->cuts[i]; k < s->cuts[i + 1]; k += each, ++count)
      if (bounds) bounds[count] = k;
  }
  if (bounds) bounds[count] = s->cuts[s->cut_count - 1];
  return count;
}

sgk_status sgk_sequence_run(sgk_sequence *s) {
  s->gemm = sgk_gemm_kernels_for(s->dtype);
  s->size = sgk_dtype_size(s->dtype);
  s->row_blocks = sgk_max(sgk_ceil_div(s->batch, SGK_CELL_ROWS), sgk_min(2, s->batch / LEAST_ROWS));
  s->rows = sgk_ceil_div(s->batch, s->row_blocks);
  s->row_blocks = sgk_ceil_div(s->batch, s->rows);
  s->panels = sgk_ceil_div(s->hidden, s->gemm->nr);
  s->blocks = cut(s, NULL);
  int64_t packed = 0;
  for (int p = 0; p <= s->part_count; ++p) {
    sgk_part *part = p < s->part_count ? &s->parts[p] : &s->end;
    part->packed = packed;
    packed += panel_count(s, part) * (part->k1 - part->k0) * s->gemm->nr;
  }
  // An odd number of vectors from row to row, so that a column of tiles does not fall into one cache set.
  s->right_ld = (sgk_ceil_div(s->right, 16) | 1) * 16;
  int64_t sizes[5] = {packed, s->row_blocks * 2 * left_size(s), s->carries * s->row_blocks * s->rows * s->padded,
                      s->right > 0 ? s->row_blocks * s->rows * s->right_ld : 0,
                      s->row_blocks * s->right * left_columns(s)};
  int64_t total = 0;
  for (int i = 0; i < 5; ++i) total += sizes[i] = sgk_whole(sizes[i] * s->size, 64);
  char *memory = sgk_scratch(SGK_SCRATCH_CALL, (size_t)(total + (s->blocks + 1) * 8));
  if (!memory) return SGK_OUT_OF_MEMORY;
  s->packed = memory;
  s->left = s->packed + sizes[0];
  s->carry = s->left + sizes[1];
  s->rights = s->carry + sizes[2];
  s->sums = s->rights + sizes[3];
  s->bounds = (int64_t *)(s->sums + sizes[4]);
  cut(s, s->bounds);
  // Columns that only fill vectors up are multiplied by zeros, and must not be NaN.
  memset(s->left, 0, (size_t)(sizes[1] + sizes[2] + sizes[3]));
  sgk_parallel(s->part_count * s->panels + panel_count(s, &s->end), pack_item, s);
  if (!atomic_load(&s->failed)) run_steps(s);
  return atomic_load(&s->failed) ? SGK_OUT_OF_MEMORY : SGK_OK;
}
