// Loops of casts and of selection. See isa_begin.h for how this is compiled.
#include "loops.h"

// Some instruction sets lack a conversion: those loops stay scalar.
#pragma clang diagnostic ignored "-Wpass-failed"

#include "isa_begin.h"
#if SGK_LEVEL_EXISTS

#define CAST(name, T, U, ...)                                                         \
  static void name(int64_t n, void *const data[SGK_MAX_OPERANDS], uint32_t scalars) { \
    (void)scalars;                                                                    \
    const T *from = data[1];                                                          \
    U *to = data[0];                                                                  \
    SGK_VECTORIZE for (int64_t i = 0; i < n; ++i) {                                   \
      const T x = from[i];                                                            \
      to[i] = (U)(__VA_ARGS__);                                                       \
    }                                                                                 \
  }

// The bounds are powers of two, exact in both floating types; the highest integer itself may not be.
#define FROM_FLOAT(suffix, T)                                                                              \
  CAST(suffix##_i32, T, int32_t,                                                                           \
       x != x ? 0 : x >= (T)0x1p31 ? INT32_MAX : x < (T)-0x1p31 ? INT32_MIN : (int32_t)x)                  \
  CAST(suffix##_i64, T, int64_t,                                                                           \
       x != x ? 0 : x >= (T)0x1p63 ? INT64_MAX : x < (T)-0x1p63 ? INT64_MIN : (int64_t)x)                  \
  CAST(suffix##_u8, T, uint8_t, x != x || x < 0 ? 0 : x >= 256 ? 255 : (int32_t)x)                         \
  CAST(suffix##_bool, T, uint8_t, x != 0)
FROM_FLOAT(f32, float)
FROM_FLOAT(f64, double)
CAST(f32_f64, float, double, x)
CAST(f64_f32, double, float, x)

#define TO_FLOAT(suffix, T)           \
  CAST(suffix##_f32, T, float, x)     \
  CAST(suffix##_f64, T, double, x)
TO_FLOAT(i32, int32_t)
TO_FLOAT(i64, int64_t)
TO_FLOAT(u8, uint8_t)

// Between integers the low bits are kept, as in C and NumPy.
CAST(i32_i64, int32_t, int64_t, x)
CAST(i32_u8, int32_t, uint8_t, x)
CAST(i32_bool, int32_t, uint8_t, x != 0)
CAST(i64_i32, int64_t, int32_t, x)
CAST(i64_u8, int64_t, uint8_t, x)
CAST(i64_bool, int64_t, uint8_t, x != 0)
CAST(u8_i32, uint8_t, int32_t, x)
CAST(u8_i64, uint8_t, int64_t, x)
CAST(u8_u8, uint8_t, uint8_t, x)
CAST(u8_bool, uint8_t, uint8_t, x != 0)

// Equal types are a copy (copy.c), hence the empty diagonal; a bool is a byte of 0 or 1.
const sgk_cast_loops SGK_ISA(sgk_cast_table) = {
  [SGK_FLOAT32] = {[SGK_FLOAT64] = f32_f64, [SGK_INT32] = f32_i32, [SGK_INT64] = f32_i64, [SGK_UINT8] = f32_u8,
                   [SGK_BOOL] = f32_bool},
  [SGK_FLOAT64] = {[SGK_FLOAT32] = f64_f32, [SGK_INT32] = f64_i32, [SGK_INT64] = f64_i64, [SGK_UINT8] = f64_u8,
                   [SGK_BOOL] = f64_bool},
  [SGK_INT32] = {[SGK_FLOAT32] = i32_f32, [SGK_FLOAT64] = i32_f64, [SGK_INT64] = i32_i64, [SGK_UINT8] = i32_u8,
                 [SGK_BOOL] = i32_bool},
  [SGK_INT64] = {[SGK_FLOAT32] = i64_f32, [SGK_FLOAT64] = i64_f64, [SGK_INT32] = i64_i32, [SGK_UINT8] = i64_u8,
                 [SGK_BOOL] = i64_bool},
  [SGK_UINT8] = {[SGK_FLOAT32] = u8_f32, [SGK_FLOAT64] = u8_f64, [SGK_INT32] = u8_i32, [SGK_INT64] = u8_i64,
                 [SGK_BOOL] = u8_bool},
  [SGK_BOOL] = {[SGK_FLOAT32] = u8_f32, [SGK_FLOAT64] = u8_f64, [SGK_INT32] = u8_i32, [SGK_INT64] = u8_i64,
                [SGK_UINT8] = u8_u8},
};

// Selection moves bits: elements are integers of their size. Operands: the condition, then a and b.
// Both are read, whichever is taken: that leaves no branch.
#define CHOOSE(T, left, right)                    \
  SGK_VECTORIZE for (int64_t i = 0; i < n; ++i) { \
    const T x = left, y = right;                  \
    to[i] = condition[i] ? x : y;                 \
  }
#define SELECT(name, T)                                                               \
  typedef T any_##T __attribute__((may_alias));                                       \
  static void name(int64_t n, void *const data[SGK_MAX_OPERANDS], uint32_t scalars) { \
    const uint8_t *condition = data[1];                                               \
    const any_##T *a = data[2], *b = data[3];                                         \
    any_##T *to = data[0];                                                            \
    const T a0 = *a, b0 = *b;                                                         \
    switch (scalars) {                                                                \
      case 0: CHOOSE(T, a[i], b[i]) break;                                            \
      case 4: CHOOSE(T, a0, b[i]) break;                                              \
      case 8: CHOOSE(T, a[i], b0) break;                                              \
      default: CHOOSE(T, a0, b0) break;                                               \
    }                                                                                 \
  }
SELECT(select_1, uint8_t)
SELECT(select_4, uint32_t)
SELECT(select_8, uint64_t)

const sgk_select_loops SGK_ISA(sgk_select_table) = {[1] = select_1, [4] = select_4, [8] = select_8};

#endif
#include "isa_end.h"
