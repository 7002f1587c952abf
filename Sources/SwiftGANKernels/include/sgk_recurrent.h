// Gated recurrent cells over whole sequences, time first: one call does every step, forward or back.
//
// An LSTM's gates are i, f, g, o, a GRU's r, z, n (its reset gate after the product); weights hold them side by side in this
// order. A step leaves what its gradient needs beside its state:
//   LSTM, 6 planes: h, c and the activated gates i, f, g, o
//   GRU, 5 planes:  h, the activated r, z, n, and q = h' W_n + b_n with h' the state before
#ifndef SGK_RECURRENT_H
#define SGK_RECURRENT_H

#include "sgk_types.h"

typedef enum sgk_cell { SGK_LSTM = 0, SGK_GRU = 1 } sgk_cell;

// float32 or float64, all of one type. A view without elements stands for nothing: no bias, states of zeros.
typedef struct sgk_recurrent {
  sgk_cell cell;
  sgk_view x;                  // [T, B, I], any strides
  sgk_view input_weights;      // [I, gates H], any strides
  sgk_view weights;            // [H, gates H], any strides
  sgk_view bias;               // [gates H], contiguous
  sgk_view candidate_bias;     // [H], contiguous, of a GRU's q
  sgk_view hidden, cell_state;  // [B, H] before the first step, rows contiguous; the second of an LSTM alone
  sgk_view mask;               // [T, B], any strides: where it is 0 the state is held, whatever the gates are
  sgk_view out;                // [T, B, planes H], contiguous
} sgk_recurrent;

// A row of the batch has the same bits whatever rows are beside it and however many threads there are.
sgk_status sgk_recurrent_run(const sgk_recurrent *call);

// The gradient: from cotangents of the planes of the last steps (none came to those before them) to those of what went in.
typedef struct sgk_recurrent_gradient {
  sgk_recurrent of;            // as it was run; rows of its out may be apart
  sgk_view hidden;             // [K, B, H], 0 <= K <= T, rows contiguous: cotangents of h in the last K steps
  sgk_view others;             // [K, B, (planes - 1) H], the same of the other planes
  // Where the gradients go, contiguous; what has no elements is not computed. Of `out`, [T, B, 4 H], what flows to i, f, g, o
  // before their functions, or to r, z, n before theirs and to q. Sums over rows are of blocks of rows that depend on B alone.
  sgk_recurrent to;
} sgk_recurrent_gradient;

sgk_status sgk_recurrent_run_back(const sgk_recurrent_gradient *call);

#endif
