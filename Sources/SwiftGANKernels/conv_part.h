// The convolutions of one group of channels, whose pixels lie among those of the other groups. Internal to conv*.c.
#ifndef SGK_CONV_PART_H
#define SGK_CONV_PART_H

#include "sgk_conv.h"

typedef struct sgk_conv_part {
  sgk_conv conv;             // with the channels of the group; its `groups` is not looked at
  int64_t x_pixel, y_pixel;  // elements from pixel to pixel
  int64_t w_row;             // elements from w[p, q, c, o] to w[p, q, c + 1, o]
  const sgk_fused_call *then;  // a chain on the result of forward or input_grad, where the group is all there is; or NULL
} sgk_conv_part;

sgk_status sgk_conv_part_forward(const sgk_conv_part *part, sgk_dtype dtype, const void *x, const void *w, void *y);
sgk_status sgk_conv_part_input_grad(const sgk_conv_part *part, sgk_dtype dtype, const void *y, const void *w,
                                    void *x);
sgk_status sgk_conv_part_filter_grad(const sgk_conv_part *part, sgk_dtype dtype, const void *x, const void *y,
                                     void *w);

// One axis of a phase: the pixels first, first + stride, ... of x, and the taps that they meet. Pixel first + u * stride
// meets tap `last_tap - t * tap_step` at pixel u + origin + t * step of y, for t in 0..<taps: ascending in y.
typedef struct sgk_conv_phase {
  int64_t pixels, taps, origin, step, last_tap, tap_step;
} sgk_conv_phase;

sgk_conv_phase sgk_conv_find_phase(int64_t first, int64_t extent, int64_t stride, int64_t pad, int64_t dilation,
                                   int64_t filter);

#endif
