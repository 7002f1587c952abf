// The three convolutions as blocked products whose operands are read straight from the image (gemm.h):
//
//   forward       y[pixel of y, o]     = patches of x [pixel, (p, q, c)] . w [(p, q, c), o]
//   filter grad   w[(p, q, c), o]      = patches of x, transposed . y [pixel, o]
//   input grad    x[pixel of x, c]     = patches of y [pixel, (p, q, o)] . w [(p, q, o), c], once per phase
//
// The input gradient of a convolution with stride s is s * s convolutions of stride 1: the pixels of x with the same
// remainder of the stride (a phase) meet the same filter taps, and each writes its pixels in place. A group of channels is
// a convolution whose pixels and filter rows are further apart in memory than it has channels.
#include "conv_part.h"

#include <stddef.h>

#include "conv_scatter.h"
#include "fused.h"
#include "gemm.h"
#include "winograd.h"

static int64_t out_pixels(const sgk_conv *conv) { return conv->batch * conv->out_height * conv->out_width; }

static int64_t taps(const sgk_conv *conv) { return conv->filter_height * conv->filter_width * conv->in_channels; }

static bool is_whole(const sgk_conv_part *part) {
  return part->x_pixel == part->conv.in_channels && part->y_pixel == part->conv.out_channels;
}

