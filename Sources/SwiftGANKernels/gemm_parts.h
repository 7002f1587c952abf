// Template of gemm_template.h: everything for one element type. Read twice, so it has no include guard.
#include "gemm_micro.h"
#include "gemm_pack.h"
#include "gemm_dot.h"

#define SGK_GEMM_TABLE                                                                                                \
  {.mr = MR, .nr = NR, .lanes = LANES, .depth = 1, .planes = 1, .unit = 1, .items = SGK_GEMM_ITEMS,                   \
   .item_work = SGK_GEMM_ITEM_WORK, .kc = KC, .lda = LDA, .dot_scratch = DOT_ROWS * DOT_CHUNK, .copy = N(copy),       \
   .copy_columns = N(copy), .pack = N(pack), .block = N(block), .dot = N(dot), .sum = N(sum)}
