#include "depthwise.h"

#include <string.h>

#include "conv_part.h"
#include "gemm_plan.h"
#include "scratch.h"
#include "sgk_pool.h"

#define ITEM_WORK 65536                   // multiply-adds worth an item
#define WANTED_PARTS 16                   // of the sums over pixels
#define PARTIAL_BYTES ((int64_t)8 << 20)  // of partial sums

static const sgk_depthwise_kernels *kernels_for(sgk_dtype dtype) {
  return dtype == SGK_FLOAT64 ? SGK_SELECT_TABLE(sgk_depthwise_f64) : SGK_SELECT_TABLE(sgk_depthwise_f32);
}

bool sgk_conv_is_depthwise(const sgk_conv *conv) {
  return conv->groups > 1 && conv->groups == conv->in_channels && conv->groups == conv->out_channels;
}

typedef struct job {
  const sgk_depthwise_kernels *kernels;
  sgk_depthwise pass;
  const char *in;
  char *out;
  int64_t in_image, out_image, out_row;  // bytes
  int64_t rows, each;                    // of all images; per item
} job;

static void pass_item(void *context, int64_t item) {
  const job *job = context;
  for (int64_t row = item * job->each; row < sgk_min(job->rows, (item + 1) * job->each); ++row) {
    int64_t image = row / job->pass.count_y, u = row % job->pass.count_y;
    job->kernels->row(&job->pass, job->in + image * job->in_image, job->out + image * job->out_image + u * job->out_row,
                      u);
  }
}

static void run_pass(sgk_dtype dtype, const sgk_depthwise *pass, int64_t batch, const void *in, void *out,
                     int64_t out_image) {
  int64_t size = sgk_dtype_size(dtype);
  job job = {.kernels = kernels_for(dtype), .pass = *pass, .in = in, .out = out,
             .in_image = pass->height * pass->width * pass->channels * size, .out_image = out_image * size,
             .out_row = pass->out_row * size, .rows = batch * pass->count_y};
  int64_t work = sgk_max(1, pass->count_x * pass->channels * sgk_max(1, pass->taps_y * pass->taps_x));
  job.each = sgk_max(1, ITEM_WORK / work);
  if (job.rows > 0) sgk_parallel(sgk_ceil_div(job.rows, job.each), pass_item, &job);
}

static sgk_depthwise forward_pass(const sgk_conv *conv, const void *w) {
  int64_t channels = conv->in_channels;
  return (sgk_depthwise){.channels = channels, .height = conv->height, .width = conv->width,
                         .count_y = conv->out_height, .count_x = conv->out_width,
                         .out_row = conv->out_width * channels, .out_pixel = channels,
                         .stride_y = conv->stride_height, .stride_x = conv->stride_width,
                         .origin_y = -conv->pad_top, .origin_x = -conv->pad_left, .taps_y = conv->filter_height,
                         .taps_x = conv->filter_width, .step_y = conv->dilation_height,
                         .step_x = conv->dilation_width, .w = w, .w_tap_y = conv->filter_width * channels,
                         .w_tap_x = channels};
}

void sgk_depthwise_forward(const sgk_conv *conv, sgk_dtype dtype, const void *x, const void *w, void *y) {
  sgk_depthwise pass = forward_pass(conv, w);
  run_pass(dtype, &pass, conv->batch, x, y, conv->out_height * pass.out_row);
}

void sgk_depthwise_input_grad(const sgk_conv *conv, sgk_dtype dtype, const void *y, const void *w, void *x) {
  int64_t size = sgk_dtype_size(dtype), channels = conv->in_channels, line = conv->width * channels;
  int64_t rows = sgk_min(conv->stride_height, conv->height), columns = sgk_min(conv->stride_width, conv->width);
  for (int64_t row = 0; row < rows; ++row) {
    sgk_conv_phase v = sgk_conv_find_phase(row, conv->height, conv->stride_height, conv->pad_top,
                                           conv->dilation_height, conv->filter_height);
    for (int64_t column = 0; column < columns; ++column) {
      sgk_conv_phase h = sgk_conv_find_phase(column, conv->width, conv->stride_width, conv->pad_left,
                                             conv->dilation_width, conv->filter_width);
      sgk_depthwise pass = {
          .channels = channels, .height = conv->out_height, .width = conv->out_width, .count_y = v.pixels,
          .count_x = h.pixels, .out_row = conv->stride_height * line, .out_pixel = conv->stride_width * channels,
          .stride_y = 1, .stride_x = 1, .origin_y = v.origin, .origin_x = h.origin, .taps_y = v.taps,
          .taps_x = h.taps, .step_y = v.step, .step_x = h.step,
          .w = (const char *)w + (v.last_tap * conv->filter_width + h.last_tap) * channels * size,
          .w_tap_y = -v.tap_step * conv->filter_width * channels, .w_tap_x = -h.tap_step * channels};
      run_pass(dtype, &pass, conv->batch, y, (char *)x + (row * line + column * channels) * size, conv->height * line);
    }
  }
}

typedef struct filter_job {
  const sgk_depthwise_kernels *kernels;
  sgk_depthwise pass;
  const char *x, *y;
  char *partials;
  int64_t size, rows, each, taps;  // of an element; of all images; per part; elements of w
} filter_job;

// Rows of y, of one or several images, summed into a filter of their own.
static void filter_item(void *context, int64_t item) {
  const filter_job *job = context;
  const sgk_depthwise *pass = &job->pass;
  int64_t image_bytes = pass->height * pass->width * pass->channels * job->size, row_bytes = pass->out_row * job->size;
  char *w = job->partials + item * job->taps * job->size;
  memset(w, 0, (size_t)(job->taps * job->size));
  for (int64_t row = item * job->each; row < sgk_min(job->rows, (item + 1) * job->each); ++row)
    job->kernels->filter_row(pass, job->x + row / pass->count_y * image_bytes, job->y + row * row_bytes,
                             row % pass->count_y, w);
}

sgk_status sgk_depthwise_filter_grad(const sgk_conv *conv, sgk_dtype dtype, const void *x, const void *y, void *w) {
  filter_job job = {.kernels = kernels_for(dtype), .pass = forward_pass(conv, NULL), .x = x, .y = y,
                    .size = sgk_dtype_size(dtype), .rows = conv->batch * conv->out_height};
  job.taps = conv->filter_height * conv->filter_width * conv->in_channels;
  if (job.taps == 0) return SGK_OK;
  // The number of parts follows from the shape alone, and they are added in order: the same bits on any threads.
  int64_t work = sgk_max(1, conv->out_width * job.taps);
  int64_t parts = sgk_min(WANTED_PARTS, sgk_max(1, job.rows * work / ITEM_WORK));
  parts = sgk_max(1, sgk_min(parts, PARTIAL_BYTES / (job.taps * job.size)));
  job.each = sgk_max(1, sgk_ceil_div(job.rows, parts));
  parts = sgk_max(1, sgk_ceil_div(job.rows, job.each));
  if (parts == 1) {
    job.partials = w;
    filter_item(&job, 0);
    return SGK_OK;
  }
  job.partials = sgk_scratch(SGK_SCRATCH_CALL, (size_t)(parts * job.taps * job.size));
  if (!job.partials) return SGK_OUT_OF_MEMORY;
  sgk_parallel(parts, filter_item, &job);
  void *row[1] = {w};
  sgk_gemm_kernels_for(dtype)->sum(job.partials, parts, job.taps, job.taps, 1, row, 1);
  sgk_scratch_trim(SGK_SCRATCH_CALL);
  return SGK_OK;
}
