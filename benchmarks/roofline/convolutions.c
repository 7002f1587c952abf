// Convolutions and both their adjoints, beside oneDNN's with images as we have them (NHWC) and as it likes them best.
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "onednn.h"

typedef struct convolution {
  sgk_conv conv;
  onednn_pass pass;
  float *x, *w, *y;
} convolution;

static void run(void *context) {
  const convolution *c = context;
  if (c->pass == ONEDNN_FORWARD) sgk_conv2d(&c->conv, SGK_FLOAT32, c->x, c->w, c->y);
  if (c->pass == ONEDNN_INPUT_GRAD) sgk_conv2d_input_grad(&c->conv, SGK_FLOAT32, c->y, c->w, c->x);
  if (c->pass == ONEDNN_FILTER_GRAD) sgk_conv2d_filter_grad(&c->conv, SGK_FLOAT32, c->x, c->y, c->w);
}

static void measure(const char *group, int64_t batch, int64_t in, int64_t out, int64_t size, int64_t filter,
                    int64_t stride, int64_t pad) {
  static const char *const passes[] = {"forward", "input grad", "filter grad"};
  static const char *const foreign[2][2] = {{"onednn f32 plain", "onednn bf16 plain"},
                                            {"onednn f32 own", "onednn bf16 own"}};
  int64_t result = (size + 2 * pad - filter) / stride + 1;
  sgk_conv shape = {.batch = batch, .height = size, .width = size, .in_channels = in, .out_height = result,
                    .out_width = result, .out_channels = out, .filter_height = filter, .filter_width = filter,
                    .stride_height = stride, .stride_width = stride, .pad_top = pad, .pad_left = pad,
                    .dilation_height = 1, .dilation_width = 1, .groups = 1};
  char name[96];
  snprintf(name, sizeof name, "%lldx%lld/%lld %lld -> %lld @%lld batch %lld", (long long)filter, (long long)filter,
           (long long)stride, (long long)in, (long long)out, (long long)size, (long long)batch);
  float *x = bench_floats(batch * size * size * in), *y = bench_floats(batch * result * result * out);
  float *w = bench_floats(filter * filter * in * out);
  bool medium = sgk_precision_in_effect(SGK_PRECISION_MEDIUM) == SGK_PRECISION_MEDIUM;
  for (onednn_pass pass = ONEDNN_FORWARD; pass <= ONEDNN_FILTER_GRAD; ++pass) {
    bench_case c = {.group = group, .name = name, .pass = passes[pass], .unit = "GF/s",
                    .work = 2.0 * (double)(batch * result * result * out) * (double)(filter * filter * in)};
    convolution highest = {shape, pass, x, w, y}, lesser = highest;
    lesser.conv.precision = SGK_PRECISION_MEDIUM;
    bench_add(&c, "highest", run, &highest);
    if (medium) bench_add(&c, "medium", run, &lesser);
    onednn *theirs[4];
    for (int i = 0; i < 4; ++i) {
      theirs[i] = onednn_convolution(pass, &shape, i / 2, i % 2);
      bench_add_foreign(&c, foreign[i % 2][i / 2], onednn_run, theirs[i]);
    }
    bench_add_ceiling(&c, "f32", peak_f32, NULL);
    if (medium) bench_add_ceiling(&c, "bf16", peak_bf16, NULL);
    bench_run(&c);
    for (int i = 0; i < 4; ++i) onednn_free(theirs[i]);
  }
  free(x), free(y), free(w);
}

void bench_convolutions(void) {
  // The four that the networks of Radford et al. 2016 are made of, whose total is compared.
  measure("dcgan", 128, 3, 64, 64, 4, 2, 1);
  measure("dcgan", 128, 64, 128, 32, 4, 2, 1);
  measure("dcgan", 128, 128, 256, 16, 4, 2, 1);
  measure("dcgan", 128, 256, 512, 8, 4, 2, 1);
  measure("convolutions", 128, 1, 64, 28, 4, 2, 1);
  measure("convolutions", 128, 64, 128, 14, 4, 2, 1);
  measure("convolutions", 1, 64, 128, 32, 4, 2, 1);
  measure("convolutions", 128, 64, 64, 8, 3, 1, 1);
  measure("convolutions", 32, 128, 128, 16, 3, 1, 1);
  measure("convolutions", 128, 3, 64, 32, 3, 1, 1);
  measure("convolutions", 128, 32, 32, 16, 5, 1, 2);
  measure("convolutions", 128, 64, 128, 7, 5, 1, 2);
  measure("convolutions", 128, 128, 256, 7, 1, 1, 0);
  measure("convolutions", 128, 512, 1, 4, 4, 1, 0);
}
