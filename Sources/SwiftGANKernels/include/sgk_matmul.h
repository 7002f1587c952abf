// Matrix product: out[..., m, n] = sum_k a[..., m, k] * b[..., k, n].
#ifndef SGK_MATMUL_H
#define SGK_MATMUL_H

#include "sgk_fused.h"
#include "sgk_precision.h"

// float32 or float64, all three of one type and one rank >= 2; leading (batch) axes have equal extents (broadcast by zero
// strides); any strides on a and b (a transposed matrix is packed, never copied whole); out contiguous. Sums run in an
// order that does not depend on the number of threads. Products of float32 are float32.
sgk_status sgk_matmul(const sgk_view *a, const sgk_view *b, const sgk_view *out);
// The same with products of float32 at a precision, and then a chain on the result, which runs on parts of it as they are
// done where that is possible. The bits are those of one after the other. NULL: no chain.
sgk_status sgk_matmul_then(sgk_precision precision, const sgk_view *a, const sgk_view *b, const sgk_view *out,
                           const sgk_fused_call *then);

// Several products [m, k] x [k, n] with one b copy it into the product's own order each; once is enough.
// Elements of that copy, whatever the instruction set and the precision; 0 where a product of this shape has no use for
// it.
int64_t sgk_matmul_packed_count(sgk_dtype dtype, int64_t m, int64_t n, int64_t k);
// Makes the copy, for products of m rows at a precision and the instruction set in use. b has two axes and any strides.
sgk_status sgk_matmul_pack(sgk_precision precision, const sgk_view *b, int64_t m, void *packed);
// The product with a copy that was made for a's rows and this precision: the bits of sgk_matmul_then. a and out have two
// axes.
sgk_status sgk_matmul_packed(sgk_precision precision, const sgk_view *a, const void *packed, const sgk_view *out,
                             const sgk_fused_call *then);

#endif
