// Convolutions and both adjoints: direct, Winograd's way, depthwise, groups, strides, dilation, pads, max pooling.
#include <stdio.h>

#include "case.h"

typedef struct convolution {
  sgk_conv conv;
  sgk_dtype dtype;
  int pass;
} convolution;

static void call(const void *parameters) {
  const convolution *c = parameters;
  const sgk_conv *conv = &c->conv;
  int64_t x_count = conv->batch * conv->height * conv->width * conv->in_channels;
  int64_t y_count = conv->batch * conv->out_height * conv->out_width * conv->out_channels;
  int64_t w_count = conv->filter_height * conv->filter_width * conv->in_channels / conv->groups * conv->out_channels;
  void *x = c->pass == 1 ? output_block(c->dtype, x_count) : input_block(c->dtype, x_count);
  void *w = c->pass == 2 ? output_block(c->dtype, w_count) : input_block(c->dtype, w_count);
  void *y = c->pass == 0 ? output_block(c->dtype, y_count) : input_block(c->dtype, y_count);
  if (c->pass == 0) expect_status(sgk_conv2d(conv, c->dtype, x, w, y), SGK_OK);
  if (c->pass == 1) expect_status(sgk_conv2d_input_grad(conv, c->dtype, y, w, x), SGK_OK);
  if (c->pass == 2) expect_status(sgk_conv2d_filter_grad(conv, c->dtype, x, y, w), SGK_OK);
}

// A chain on the result of the forward pass or of the input's gradient.
static void call_then(const void *parameters) {
  const convolution *c = parameters;
  const sgk_conv *conv = &c->conv;
  bool forward = c->pass == 0;
  int64_t pixels = forward ? conv->batch * conv->out_height * conv->out_width : conv->batch * conv->height * conv->width;
  int64_t channels = forward ? conv->out_channels : conv->in_channels;
  int64_t other = forward ? conv->batch * conv->height * conv->width * conv->in_channels
                          : conv->batch * conv->out_height * conv->out_width * conv->out_channels;
  int64_t w_count = conv->filter_height * conv->filter_width * conv->in_channels / conv->groups * conv->out_channels;
  void *from = input_block(c->dtype, other), *w = input_block(c->dtype, w_count);
  sgk_view out = output(c->dtype, PLAIN, SHAPE(pixels, channels)), result = output(c->dtype, PLAIN, SHAPE(pixels, channels));
  sgk_view bias = input(c->dtype, PLAIN, SHAPE(1, channels));
  bias.shape[0] = pixels, bias.strides[0] = 0;
  sgk_fused_step steps[] = {{SGK_FUSED_BINARY, SGK_ADD, c->dtype, c->dtype, {0, 1}},
                            {SGK_FUSED_UNARY, SGK_SIGMOID, c->dtype, c->dtype, {2}}};
  sgk_fused *plan = NULL;
  expect_status(sgk_fused_create(&plan, 2, (sgk_view[]){out, bias}, 2, steps, 1, (sgk_fused_result[]){{3, -1}}, &result),
                SGK_OK);
  sgk_fused_call then = {plan, (void *const[]){out.data, bias.data}, (void *const[]){result.data}};
  expect_status(forward ? sgk_conv2d_then(conv, c->dtype, from, w, out.data, &then)
                        : sgk_conv2d_input_grad_then(conv, c->dtype, from, w, out.data, &then),
                SGK_OK);
  sgk_fused_free(plan);
}

typedef struct geometry {
  int64_t batch, height, width, in, out, filter, stride, pad, groups, dilation;
} geometry;

static void run(const geometry *g) {
  char name[128];
  int64_t reach = (g->filter - 1) * g->dilation + 1;
  convolution c = {.conv = {.batch = g->batch, .height = g->height, .width = g->width, .in_channels = g->in,
                            .out_height = (g->height + 2 * g->pad - reach) / g->stride + 1,
                            .out_width = (g->width + 2 * g->pad - reach) / g->stride + 1, .out_channels = g->out,
                            .filter_height = g->filter, .filter_width = g->filter, .stride_height = g->stride,
                            .stride_width = g->stride, .pad_top = g->pad, .pad_left = g->pad,
                            .dilation_height = g->dilation, .dilation_width = g->dilation, .groups = g->groups}};
  for (c.pass = 0; c.pass < 3; ++c.pass)
    for (int kind = 0; kind < 4; ++kind) {
      c.dtype = kind == 3 ? SGK_FLOAT64 : SGK_FLOAT32;
      c.conv.precision = kind < 3 ? (sgk_precision)kind : SGK_PRECISION_HIGHEST;
      snprintf(name, sizeof name, "convolution %lldx%lld/%lld %lld -> %lld @%lldx%lld, batch %lld, groups %lld, pass %d, kind %d",
               (long long)g->filter, (long long)g->filter, (long long)g->stride, (long long)g->in, (long long)g->out,
               (long long)g->height, (long long)g->width, (long long)g->batch, (long long)g->groups, c.pass, kind);
      run_case(name, call, &c);
      if (c.pass < 2) run_case(name, call_then, &c);
    }
}

