// With few channels the sub-pixel phases of conv.c leave most lanes idle and copy every pixel of y once per tap. Here
//
//   z[pixel of y, (p, q, c)] = y [pixel, o] . w [(p, q, c), o]
//
// fills the lanes with all taps and reads y once; each row of z is then added to its window of x while it is in the
// first-level cache. An item owns whole rows of x and computes again the few rows of y that two items share, so that no
// two threads write one pixel and the sums have one order.
#include "conv_scatter.h"

#include <stdatomic.h>
#include <string.h>

#include "gemm_plan.h"
#include "scratch.h"
#include "sgk_pool.h"

#define WINDOWS 112       // at a time: eight tiles of 14
#define WANTED_ITEMS 16
#define LEAST_ROWS 8      // of x per item
#define GROUP_WINDOWS 64  // of small images that are one item

typedef struct scatter_call {
  const sgk_conv *conv;
  const sgk_gemm_kernels *kernels;
  sgk_scatter_fn *scatter;
  const char *y;
  char *x;
  const char *packed;
  int64_t size, n, ld;        // of an element; columns of z; the same in whole vectors
  int64_t step_k;
  int64_t images;             // per item, or
  int64_t parts, part_rows;   // items per image, and the rows of x that each owns
  atomic_bool failed;
} scatter_call;

bool sgk_conv_scatter_pays(const sgk_conv *conv, sgk_dtype dtype) {
  const sgk_gemm_kernels *kernels = sgk_gemm_kernels_for(dtype);
  // Adding a row of z to x costs as much as some ten elements of o.
  if (conv->in_channels > kernels->lanes / 2 && conv->out_channels < 32) return false;
  return conv->in_channels < kernels->nr;
}

// z of `windows` pixels of y from `window` on.
static void multiply(const scatter_call *call, int64_t window, int64_t windows, char *a, char *z) {
  const sgk_gemm_kernels *kernels = call->kernels;
  int64_t k = call->conv->out_channels, panels = sgk_ceil_div(call->ld, kernels->nr);
  sgk_source pixels = sgk_matrix(call->y, k, 1);
  void *rows[WINDOWS];
  for (int64_t i = 0; i < windows; ++i) rows[i] = z + i * call->ld * call->size;
  for (int64_t p = 0; p < k; p += call->step_k) {
    int64_t length = sgk_min(call->step_k, k - p);
    int64_t words = sgk_gemm_words(kernels, length), before = sgk_gemm_words(kernels, p);
    kernels->copy(&pixels, window, windows, p, length, a, kernels->lda);
    sgk_gemm_block block = {.m = windows, .n = call->ld, .k = words, .a = a, .lda = kernels->lda,
                            .b = call->packed + before * panels * kernels->nr * call->size, .ldb = kernels->nr,
                            .panel_stride = words * kernels->nr, .c_rows = rows, .c_column_stride = 1,
                            .accumulate = p > 0};
    kernels->block(&block);
  }
}

// Rows first_row..<last_row of x of one image.
static void fill_rows(const scatter_call *call, int64_t image, int64_t first_row, int64_t last_row, char *a, char *z) {
  const sgk_conv *conv = call->conv;
  int64_t line = conv->width * conv->in_channels * call->size;
  char *x = call->x + image * conv->height * line;
  memset(x + first_row * line, 0, (size_t)((last_row - first_row) * line));
  // Row i of y meets the rows i * stride - pad_top + 0...reach of x.
  int64_t stride = conv->stride_height, reach = (conv->filter_height - 1) * conv->dilation_height;
  int64_t low = first_row + conv->pad_top - reach, high = last_row - 1 + conv->pad_top;
  int64_t i = low <= 0 ? 0 : sgk_ceil_div(low, stride), end = high < 0 ? 0 : sgk_min(high / stride + 1, conv->out_height);
  int64_t pixels = conv->out_height * conv->out_width;
  for (int64_t window = i * conv->out_width; window < end * conv->out_width; window += WINDOWS) {
    int64_t windows = sgk_min(WINDOWS, end * conv->out_width - window);
    multiply(call, image * pixels + window, windows, a, z);
    call->scatter(conv, z, call->ld, window / conv->out_width, window % conv->out_width, windows, x, first_row,
                  last_row);
  }
}

