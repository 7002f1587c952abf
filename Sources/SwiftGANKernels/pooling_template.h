// The inner loops of pooling.c for one instruction-set level (see isa_begin.h).
#include "map.h"
#include "pooling.h"
#include "isa_begin.h"

#if SGK_LEVEL_EXISTS

#define DEFINE_LOOPS(name, T)                                                                               \
  static void name##_larger(int64_t n, const void *x, void *best) {                                         \
    const T *values = x;                                                                                    \
    T *to = best;                                                                                           \
    SGK_VECTORIZE                                                                                           \
    for (int64_t i = 0; i < n; ++i) {                                                                       \
      T a = values[i], b = to[i];                                                                           \
      to[i] = ((a > b) | (a != a)) ? a : b;                                                                 \
    }                                                                                                       \
  }                                                                                                         \
  static void name##_larger_at(int64_t n, const void *x, int64_t position, void *best, int64_t *index) {    \
    const T *values = x;                                                                                    \
    T *to = best;                                                                                           \
    SGK_VECTORIZE                                                                                           \
    for (int64_t i = 0; i < n; ++i) {                                                                       \
      T a = values[i], b = to[i];                                                                           \
      int better = (a > b) | ((a != a) & (b == b));                                                         \
      to[i] = better ? a : b;                                                                               \
      index[i] = better ? position : index[i];                                                              \
    }                                                                                                       \
  }
#define LOOPS(name) {name##_larger, name##_larger_at}

DEFINE_LOOPS(f32, float)
DEFINE_LOOPS(f64, double)
DEFINE_LOOPS(i32, int32_t)
DEFINE_LOOPS(i64, int64_t)
DEFINE_LOOPS(u8, uint8_t)

const sgk_pooling_table SGK_ISA(sgk_pooling_loops_of) = {LOOPS(f32), LOOPS(f64), LOOPS(i32), LOOPS(i64), LOOPS(u8)};

#endif
#include "isa_end.h"