// One window that covers x exactly: the patches are the images, as rows.
static bool one_window_covers(const sgk_conv_part *part) {
  const sgk_conv *conv = &part->conv;
  return is_whole(part) && conv->out_height == 1 && conv->out_width == 1 && conv->height == conv->filter_height &&
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

static bool is_plain(const sgk_conv_part *part) { return one_window_covers(part) || is_pointwise(&part->conv); }

static sgk_source image_patches(const sgk_conv_part *part, const void *x) {
  const sgk_conv *conv = &part->conv;
  if (is_plain(part)) return sgk_matrix(x, is_pointwise(conv) ? part->x_pixel : taps(conv), 1);
  return (sgk_source){.kind = SGK_SOURCE_PATCHES,
                      .data = x,
                      .height = conv->height,
                      .width = conv->width,
                      .channels = conv->in_channels,
                      .pixel = part->x_pixel,
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
static bool exchange_pays(const sgk_conv_part *part) {
  const sgk_conv *conv = &part->conv;
  return conv->stride_height == 1 && conv->stride_width == 1 && !is_plain(part) &&
         conv->height * conv->width <= 2 * conv->out_height * conv->out_width;
}

// The convolution whose image is y and whose result is x: y[i, j] has x[i - pad_top', ...] in its window, taps reversed.
static sgk_conv_part exchanged(const sgk_conv_part *part) {
  const sgk_conv *conv = &part->conv;
  sgk_conv_part other = *part;
  other.conv.height = conv->out_height;
  other.conv.width = conv->out_width;
  other.conv.in_channels = conv->out_channels;
  other.conv.out_height = conv->height;
  other.conv.out_width = conv->width;
  other.conv.out_channels = conv->in_channels;
  other.conv.pad_top = (conv->filter_height - 1) * conv->dilation_height - conv->pad_top;
  other.conv.pad_left = (conv->filter_width - 1) * conv->dilation_width - conv->pad_left;
  other.x_pixel = part->y_pixel;
  other.y_pixel = part->x_pixel;
  return other;
}

static bool is_empty(const sgk_conv *conv) {
  return out_pixels(conv) == 0 || taps(conv) == 0 || conv->out_channels == 0 || conv->height * conv->width == 0;
}

sgk_status sgk_conv_part_forward(const sgk_conv_part *part, sgk_dtype dtype, const void *x, const void *w, void *y) {
  const sgk_conv *conv = &part->conv;
  int64_t in = conv->in_channels, out = conv->out_channels, row = part->w_row;
  if (!is_empty(conv) && sgk_winograd_pays(part, dtype)) {
    sgk_correlation correlation = sgk_winograd_forward(part, x, w, y);
    if (sgk_winograd_suits(&correlation)) return sgk_winograd_run(&correlation, 1, part->then);
  }
  sgk_conv_part other = exchanged(part);
  if (!is_empty(conv) && is_whole(part) && exchange_pays(part) && sgk_conv_scatter_pays(&other.conv, dtype)) {
    int64_t tap_row = conv->filter_width * in * out, last = conv->filter_height * tap_row - in * out;
    sgk_source filters = {.kind = SGK_SOURCE_FILTERS, .data = (const char *)w + last * sgk_dtype_size(dtype),
                          .row_stride = out, .channels = out, .taps_y = conv->filter_height,
                          .taps_x = conv->filter_width, .tap_stride_y = -tap_row, .tap_stride_x = -in * out};
    return sgk_fused_follow(sgk_conv_scatter(&other.conv, dtype, x, &filters, false, y), part->then);
  }
  sgk_gemm gemm = {.dtype = dtype, .precision = conv->precision, .m = out_pixels(conv), .n = out, .k = taps(conv),
                   .a = image_patches(part, x), .b = sgk_matrix(w, row, 1), .c = sgk_rows(y, part->y_pixel, 1),
                   .then = part->then};
  return sgk_gemm_run(&gemm);
}

sgk_status sgk_conv_part_filter_grad(const sgk_conv_part *part, sgk_dtype dtype, const void *x, const void *y,
                                     void *w) {
  const sgk_conv *conv = &part->conv;
  int64_t in = conv->in_channels, out = conv->out_channels, row = part->w_row;
  if (!is_empty(conv) && sgk_winograd_pays(part, dtype)) {
    sgk_correlation correlation = sgk_winograd_forward(part, x, NULL, NULL);
    if (sgk_winograd_filter_suits(&correlation, y)) return sgk_winograd_filter_grad(&correlation, y, w);
  }
  sgk_gemm gemm = {.dtype = dtype, .precision = conv->precision, .m = taps(conv), .n = out, .k = out_pixels(conv),
                   .a = image_patches(part, x), .a_transposed = true,
                   .b = sgk_matrix(y, part->y_pixel, 1), .c = sgk_rows(w, row, 1)};
  if (!is_empty(conv) && exchange_pays(part) && out * 2 <= sgk_gemm_kernels_for(dtype)->lanes && out < in) {
    // w[(p, q, o), c] = patches of y, transposed . x [pixel, c], with the taps of the patches reversed.
    sgk_conv_part other = exchanged(part);
    int64_t tap_row = conv->filter_width * in * row, last = conv->filter_height * tap_row - in * row;
    gemm.m = taps(&other.conv);
    gemm.n = in;
    gemm.k = out_pixels(&other.conv);
    gemm.a = image_patches(&other, y);
    gemm.b = sgk_matrix(x, part->x_pixel, 1);
    gemm.c = (sgk_sink){.data = (char *)w + last * sgk_dtype_size(dtype), .count_y = conv->filter_width, .count_x = out,
                        .stride_n = -tap_row, .stride_y = -in * row, .stride_x = 1, .column_stride = row};
  }
  return sgk_gemm_run(&gemm);
}

static int64_t divisor(int64_t a, int64_t b) { return b == 0 ? a : divisor(b, a % b); }

sgk_conv_phase sgk_conv_find_phase(int64_t first, int64_t extent, int64_t stride, int64_t pad, int64_t dilation,
                                   int64_t filter) {
  sgk_conv_phase phase = {.pixels = (extent - first + stride - 1) / stride};
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

static sgk_status run_phase(const sgk_conv_part *part, sgk_dtype dtype, const void *y, const void *w, void *x,
                            int64_t row, int64_t column) {
  const sgk_conv *conv = &part->conv;
  sgk_conv_phase v = sgk_conv_find_phase(row, conv->height, conv->stride_height, conv->pad_top, conv->dilation_height,
                                         conv->filter_height);
  sgk_conv_phase h = sgk_conv_find_phase(column, conv->width, conv->stride_width, conv->pad_left,
                                         conv->dilation_width, conv->filter_width);
  int64_t size = sgk_dtype_size(dtype), in = conv->in_channels, out = conv->out_channels, pixel = part->x_pixel;
  int64_t tap = in * part->w_row, tap_row = conv->filter_width * tap;
  sgk_source patches = {.kind = SGK_SOURCE_PATCHES, .data = y, .height = conv->out_height, .width = conv->out_width,
                        .channels = out, .pixel = part->y_pixel, .windows_y = v.pixels, .windows_x = h.pixels,
                        .stride_y = 1, .stride_x = 1, .origin_y = v.origin, .origin_x = h.origin, .taps_y = v.taps,
                        .taps_x = h.taps, .step_y = v.step, .step_x = h.step};
  sgk_source filters = {.kind = SGK_SOURCE_FILTERS,
                        .data = (const char *)w + (v.last_tap * tap_row + h.last_tap * tap) * size,
                        .row_stride = part->w_row, .channels = out, .taps_y = v.taps, .taps_x = h.taps,
                        .tap_stride_y = -v.tap_step * tap_row, .tap_stride_x = -h.tap_step * tap};
  sgk_sink pixels = {.data = (char *)x + (row * conv->width + column) * pixel * size, .count_y = v.pixels,
                     .count_x = h.pixels, .stride_n = conv->height * conv->width * pixel,
                     .stride_y = conv->stride_height * conv->width * pixel, .stride_x = conv->stride_width * pixel,
                     .column_stride = 1};
  sgk_gemm gemm = {.dtype = dtype, .precision = conv->precision, .m = conv->batch * v.pixels * h.pixels, .n = in,
                   .k = v.taps * h.taps * out, .a = patches, .b = filters, .b_transposed = true, .c = pixels};
  return sgk_gemm_run(&gemm);
}

// Returns false where this way would round too much.
static bool winograd_input_grad(const sgk_conv_part *part, const void *y, const void *w, void *x, sgk_status *status) {
  const sgk_conv *conv = &part->conv;
  int64_t step = conv->stride_height, count = step * step;
  sgk_correlation all[4];
  for (int64_t i = 0; i < count; ++i) all[i] = sgk_winograd_backward(part, y, w, x, i / step, i % step);
  if (!sgk_winograd_suits(&all[0])) return false;
  if (conv->height % step == 0 && conv->width % step == 0) {
    *status = sgk_winograd_run(all, count, part->then);
    return true;
  }
  *status = SGK_OK;
  for (int64_t i = 0; i < count && *status == SGK_OK; ++i) *status = sgk_winograd_run(&all[i], 1, NULL);
  *status = sgk_fused_follow(*status, part->then);
  return true;
}

sgk_status sgk_conv_part_input_grad(const sgk_conv_part *part, sgk_dtype dtype, const void *y, const void *w,
                                    void *x) {
  const sgk_conv *conv = &part->conv;
  if (is_plain(part)) {
    // x[n, (p, q, c)] = sum_o y[n, o] w[(p, q, c), o]: no pixel of x is in two windows.
    int64_t n = taps(conv);
    sgk_gemm gemm = {.dtype = dtype, .precision = conv->precision, .m = out_pixels(conv), .n = n, .k = conv->out_channels,
                     .a = sgk_matrix(y, part->y_pixel, 1), .b = sgk_matrix(w, part->w_row, 1), .b_transposed = true,
                     .c = sgk_rows(x, is_pointwise(conv) ? part->x_pixel : n, 1), .then = part->then};
    return sgk_gemm_run(&gemm);
  }
  if (!is_empty(conv) && is_whole(part) && sgk_conv_scatter_pays(conv, dtype)) {
    sgk_source filters = sgk_matrix(w, conv->out_channels, 1);
    return sgk_fused_follow(sgk_conv_scatter(conv, dtype, y, &filters, true, x), part->then);
  }
  sgk_status fast;
  if (!is_empty(conv) && sgk_winograd_pays(part, dtype) && winograd_input_grad(part, y, w, x, &fast)) return fast;
  int64_t rows = conv->stride_height < conv->height ? conv->stride_height : conv->height;
  int64_t columns = conv->stride_width < conv->width ? conv->stride_width : conv->width;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      sgk_status status = run_phase(part, dtype, y, w, x, row, column);
      if (status != SGK_OK) return status;
    }
  }
  return sgk_fused_follow(SGK_OK, part->then);
}
