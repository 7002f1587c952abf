// Winograd's transforms of tiles and filters (winograd.h) for one instruction-set level: winograd_portable.c,
// winograd_avx2.c and winograd_avx512.c include this file (see isa_begin.h).
#include "winograd.h"
#include "isa_begin.h"

#if SGK_LEVEL_EXISTS

#define LANES ((int64_t)(SGK_VECTOR_BYTES / sizeof(float)))

// One axis of a tile of `t` results. Vectors lie `step` apart; kinds that a tile has not are left alone.
SGK_INLINE void image_axis(const int t, const int step, const sgk_f32v *x, sgk_f32v *v) {
  if (t == 3) {
    v[0] = x[0] - x[2 * step];
    v[step] = x[step] + x[2 * step];
    v[2 * step] = x[2 * step] - x[step];
    v[3 * step] = x[3 * step] - x[step];
  } else if (t == 2) {
    v[0] = x[0] - x[step];
    v[step] = x[step] + x[step];
    v[3 * step] = x[step] - x[2 * step];
  } else {
    v[0] = x[0];
    v[3 * step] = x[step];
  }
}

SGK_INLINE void result_axis(const int t, const int step, const sgk_f32v *m, sgk_f32v *y) {
  if (t == 3) {
    sgk_f32v sum = m[step] + m[2 * step];
    y[0] = m[0] + sum;
    y[step] = m[step] - m[2 * step];
    y[2 * step] = sum + m[3 * step];
  } else if (t == 2) {
    y[0] = m[0] + m[step];
    y[step] = m[step] - m[3 * step];
  } else {
    y[0] = m[0] + m[3 * step];
  }
}

SGK_INLINE void spread_axis(const int t, const int step, const sgk_f32v *y, sgk_f32v *z) {
  if (t == 3) {
    sgk_f32v ends = y[0] + y[2 * step];
    z[0] = y[0];
    z[step] = ends + y[step];
    z[2 * step] = ends - y[step];
    z[3 * step] = y[2 * step];
  } else if (t == 2) {
    z[0] = y[0];
    z[step] = y[0] + y[step];
    z[3 * step] = -y[step];
  } else {
    z[0] = y[0];
    z[3 * step] = y[0];
  }
}

SGK_INLINE int has_kind(const int t, const int kind) { return t == 3 || kind == 0 || kind == 3 || (t == 2 && kind == 1); }

#define UNROLLED _Pragma("clang loop unroll(full)")

// Pixels to products: `pixels` are t + 1 by t + 1, or for the adjoint of the results t by t.
SGK_INLINE void to_products(const int rows, const int columns, const bool of_results, const float *const *pixels,
                            int64_t channels, float *const *products) {
  const int down = rows + !of_results, across = columns + !of_results;
  for (int64_t c = 0; c < channels; c += LANES) {
    sgk_f32v from[16], half[16], to[16];
    UNROLLED for (int i = 0; i < down; ++i) {
      UNROLLED for (int j = 0; j < across; ++j) from[4 * i + j] = *(const sgk_f32vu *)(pixels[4 * i + j] + c);
    }
    UNROLLED for (int j = 0; j < across; ++j) {
      if (of_results)
        spread_axis(rows, 4, from + j, half + j);
      else
        image_axis(rows, 4, from + j, half + j);
    }
    UNROLLED for (int a = 0; a < 4; ++a) {
      if (!has_kind(rows, a)) continue;
      if (of_results)
        spread_axis(columns, 1, half + 4 * a, to + 4 * a);
      else
        image_axis(columns, 1, half + 4 * a, to + 4 * a);
      UNROLLED for (int b = 0; b < 4; ++b) {
        if (has_kind(columns, b)) *(sgk_f32vu *)(products[4 * a + b] + c) = to[4 * a + b];
      }
    }
  }
}

SGK_INLINE void to_results(const int rows, const int columns, const float *const *products, int64_t channels,
                           float *const *results) {
  for (int64_t c = 0; c < channels; c += LANES) {
    sgk_f32v from[16], half[16], to[16];
    UNROLLED for (int a = 0; a < 4; ++a) {
      if (!has_kind(rows, a)) continue;
      UNROLLED for (int b = 0; b < 4; ++b) {
        if (has_kind(columns, b)) from[4 * a + b] = *(const sgk_f32vu *)(products[4 * a + b] + c);
      }
      result_axis(columns, 1, from + 4 * a, half + 4 * a);
    }
    UNROLLED for (int j = 0; j < columns; ++j) {
      result_axis(rows, 4, half + j, to + j);
      UNROLLED for (int i = 0; i < rows; ++i) *(sgk_f32vu *)(results[4 * i + j] + c) = to[4 * i + j];
    }
  }
}

