// Gather and scatter along one axis by an integer index (int32 or int64, rank 1, negative counts from the end).
#ifndef SGK_INDEX_H
#define SGK_INDEX_H

#include "sgk_types.h"

// out[..., j, ...] = x[..., index[j], ...] along `axis`; all types. SGK_BAD_INDEX (nothing written) when an index is
// outside -n..<n.
sgk_status sgk_gather(const sgk_view *x, const sgk_view *index, int32_t axis, const sgk_view *out);
// out[..., index[j], ...] += updates[..., j, ...]; out is already initialised (zeros for the adjoint of gather);
// repeated indices add up in order of j. float32, float64, int32, int64.
sgk_status sgk_scatter_add(const sgk_view *updates, const sgk_view *index, int32_t axis, const sgk_view *out);

#endif
