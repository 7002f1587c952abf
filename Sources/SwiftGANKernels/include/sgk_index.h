// Gather and scatter along one axis by integer indices (int32 or int64, negative counts from the end): slices by an index
// of rank 1, or single elements by an index of their own.
#ifndef SGK_INDEX_H
#define SGK_INDEX_H

#include "sgk_types.h"

// out[..., j, ...] = x[..., index[j], ...] along `axis`; all types. SGK_BAD_INDEX (nothing written) when an index is
// outside -n..<n.
sgk_status sgk_gather(const sgk_view *x, const sgk_view *index, int32_t axis, const sgk_view *out);

typedef enum sgk_scatter_op {
  SGK_SCATTER_ADD,  // repeated indices add up in their order; float32, float64, int32, int64
  SGK_SCATTER_SET,  // the last of repeated indices stays; all types
} sgk_scatter_op;
// out[..., index[j], ...] = or += updates[..., j, ...]; out is already initialised. SGK_BAD_INDEX (nothing written) as
// above.
sgk_status sgk_scatter(sgk_scatter_op op, const sgk_view *updates, const sgk_view *index, int32_t axis,
                       const sgk_view *out);

// out[..i, j, k..] = x[..i, index[..i, j, k..], k..] along `axis`: index has the shape of out, and so has x but for the
// axis. All types. SGK_BAD_INDEX (out is then not all written) when an index is outside -n..<n; so for the next.
sgk_status sgk_take_along(const sgk_view *x, const sgk_view *index, int32_t axis, const sgk_view *out);
// out[..i, index[..i, j, k..], k..] = or += updates[..i, j, k..]: updates has the shape of index, and so has out but for
// the axis. out is already initialised.
sgk_status sgk_scatter_along(sgk_scatter_op op, const sgk_view *updates, const sgk_view *index, int32_t axis,
                             const sgk_view *out);

// out = out * extent + index, with negative indices counted from the end: one step to the position in row-major order
// that several indices name. out is int64 and has the shape of index. SGK_BAD_INDEX as above.
sgk_status sgk_ravel_step(const sgk_view *index, int64_t extent, const sgk_view *out);

#endif
