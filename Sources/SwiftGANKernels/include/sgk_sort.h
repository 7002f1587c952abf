// Order: sorting along an axis, and searching in what is sorted. NaN comes last; -0 equals 0.
#ifndef SGK_SORT_H
#define SGK_SORT_H

#include "sgk_types.h"

// out (int64, of x's shape): the positions along `axis` in ascending or descending order of x, all types. Equal elements
// keep their order, and NaN comes last, in both.
sgk_status sgk_argsort(const sgk_view *x, int32_t axis, int32_t descending, const sgk_view *out);

// out (int64, of the shape of values): before which element of `sorted` (rank 1, ascending, of the type of values) each
// value belongs: the first place that keeps the order, or the last with `right`.
void sgk_search_sorted(const sgk_view *sorted, const sgk_view *values, int32_t right, const sgk_view *out);

#endif
