// The inner loops of depthwise.c for one instruction-set level (see isa_begin.h): blocks of whole vectors of channels, and
// one channel at a time for the rest.
#include <stddef.h>

#include "depthwise.h"

// The i in 0..<count for which first + i * step lies in 0..<extent: low..<high.
static inline void sgk_depthwise_taps(int64_t first, int64_t step, int64_t count, int64_t extent, int64_t *low,
                                      int64_t *high) {
  int64_t l = first >= 0 ? 0 : (-first + step - 1) / step;
  int64_t h = first >= extent ? 0 : (extent - first + step - 1) / step;
  *high = h < count ? h : count;
  *low = l < *high ? l : *high;
}

#include "isa_begin.h"

#if SGK_LEVEL_EXISTS

#define DEFINE_TABLE(T, vector, scalar, lanes, table)                                                                 \
  static void vector##_row(const sgk_depthwise *pass, const void *image, void *out_row, int64_t u) {                  \
    int64_t c = 0;                                                                                                    \
    for (; c + lanes <= pass->channels; c += lanes) vector##_block(pass, image, out_row, u, c);                       \
    for (; c < pass->channels; ++c) scalar##_block(pass, image, out_row, u, c);                                       \
  }                                                                                                                   \
  static void vector##_filter_row(const sgk_depthwise *pass, const void *image, const void *y_row, int64_t u,         \
                                  void *w) {                                                                          \
    int64_t c = 0;                                                                                                    \
    for (; c + lanes <= pass->channels; c += lanes) vector##_filter_block(pass, image, y_row, u, c, w);               \
    for (; c < pass->channels; ++c) scalar##_filter_block(pass, image, y_row, u, c, w);                               \
  }                                                                                                                   \
  const sgk_depthwise_kernels SGK_ISA(table) = {vector##_row, vector##_filter_row};

#define T float
#define V sgk_f32v
#define U sgk_f32vu
#define N(name) f32_##name
#include "depthwise_parts.h"
#undef V
#undef U
#undef N
#define V float
#define U float
#define N(name) f32_one_##name
#include "depthwise_parts.h"
#undef T
#undef V
#undef U
#undef N
DEFINE_TABLE(float, f32, f32_one, SGK_VECTOR_BYTES / 4, sgk_depthwise_f32)

#define T double
#define V sgk_f64v
#define U sgk_f64vu
#define N(name) f64_##name
#include "depthwise_parts.h"
#undef V
#undef U
#undef N
#define V double
#define U double
#define N(name) f64_one_##name
#include "depthwise_parts.h"
DEFINE_TABLE(double, f64, f64_one, SGK_VECTOR_BYTES / 8, sgk_depthwise_f64)

#endif
#include "isa_end.h"
