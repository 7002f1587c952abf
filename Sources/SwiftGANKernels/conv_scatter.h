// The adjoint of convolution in x for few channels: one product of y's pixels with all taps at once, whose rows are then
// added to the windows of x. See conv_scatter.c.
#ifndef SGK_CONV_SCATTER_H
#define SGK_CONV_SCATTER_H

#include "gemm.h"
#include "isa_select.h"
#include "sgk_conv.h"

// Whether few channels of x make this way the faster one.
bool sgk_conv_scatter_pays(const sgk_conv *conv, sgk_dtype dtype);
// `filters`: rows o and columns (p, q, c), or the other way round when transposed.
sgk_status sgk_conv_scatter(const sgk_conv *conv, sgk_dtype dtype, const void *y, const sgk_source *filters,
                            bool transposed, void *x);

// Adds `windows` rows of z, the windows (i, j)... of image x from (i0, j0) on, to the rows first_row..<last_row of x.
// Row r of z holds (p, q, c) of a window at z[r * ld].
#define SGK_SCATTER_ARGUMENTS                                                                                        \
  (const sgk_conv *conv, const void *z, int64_t ld, int64_t i0, int64_t j0, int64_t windows, void *x, int64_t first_row, \
   int64_t last_row)
typedef void sgk_scatter_fn SGK_SCATTER_ARGUMENTS;
SGK_DECLARE_ISA(void, sgk_scatter_f32, SGK_SCATTER_ARGUMENTS);
SGK_DECLARE_ISA(void, sgk_scatter_f64, SGK_SCATTER_ARGUMENTS);

#endif
