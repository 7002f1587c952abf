// The C interface of oneDNN 2. The library is for comparison alone: nothing else uses it.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "onednn.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<oneapi/dnnl/dnnl.h>)
#include <oneapi/dnnl/dnnl.h>
#endif

#if defined(DNNL_VERSION_MAJOR) && DNNL_VERSION_MAJOR == 2

enum { MAX_OPERANDS = 3 };

struct onednn {
  dnnl_primitive_t primitive;
  int operands;
  dnnl_exec_arg_t arguments[MAX_OPERANDS];
};

static dnnl_engine_t engine;
static dnnl_stream_t stream;
static char version[32];

void onednn_begin(int threads) {
  // Its threads are OpenMP's. What the environment says was read when the library was loaded.
  void (*set)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set) set(threads);
  if (dnnl_engine_create(&engine, dnnl_cpu, 0) != dnnl_success) return;
  if (dnnl_stream_create(&stream, engine, dnnl_stream_default_flags) != dnnl_success) return;
  const dnnl_version_t *v = dnnl_version();
  snprintf(version, sizeof version, "%d.%d.%d", v->major, v->minor, v->patch);
}

const char *onednn_version(void) { return *version ? version : "cannot be started"; }

// Numbers in (0, 1): time must not go to denormals or NaN.
static void fill(void *data, size_t bytes, bool bf16) {
  for (size_t i = 0; i < bytes / 2 && bf16; ++i) ((uint16_t *)data)[i] = (uint16_t)(0x3e80 + i % 251);
  for (size_t i = 0; i < bytes / 4 && !bf16; ++i) ((float *)data)[i] = (float)(i % 251) / 256;
}

// The primitive of a description, with memory for the operands that it queries; NULL if oneDNN has none.
typedef struct operand {
  int argument;
  dnnl_query_t query;
} operand;

static onednn *make(dnnl_primitive_desc_t description, int operands, const operand *list, bool bf16) {
  onednn *made = calloc(1, sizeof *made);
  if (!made) return NULL;
  bool good = dnnl_primitive_create(&made->primitive, description) == dnnl_success;
  for (int i = 0; i < operands && good; ++i) {
    const dnnl_memory_desc_t *layout = dnnl_primitive_desc_query_md(description, list[i].query, 0);
    dnnl_memory_t memory = NULL;
    void *data = NULL;
    good = layout && dnnl_memory_create(&memory, layout, engine, DNNL_MEMORY_ALLOCATE) == dnnl_success &&
           dnnl_memory_get_data_handle(memory, &data) == dnnl_success;
    if (memory) made->arguments[made->operands++] = (dnnl_exec_arg_t){list[i].argument, memory};
    if (good) fill(data, dnnl_memory_desc_get_size(layout), bf16);
  }
  dnnl_primitive_desc_destroy(description);
  if (good) return made;
  onednn_free(made);
  return NULL;
}

void onednn_run(void *operation) {
  onednn *o = operation;
  dnnl_primitive_execute(o->primitive, stream, o->operands, o->arguments);
  dnnl_stream_wait(stream);
}

void onednn_free(onednn *operation) {
  if (!operation) return;
  for (int i = 0; i < operation->operands; ++i) dnnl_memory_destroy(operation->arguments[i].memory);
  if (operation->primitive) dnnl_primitive_destroy(operation->primitive);
  free(operation);
}

static dnnl_primitive_desc_t describe(const void *operation, dnnl_primitive_desc_t hint) {
  dnnl_primitive_desc_t description = NULL;
  return dnnl_primitive_desc_create(&description, operation, NULL, engine, hint) == dnnl_success ? description : NULL;
}

