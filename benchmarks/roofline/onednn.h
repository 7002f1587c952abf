// oneDNN's primitives for the shapes that are measured, where its development files are there (Debian: libdnnl-dev).
// Whatever the library does not have comes back as NULL.
#ifndef SWIFTGAN_ROOFLINE_ONEDNN_H
#define SWIFTGAN_ROOFLINE_ONEDNN_H

#include <stdbool.h>

#include "SwiftGANKernels.h"

// Before anything else of oneDNN: it uses this many threads.
void onednn_begin(int threads);
// "2.6.3", or why it is not measured.
const char *onednn_version(void);

typedef enum onednn_pass { ONEDNN_FORWARD, ONEDNN_INPUT_GRAD, ONEDNN_FILTER_GRAD } onednn_pass;
typedef enum onednn_function { ONEDNN_EXP, ONEDNN_TANH, ONEDNN_RELU, ONEDNN_GELU } onednn_function;

// An operation with memory of its own, ready to run again and again. With `own`, data lie as oneDNN likes best, without
// the time to bring them there; else as we have them (NHWC, row-major), filters packed all the same. With `bf16` all
// operands are bfloat16, results too.
typedef struct onednn onednn;
onednn *onednn_convolution(onednn_pass pass, const sgk_conv *conv, bool bf16, bool own);
// A turned operand is given as its transpose.
onednn *onednn_product(int64_t m, int64_t k, int64_t n, bool turn_a, bool turn_b, bool bf16, bool own);
onednn *onednn_elementwise(onednn_function function, int64_t count);
onednn *onednn_sum(int64_t rows, int64_t columns, bool down);  // over rows (down) or over columns of each row
onednn *onednn_softmax(int64_t rows, int64_t columns);
void onednn_run(void *operation);
void onednn_free(onednn *operation);

#endif
