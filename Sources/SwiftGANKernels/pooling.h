// The inner loops of max pooling, one table per instruction set. Internal to pooling.c and its template.
#ifndef SGK_POOLING_LOOPS_H
#define SGK_POOLING_LOOPS_H

#include "isa_select.h"
#include "sgk_pooling.h"

typedef struct sgk_pooling_loops {
  // best[i] = the larger of best[i] and x[i]; a NaN beats all.
  void (*larger)(int64_t n, const void *x, void *best);
  // The same, and index[i] = position where x[i] is the larger; a NaN beats all but an earlier NaN.
  void (*larger_at)(int64_t n, const void *x, int64_t position, void *best, int64_t *index);
} sgk_pooling_loops;

typedef sgk_pooling_loops sgk_pooling_table[SGK_UINT8 + 1];  // [type]
SGK_DECLARE_ISA_TABLE(sgk_pooling_table, sgk_pooling_loops_of);

#endif
