// Convolution in groups of channels. A group's channels lie between those of the others in every pixel, and are read and
// written in place.
#include <stdatomic.h>
#include <stddef.h>

#include "conv_part.h"
#include "depthwise.h"
#include "fused.h"
#include "sgk_pool.h"

#define SMALL_WORK 4e6  // multiply-adds of one group below which whole groups are handed to the threads

typedef sgk_status part_fn(const sgk_conv_part *part, sgk_dtype dtype, const void *a, const void *b, void *c);

typedef struct grouped {
  part_fn *run;
  sgk_conv_part part;
  sgk_dtype dtype;
  const char *a, *b;
  char *c;
  int64_t a_step, b_step, c_step;  // bytes from group to group
  atomic_int status;
} grouped;

static void run_group(void *context, int64_t group) {
  grouped *call = context;
  sgk_status status = call->run(&call->part, call->dtype, call->a + group * call->a_step,
                                call->b + group * call->b_step, call->c + group * call->c_step);
  if (status != SGK_OK) atomic_store(&call->status, status);
}

// Each of the three operands has the channels of x (then `x_step` from group to group) or of y and w.
static sgk_status run_groups(part_fn *run, const sgk_conv *conv, sgk_dtype dtype, const void *a, bool a_is_x,
                             const void *b, void *c, bool c_is_x, const sgk_fused_call *then) {
  grouped call = {.run = run, .dtype = dtype, .a = a, .b = b, .c = c, .status = SGK_OK};
  call.part = (sgk_conv_part){
      .conv = *conv, .x_pixel = conv->in_channels, .y_pixel = conv->out_channels, .w_row = conv->out_channels,
      .then = conv->groups == 1 ? then : NULL};
  call.part.conv.in_channels /= conv->groups;
  call.part.conv.out_channels /= conv->groups;
  int64_t size = sgk_dtype_size(dtype);
  int64_t x_step = call.part.conv.in_channels * size, y_step = call.part.conv.out_channels * size;
  call.a_step = a_is_x ? x_step : y_step;
  call.b_step = y_step;
  call.c_step = c_is_x ? x_step : y_step;
  double work = (double)(conv->batch * conv->out_height * conv->out_width) * (double)call.part.conv.out_channels *
                (double)(conv->filter_height * conv->filter_width * call.part.conv.in_channels);
  if (conv->groups > 1 && work < SMALL_WORK) {
    sgk_parallel(conv->groups, run_group, &call);
  } else {
    for (int64_t group = 0; group < conv->groups; ++group) run_group(&call, group);
  }
  sgk_status status = (sgk_status)atomic_load(&call.status);
  return conv->groups == 1 ? status : sgk_fused_follow(status, then);
}

sgk_status sgk_conv2d(const sgk_conv *conv, sgk_dtype dtype, const void *x, const void *w, void *y) {
  return sgk_conv2d_then(conv, dtype, x, w, y, NULL);
}

sgk_status sgk_conv2d_then(const sgk_conv *conv, sgk_dtype dtype, const void *x, const void *w, void *y,
                           const sgk_fused_call *then) {
  if (sgk_conv_is_depthwise(conv)) return sgk_depthwise_forward(conv, dtype, x, w, y), sgk_fused_follow(SGK_OK, then);
  return run_groups(sgk_conv_part_forward, conv, dtype, x, true, w, y, false, then);
}

sgk_status sgk_conv2d_input_grad(const sgk_conv *conv, sgk_dtype dtype, const void *y, const void *w, void *x) {
  return sgk_conv2d_input_grad_then(conv, dtype, y, w, x, NULL);
}

sgk_status sgk_conv2d_input_grad_then(const sgk_conv *conv, sgk_dtype dtype, const void *y, const void *w, void *x,
                                      const sgk_fused_call *then) {
  if (sgk_conv_is_depthwise(conv)) return sgk_depthwise_input_grad(conv, dtype, y, w, x), sgk_fused_follow(SGK_OK, then);
  return run_groups(sgk_conv_part_input_grad, conv, dtype, y, false, w, x, true, then);
}

sgk_status sgk_conv2d_filter_grad(const sgk_conv *conv, sgk_dtype dtype, const void *x, const void *y, void *w) {
  if (sgk_conv_is_depthwise(conv)) return sgk_depthwise_filter_grad(conv, dtype, x, y, w);
  return run_groups(sgk_conv_part_filter_grad, conv, dtype, x, true, y, w, false, NULL);
}