// Several small images whose pixels of y fit into one z.
static void fill_images(const scatter_call *call, int64_t image, int64_t images, char *a, char *z) {
  const sgk_conv *conv = call->conv;
  int64_t pixels = conv->out_height * conv->out_width;
  int64_t bytes = conv->height * conv->width * conv->in_channels * call->size;
  memset(call->x + image * bytes, 0, (size_t)(images * bytes));
  multiply(call, image * pixels, images * pixels, a, z);
  for (int64_t i = 0; i < images; ++i)
    call->scatter(conv, z + i * pixels * call->ld * call->size, call->ld, 0, 0, pixels, call->x + (image + i) * bytes, 0,
                  conv->height);
}

static void scatter_item(void *context, int64_t item) {
  scatter_call *call = context;
  const sgk_conv *conv = call->conv;
  int64_t a_elements = WINDOWS * call->kernels->lda;
  char *a = sgk_scratch(SGK_SCRATCH_ITEM, (size_t)((a_elements + WINDOWS * call->ld) * call->size));
  if (!a) {
    atomic_store(&call->failed, true);
    return;
  }
  char *z = a + a_elements * call->size;
  if (call->images > 1) {
    int64_t image = item * call->images;
    fill_images(call, image, sgk_min(call->images, conv->batch - image), a, z);
    return;
  }
  int64_t first_row = item % call->parts * call->part_rows;
  fill_rows(call, item / call->parts, first_row, sgk_min(first_row + call->part_rows, conv->height), a, z);
}

sgk_status sgk_conv_scatter(const sgk_conv *conv, sgk_dtype dtype, const void *y, const sgk_source *filters,
                            bool transposed, void *x) {
  int64_t n = conv->filter_height * conv->filter_width * conv->in_channels, k = conv->out_channels;
  int64_t pixels = conv->out_height * conv->out_width;
  const sgk_gemm_kernels *kernels = sgk_gemm_kernels_at(conv->precision, dtype, conv->batch * pixels, n, k);
  int64_t nr = kernels->nr;
  scatter_call call = {.conv = conv, .kernels = kernels, .y = y, .x = x, .size = sgk_dtype_size(dtype)};
  call.scatter = dtype == SGK_FLOAT64 ? SGK_SELECT(sgk_scatter_f64) : SGK_SELECT(sgk_scatter_f32);
  call.n = n;
  call.ld = sgk_ceil_div(call.n, kernels->lanes) * kernels->lanes;
  call.step_k = sgk_gemm_step(kernels, k);

  int64_t columns = sgk_ceil_div(call.ld, nr) * nr, packed = columns * sgk_gemm_words(kernels, k);
  char *scratch = sgk_scratch(SGK_SCRATCH_CALL, (size_t)((packed + kernels->lanes * call.step_k) * call.size));
  if (!scratch) return SGK_OUT_OF_MEMORY;
  call.packed = scratch;
  for (int64_t p = 0; p < k; p += call.step_k)
    kernels->pack(filters, transposed, p, sgk_min(call.step_k, k - p), 0, call.n,
                  scratch + sgk_gemm_words(kernels, p) * columns * call.size, scratch + packed * call.size);

  call.images = pixels > GROUP_WINDOWS ? 1 : sgk_min(WINDOWS / pixels, sgk_ceil_div(conv->batch, WANTED_ITEMS));
  call.parts = sgk_max(1, sgk_min(conv->height / LEAST_ROWS, sgk_ceil_div(WANTED_ITEMS, conv->batch)));
  call.part_rows = sgk_ceil_div(conv->height, call.parts);
  call.parts = sgk_ceil_div(conv->height, call.part_rows);
  int64_t items = call.images > 1 ? sgk_ceil_div(conv->batch, call.images) : conv->batch * call.parts;
  sgk_parallel(items, scatter_item, &call);
  sgk_scratch_trim(SGK_SCRATCH_CALL);
  return atomic_load(&call.failed) ? SGK_OUT_OF_MEMORY : SGK_OK;
}
