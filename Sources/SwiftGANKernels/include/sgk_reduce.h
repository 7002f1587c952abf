// Reductions over any set of axes. Sums use fixed blocks (pairwise within and across): the same bits on any number of
// threads. `x` and `out` have the same rank; out.shape[i] is x.shape[i] (kept) or 1 (reduced).
#ifndef SGK_REDUCE_H
#define SGK_REDUCE_H

#include "sgk_types.h"

typedef enum sgk_reduce_op {
  SGK_SUM, SGK_PROD,      // every numeric type; int32, uint8 wrap as in C; the sum of nothing is 0, the product 1
  SGK_MAX, SGK_MIN,       // numeric types; NaN if any is NaN; x is not empty along the reduced axes
  SGK_ANY, SGK_ALL,       // bool
  // float32 and float64: the mean in `out`, and the biased variance in as many elements after it (out is contiguous and has
  // room for both). One pass: mean and squared deviations of what is in the cache, merged by the formula of Chan, Golub
  // and LeVeque (1979), so that a mean far from 0 costs no digits. NaN of nothing.
  SGK_MOMENTS,
} sgk_reduce_op;
sgk_status sgk_reduce(sgk_reduce_op op, const sgk_view *x, const sgk_view *out);

// Index (int64 out) of the first maximum / minimum along `axis`; out as above with out.shape[axis] == 1. NaN counts as
// the extreme, as in NumPy.
sgk_status sgk_argmax(const sgk_view *x, int32_t axis, const sgk_view *out);
sgk_status sgk_argmin(const sgk_view *x, int32_t axis, const sgk_view *out);

#endif
