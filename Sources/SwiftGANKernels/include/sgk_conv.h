// 2-D convolution (cross-correlation, as in every deep-learning library) and its two adjoints, float32 and float64.
// Layouts, all contiguous: images NHWC, filters HWIO (height, width, input channels of a group, output channels). With
// groups, the channels of x and of y are cut into as many equal runs, and each run of y sees its run of x alone.
#ifndef SGK_CONV_H
#define SGK_CONV_H

#include <stdbool.h>

#include "sgk_fused.h"
#include "sgk_precision.h"

typedef struct sgk_conv {
  int64_t batch, height, width, in_channels;                // the image x
  int64_t out_height, out_width, out_channels;              // the result y
  int64_t filter_height, filter_width;
  int64_t stride_height, stride_width;
  int64_t pad_top, pad_left;                                // zeros before the image; those after it follow from out_*
  int64_t dilation_height, dilation_width;                  // of the filter
  int64_t groups;                                           // at least 1; divides both numbers of channels
  sgk_precision precision;                                  // of products of float32
} sgk_conv;

// For one group: y[n,i,j,o] = sum_{p,q,c} x[n, i*sh - pt + p*dh, j*sw - pl + q*dw, c] * w[p,q,c,o], x taken as 0 outside
// the image.
sgk_status sgk_conv2d(const sgk_conv *conv, sgk_dtype dtype, const void *x, const void *w, void *y);
// Adjoint in x: x[n,a,b,c] = sum over (i,j,p,q,o) that touch (a,b) of y[n,i,j,o] * w[p,q,c,o]. Transposed convolution.
sgk_status sgk_conv2d_input_grad(const sgk_conv *conv, sgk_dtype dtype, const void *y, const void *w, void *x);
// The same, and then a chain on the result, as sgk_matmul_then has it. NULL: no chain.
sgk_status sgk_conv2d_then(const sgk_conv *conv, sgk_dtype dtype, const void *x, const void *w, void *y,
                           const sgk_fused_call *then);
sgk_status sgk_conv2d_input_grad_then(const sgk_conv *conv, sgk_dtype dtype, const void *y, const void *w, void *x,
                                      const sgk_fused_call *then);
// Adjoint in w: w[p,q,c,o] = sum_{n,i,j} x[n, i*sh - pt + p*dh, j*sw - pl + q*dw, c] * y[n,i,j,o].
sgk_status sgk_conv2d_filter_grad(const sgk_conv *conv, sgk_dtype dtype, const void *x, const void *y, void *w);

// Whether float32 convolutions of 3 x 3 taps and of 4 x 4 with stride 2 go Winograd's way (winograd.h) where that is
// faster and rounds about as the direct sums do. They do, unless SWIFTGAN_WINOGRAD is 0; the second sets it for the process and returns what it was. Not while
// kernels run.
bool sgk_winograd_enabled(void);
bool sgk_winograd_enable(bool enable);

#endif
