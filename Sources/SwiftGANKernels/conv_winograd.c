// Which convolutions go Winograd's way, and as which correlations.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sgk_conv.h"
#include "winograd.h"

#define FEWEST_ROWS 256        // of the 16 matrices together: with fewer the filters' kinds cost more than they save,
#define LARGE_FILTER (1 << 21)  // and with so many elements of them, which no cache holds, twice as much
#define MOST_CHANNELS 2048     // for which a panel of the filters' kinds is kept
#define MOST_LINE (4 << 20)    // bytes of a line of tiles, which an item holds at least

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_bool enabled;

static void choose(void) {
  const char *wanted = getenv("SWIFTGAN_WINOGRAD");
  atomic_store(&enabled, !wanted || strcmp(wanted, "0") != 0);
}

bool sgk_winograd_enabled(void) {
  pthread_once(&once, choose);
  return atomic_load_explicit(&enabled, memory_order_relaxed);
}

bool sgk_winograd_enable(bool enable) {
  pthread_once(&once, choose);
  return atomic_exchange(&enabled, enable);
}

// 4 taps and stride 2, or 3 taps and stride 1. No window lies wholly in the padding, no pixel outside of all windows and
// no tap always beside the image: what is zero by the direct sums would be a rounding error here.
static bool axis_suits(int64_t filter, int64_t stride, int64_t extent, int64_t results, int64_t pad) {
  if (!(filter == 4 && stride == 2) && !(filter == 3 && stride == 1)) return false;
  int64_t last = stride * (results - 1) - pad;  // window
  return extent >= filter && results > 1 && pad >= 0 && pad <= stride && last < extent && extent <= last + filter;
}

bool sgk_winograd_pays(const sgk_conv_part *part, sgk_dtype dtype) {
  const sgk_conv *conv = &part->conv;
  // Tiles multiply faster than the transforms are made.
  if (sgk_gemm_kernels_in_tiles(sgk_isa_current(), conv->precision)) return false;
  if (dtype != SGK_FLOAT32 || conv->dilation_height != 1 || conv->dilation_width != 1 ||
      conv->filter_height != conv->filter_width || conv->stride_height > 2 || conv->stride_width > 2)
    return false;
  if (conv->in_channels < 16 || conv->in_channels % 16 != 0 || part->x_pixel != conv->in_channels ||
      conv->out_channels < 16 || conv->out_channels % 16 != 0 || part->y_pixel != conv->out_channels)
    return false;
  int64_t taps = conv->filter_height == 4 ? 2 : 3;
  sgk_tiling down = sgk_tiling_of(conv->out_height, taps), across = sgk_tiling_of(conv->out_width, taps);
  int64_t most = conv->in_channels > conv->out_channels ? conv->in_channels : conv->out_channels;
  int64_t row_bytes = (sgk_gemm_kernels_for(dtype)->lda + most) * (int64_t)sizeof(float);
  if (most > MOST_CHANNELS || conv->out_width > MOST_LINE || conv->out_height > INT32_MAX ||
      4 * sgk_tiling_products(&across) * row_bytes > MOST_LINE)
    return false;
  int64_t phases = conv->stride_height * conv->stride_width;
  int64_t kinds = SGK_WINOGRAD_PAIRS * phases * conv->in_channels * conv->out_channels;
  int64_t fewest = kinds > LARGE_FILTER ? 2 * FEWEST_ROWS : FEWEST_ROWS;
  return axis_suits(conv->filter_height, conv->stride_height, conv->height, conv->out_height, conv->pad_top) &&
         axis_suits(conv->filter_width, conv->stride_width, conv->width, conv->out_width, conv->pad_left) &&
         conv->batch * sgk_tiling_products(&down) * sgk_tiling_products(&across) >= fewest &&
         sgk_winograd_enabled();
}

sgk_correlation sgk_winograd_forward(const sgk_conv_part *part, const void *x, const void *w, void *y) {
  const sgk_conv *conv = &part->conv;
  int64_t step = conv->stride_height, out = part->y_pixel;
  int64_t tap = conv->in_channels * part->w_row, tap_row = conv->filter_width * tap;
  return (sgk_correlation){
      .batch = conv->batch, .height = conv->out_height, .width = conv->out_width, .image = x,
      .image_height = conv->height, .image_width = conv->width, .pixel = part->x_pixel,
      .channels = conv->in_channels, .phases = step * step, .step = step,
      .origin_y = {-conv->pad_top, 1 - conv->pad_top}, .origin_x = {-conv->pad_left, 1 - conv->pad_left},
      .taps = conv->filter_height / step, .precision = conv->precision, .w = w, .phase_y = tap_row, .phase_x = tap,
      .tap_y = step * tap_row, .tap_x = step * tap, .w_row = part->w_row, .columns = conv->out_channels,
      .result = {.data = y, .stride_n = conv->out_height * conv->out_width * out, .stride_y = conv->out_width * out,
                 .stride_x = out, .column_stride = 1}};
}

sgk_correlation sgk_winograd_backward(const sgk_conv_part *part, const void *y, const void *w, void *x, int64_t row,
                                      int64_t column) {
  const sgk_conv *conv = &part->conv;
  int64_t step = conv->stride_height, filter = conv->filter_height;
  sgk_conv_phase v = sgk_conv_find_phase(row, conv->height, step, conv->pad_top, 1, filter);
  sgk_conv_phase h = sgk_conv_find_phase(column, conv->width, step, conv->pad_left, 1, filter);
  int64_t tap = conv->in_channels * part->w_row, tap_row = filter * tap, in = part->x_pixel;
  return (sgk_correlation){
      .batch = conv->batch, .height = v.pixels, .width = h.pixels, .image = y, .image_height = conv->out_height,
      .image_width = conv->out_width, .pixel = part->y_pixel, .channels = conv->out_channels, .phases = 1, .step = 1,
      .origin_y = {v.origin}, .origin_x = {h.origin}, .taps = filter / step, .precision = conv->precision,
      .w = (const float *)w + v.last_tap * tap_row + h.last_tap * tap, .tap_y = -step * tap_row, .tap_x = -step * tap,
      .w_row = part->w_row, .transposed = true, .columns = conv->in_channels,
      .result = {.data = (float *)x + (row * conv->width + column) * in, .stride_n = conv->height * conv->width * in,
                 .stride_y = step * conv->width * in, .stride_x = step * in, .column_stride = 1}};
}
