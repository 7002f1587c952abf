// Linear systems: Cholesky and LU factors, and triangular solves, in blocks on top of the matrix product. float32 and
// float64; leading axes are a batch. All results have the same bits on any number of threads.
#ifndef SGK_LINEAR_H
#define SGK_LINEAR_H

#include "sgk_types.h"

// Where a factorisation met a pivot that it cannot divide by; matrix is -1 when there was none.
typedef struct sgk_pivot {
  int64_t matrix;  // row-major in the batch; the first one that failed
  int64_t pivot;
} sgk_pivot;

// a [..., n, n], contiguous: the lower triangle is replaced by L with L L^T = a, the upper by zeros. Fails where a leading
// minor is not positive (or not a number).
sgk_status sgk_cholesky(const sgk_view *a, sgk_pivot *failed);
// x [..., n, k], contiguous, is replaced by the solution of A x' = x, where A is the lower or the upper triangle of
// a [..., n, n] (any strides; equal leading axes), with ones on its diagonal when `unit`. Fails at a zero on the diagonal.
sgk_status sgk_solve_triangular(const sgk_view *a, int32_t lower, int32_t unit, const sgk_view *x, sgk_pivot *failed);
// x [..., n, k], contiguous, is replaced by the solution of a x' = x, by LU with partial pivoting. Fails at a zero pivot.
sgk_status sgk_solve(const sgk_view *a, const sgk_view *x, sgk_pivot *failed);
// out [..., 2], contiguous: the determinant's sign and the logarithm of its magnitude; 0 and -inf for a singular matrix.
sgk_status sgk_slogdet(const sgk_view *a, const sgk_view *out);

#endif
