// Recurrences along one axis.
#ifndef SGK_SCAN_H
#define SGK_SCAN_H

#include "sgk_types.h"

// out[t] = a[t] out[t - 1] + b[t] along `axis`, beginning with out[0] = b[0]; with `reverse` from the last element to the
// first. All views have one shape and type: float32 (which runs in float64 and is rounded on the way out), float64, int32,
// int64 (which wrap).
void sgk_linear_scan(const sgk_view *a, const sgk_view *b, int32_t axis, int32_t reverse, const sgk_view *out);

#endif
