// A recurrence over steps, forward or back: each step multiplies a left side (input and state, or the gradients of the
// gates) by packed weights, a panel of units at a time, and hands the sums to the cell while they are in the first-level
// cache. What the cell leaves is the next step's left side. Rows of the batch never meet, so a thread takes a block of
// rows through all steps; where there are fewer blocks than threads and steps are large, the panels of a step are shared.
//
// A step may end with products of what the cell left: by further weights (gradients of the input), and with a right side
// of the same rows, summed over rows and steps (gradients of weights).
#ifndef SGK_RECURRENT_SEQUENCE_H
#define SGK_RECURRENT_SEQUENCE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "gemm.h"
#include "recurrent.h"

// Where a matrix lies in the rows of the packed weights.
typedef struct sgk_segment {
  sgk_source source;
  bool transposed;      // its rows are units, its columns the sum's index
  int64_t k, count;     // rows of the packed weights
  int64_t first;        // of the source along the sum's index
  int64_t unit;         // of the source: that of unit 0
} sgk_segment;

// A product of a left side.
typedef struct sgk_part {
  int64_t units;        // columns of the product
  int64_t k0, k1;       // of the left side's columns
  sgk_segment segments[SGK_CELL_PARTS];
  int segment_count;
  int64_t packed;       // elements before its panels
} sgk_part;

typedef struct sgk_sequence sgk_sequence;
struct sgk_sequence {
  const void *call;     // sgk_recurrent or sgk_recurrent_gradient
  sgk_dtype dtype;
  int64_t steps, batch, hidden;
  int64_t padded;       // hidden in whole vectors
  int carries;          // values from step to step beside the left side
  sgk_part parts[SGK_CELL_PARTS];
  int part_count;
  int next_count;       // parts of the left side that the cell writes, `padded` columns each, from next_k on
  int64_t next_k;
  int64_t cuts[3];      // the left side's columns: blocks of a product lie between two of them
  int cut_count;
  int64_t begins_at;    // columns of the left side in use at the first step
  bool streams;         // see sgk_cell_step
  int64_t ends;         // steps that end with the products below; those after them do not
  sgk_part end;         // units 0: none
  int64_t right;        // columns of the right side; 0: no sums
  void (*cell)(const sgk_cell_step *step);
  // Brings in what does not come from the step before, into the left side and the right; or NULL.
  void (*begin)(const sgk_sequence *sequence, int64_t step, int64_t row, int64_t rows);
  // Says where the cell reads and writes at a step, from a row and a unit on, and fetches what it will want.
  void (*place)(const sgk_sequence *sequence, int64_t step, int64_t row, sgk_cell_step *cell, int64_t unit);
  // Where the product at a step's end goes, from a row on.
  sgk_cell_rows (*end_rows)(const sgk_sequence *sequence, int64_t step, int64_t row);

  // What sgk_sequence_run makes of it.
  const sgk_gemm_kernels *gemm;
  int64_t size, rows, row_blocks, panels;
  int64_t blocks, *bounds;  // of the left side's columns
  int64_t right_ld;
  char *packed, *left, *carry, *rights, *sums;
  int64_t step;         // at work, where panels are shared out
  atomic_bool failed;
};

static inline int64_t sgk_whole(int64_t count, int64_t each) { return (count + each - 1) / each * each; }

// The memory that it used, sums included, is the thread's scratch of the call: good until its next request for that.
sgk_status sgk_sequence_run(sgk_sequence *sequence);

// Copies columns of a matrix, from a row on, into columns k..<k + count of the left side of a step.
void sgk_sequence_fill(const sgk_sequence *sequence, int64_t step, int64_t row, int64_t rows, const sgk_source *source,
                       int64_t k, int64_t count);
// The right side of the block of rows that begins at a row, rows right_ld apart.
char *sgk_sequence_right(const sgk_sequence *sequence, int64_t row);
// `count` sums over all blocks of rows: row i (a column of the right side), from column k of what the cell left on.
void sgk_sequence_sum(const sgk_sequence *sequence, int64_t i, int64_t k, int64_t count, void *to);

// Asks for the lines of some planes, `apart` elements from one to the next, before they are wanted.
void sgk_sequence_fetch(sgk_cell_rows rows, const sgk_cell_step *cell, int planes, int64_t apart, int64_t size);

#endif