#define FOR_TILES(DO)                                                                                    \
  DO(1, 1) DO(1, 2) DO(1, 3) DO(2, 1) DO(2, 2) DO(2, 3) DO(3, 1) DO(3, 2) DO(3, 3)

#define TILE_FUNCTIONS(r, s)                                                                                        \
  static void image_##r##s(const float *const *x, int64_t channels, float *const *v) {                              \
    to_products(r, s, false, x, channels, v);                                                                       \
  }                                                                                                                 \
  static void spread_##r##s(const float *const *y, int64_t channels, float *const *z) {                             \
    to_products(r, s, true, y, channels, z);                                                                        \
  }                                                                                                                 \
  static void result_##r##s(const float *const *m, int64_t channels, float *const *y) {                             \
    to_results(r, s, m, channels, y);                                                                               \
  }
FOR_TILES(TILE_FUNCTIONS)

typedef void tile_fn(const float *const *from, int64_t channels, float *const *to);
#define TABLE_OF(name)                                          \
  {{name##_11, name##_12, name##_13}, {name##_21, name##_22, name##_23}, {name##_31, name##_32, name##_33}}
static tile_fn *const images[3][3] = TABLE_OF(image), *const spreads[3][3] = TABLE_OF(spread),
                                *const results_of[3][3] = TABLE_OF(result);

static void image(int rows, int columns, const float *const *pixels, int64_t channels, float *const *products) {
  images[rows - 1][columns - 1](pixels, channels, products);
}

static void spread(int rows, int columns, const float *const *results, int64_t channels, float *const *products) {
  spreads[rows - 1][columns - 1](results, channels, products);
}

static void result(int rows, int columns, const float *const *products, int64_t channels, float *const *results) {
  results_of[rows - 1][columns - 1](products, channels, results);
}

SGK_INLINE void filter_kinds(const bool all, const float *const *taps, int64_t count, float *const *pairs) {
  for (int64_t i = 0; i < count; i += LANES) {
    sgk_f32v half[8];
    UNROLLED for (int b = 0; b < 2; ++b) {
      sgk_f32v g0 = *(const sgk_f32vu *)(taps[b] + i), g1 = *(const sgk_f32vu *)(taps[2 + b] + i);
      half[b] = g0;
      half[2 + b] = (g0 + g1) * 0.5f;
      half[4 + b] = (g0 - g1) * 0.5f;
      half[6 + b] = g1;
    }
    UNROLLED for (int a = 0; a < 4; ++a) {
      sgk_f32v g0 = half[2 * a], g1 = half[2 * a + 1];
      if (all || pairs[4 * a]) *(sgk_f32vu *)(pairs[4 * a] + i) = g0;
      if (all || pairs[4 * a + 1]) *(sgk_f32vu *)(pairs[4 * a + 1] + i) = (g0 + g1) * 0.5f;
      if (all || pairs[4 * a + 2]) *(sgk_f32vu *)(pairs[4 * a + 2] + i) = (g0 - g1) * 0.5f;
      if (all || pairs[4 * a + 3]) *(sgk_f32vu *)(pairs[4 * a + 3] + i) = g1;
    }
  }
}

static void filter(const float *const *taps, int64_t count, float *const *pairs) {
  bool all = true;
  for (int pair = 0; pair < SGK_WINOGRAD_PAIRS; ++pair) all = all && pairs[pair];
  if (all)
    filter_kinds(true, taps, count, pairs);
  else
    filter_kinds(false, taps, count, pairs);
}

static void gather(const float *const *pairs, int64_t count, float *const *taps) {
  for (int64_t i = 0; i < count; i += LANES) {
    sgk_f32v half[8];
    for (int a = 0; a < 4; ++a) {
      sgk_f32v k1 = *(const sgk_f32vu *)(pairs[4 * a + 1] + i), k2 = *(const sgk_f32vu *)(pairs[4 * a + 2] + i);
      half[2 * a] = *(const sgk_f32vu *)(pairs[4 * a] + i) + (k1 + k2) * 0.5f;
      half[2 * a + 1] = *(const sgk_f32vu *)(pairs[4 * a + 3] + i) + (k1 - k2) * 0.5f;
    }
    for (int b = 0; b < 2; ++b) {
      *(sgk_f32vu *)(taps[b] + i) = half[b] + (half[2 + b] + half[4 + b]) * 0.5f;
      *(sgk_f32vu *)(taps[2 + b] + i) = half[6 + b] + (half[2 + b] - half[4 + b]) * 0.5f;
    }
  }
}

const sgk_winograd_kernels SGK_ISA(sgk_winograd) = {image, result, spread, filter, gather};

#endif
#include "isa_end.h"
