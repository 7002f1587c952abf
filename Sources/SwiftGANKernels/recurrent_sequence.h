// A recurrence over steps, forward or back: each step multiplies a left side (input and state, or the gradients of the
// gates) by packed weights, a panel of units at a time, and hands the sums to the cell while they are in the first-level
// cache. What the cell leaves is the next step's left side. Rows of the batch never meet, so a thread takes a block of rows
// through all steps; where there are fewer blocks than threads and steps are large, the panels of a step are shared out.
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

// One product of a step.
typedef struct sgk_part {
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
  sgk_part parts[SGK_CELL_PARTS];
  int part_count;
  int next_count;       // parts of the left side that the cell writes, `padded` columns each, from next_k on
  int64_t next_k;
  int64_t cuts[3];      // the left side's columns: blocks of a product lie between two of them
  int cut_count;
  int64_t begins_at;    // columns of the left side in use at the first step
  void (*cell)(const sgk_cell_step *step);
  // Brings into the left side what does not come from the step before; or NULL.
  void (*begin)(const sgk_sequence *sequence, int64_t step, int64_t row, int64_t rows);
  // Says where the cell reads and writes at a step, from a row and a unit on, and fetches what it will want.
  void (*place)(const sgk_sequence *sequence, int64_t step, int64_t row, sgk_cell_step *cell, int64_t unit);

  // What sgk_sequence_run makes of it.
  const sgk_gemm_kernels *gemm;
  int64_t size, rows, row_blocks, panels;
  int64_t blocks, *bounds;  // of the left side's columns
  char *packed, *left, *carry;
  int64_t step;         // at work, where panels are shared out
  atomic_bool failed;
};

static inline int64_t sgk_whole(int64_t count, int64_t each) { return (count + each - 1) / each * each; }

sgk_status sgk_sequence_run(sgk_sequence *sequence);

// Copies columns of a matrix, from a row on, into columns k..<k + count of the left side of a step.
void sgk_sequence_fill(const sgk_sequence *sequence, int64_t step, int64_t row, int64_t rows, const sgk_source *source,
                       int64_t k, int64_t count);

// Asks for the lines of some planes, `apart` elements from one to the next, before they are wanted.
void sgk_sequence_fetch(sgk_cell_rows rows, const sgk_cell_step *cell, int planes, int64_t apart, int64_t size);

#endif
