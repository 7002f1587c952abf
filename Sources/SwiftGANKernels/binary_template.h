// Loops of the binary operations. See isa_begin.h for how this is compiled.
#include <math.h>

#include "loops.h"

// Loops that call the C library stay scalar.
#pragma clang diagnostic ignored "-Wpass-failed"

#include "isa_begin.h"
#if SGK_LEVEL_EXISTS

// `value` for each a and b of type T, as a U; either operand may be one element for all.
#define BINARY(name, T, U, ...)                                                       \
  static void name(int64_t n, void *const data[SGK_MAX_OPERANDS], uint32_t scalars) { \
    const T *left = data[1], *right = data[2];                                        \
    U *to = data[0];                                                                  \
    if (scalars & 2) {                                                                \
      const T a = *left;                                                              \
      SGK_VECTORIZE for (int64_t i = 0; i < n; ++i) {                                 \
        const T b = right[i];                                                         \
        to[i] = (U)(__VA_ARGS__);                                                     \
      }                                                                               \
    } else if (scalars & 4) {                                                         \
      const T b = *right;                                                             \
      SGK_VECTORIZE for (int64_t i = 0; i < n; ++i) {                                 \
        const T a = left[i];                                                          \
        to[i] = (U)(__VA_ARGS__);                                                     \
      }                                                                               \
    } else {                                                                          \
      SGK_VECTORIZE for (int64_t i = 0; i < n; ++i) {                                 \
        const T a = left[i], b = right[i];                                            \
        to[i] = (U)(__VA_ARGS__);                                                     \
      }                                                                               \
    }                                                                                 \
  }

