// Loops of the unary operations. See isa_begin.h for how this is compiled.
#include <math.h>
#include <string.h>

#include "loops.h"

// Loops that call the C library stay scalar.
#pragma clang diagnostic ignored "-Wpass-failed"

#include "isa_begin.h"
#include "math_f32.h"
#if SGK_LEVEL_EXISTS

// `value` for each x of type T, as a U. Input and output may be the same memory, which is safe one by one.
#define UNARY(name, T, U, ...)                                                        \
  static void name(int64_t n, void *const data[SGK_MAX_OPERANDS], uint32_t scalars) { \
    (void)scalars;                                                                    \
    const T *from = data[1];                                                          \
    U *to = data[0];                                                                  \
    SGK_VECTORIZE for (int64_t i = 0; i < n; ++i) {                                   \
      const T x = from[i];                                                            \
      to[i] = (U)(__VA_ARGS__);                                                       \
    }                                                                                 \
  }

// A function on vectors of float32; the tail is a vector padded with ones.
#define UNARY_F32(name, function)                                                     \
  static void name(int64_t n, void *const data[SGK_MAX_OPERANDS], uint32_t scalars) { \
    (void)scalars;                                                                    \
    enum { lanes = SGK_VECTOR_BYTES / 4 };                                            \
    const float *from = data[1];                                                      \
    float *to = data[0];                                                              \
    int64_t i = 0;                                                                    \
    for (; i + lanes <= n; i += lanes) {                                              \
      sgk_f32v x = *(const sgk_f32vu *)(from + i);                                    \
      *(sgk_f32vu *)(to + i) = function(x);                                           \
    }                                                                                 \
    if (i < n) {                                                                      \
      sgk_f32v x = sgk_splat(1);                                                      \
      memcpy(&x, from + i, (size_t)(n - i) * 4);                                      \
      x = function(x);                                                                \
      memcpy(to + i, &x, (size_t)(n - i) * 4);                                        \
    }                                                                                 \
  }

// Halfway cases to even, as NumPy rounds: beyond `whole` every number is an integer, and adding it rounds.
#define ROUND(suffix, T, whole)                                                       \
  SGK_INLINE T round_##suffix(T x) {                                                  \
    T a = __builtin_elementwise_abs(x);                                               \
    T rounded = __builtin_elementwise_copysign((T)(a + whole - whole), x);            \
    return a < whole ? rounded : x;                                                   \
  }                                                                                   \
  SGK_INLINE T floor_##suffix(T x) {                                                  \
    T rounded = round_##suffix(x);                                                    \
    return __builtin_elementwise_copysign(rounded > x ? rounded - 1 : rounded, x);    \
  }                                                                                   \
  SGK_INLINE T ceil_##suffix(T x) {                                                   \
    T rounded = round_##suffix(x);                                                    \
    return __builtin_elementwise_copysign(rounded < x ? rounded + 1 : rounded, x);    \
  }                                                                                   \
  SGK_INLINE T trunc_##suffix(T x) {                                                  \
    T a = __builtin_elementwise_abs(x);                                               \
    return __builtin_elementwise_copysign(floor_##suffix(a), x);                      \
  }
ROUND(f32, float, 0x1p23f)
ROUND(f64, double, 0x1p52)

