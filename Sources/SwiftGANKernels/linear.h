// Parts of linear.c: factors and solves of one matrix, and their inner loops. Row-major; `a` may have any strides where
// both are given.
#ifndef SGK_LINEAR_PARTS_H
#define SGK_LINEAR_PARTS_H

#include <stdbool.h>

#include "isa_select.h"
#include "sgk_linear.h"

typedef struct sgk_triangle {
  const void *a;
  int64_t row, column;  // strides
  bool lower, unit;
} sgk_triangle;

// The inner loops for one element type, of small matrices.
typedef struct sgk_linear_kernels {
  // x [n, k] with rows ldx apart = A^-1 x.
  void (*solve)(const sgk_triangle *triangle, int64_t n, int64_t k, void *x, int64_t ldx);
  // x [m, n] = x L^-T with L lower, rows ldl apart.
  void (*solve_right)(int64_t m, int64_t n, const void *l, int64_t ldl, void *x, int64_t ldx);
  // The first pivot that is not positive, or -1.
  int64_t (*cholesky)(int64_t n, void *a, int64_t lda);
  // a [m, n], m >= n: L below the diagonal, U above. Row i was exchanged with row pivots[i]. The first zero pivot, or -1.
  int64_t (*lu)(int64_t m, int64_t n, void *a, int64_t lda, int64_t *pivots);
  // out[0] = the sign, out[1] = log of the magnitude of the product of a diagonal.
  void (*diagonal)(int64_t n, const void *a, int64_t lda, const int64_t *pivots, void *out);
} sgk_linear_kernels;

SGK_DECLARE_ISA_TABLE(sgk_linear_kernels, sgk_linear_f32);
SGK_DECLARE_ISA_TABLE(sgk_linear_kernels, sgk_linear_f64);

static inline const sgk_linear_kernels *sgk_linear_kernels_for(int32_t dtype) {
  return dtype == SGK_FLOAT64 ? SGK_SELECT_TABLE(sgk_linear_f64) : SGK_SELECT_TABLE(sgk_linear_f32);
}

// The same of matrices of any size.
sgk_status sgk_triangle_solve(const sgk_triangle *triangle, sgk_dtype dtype, int64_t n, int64_t k, void *x,
                              int64_t ldx);
sgk_status sgk_cholesky_factor(sgk_dtype dtype, int64_t n, void *a, int64_t lda, int64_t *failed);
sgk_status sgk_lu_factor(sgk_dtype dtype, int64_t m, int64_t n, void *a, int64_t lda, int64_t *pivots,
                         int64_t *failed);
// Exchanges rows first + i and first + pivots[i] for i in 0..<count, in order; `columns` elements of each.
void sgk_exchange_rows(sgk_dtype dtype, int64_t count, const int64_t *pivots, int64_t columns, void *x, int64_t ldx);

#endif