#define COMPARISONS(suffix, T)                 \
  BINARY(eq_##suffix, T, uint8_t, a == b)      \
  BINARY(ne_##suffix, T, uint8_t, a != b)      \
  BINARY(lt_##suffix, T, uint8_t, a < b)       \
  BINARY(le_##suffix, T, uint8_t, a <= b)      \
  BINARY(gt_##suffix, T, uint8_t, a > b)       \
  BINARY(ge_##suffix, T, uint8_t, a >= b)
COMPARISONS(f32, float)
COMPARISONS(f64, double)
COMPARISONS(i32, int32_t)
COMPARISONS(i64, int64_t)
COMPARISONS(u8, uint8_t)

// Exponents that need no logarithm, with pow's own values at 0 and -infinity. The same expressions serve one element
// and a vector, so that a broadcast exponent gives the same bits as a repeated one.
#define POW_SQUARE(x) ((x) * (x))
#define POW_CUBE(x) ((x) * (x) * (x))
#define POW_INVERSE(x) (1 / (x))
#define POW_ROOT(x, infinity) ((x) == -infinity ? infinity : __builtin_elementwise_sqrt(x) + 0)
#define POW_INVERSE_ROOT(x, infinity) ((x) == -infinity ? 0 : 1 / (__builtin_elementwise_sqrt(x) + 0))

#define POW(suffix, T, infinity, library)                                                           \
  SGK_INLINE T pow_of_##suffix(T x, T exponent) {                                                   \
    if (exponent == 2) return POW_SQUARE(x);                                                        \
    if (exponent == 3) return POW_CUBE(x);                                                          \
    if (exponent == -1) return POW_INVERSE(x);                                                      \
    if (exponent == (T)0.5) return POW_ROOT(x, infinity);                                           \
    if (exponent == (T)-0.5) return POW_INVERSE_ROOT(x, infinity);                                  \
    return library(x, exponent);                                                                    \
  }                                                                                                 \
  BINARY(pow_any_##suffix, T, T, pow_of_##suffix(a, b))                                             \
  BINARY(pow_square_##suffix, T, T, ((void)b, POW_SQUARE(a)))                                       \
  BINARY(pow_cube_##suffix, T, T, ((void)b, POW_CUBE(a)))                                           \
  BINARY(pow_inverse_##suffix, T, T, ((void)b, POW_INVERSE(a)))                                     \
  BINARY(pow_root_##suffix, T, T, ((void)b, POW_ROOT(a, infinity)))                                 \
  BINARY(pow_inverse_root_##suffix, T, T, ((void)b, POW_INVERSE_ROOT(a, infinity)))                 \
  static void pow_##suffix(int64_t n, void *const data[SGK_MAX_OPERANDS], uint32_t scalars) {       \
    const T exponent = *(const T *)data[2];                                                         \
    sgk_loop loop = pow_any_##suffix;                                                               \
    if (scalars & 4)                                                                                \
      loop = exponent == 2          ? pow_square_##suffix                                           \
             : exponent == 3        ? pow_cube_##suffix                                             \
             : exponent == -1       ? pow_inverse_##suffix                                          \
             : exponent == (T)0.5   ? pow_root_##suffix                                             \
             : exponent == (T)-0.5  ? pow_inverse_root_##suffix                                     \
                                    : pow_any_##suffix;                                             \
    loop(n, data, scalars);                                                                         \
  }
POW(f32, float, __builtin_inff(), powf)
POW(f64, double, __builtin_inf(), pow)

// Division that rounds down. The quotient is found from the remainder, which is exact.
#define MODULO(suffix, T, library_fmod, library_floor, library_log1p, library_exp)              \
  SGK_INLINE T remainder_of_##suffix(T a, T b) {                                                \
    T rest = library_fmod(a, b);                                                                \
    if (rest == 0) return __builtin_elementwise_copysign((T)0, b);                              \
    return (b < 0) != (rest < 0) ? rest + b : rest;                                             \
  }                                                                                             \
  SGK_INLINE T floor_divide_of_##suffix(T a, T b) {                                             \
    if (b == 0) return a / b;                                                                   \
    T rest = library_fmod(a, b);                                                                \
    T quotient = (a - rest) / b;                                                                \
    if (rest != 0 && (b < 0) != (rest < 0)) quotient -= 1;                                      \
    if (quotient == 0) return __builtin_elementwise_copysign((T)0, a / b);                      \
    T whole = library_floor(quotient);                                                          \
    return quotient - whole > (T)0.5 ? whole + 1 : whole;                                       \
  }                                                                                             \
  SGK_INLINE T logaddexp_of_##suffix(T a, T b) {                                                \
    if (a == b) return a + (T)0.693147180559945309417;  /* infinities too */                    \
    T high = a > b ? a : b, gap = a > b ? b - a : a - b;                                        \
    return high + library_log1p(library_exp(gap));                                              \
  }                                                                                             \
  BINARY(remainder_##suffix, T, T, remainder_of_##suffix(a, b))                                 \
  BINARY(fmod_##suffix, T, T, library_fmod(a, b))                                               \
  BINARY(floor_divide_##suffix, T, T, floor_divide_of_##suffix(a, b))                           \
  BINARY(logaddexp_##suffix, T, T, logaddexp_of_##suffix(a, b))
MODULO(f32, float, fmodf, floorf, log1pf, expf)
MODULO(f64, double, fmod, floor, log1p, exp)

#define LIBRARY(name)                                       \
  BINARY(name##_f32, float, float, name##f(a, b))           \
  BINARY(name##_f64, double, double, name(a, b))
LIBRARY(atan2)
LIBRARY(hypot)
LIBRARY(nextafter)

#define FLOATS(suffix, T)                                       \
  BINARY(copysign_##suffix, T, T, __builtin_elementwise_copysign(a, b)) \
  BINARY(add_##suffix, T, T, a + b)                             \
  BINARY(sub_##suffix, T, T, a - b)                             \
  BINARY(mul_##suffix, T, T, a * b)                             \
  BINARY(div_##suffix, T, T, a / b)                             \
  BINARY(maximum_##suffix, T, T, a > b || a != a ? a : b)       \
  BINARY(minimum_##suffix, T, T, a < b || a != a ? a : b)
FLOATS(f32, float)
FLOATS(f64, double)

// U is the unsigned twin, where overflow wraps. Division floors; by zero it gives 0. A negative power is the reciprocal
// rounded toward zero: 0 unless the base is 1 or -1.
#define INTEGERS(suffix, T, U)                                                                  \
  SGK_INLINE T floor_divide_of_##suffix(T a, T b) {                                             \
    if (b == 0) return 0;                                                                       \
    if ((T)-1 < 0 && b == (T)-1) return (T)(0 - (U)a);                                          \
    T quotient = (T)(a / b);                                                                    \
    return (T)(quotient - (a % b != 0 && (a < 0) != (b < 0)));                                  \
  }                                                                                             \
  SGK_INLINE T power_##suffix(T base, T exponent) {                                             \
    if (exponent < 0) return (T)(base == 1 ? 1 : (T)-1 < 0 && base == (T)-1 ? 1 - 2 * (exponent & 1) : 0); \
    U result = 1, square = (U)base;                                                             \
    for (U left = (U)exponent; left != 0; left >>= 1) {                                         \
      if (left & 1) result = (U)(result * square);                                              \
      square = (U)(square * square);                                                            \
    }                                                                                           \
    return (T)result;                                                                           \
  }                                                                                             \
  BINARY(add_##suffix, T, T, (U)a + (U)b)                                                       \
  BINARY(sub_##suffix, T, T, (U)a - (U)b)                                                       \
  BINARY(mul_##suffix, T, T, (U)a * (U)b)                                                       \
  SGK_INLINE T fmod_of_##suffix(T a, T b) { return b == 0 || ((T)-1 < 0 && b == (T)-1) ? 0 : (T)(a % b); } \
  SGK_INLINE T remainder_of_##suffix(T a, T b) {                                                \
    T rest = fmod_of_##suffix(a, b);                                                            \
    return (T)(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest);                           \
  }                                                                                             \
  SGK_INLINE T left_shift_of_##suffix(T a, T b) {                                               \
    return b < 0 || b >= (T)(8 * sizeof(T)) ? 0 : (T)((U)a << b);                               \
  }                                                                                             \
  SGK_INLINE T right_shift_of_##suffix(T a, T b) {                                              \
    return b < 0 || b >= (T)(8 * sizeof(T)) ? (T)(a < 0 ? -1 : 0) : (T)(a >> b);                \
  }                                                                                             \
  BINARY(div_##suffix, T, T, floor_divide_of_##suffix(a, b))                                    \
  BINARY(floor_divide_##suffix, T, T, floor_divide_of_##suffix(a, b))                           \
  BINARY(remainder_##suffix, T, T, remainder_of_##suffix(a, b))                                 \
  BINARY(fmod_##suffix, T, T, fmod_of_##suffix(a, b))                                           \
  BINARY(left_shift_##suffix, T, T, left_shift_of_##suffix(a, b))                               \
  BINARY(right_shift_##suffix, T, T, right_shift_of_##suffix(a, b))                             \
  BINARY(and_##suffix, T, T, a & b)                                                             \
  BINARY(or_##suffix, T, T, a | b)                                                              \
  BINARY(xor_##suffix, T, T, a ^ b)                                                             \
  BINARY(pow_##suffix, T, T, power_##suffix(a, b))                                              \
  BINARY(maximum_##suffix, T, T, a > b ? a : b)                                                 \
  BINARY(minimum_##suffix, T, T, a < b ? a : b)
INTEGERS(i32, int32_t, uint32_t)
INTEGERS(i64, int64_t, uint64_t)
INTEGERS(u8, uint8_t, uint8_t)

BINARY(and_bool, uint8_t, uint8_t, a & b)
BINARY(or_bool, uint8_t, uint8_t, a | b)
BINARY(xor_bool, uint8_t, uint8_t, a ^ b)

#define NUMERIC(name) \
  [SGK_FLOAT32] = name##_f32, [SGK_FLOAT64] = name##_f64, [SGK_INT32] = name##_i32, [SGK_INT64] = name##_i64, \
  [SGK_UINT8] = name##_u8

#define INTEGER(name) [SGK_INT32] = name##_i32, [SGK_INT64] = name##_i64, [SGK_UINT8] = name##_u8
#define FLOATING(name) [SGK_FLOAT32] = name##_f32, [SGK_FLOAT64] = name##_f64

const sgk_binary_loops SGK_ISA(sgk_binary_table) = {
  [SGK_ADD] = {NUMERIC(add)}, [SGK_SUB] = {NUMERIC(sub)}, [SGK_MUL] = {NUMERIC(mul)}, [SGK_DIV] = {NUMERIC(div)},
  [SGK_POW] = {NUMERIC(pow)}, [SGK_MAXIMUM] = {NUMERIC(maximum)}, [SGK_MINIMUM] = {NUMERIC(minimum)},
  [SGK_EQ] = {NUMERIC(eq), [SGK_BOOL] = eq_u8}, [SGK_NE] = {NUMERIC(ne), [SGK_BOOL] = ne_u8},
  [SGK_LT] = {NUMERIC(lt), [SGK_BOOL] = lt_u8}, [SGK_LE] = {NUMERIC(le), [SGK_BOOL] = le_u8},
  [SGK_GT] = {NUMERIC(gt), [SGK_BOOL] = gt_u8}, [SGK_GE] = {NUMERIC(ge), [SGK_BOOL] = ge_u8},
  [SGK_FLOOR_DIVIDE] = {NUMERIC(floor_divide)}, [SGK_REMAINDER] = {NUMERIC(remainder)}, [SGK_FMOD] = {NUMERIC(fmod)},
  [SGK_ATAN2] = {FLOATING(atan2)}, [SGK_HYPOT] = {FLOATING(hypot)}, [SGK_COPYSIGN] = {FLOATING(copysign)},
  [SGK_NEXTAFTER] = {FLOATING(nextafter)}, [SGK_LOGADDEXP] = {FLOATING(logaddexp)},
  [SGK_LEFT_SHIFT] = {INTEGER(left_shift)}, [SGK_RIGHT_SHIFT] = {INTEGER(right_shift)},
  [SGK_AND] = {INTEGER(and), [SGK_BOOL] = and_bool}, [SGK_OR] = {INTEGER(or), [SGK_BOOL] = or_bool},
  [SGK_XOR] = {INTEGER(xor), [SGK_BOOL] = xor_bool},
};

#endif
#include "isa_end.h"
