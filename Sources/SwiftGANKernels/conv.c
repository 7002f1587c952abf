// The three convolutions as blocked products whose operands are read straight from the image (gemm.h):
//
//   forward       y[pixel of y, o]     = patches of x [pixel, (p, q, c)] . w [(p, q, c), o]
//   filter grad   w[(p, q, c), o]      = patches of x, transposed . y [pixel, o]
//   input grad    x[pixel of x, c]     = patches of y [pixel, (p, q, o)] . w [(p, q, o), c], once per phase
//
// The input gradient of a convolution with stride s is s * s convolutions of stride 1: the pixels of x with the same
// remainder of the stride (a phase) meet the same filter taps, and each writes its pixels in place.
#include "sgk_conv.h"

#include <stddef.h>

#include "conv_scatter.h"
#include "gemm.h"

static int64_t out_pixels(const sgk_conv *conv) { return conv->batch * conv->out_height * conv->out_width; }

static int64_t taps(const sgk_conv *conv) { return conv->filter_height * conv->filter_width * conv->in_channels; }

// One window that covers x exactly: the patches are the images, as rows.
static bool one_window_covers(const sgk_conv *conv) {
  return conv->out_height == 1 && conv->out_width == 1 && conv->height == conv->filter_height &&
         conv->width == conv->filter_width && conv->pad_top == 0 && conv->pad_left == 0 &&
         (conv->dilation_height == 1 || conv->filter_height == 1) &&
         (conv->dilation_width == 1 || conv->filter_width == 1);
}

// Windows of one pixel, one for each pixel: the patches are the pixels.
static bool is_pointwise(const sgk_conv *conv) {
  return conv->filter_height == 1 && conv->filter_width == 1 && conv->stride_height == 1 && conv->stride_width == 1 &&
         conv->pad_top == 0 && conv->pad_left == 0 && conv->out_height == conv->height &&
         conv->out_width == conv->width;
}

static bool is_plain(const sgk_conv *conv) { return one_window_covers(conv) || is_pointwise(conv); }

static sgk_source image_patches(const sgk_conv *conv, const void *x) {
  if (is_plain(conv)) return sgk_matrix(x, taps(conv), 1);
  return (sgk_source){.kind = SGK_SOURCE_PATCHES,
                      .data = x,
                      .height = conv->height,
                      .width = conv->width,
                      .channels = conv->in_channels,
                      .windows_y = conv->out_height,
                      .windows_x = conv->out_width,
                      .stride_y = conv->stride_height,
                      .stride_x = conv->stride_width,
                      .origin_y = -conv->pad_top,
                      .origin_x = -conv->pad_left,
                      .taps_y = conv->filter_height,
                      .taps_x = conv->filter_width,
                      .step_y = conv->dilation_height,
                      .step_x = conv->dilation_width};
}

// With few output channels the roles of x and y are better exchanged: every pixel of x is multiplied with all taps, or
// meets the window of y that it took part in. That is the same number of products if the stride is 1 and most windows
// lie inside x.
static bool exchange_pays(const sgk_conv *conv) {
  return conv->stride_height == 1 && conv->stride_width == 1 && !is_plain(conv) &&
         conv->height * conv->width <= 2 * conv->out_height * conv->out_width;
}

// The convolution whose image is y and whose result is x: y[i, j] has x[i - pad_top', ...] in its window, taps reversed.
static sgk_conv exchanged(const sgk_conv *conv) {
  sgk_conv other = *conv;
  other.height = conv->out_height;
  other.width = conv->out_width;
  other.in_channels = conv->out_channels;
  other.out_height = conv->height;
  other.out_width = conv->width;
  other.out_channels = conv->in_channels;
  other.pad_top = (conv->filter_height - 1) * conv->dilation_height - conv->pad_top;
  other.pad_left = (conv->filter_width - 1) * conv->dilation_width - conv->pad_left;
  return other;
}

static bool is_empty(const sgk_conv *conv) {
  return out_pixels(conv) == 0 || taps(conv) == 0 || conv->out_channels == 0 || conv->height * conv->width == 0;
}

sgk_status sgk_conv2d(const sgk_conv *conv, sgk_dtype dtype, const void *x, const void *w, void *y) {
  int64_t in = conv->in_channels, out = conv->out_channels;
  sgk_conv other = exchanged(conv);
  if (!is_empty(conv) && exchange_pays(conv) && sgk_conv_scatter_pays(&other, dtype)) {
    int64_t tap_row = conv->filter_width * in * out, last = conv->filter_height * tap_row - in * out;
    sgk_source filters = {.kind = SGK_SOURCE_FILTERS, .data = (const char *)w + last * sgk_dtype_size(dtype),
                          .row_stride = out, .channels = out, .taps_y = conv->filter_height,
                          .taps_x = conv->filter_width, .tap_stride_y = -tap_row, .tap_stride_x = -in * out};
    return sgk_conv_scatter(&other, dtype, x, &filters, false, y);
  }
  sgk_gemm gemm = {.dtype = dtype, .m = out_pixels(conv), .n = out, .k = taps(conv),
                   .a = image_patches(conv, x), .b = sgk_matrix(w, out, 1), .c = sgk_rows(y, out, 1)};
  return sgk_gemm_run(&gemm);
}

