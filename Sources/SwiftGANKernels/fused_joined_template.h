// Loops of several steps. See fused_joined.h and isa_begin.h.
#include "fused_joined.h"

#include "isa_begin.h"
#if SGK_LEVEL_EXISTS

#define JOINED(name, T, ...)                                                          \
  static void name(int64_t n, void *const data[SGK_MAX_OPERANDS], uint32_t scalars) { \
    _Pragma("clang fp contract(off)")(void) scalars;                                  \
    const T *a = data[1], *b = data[2], *c = data[3];                                 \
    T *to = data[0];                                                                  \
    __VA_ARGS__                                                                       \
  }
#define EACH(value) SGK_VECTORIZE for (int64_t i = 0; i < n; ++i) to[i] = (value);

#define LOOPS(suffix, T)                                                                        \
  JOINED(mix_##suffix, T, const T *d = data[4]; const T s = *b, t = *d; EACH(a[i] * s + c[i] * t))                 \
  JOINED(mix_square_##suffix, T, const T *d = data[4]; const T s = *b, t = *d; EACH(a[i] * s + c[i] * c[i] * t))   \
  JOINED(ratio_##suffix, T, const T *d = data[4]; const T s = *b, t = *d, e = *(const T *)data[5];                 \
         EACH(a[i] * s / (__builtin_elementwise_sqrt(c[i] * t) + e)))                                              \
  JOINED(step_##suffix, T, const T s = *c; EACH(a[i] - b[i] * s))
LOOPS(f32, float)
LOOPS(f64, double)

const sgk_joined_loops SGK_ISA(sgk_joined_table) = {
    [SGK_JOINED_MIX] = {mix_f32, mix_f64},
    [SGK_JOINED_MIX_SQUARE] = {mix_square_f32, mix_square_f64},
    [SGK_JOINED_RATIO] = {ratio_f32, ratio_f64},
    [SGK_JOINED_STEP] = {step_f32, step_f64},
};

#endif
#include "isa_end.h"