#define FLOATS(suffix, T, infinity)                                                   \
  UNARY(neg_##suffix, T, T, -x)                                                       \
  UNARY(abs_##suffix, T, T, __builtin_elementwise_abs(x))                             \
  UNARY(sign_##suffix, T, T, x > 0 ? (T)1 : x < 0 ? (T)-1 : x == 0 ? (T)0 : x)        \
  UNARY(square_##suffix, T, T, x * x)                                                 \
  UNARY(floor_##suffix##_loop, T, T, floor_##suffix(x))                               \
  UNARY(ceil_##suffix##_loop, T, T, ceil_##suffix(x))                                 \
  UNARY(round_##suffix##_loop, T, T, round_##suffix(x))                               \
  UNARY(trunc_##suffix##_loop, T, T, trunc_##suffix(x))                               \
  UNARY(relu_##suffix, T, T, x <= 0 ? (T)0 : x) /* NaN stays */                       \
  UNARY(sqrt_##suffix, T, T, __builtin_elementwise_sqrt(x))                           \
  UNARY(rsqrt_##suffix, T, T, 1 / __builtin_elementwise_sqrt(x))                      \
  UNARY(reciprocal_##suffix, T, T, 1 / x)                                             \
  UNARY(is_finite_##suffix, T, uint8_t, __builtin_elementwise_abs(x) < infinity)
FLOATS(f32, float, __builtin_inff())
FLOATS(f64, double, __builtin_inf())

// U is the unsigned twin, where overflow wraps.
#define INTEGERS(suffix, T, U)                                  \
  UNARY(neg_##suffix, T, T, 0 - (U)x)                           \
  UNARY(abs_##suffix, T, T, x < 0 ? 0 - (U)x : (U)x)            \
  UNARY(sign_##suffix, T, T, (x > 0) - (x < 0))                 \
  UNARY(square_##suffix, T, T, (U)x * (U)x)                     \
  UNARY(relu_##suffix, T, T, x <= 0 ? 0 : x)                    \
  UNARY(not_##suffix, T, T, ~(U)x)                              \
  UNARY(same_##suffix, T, T, x)
INTEGERS(i32, int32_t, uint32_t)
INTEGERS(i64, int64_t, uint64_t)
INTEGERS(u8, uint8_t, uint8_t)

UNARY_F32(exp_f32, sgk_exp)
UNARY_F32(expm1_f32, sgk_expm1)
UNARY_F32(log_f32, sgk_log)
UNARY_F32(log1p_f32, sgk_log1p)
UNARY_F32(tanh_f32, sgk_tanh)
UNARY_F32(sigmoid_f32, sgk_sigmoid)
UNARY_F32(softplus_f32, sgk_softplus)
UNARY_F32(erf_f32, sgk_erf)
UNARY_F32(sin_f32, sgk_sin)
UNARY_F32(cos_f32, sgk_cos)

// float64 serves checks, not training: the C library's functions are exact enough and fast enough.
#define UNARY_F64(name, value) UNARY(name, double, double, value)
UNARY_F64(exp_f64, exp(x))
UNARY_F64(expm1_f64, expm1(x))
UNARY_F64(log_f64, log(x))
UNARY_F64(log1p_f64, log1p(x))
UNARY_F64(tanh_f64, tanh(x))
UNARY_F64(sigmoid_f64, (x < 0 ? exp(x) : 1) / (1 + exp(-fabs(x))))
UNARY_F64(softplus_f64, (x > 0 ? x : 0) + log1p(exp(-fabs(x))))
UNARY_F64(erf_f64, erf(x))
UNARY_F64(sin_f64, sin(x))
UNARY_F64(cos_f64, cos(x))

// Not of the training loop: the C library's in both types.
#define LIBRARY(name)                               \
  UNARY(name##_f32, float, float, name##f(x))       \
  UNARY_F64(name##_f64, name(x))
LIBRARY(log2)
LIBRARY(log10)
LIBRARY(exp2)
LIBRARY(cbrt)
LIBRARY(tan)
LIBRARY(asin)
LIBRARY(acos)
LIBRARY(atan)
LIBRARY(sinh)
LIBRARY(cosh)
LIBRARY(asinh)
LIBRARY(acosh)
LIBRARY(atanh)

UNARY(not_bool, uint8_t, uint8_t, x == 0)

#define NUMERIC(name) \
  { [SGK_FLOAT32] = name##_f32, [SGK_FLOAT64] = name##_f64, [SGK_INT32] = name##_i32, \
    [SGK_INT64] = name##_i64, [SGK_UINT8] = name##_u8 }
#define ROUNDING(name) \
  { [SGK_FLOAT32] = name##_f32_loop, [SGK_FLOAT64] = name##_f64_loop, [SGK_INT32] = same_i32, \
    [SGK_INT64] = same_i64, [SGK_UINT8] = same_u8 }
#define FLOATING(name) { [SGK_FLOAT32] = name##_f32, [SGK_FLOAT64] = name##_f64 }

const sgk_unary_loops SGK_ISA(sgk_unary_table) = {
  [SGK_NEG] = NUMERIC(neg), [SGK_ABS] = NUMERIC(abs), [SGK_SIGN] = NUMERIC(sign), [SGK_SQUARE] = NUMERIC(square),
  [SGK_FLOOR] = ROUNDING(floor), [SGK_CEIL] = ROUNDING(ceil), [SGK_ROUND] = ROUNDING(round),
  [SGK_EXP] = FLOATING(exp), [SGK_EXPM1] = FLOATING(expm1), [SGK_LOG] = FLOATING(log), [SGK_LOG1P] = FLOATING(log1p),
  [SGK_SQRT] = FLOATING(sqrt), [SGK_RSQRT] = FLOATING(rsqrt), [SGK_RECIPROCAL] = FLOATING(reciprocal),
  [SGK_TANH] = FLOATING(tanh), [SGK_SIGMOID] = FLOATING(sigmoid), [SGK_SOFTPLUS] = FLOATING(softplus),
  [SGK_ERF] = FLOATING(erf), [SGK_SIN] = FLOATING(sin), [SGK_COS] = FLOATING(cos),
  [SGK_LOG2] = FLOATING(log2), [SGK_LOG10] = FLOATING(log10), [SGK_EXP2] = FLOATING(exp2),
  [SGK_CBRT] = FLOATING(cbrt), [SGK_TAN] = FLOATING(tan), [SGK_ASIN] = FLOATING(asin), [SGK_ACOS] = FLOATING(acos),
  [SGK_ATAN] = FLOATING(atan), [SGK_SINH] = FLOATING(sinh), [SGK_COSH] = FLOATING(cosh),
  [SGK_ASINH] = FLOATING(asinh), [SGK_ACOSH] = FLOATING(acosh), [SGK_ATANH] = FLOATING(atanh),
  [SGK_TRUNC] = ROUNDING(trunc), [SGK_RELU] = NUMERIC(relu),
  [SGK_NOT] = {[SGK_BOOL] = not_bool, [SGK_INT32] = not_i32, [SGK_INT64] = not_i64, [SGK_UINT8] = not_u8},
  [SGK_IS_FINITE] = FLOATING(is_finite),
};

#endif
#include "isa_end.h"
