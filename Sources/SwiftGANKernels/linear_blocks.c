// Factors and solves by halves: almost all of the work is then in products of matrices, whatever the caches' sizes.
#include <string.h>

#include "gemm.h"
#include "linear.h"

#define SMALL 32        // matrices that the inner loops take whole
#define SMALL_PANEL 16  // columns of LU

// C [m, n] -= A [m, k] B [k, n]
static sgk_status subtract_product(sgk_dtype dtype, int64_t m, int64_t n, int64_t k, sgk_source a, sgk_source b,
                                   bool b_transposed, void *c, int64_t ldc) {
  sgk_gemm gemm = {.dtype = dtype, .m = m, .n = n, .k = k, .a = a, .b = b, .b_transposed = b_transposed,
                   .c = sgk_rows(c, ldc, 1), .subtract = true};
  return sgk_gemm_run(&gemm);
}

// The part of a triangle, or of the square block below or above it, at (row, column).
static const void *at(const sgk_triangle *triangle, int64_t size, int64_t row, int64_t column) {
  return (const char *)triangle->a + (row * triangle->row + column * triangle->column) * size;
}

sgk_status sgk_triangle_solve(const sgk_triangle *triangle, sgk_dtype dtype, int64_t n, int64_t k, void *x,
                              int64_t ldx) {
  if (n <= SMALL) return sgk_linear_kernels_for(dtype)->solve(triangle, n, k, x, ldx), SGK_OK;
  int64_t size = sgk_dtype_size(dtype), half = n / 2 / SMALL * SMALL > 0 ? n / 2 / SMALL * SMALL : SMALL;
  sgk_triangle first = *triangle, second = *triangle;
  second.a = at(triangle, size, half, half);
  char *top = x, *bottom = (char *)x + half * ldx * size;
  bool lower = triangle->lower;
  sgk_status status = lower ? sgk_triangle_solve(&first, dtype, half, k, top, ldx)
                            : sgk_triangle_solve(&second, dtype, n - half, k, bottom, ldx);
  if (status != SGK_OK) return status;
  if (lower) {
    sgk_source block = sgk_matrix(at(triangle, size, half, 0), triangle->row, triangle->column);
    status = subtract_product(dtype, n - half, k, half, block, sgk_matrix(top, ldx, 1), false, bottom, ldx);
  } else {
    sgk_source block = sgk_matrix(at(triangle, size, 0, half), triangle->row, triangle->column);
    status = subtract_product(dtype, half, k, n - half, block, sgk_matrix(bottom, ldx, 1), false, top, ldx);
  }
  if (status != SGK_OK) return status;
  return lower ? sgk_triangle_solve(&second, dtype, n - half, k, bottom, ldx)
               : sgk_triangle_solve(&first, dtype, half, k, top, ldx);
}

// x [m, n] = x L^-T
static sgk_status solve_right(sgk_dtype dtype, int64_t m, int64_t n, const char *l, int64_t ldl, char *x,
                              int64_t ldx) {
  if (n <= SMALL) return sgk_linear_kernels_for(dtype)->solve_right(m, n, l, ldl, x, ldx), SGK_OK;
  int64_t size = sgk_dtype_size(dtype), half = n / 2;
  sgk_status status = solve_right(dtype, m, half, l, ldl, x, ldx);
  if (status != SGK_OK) return status;
  status = subtract_product(dtype, m, n - half, half, sgk_matrix(x, ldx, 1), sgk_matrix(l + half * ldl * size, ldl, 1),
                            true, x + half * size, ldx);
  if (status != SGK_OK) return status;
  return solve_right(dtype, m, n - half, l + (half * ldl + half) * size, ldl, x + half * size, ldx);
}

sgk_status sgk_cholesky_factor(sgk_dtype dtype, int64_t n, void *a, int64_t lda, int64_t *failed) {
  if (n <= SMALL) return *failed = sgk_linear_kernels_for(dtype)->cholesky(n, a, lda), SGK_OK;
  int64_t size = sgk_dtype_size(dtype), half = n / 2;
  sgk_status status = sgk_cholesky_factor(dtype, half, a, lda, failed);
  if (status != SGK_OK || *failed >= 0) return status;
  char *below = (char *)a + half * lda * size, *rest = below + half * size;
  status = solve_right(dtype, n - half, half, a, lda, below, lda);
  if (status != SGK_OK) return status;
  sgk_source rows = sgk_matrix(below, lda, 1);
  status = subtract_product(dtype, n - half, n - half, half, rows, rows, true, rest, lda);
  if (status != SGK_OK) return status;
  status = sgk_cholesky_factor(dtype, n - half, rest, lda, failed);
  if (*failed >= 0) *failed += half;
  return status;
}

void sgk_exchange_rows(sgk_dtype dtype, int64_t count, const int64_t *pivots, int64_t columns, void *x, int64_t ldx) {
  int64_t size = sgk_dtype_size(dtype), bytes = columns * size;
  for (int64_t i = 0; i < count; ++i) {
    if (pivots[i] == i) continue;
    char *a = (char *)x + i * ldx * size, *b = (char *)x + pivots[i] * ldx * size, piece[512];
    for (int64_t done = 0; done < bytes; done += (int64_t)sizeof piece) {
      size_t length = (size_t)(bytes - done < (int64_t)sizeof piece ? bytes - done : (int64_t)sizeof piece);
      memcpy(piece, a + done, length);
      memcpy(a + done, b + done, length);
      memcpy(b + done, piece, length);
    }
  }
}

// Toledo 1997: the left half, its effect on the right half, the right half.
sgk_status sgk_lu_factor(sgk_dtype dtype, int64_t m, int64_t n, void *a, int64_t lda, int64_t *pivots,
                         int64_t *failed) {
  if (n <= SMALL_PANEL) return *failed = sgk_linear_kernels_for(dtype)->lu(m, n, a, lda, pivots), SGK_OK;
  int64_t size = sgk_dtype_size(dtype), half = n / 2, failed_later = -1;
  sgk_status status = sgk_lu_factor(dtype, m, half, a, lda, pivots, failed);
  if (status != SGK_OK) return status;
  char *right = (char *)a + half * size, *below = (char *)a + half * lda * size, *rest = below + half * size;
  sgk_exchange_rows(dtype, half, pivots, n - half, right, lda);
  sgk_triangle left = {.a = a, .row = lda, .column = 1, .lower = true, .unit = true};
  status = sgk_triangle_solve(&left, dtype, half, n - half, right, lda);
  if (status != SGK_OK) return status;
  status = subtract_product(dtype, m - half, n - half, half, sgk_matrix(below, lda, 1), sgk_matrix(right, lda, 1), false,
                            rest, lda);
  if (status != SGK_OK) return status;
  status = sgk_lu_factor(dtype, m - half, n - half, rest, lda, pivots + half, &failed_later);
  sgk_exchange_rows(dtype, n - half, pivots + half, half, below, lda);
  for (int64_t i = half; i < n; ++i) pivots[i] += half;
  if (*failed < 0 && failed_later >= 0) *failed = failed_later + half;
  return status;
}
