// Folds: sums, products, extremes. See isa_begin.h for how this is compiled.
#include <string.h>

#include "fold.h"

#include "isa_begin.h"
#if SGK_LEVEL_EXISTS

// Accumulators are 128 bytes wide on every instruction set: that hides the latency of an addition on all of them, and
// makes the order of the sums, and so their bits, the same everywhere. A few steps make a subtotal, and subtotals the
// total: 128 steps in a row would lose four bits. T may not be signed where overflow must wrap.

// One step of the tree that joins the lanes: the lower `bytes` with as many above them.
#define HALVE(T, bytes, vector_op)                                                                                    \
  {                                                                                                                   \
    typedef T wide __attribute__((vector_size(bytes)));                                                               \
    wide a, b;                                                                                                        \
    memcpy(&a, lane, bytes);                                                                                          \
    memcpy(&b, (const char *)lane + bytes, bytes);                                                                    \
    a = vector_op;                                                                                                    \
    memcpy(lane, &a, bytes);                                                                                          \
  }

#define FOLD(suffix, T, start, vector_op, scalar_op)                                                                  \
  static const T identity_##suffix = start;                                                                           \
  static void run_##suffix(int64_t n, const void *x, void *out) {                                                     \
    enum { lanes = 128 / sizeof(T), steps = 16 };                                                                     \
    typedef T wide __attribute__((vector_size(128)));                                                                 \
    typedef T wide_at_any_address __attribute__((vector_size(128), aligned(sizeof(T)), may_alias));                   \
    const T *from = x;                                                                                                \
    wide total = (wide){0} + (T)(start);                                                                              \
    int64_t i = 0;                                                                                                    \
    while (i + lanes <= n) {                                                                                          \
      wide a = *(const wide_at_any_address *)(from + i);                                                              \
      i += lanes;                                                                                                     \
      for (int64_t end = i + (steps - 1) * lanes; i < end && i + lanes <= n; i += lanes) {                            \
        wide b = *(const wide_at_any_address *)(from + i);                                                            \
        a = vector_op;                                                                                                \
      }                                                                                                               \
      wide b = total;                                                                                                 \
      total = vector_op;                                                                                              \
    }                                                                                                                 \
    wide a = total;                                                                                                   \
    if (i < n) {                                                                                                      \
      wide b = (wide){0} + (T)(start);                                                                                \
      memcpy(&b, from + i, (size_t)(n - i) * sizeof(T));                                                              \
      a = vector_op;                                                                                                  \
    }                                                                                                                 \
    T lane[lanes];                                                                                                    \
    memcpy(lane, &a, sizeof lane);                                                                                    \
    HALVE(T, 64, vector_op)                                                                                           \
    HALVE(T, 32, vector_op)                                                                                           \
    HALVE(T, 16, vector_op)                                                                                           \
    for (int width = 8 / sizeof(T); width > 0; width /= 2)                                                            \
      for (int j = 0; j < width; ++j) {                                                                               \
        T a = lane[j], b = lane[j + width];                                                                           \
        lane[j] = (T)(scalar_op);                                                                                     \
      }                                                                                                               \
    memcpy(out, lane, sizeof(T));                                                                                     \
  }                                                                                                                   \
  typedef T strip_##suffix __attribute__((vector_size(256)));                                                         \
  typedef T strip_at_any_address_##suffix __attribute__((vector_size(256), aligned(sizeof(T)), may_alias));           \
  SGK_INLINE void fold_strip_##suffix(int64_t rows, const T *from, int64_t row_stride, strip_##suffix *total) {       \
    typedef strip_##suffix wide;                                                                                      \
    for (int64_t i = 0; i < rows;) {                                                                                  \
      wide a = *(const strip_at_any_address_##suffix *)(from + i * row_stride);                                       \
      i += 1;                                                                                                         \
      for (int64_t end = i + SGK_FOLD_ROWS - 1; i < end && i < rows; ++i) {                                           \
        wide b = *(const strip_at_any_address_##suffix *)(from + i * row_stride);                                     \
        a = vector_op;                                                                                                \
      }                                                                                                               \
      wide b = a;                                                                                                     \
      a = *total;                                                                                                     \
      *total = vector_op;                                                                                             \
    }                                                                                                                 \
  }                                                                                                                   \
  static void combine_##suffix(int64_t n, void *into, const void *other, int64_t apart) {                             \
    (void)apart;                                                                                                      \
    T *to = into;                                                                                                     \
    const T *from = other;                                                                                            \
    SGK_VECTORIZE for (int64_t i = 0; i < n; ++i) {                                                                   \
      T a = to[i], b = from[i];                                                                                       \
      to[i] = (T)(scalar_op);                                                                                         \
    }                                                                                                                 \
  }                                                                                                                   \
  static void columns_##suffix(int64_t rows, int64_t columns, const void *x, int64_t row_stride, void *out,           \
                               bool first) {                                                                          \
    enum { strip = 256 / sizeof(T) };                                                                                 \
    const T *from = x;                                                                                                \
    T *to = out;                                                                                                      \
    if (columns >= strip && columns <= 2 * strip) {                                                                   \
      typedef strip_##suffix wide;                                                                                    \
      /* The second strip may overlap the first: the same columns, the same results. */                               \
      T *second = to + columns - strip;                                                                               \
      wide a = (wide){0} + (T)(start), b = a;                                                                         \
      if (!first) {                                                                                                   \
        a = *(const strip_at_any_address_##suffix *)to;                                                               \
        b = *(const strip_at_any_address_##suffix *)second;                                                           \
      }                                                                                                               \
      fold_strip_##suffix(rows, from, row_stride, &a);                                                                \
      if (columns > strip) fold_strip_##suffix(rows, from + columns - strip, row_stride, &b);                         \
      *(strip_at_any_address_##suffix *)to = a;                                                                       \
      if (columns > strip) *(strip_at_any_address_##suffix *)second = b;                                              \
      return;                                                                                                         \
    }                                                                                                                 \
    T subtotal[SGK_FOLD_COLUMNS];                                                                                     \
    if (first) SGK_VECTORIZE for (int64_t j = 0; j < columns; ++j) to[j] = (T)(start);                                \
    for (int64_t i = 0; i < rows;) {                                                                                  \
      SGK_VECTORIZE for (int64_t j = 0; j < columns; ++j) subtotal[j] = from[i * row_stride + j];                     \
      i += 1;                                                                                                         \
      for (int64_t end = i + SGK_FOLD_ROWS - 1; i < end && i < rows; ++i)                                             \
        SGK_VECTORIZE for (int64_t j = 0; j < columns; ++j) {                                                         \
          T a = subtotal[j], b = from[i * row_stride + j];                                                            \
          subtotal[j] = (T)(scalar_op);                                                                               \
        }                                                                                                             \
      combine_##suffix(columns, to, subtotal, 0);                                                                     \
    }                                                                                                                 \
  }

// The bits of a where the mask is set, else those of b, as the vector type `wide` of the place of use.
#define CHOOSE(mask, bits, a, b)                                            \
  ({                                                                        \
    typedef bits bits_of __attribute__((vector_size(sizeof(wide))));        \
    bits_of chosen = (bits_of)(mask);                                       \
    (wide)((chosen & (bits_of)(a)) | (~chosen & (bits_of)(b)));             \
  })

#define FOLDS_OF_FLOATS(suffix, T, bits, infinity)                                                                   \
  FOLD(sum_##suffix, T, 0, a + b, a + b)                                                                             \
  FOLD(prod_##suffix, T, 1, a * b, a * b)                                                                            \
  FOLD(max_##suffix, T, -infinity, CHOOSE((a > b) | (a != a), bits, a, b), a > b || a != a ? a : b)                  \
  FOLD(min_##suffix, T, infinity, CHOOSE((a < b) | (a != a), bits, a, b), a < b || a != a ? a : b)
FOLDS_OF_FLOATS(f32, float, uint32_t, __builtin_inff())
FOLDS_OF_FLOATS(f64, double, uint64_t, __builtin_inf())

#define FOLDS_OF_INTEGERS(suffix, T, U, least, most)                                  \
  FOLD(sum_##suffix, U, 0, a + b, a + b)                                              \
  FOLD(prod_##suffix, U, 1, a * b, a * b)                                             \
  FOLD(max_##suffix, T, least, __builtin_elementwise_max(a, b), a > b ? a : b)        \
  FOLD(min_##suffix, T, most, __builtin_elementwise_min(a, b), a < b ? a : b)
FOLDS_OF_INTEGERS(i32, int32_t, uint32_t, INT32_MIN, INT32_MAX)
FOLDS_OF_INTEGERS(i64, int64_t, uint64_t, INT64_MIN, INT64_MAX)
FOLDS_OF_INTEGERS(u8, uint8_t, uint8_t, 0, UINT8_MAX)

#include "fold_moments.h"
MOMENTS(f32, float, uint32_t)
MOMENTS(f64, double, uint64_t)

#define ROW(suffix) { run_##suffix, columns_##suffix, combine_##suffix, &identity_##suffix, 1, 1, 0 }
#define MOMENTS_ROW(suffix) \
  { run_moments_##suffix, columns_moments_##suffix, combine_moments_##suffix, &nothing_##suffix, 4, 2, \
    finish_moments_##suffix }
#define ROWS(op) \
  { [SGK_FLOAT32] = ROW(op##_f32), [SGK_FLOAT64] = ROW(op##_f64), [SGK_INT32] = ROW(op##_i32), \
    [SGK_INT64] = ROW(op##_i64), [SGK_UINT8] = ROW(op##_u8) }

const sgk_folds SGK_ISA(sgk_fold_table) = {
  [SGK_SUM] = ROWS(sum), [SGK_PROD] = ROWS(prod), [SGK_MAX] = ROWS(max), [SGK_MIN] = ROWS(min),
  [SGK_FOLD_MOMENTS] = { [SGK_FLOAT32] = MOMENTS_ROW(f32), [SGK_FLOAT64] = MOMENTS_ROW(f64) },
};

#endif
#include "isa_end.h"
