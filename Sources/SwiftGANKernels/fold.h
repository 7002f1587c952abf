// The loops that reductions are made of: folds of contiguous elements, one table per instruction set.
#ifndef SGK_FOLD_H
#define SGK_FOLD_H

#include "isa_select.h"
#include "map.h"
#include "sgk_reduce.h"

// Every fold combines its elements in an order that its arguments alone decide, the same for every instruction set.
typedef struct sgk_fold {
  // *out = all n elements of x.
  void (*run)(int64_t n, const void *x, void *out);
  // out[j] = x[i * row_stride + j] over i in 0..<rows, at most SGK_FOLD_COLUMNS columns.
  void (*columns)(int64_t rows, int64_t columns, const void *x, int64_t row_stride, void *out);
  // into[j] = into[j] with other[j].
  void (*combine)(int64_t n, void *into, const void *other);
  const void *identity;
} sgk_fold;

enum { SGK_FOLD_COLUMNS = 512 };
enum { SGK_FOLD_OPS = SGK_MIN + 1, SGK_FOLD_DTYPES = SGK_UINT8 + 1 };
typedef sgk_fold sgk_folds[SGK_FOLD_OPS][SGK_FOLD_DTYPES];  // any and all are max and min of bytes

SGK_DECLARE_ISA_TABLE(sgk_folds, sgk_fold_table);

#endif