static dnnl_primitive_desc_t convolution_with(dnnl_alg_kind_t algorithm, onednn_pass pass, const sgk_conv *c, bool bf16,
                                              bool own) {
  dnnl_data_type_t type = bf16 ? dnnl_bf16 : dnnl_f32;
  dnnl_memory_desc_t x, w, y;
  dnnl_dims_t x_dims = {c->batch, c->in_channels, c->height, c->width};
  dnnl_dims_t y_dims = {c->batch, c->out_channels, c->out_height, c->out_width};
  dnnl_dims_t w_dims = {c->out_channels, c->in_channels, c->filter_height, c->filter_width};
  dnnl_dims_t strides = {c->stride_height, c->stride_width}, before = {c->pad_top, c->pad_left};
  dnnl_dims_t after = {(c->out_height - 1) * c->stride_height + c->filter_height - c->height - c->pad_top,
                       (c->out_width - 1) * c->stride_width + c->filter_width - c->width - c->pad_left};
  dnnl_format_tag_t image = own ? dnnl_format_tag_any : dnnl_nhwc;
  dnnl_memory_desc_init_by_tag(&x, 4, x_dims, type, image);
  dnnl_memory_desc_init_by_tag(&y, 4, y_dims, type, image);
  dnnl_memory_desc_init_by_tag(&w, 4, w_dims, type, dnnl_format_tag_any);
  dnnl_convolution_desc_t forward, backward;
  if (dnnl_convolution_forward_desc_init(&forward, dnnl_forward_training, algorithm, &x, &w, NULL, &y, strides, before,
                                         after) != dnnl_success)
    return NULL;
  dnnl_primitive_desc_t hint = describe(&forward, NULL);
  if (!hint || pass == ONEDNN_FORWARD) return hint;
  dnnl_status_t status =
      pass == ONEDNN_INPUT_GRAD
          ? dnnl_convolution_backward_data_desc_init(&backward, algorithm, &x, &w, &y, strides, before, after)
          : dnnl_convolution_backward_weights_desc_init(&backward, algorithm, &x, &w, NULL, &y, strides, before, after);
  dnnl_primitive_desc_t found = status == dnnl_success ? describe(&backward, hint) : NULL;
  dnnl_primitive_desc_destroy(hint);
  return found;
}

onednn *onednn_convolution(onednn_pass pass, const sgk_conv *c, bool bf16, bool own) {
  static const operand operands[3][3] = {
      {{DNNL_ARG_SRC, dnnl_query_src_md}, {DNNL_ARG_WEIGHTS, dnnl_query_weights_md}, {DNNL_ARG_DST, dnnl_query_dst_md}},
      {{DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md},
       {DNNL_ARG_WEIGHTS, dnnl_query_weights_md},
       {DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md}},
      {{DNNL_ARG_SRC, dnnl_query_src_md},
       {DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md},
       {DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md}},
  };
  // Its own choice of the way, Winograd's among them.
  dnnl_primitive_desc_t found = convolution_with(dnnl_convolution_auto, pass, c, bf16, own);
  if (!found) found = convolution_with(dnnl_convolution_direct, pass, c, bf16, own);
  return found ? make(found, 3, operands[pass], bf16) : NULL;
}

onednn *onednn_product(int64_t m, int64_t k, int64_t n, bool turn_a, bool turn_b, bool bf16, bool own) {
  static const operand operands[] = {
      {DNNL_ARG_SRC, dnnl_query_src_md}, {DNNL_ARG_WEIGHTS, dnnl_query_weights_md}, {DNNL_ARG_DST, dnnl_query_dst_md}};
  dnnl_data_type_t type = bf16 ? dnnl_bf16 : dnnl_f32;
  dnnl_memory_desc_t a, b, c;
  dnnl_memory_desc_init_by_tag(&a, 2, (dnnl_dims_t){m, k}, type,
                               own ? dnnl_format_tag_any : turn_a ? dnnl_ba : dnnl_ab);
  dnnl_memory_desc_init_by_tag(&b, 2, (dnnl_dims_t){k, n}, type,
                               own ? dnnl_format_tag_any : turn_b ? dnnl_ba : dnnl_ab);
  dnnl_memory_desc_init_by_tag(&c, 2, (dnnl_dims_t){m, n}, type, own ? dnnl_format_tag_any : dnnl_ab);
  dnnl_matmul_desc_t product;
  if (dnnl_matmul_desc_init(&product, &a, &b, NULL, &c) != dnnl_success) return NULL;
  dnnl_primitive_desc_t found = describe(&product, NULL);
  return found ? make(found, 3, operands, bf16) : NULL;
}