sgk_status sgk_conv2d_filter_grad(const sgk_conv *conv, sgk_dtype dtype, const void *x, const void *y, void *w) {
  int64_t in = conv->in_channels, out = conv->out_channels;
  sgk_gemm gemm = {.dtype = dtype, .m = taps(conv), .n = out, .k = out_pixels(conv),
                   .a = image_patches(conv, x), .a_transposed = true,
                   .b = sgk_matrix(y, out, 1), .c = sgk_rows(w, out, 1)};
  if (!is_empty(conv) && exchange_pays(conv) && out * 2 <= sgk_gemm_kernels_for(dtype)->lanes && out < in) {
    // w[(p, q, o), c] = patches of y, transposed . x [pixel, c], with the taps of the patches reversed.
    sgk_conv other = exchanged(conv);
    int64_t tap_row = conv->filter_width * in * out, last = conv->filter_height * tap_row - in * out;
    gemm.m = taps(&other);
    gemm.n = in;
    gemm.k = out_pixels(&other);
    gemm.a = image_patches(&other, y);
    gemm.b = sgk_matrix(x, in, 1);
    gemm.c = (sgk_sink){.data = (char *)w + last * sgk_dtype_size(dtype), .count_y = conv->filter_width, .count_x = out,
                        .stride_n = -tap_row, .stride_y = -in * out, .stride_x = 1, .column_stride = out};
  }
  return sgk_gemm_run(&gemm);
}

// One axis of a phase: the pixels first, first + stride, ... of x, and the taps that they meet. Pixel first + u * stride
// meets tap `last_tap - t * tap_step` at pixel u + origin + t * step of y, for t in 0..<taps: ascending in y.
typedef struct phase {
  int64_t pixels, taps, origin, step, last_tap, tap_step;
} phase;

static int64_t divisor(int64_t a, int64_t b) { return b == 0 ? a : divisor(b, a % b); }

static phase find_phase(int64_t first, int64_t extent, int64_t stride, int64_t pad, int64_t dilation, int64_t filter) {
  phase phase = {.pixels = (extent - first + stride - 1) / stride};
  // Tap p is met when (first + pad - p * dilation) is a multiple of the stride; such p are stride / gcd apart.
  int64_t common = divisor(stride, dilation);
  phase.tap_step = stride / common;
  phase.step = dilation / common;
  for (int64_t p = 0; p < filter; ++p) {
    int64_t distance = first + pad - p * dilation;
    if (distance % stride != 0) continue;
    phase.taps += 1;
    phase.last_tap = p;
    phase.origin = distance / stride;
  }
  return phase;
}

static sgk_status run_phase(const sgk_conv *conv, sgk_dtype dtype, const void *y, const void *w, void *x, int64_t row,
                            int64_t column) {
  phase v = find_phase(row, conv->height, conv->stride_height, conv->pad_top, conv->dilation_height,
                       conv->filter_height);
  phase h = find_phase(column, conv->width, conv->stride_width, conv->pad_left, conv->dilation_width,
                       conv->filter_width);
  int64_t size = sgk_dtype_size(dtype), in = conv->in_channels, out = conv->out_channels;
  int64_t tap_row = conv->filter_width * in * out, tap = in * out;
  sgk_source patches = {.kind = SGK_SOURCE_PATCHES, .data = y, .height = conv->out_height, .width = conv->out_width,
                        .channels = out, .windows_y = v.pixels, .windows_x = h.pixels, .stride_y = 1, .stride_x = 1,
                        .origin_y = v.origin, .origin_x = h.origin, .taps_y = v.taps, .taps_x = h.taps,
                        .step_y = v.step, .step_x = h.step};
  sgk_source filters = {.kind = SGK_SOURCE_FILTERS,
                        .data = (const char *)w + (v.last_tap * tap_row + h.last_tap * tap) * size, .row_stride = out,
                        .channels = out, .taps_y = v.taps, .taps_x = h.taps, .tap_stride_y = -v.tap_step * tap_row,
                        .tap_stride_x = -h.tap_step * tap};
  sgk_sink pixels = {.data = (char *)x + (row * conv->width + column) * in * size, .count_y = v.pixels,
                     .count_x = h.pixels, .stride_n = conv->height * conv->width * in,
                     .stride_y = conv->stride_height * conv->width * in, .stride_x = conv->stride_width * in,
                     .column_stride = 1};
  sgk_gemm gemm = {.dtype = dtype, .m = conv->batch * v.pixels * h.pixels, .n = in, .k = v.taps * h.taps * out,
                   .a = patches, .b = filters, .b_transposed = true, .c = pixels};
  return sgk_gemm_run(&gemm);
}

sgk_status sgk_conv2d_input_grad(const sgk_conv *conv, sgk_dtype dtype, const void *y, const void *w, void *x) {
  if (is_plain(conv)) {
    // x[n, (p, q, c)] = sum_o y[n, o] w[(p, q, c), o]: no pixel of x is in two windows.
    int64_t out = conv->out_channels, n = taps(conv);
    sgk_gemm gemm = {.dtype = dtype, .m = out_pixels(conv), .n = n, .k = out, .a = sgk_matrix(y, out, 1),
                     .b = sgk_matrix(w, out, 1), .b_transposed = true, .c = sgk_rows(x, n, 1)};
    return sgk_gemm_run(&gemm);
  }
  if (!is_empty(conv) && sgk_conv_scatter_pays(conv, dtype)) {
    sgk_source filters = sgk_matrix(w, conv->out_channels, 1);
    return sgk_conv_scatter(conv, dtype, y, &filters, true, x);
  }
  int64_t rows = conv->stride_height < conv->height ? conv->stride_height : conv->height;
  int64_t columns = conv->stride_width < conv->width ? conv->stride_width : conv->width;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      sgk_status status = run_phase(conv, dtype, y, w, x, row, column);
      if (status != SGK_OK) return status;
    }
  }
  return SGK_OK;
}