typedef struct pool_case {
  sgk_pooling pooling;
  sgk_dtype dtype;
} pool_case;

static void call_pooling(const void *parameters) {
  const pool_case *p = parameters;
  const sgk_pooling *pool = &p->pooling;
  void *image = input_block(p->dtype, pool->batch * pool->y.extent * pool->x.extent * pool->channels);
  int64_t count = pool->batch * pool->y.windows * pool->x.windows * pool->channels;
  expect_status(sgk_max_pool(pool, p->dtype, image, output_block(p->dtype, count)), SGK_OK);
  expect_status(sgk_max_pool_index(pool, p->dtype, image, output_block(SGK_INT64, count)), SGK_OK);
}

void test_convolutions(void) {
  static const geometry list[] = {
      // 4x4, stride 2, pad 1: few channels, many, odd extents, one image.
      {3, 8, 8, 3, 20, 4, 2, 1, 1, 1}, {2, 14, 14, 1, 16, 4, 2, 1, 1, 1}, {2, 9, 7, 5, 17, 4, 2, 1, 1, 1},
      {1, 7, 6, 33, 3, 4, 2, 1, 1, 1}, {4, 4, 4, 40, 24, 4, 2, 1, 1, 1},
      // Those that go Winograd's way: whole tiles, parts of tiles, items of several lines.
      {20, 8, 8, 16, 16, 4, 2, 1, 1, 1}, {9, 14, 14, 32, 16, 4, 2, 1, 1, 1}, {12, 10, 18, 16, 48, 4, 2, 1, 1, 1},
      {20, 8, 8, 16, 32, 3, 1, 1, 1, 1}, {9, 7, 9, 32, 16, 3, 1, 1, 1, 1}, {6, 13, 11, 16, 16, 3, 1, 1, 1, 1},
      // 3x3, 5x5, 1x1, windows that cover the image, first and last layers.
      {2, 9, 9, 3, 40, 3, 1, 1, 1, 1}, {2, 9, 9, 40, 3, 3, 1, 1, 1, 1}, {2, 8, 6, 9, 12, 5, 1, 2, 1, 1},
      {4, 6, 5, 33, 18, 1, 1, 0, 1, 1}, {4, 6, 5, 3, 2, 1, 2, 0, 1, 1}, {9, 4, 4, 70, 1, 4, 1, 0, 1, 1},
      {9, 4, 4, 20, 10, 4, 1, 0, 1, 1}, {2, 11, 9, 4, 6, 3, 3, 2, 1, 2}, {1, 20, 20, 2, 3, 7, 3, 0, 1, 1},
      // Groups and depthwise.
      {2, 9, 11, 37, 37, 3, 1, 1, 37, 1}, {1, 6, 5, 130, 130, 5, 2, 2, 130, 1}, {2, 8, 7, 8, 16, 3, 1, 1, 4, 1},
      {2, 8, 8, 64, 64, 3, 1, 1, 2, 1}, {2, 7, 8, 3, 3, 4, 2, 1, 3, 2}, {0, 4, 4, 3, 4, 3, 1, 1, 1, 1}};
  for (size_t i = 0; i < sizeof list / sizeof *list; ++i) run(&list[i]);
  for (int i = 0; i < 60; ++i) {
    int64_t groups = any_below(3) == 0 ? 1 + any_below(4) : 1, filter = 1 + any_below(5), dilation = 1 + any_below(2);
    geometry g = {1 + any_below(3), 9 + any_below(6), 9 + any_below(6), groups * (1 + any_below(21)),
                  groups * (1 + any_below(40)), filter, 1 + any_below(3), any_below(filter), groups, dilation};
    run(&g);
  }

  for (int dtype = SGK_FLOAT32; dtype <= SGK_UINT8; ++dtype) {
    pool_case plain = {{2, 37, {9, 5, 3, 2, 1, 1, 0}, {8, 4, 2, 2, 0, 1, 0}}, (sgk_dtype)dtype};
    pool_case adaptive = {{3, 5, {7, 3, 0, 0, 0, 0, 1}, {5, 4, 0, 0, 0, 0, 1}}, (sgk_dtype)dtype};
    run_case("max pooling", call_pooling, &plain);
    run_case("adaptive max pooling", call_pooling, &adaptive);
  }
}
