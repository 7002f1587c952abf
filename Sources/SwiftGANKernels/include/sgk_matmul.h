// Matrix product: out[..., m, n] = sum_k a[..., m, k] * b[..., k, n].
#ifndef SGK_MATMUL_H
#define SGK_MATMUL_H

#include "sgk_types.h"

// float32 or float64, all three of one type and one rank >= 2; leading (batch) axes have equal extents (broadcast by zero
// strides); any strides on a and b (a transposed matrix is packed, never copied whole); out contiguous. Sums run in an
// order that does not depend on the number of threads.
sgk_status sgk_matmul(const sgk_view *a, const sgk_view *b, const sgk_view *out);

#endif
