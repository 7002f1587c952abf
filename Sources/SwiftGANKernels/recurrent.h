// Between the driver of recurrent sequences (recurrent.c) and the cells' functions (recurrent_cells.h).
#ifndef SGK_RECURRENT_PARTS_H
#define SGK_RECURRENT_PARTS_H

#include <stddef.h>
#include <stdint.h>

#include "sgk_recurrent.h"

#define SGK_CELL_PARTS 4   // most products of a step: one per gate, and a GRU's q apart from its n
#define SGK_CELL_PLANES 6  // most planes that a step leaves
#define SGK_CELL_ROWS 32   // most rows of a block

// Where a block's rows of some values begin, at its first row and unit, and elements from row to row. NULL: none.
typedef struct sgk_cell_rows {
  void *data;
  int64_t ld;
} sgk_cell_rows;

// Some rows of one step, and at most a panel's units (columns of h) of them.
typedef struct sgk_cell_step {
  int64_t rows, units;
  int64_t hidden;             // H: from plane to plane
  const void *sums;           // products of the step: part p of row i from p * part + i * ld, whole vectors readable
  int64_t part, ld;
  const void *bias;           // of the first unit, gates H apart; or NULL
  const void *candidate_bias;
  // out's gates hold products with the input, to be added; else the sums contain them.
  int32_t adds_planes;
  // Planes that no step reads go past the caches: rows are whole vectors at their alignment.
  int32_t streams;
  // Back, at the step before the first: these take the gradients of the first states, h and c.
  int32_t is_start;
  sgk_cell_rows start[2];
  sgk_cell_rows out;          // forward: planes of this step; back: what flows to the gates, or nothing
  sgk_cell_rows state;        // c (LSTM) or h (GRU) of the step before
  sgk_cell_rows held;         // forward, with a mask: h of the step before
  sgk_cell_rows mask;         // one element for each row: 0 where the state is held
  sgk_cell_rows planes;       // back: of this step
  sgk_cell_rows hidden_cotangent, other_cotangents;
  // Back: what flows beside the product, read and written: to c (LSTM) or h (GRU), and with a mask to an LSTM's h.
  sgk_cell_rows carry, held_carry;
  // The left side of the next product: vector v of part p of row i at data + at[p][v] + i * ld.
  sgk_cell_rows next;
  int64_t at[SGK_CELL_PARTS][2];
} sgk_cell_step;

// By cell.
typedef struct sgk_cell_kernels {
  void (*forward[2])(const sgk_cell_step *step);
  void (*back[2])(const sgk_cell_step *step);
} sgk_cell_kernels;

#endif
