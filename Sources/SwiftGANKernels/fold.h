// The loops that reductions are made of: folds of contiguous elements, one table per instruction set.
#ifndef SGK_FOLD_H
#define SGK_FOLD_H

#include <stdbool.h>

#include "isa_select.h"
#include "map.h"
#include "sgk_reduce.h"

// Every fold combines its elements in an order that its arguments alone decide, the same for every instruction set.
typedef struct sgk_fold {
  // *out = all n elements of x.
  void (*run)(int64_t n, const void *x, void *out);
  // out[j] = x[i * row_stride + j] over i in 0..<rows, at most SGK_FOLD_COLUMNS columns. When not `first`, goes on from
  // what is in out: rows given in several calls have the bits of one call if all but the last give a multiple of
  // SGK_FOLD_ROWS.
  void (*columns)(int64_t rows, int64_t columns, const void *x, int64_t row_stride, void *out, bool first);
  // into[j] = into[j] with other[j].
  void (*combine)(int64_t n, void *into, const void *other, int64_t apart);
  const void *identity;
  // What a fold keeps of each column lies in planes, `apart` elements from one another (SGK_FOLD_COLUMNS in what `run` and
  // `columns` write). Where `finish` is not NULL it makes the results, the first planes, of a fold of `count` elements.
  int32_t planes, results;
  void (*finish)(int64_t n, int64_t count, void *state, int64_t apart);
} sgk_fold;

enum {
  SGK_FOLD_COLUMNS = 512,
  SGK_FOLD_ROWS = 16,  // rows whose fold is one subtotal
};
enum {
  SGK_FOLD_MOMENTS = SGK_MIN + 1,  // the row of SGK_MOMENTS; any and all are max and min of bytes
  SGK_FOLD_OPS,
  SGK_FOLD_DTYPES = SGK_UINT8 + 1,
};
typedef sgk_fold sgk_folds[SGK_FOLD_OPS][SGK_FOLD_DTYPES];

SGK_DECLARE_ISA_TABLE(sgk_folds, sgk_fold_table);

// NULL where the operation does not take the type.
const sgk_fold *sgk_fold_find(int32_t op, int32_t dtype);
// Fills the results of a fold with that of no elements.
void sgk_fold_nothing(int32_t op, const sgk_view *out);

#endif
