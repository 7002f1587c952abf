// Convolutions whose groups have one channel: each channel meets its own filter, so there is no product to block, and
// lanes run along the channels. One pass serves the forward convolution and each phase of its adjoint in x (conv.c).
#ifndef SGK_DEPTHWISE_H
#define SGK_DEPTHWISE_H

#include <stdbool.h>

#include "isa_select.h"
#include "sgk_conv.h"

// out[u, v, c] = sum over taps (s, t) of
//   in[u * stride_y + origin_y + s * step_y, v * stride_x + origin_x + t * step_x, c] * w[s * w_tap_y + t * w_tap_x + c]
// with `in` taken as 0 outside height x width.
typedef struct sgk_depthwise {
  int64_t channels, height, width;                 // of `in`, contiguous
  int64_t count_y, count_x, out_row, out_pixel;    // of `out`: extents, and elements from row to row and pixel to pixel
  int64_t stride_y, stride_x, origin_y, origin_x;
  int64_t taps_y, taps_x, step_y, step_x;
  const void *w;
  int64_t w_tap_y, w_tap_x;
} sgk_depthwise;

// Whether the direct way applies: as many groups as channels of x and of y.
bool sgk_conv_is_depthwise(const sgk_conv *conv);
void sgk_depthwise_forward(const sgk_conv *conv, sgk_dtype dtype, const void *x, const void *w, void *y);
void sgk_depthwise_input_grad(const sgk_conv *conv, sgk_dtype dtype, const void *y, const void *w, void *x);
sgk_status sgk_depthwise_filter_grad(const sgk_conv *conv, sgk_dtype dtype, const void *x, const void *y, void *w);

// --- What the instruction-set levels provide, for one element type. ---

typedef struct sgk_depthwise_kernels {
  // Row u of one image.
  void (*row)(const sgk_depthwise *pass, const void *image, void *out_row, int64_t u);
  // w[s, t, c] += sum over v of in[...] * y[v, c], for row u of y: the adjoint in w, `w` contiguous.
  void (*filter_row)(const sgk_depthwise *pass, const void *image, const void *y_row, int64_t u, void *w);
} sgk_depthwise_kernels;

SGK_DECLARE_ISA_TABLE(sgk_depthwise_kernels, sgk_depthwise_f32);
SGK_DECLARE_ISA_TABLE(sgk_depthwise_kernels, sgk_depthwise_f64);

#endif
