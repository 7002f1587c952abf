// Matrix product: out[..., m, n] = sum_k a[..., m, k] * b[..., k, n].
#ifndef SGK_MATMUL_H
#define SGK_MATMUL_H

#include <stdbool.h>

#include "sgk_fused.h"

// float32 or float64, all three of one type and one rank >= 2; leading (batch) axes have equal extents (broadcast by zero
// strides); any strides on a and b (a transposed matrix is packed, never copied whole); out contiguous. Sums run in an
// order that does not depend on the number of threads.
sgk_status sgk_matmul(const sgk_view *a, const sgk_view *b, const sgk_view *out);
// The same, and then a chain on the result, which runs on parts of it as they are done where that is possible. The bits are
// those of one after the other. NULL: no chain.
sgk_status sgk_matmul_then(const sgk_view *a, const sgk_view *b, const sgk_view *out, const sgk_fused_call *then);
// Whether a product of one matrix is done in blocks of some of its columns: a chain on it should then cut rows.
bool sgk_matmul_cuts_rows(sgk_dtype dtype, int64_t m, int64_t n, int64_t k);

#endif
