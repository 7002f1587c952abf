// Max pooling of NHWC images: the largest element of each window, or where it lies.
#ifndef SGK_POOLING_H
#define SGK_POOLING_H

#include "sgk_types.h"

// The windows along one axis. Window i has the elements i * stride - pad + t * dilation for t in 0..<taps that lie inside
// the image; when adaptive, those from floor(i * extent / windows) up to but not including
// ceil((i + 1) * extent / windows), and taps, stride, pad and dilation are not looked at. No window may be empty.
typedef struct sgk_windows {
  int64_t extent, windows;
  int64_t taps, stride, pad, dilation;
  int32_t adaptive;
} sgk_windows;

typedef struct sgk_pooling {
  int64_t batch, channels;
  sgk_windows y, x;
} sgk_pooling;

// out[n, i, j, c] = the largest element of the window (i, j) of image[n, :, :, c]; a NaN beats all. All types but bool.
// Both are contiguous.
sgk_status sgk_max_pool(const sgk_pooling *pooling, sgk_dtype dtype, const void *image, void *out);
// The row-major position (row * width + column) of the first such element, the first NaN if there is one.
sgk_status sgk_max_pool_index(const sgk_pooling *pooling, sgk_dtype dtype, const void *image, int64_t *out);

#endif