static const operand in_and_out[] = {{DNNL_ARG_SRC, dnnl_query_src_md}, {DNNL_ARG_DST, dnnl_query_dst_md}};

onednn *onednn_elementwise(onednn_function function, int64_t count) {
  static const dnnl_alg_kind_t kinds[] = {dnnl_eltwise_exp, dnnl_eltwise_tanh, dnnl_eltwise_relu, dnnl_eltwise_gelu_erf};
  dnnl_memory_desc_t x;
  dnnl_memory_desc_init_by_tag(&x, 1, (dnnl_dims_t){count}, dnnl_f32, dnnl_a);
  dnnl_eltwise_desc_t operation;
  if (dnnl_eltwise_forward_desc_init(&operation, dnnl_forward_inference, kinds[function], &x, 0, 0) != dnnl_success)
    return NULL;
  dnnl_primitive_desc_t found = describe(&operation, NULL);
  return found ? make(found, 2, in_and_out, false) : NULL;
}

onednn *onednn_sum(int64_t rows, int64_t columns, bool down) {
  dnnl_memory_desc_t x, y;
  dnnl_memory_desc_init_by_tag(&x, 2, (dnnl_dims_t){rows, columns}, dnnl_f32, dnnl_ab);
  dnnl_memory_desc_init_by_tag(&y, 2, (dnnl_dims_t){down ? 1 : rows, down ? columns : 1}, dnnl_f32, dnnl_ab);
  dnnl_reduction_desc_t operation;
  if (dnnl_reduction_desc_init(&operation, dnnl_reduction_sum, &x, &y, 0, 0) != dnnl_success) return NULL;
  dnnl_primitive_desc_t found = describe(&operation, NULL);
  return found ? make(found, 2, in_and_out, false) : NULL;
}

onednn *onednn_softmax(int64_t rows, int64_t columns) {
  dnnl_memory_desc_t x;
  dnnl_memory_desc_init_by_tag(&x, 2, (dnnl_dims_t){rows, columns}, dnnl_f32, dnnl_ab);
  dnnl_softmax_desc_t operation;
  if (dnnl_softmax_forward_desc_init(&operation, dnnl_forward_inference, &x, 1) != dnnl_success) return NULL;
  dnnl_primitive_desc_t found = describe(&operation, NULL);
  return found ? make(found, 2, in_and_out, false) : NULL;
}

#else

void onednn_begin(int threads) { (void)threads; }
const char *onednn_version(void) { return "not there: oneDNN 2 (Debian: libdnnl-dev) was not found when this was compiled"; }
onednn *onednn_convolution(onednn_pass pass, const sgk_conv *conv, bool bf16, bool own) {
  return (void)pass, (void)conv, (void)bf16, (void)own, NULL;
}
onednn *onednn_product(int64_t m, int64_t k, int64_t n, bool turn_a, bool turn_b, bool bf16, bool own) {
  return (void)m, (void)k, (void)n, (void)turn_a, (void)turn_b, (void)bf16, (void)own, NULL;
}
onednn *onednn_elementwise(onednn_function function, int64_t count) { return (void)function, (void)count, NULL; }
onednn *onednn_sum(int64_t rows, int64_t columns, bool down) { return (void)rows, (void)columns, (void)down, NULL; }
onednn *onednn_softmax(int64_t rows, int64_t columns) { return (void)rows, (void)columns, NULL; }
void onednn_run(void *operation) { (void)operation; }
void onednn_free(onednn *operation) { (void)operation; }

#endif
