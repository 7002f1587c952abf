// Constants and ranges.
#include <stdbool.h>

#include "copy.h"
#include "sgk_elementwise.h"
#include "sgk_pool.h"

void sgk_fill(const void *value, const sgk_view *out) {
  sgk_view x = *out;  // the one element, repeated by zero strides
  x.data = (void *)value;
  for (int32_t i = 0; i < x.rank; ++i) x.strides[i] = 0;
  sgk_copy(&x, out);
}

enum { GRAIN = 32768 };

typedef struct range {
  double start, step;
  int64_t first, stride;  // for integers that start and step are exactly
  bool whole;
  const sgk_view *out;
} range;

#define DEFINE_RANGE(name, T, value)                                                              \
  static void name(const range *range, int64_t begin, int64_t end) {                              \
    T *to = range->out->data;                                                                     \
    for (int64_t i = begin; i < end; ++i) to[i * range->out->strides[0]] = (T)(value);            \
  }
#define EXACT (range->start + (double)i * range->step)
#define WHOLE ((uint64_t)range->first + (uint64_t)i * (uint64_t)range->stride)
DEFINE_RANGE(range_f32, float, EXACT)
DEFINE_RANGE(range_f64, double, EXACT)
DEFINE_RANGE(range_i32, int32_t, WHOLE)
DEFINE_RANGE(range_i64, int64_t, WHOLE)
DEFINE_RANGE(range_u8, uint8_t, WHOLE)

// An integer range with a fraction in its start or step: each element is truncated and saturates, as a cast does.
static void range_fraction(const range *range, int64_t begin, int64_t end) {
  double buffer[256];
  for (; begin < end; begin += 256) {
    int64_t count = end - begin < 256 ? end - begin : 256;
    for (int64_t i = 0; i < count; ++i) buffer[i] = range->start + (double)(begin + i) * range->step;
    const int64_t one = 1;
    int64_t size = sgk_dtype_size(range->out->dtype);
    sgk_view x, out;
    sgk_view_set(&x, buffer, SGK_FLOAT64, 1, &count, &one);
    sgk_view_set(&out, (char *)range->out->data + begin * range->out->strides[0] * size, range->out->dtype, 1, &count,
                 range->out->strides);
    sgk_cast(&x, &out);
  }
}

static void range_item(void *context, int64_t item) {
  const range *range = context;
  int64_t begin = item * GRAIN, count = range->out->shape[0];
  int64_t end = count - begin < GRAIN ? count : begin + GRAIN;
  switch (range->out->dtype) {
    case SGK_FLOAT32: range_f32(range, begin, end); return;
    case SGK_FLOAT64: range_f64(range, begin, end); return;
    default: break;
  }
  if (!range->whole) {
    range_fraction(range, begin, end);
    return;
  }
  switch (range->out->dtype) {
    case SGK_INT32: range_i32(range, begin, end); return;
    case SGK_INT64: range_i64(range, begin, end); return;
    default: range_u8(range, begin, end); return;
  }
}

static bool is_whole(double x) { return x >= -0x1p63 && x < 0x1p63 && x == (double)(int64_t)x; }

void sgk_arange(double start, double step, const sgk_view *out) {
  range range = {start, step, 0, 0, is_whole(start) && is_whole(step), out};
  if (range.whole) {
    range.first = (int64_t)start;
    range.stride = (int64_t)step;
  }
  sgk_parallel((out->shape[0] + GRAIN - 1) / GRAIN, range_item, &range);
}
