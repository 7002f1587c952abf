// How a product is cut into items. Internal to gemm.c and gemm_plan.c.
#ifndef SGK_GEMM_PLAN_H
#define SGK_GEMM_PLAN_H

#include "gemm.h"

typedef struct sgk_gemm_plan {
  int64_t rows, columns;     // of C per item
  int64_t row_blocks, column_blocks;
  int64_t splits, split_k;   // parts of k summed at the end, and the length of each
  bool shared_b;             // B is packed once for all items, chunk by chunk; else each item packs what it needs
  int64_t chunk_k, chunk_n;  // extents of a shared chunk of B
  int64_t step_k;            // extent of a block along k
} sgk_gemm_plan;

// Depends on the shape and the kernels alone, never on the number of threads. k is cut into parts only if it may be.
sgk_gemm_plan sgk_gemm_make_plan(const sgk_gemm_kernels *kernels, int64_t m, int64_t n, int64_t k, int64_t size,
                                 bool may_split);

// Steps along k of about equal length, at most kc: whole words.
int64_t sgk_gemm_step(const sgk_gemm_kernels *kernels, int64_t k);

static inline int64_t sgk_min(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t sgk_max(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t sgk_ceil_div(int64_t a, int64_t b) { return a / b + (a % b != 0); }

#endif
