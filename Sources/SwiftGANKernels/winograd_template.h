// Winograd's transforms of tiles and filters (winograd.h) for one instruction-set level: winograd_portable.c,
// winograd_avx2.c and winograd_avx512.c include this file (see isa_begin.h).
#include "winograd.h"
#include "isa_begin.h"

#if SGK_LEVEL_EXISTS

#define LANES ((int64_t)(SGK_VECTOR_BYTES / sizeof(float)))

// One axis of a tile. Vectors lie `step` apart; kinds that a tile has not are left alone.
SGK_INLINE void image_axis(const int t, const int step, const sgk_f32v *x, sgk_f32v *v) {
  if (t >= SGK_TILE_3) {
    v[0] = x[0] - x[2 * step];
    v[step] = x[step] + x[2 * step];
    v[2 * step] = x[2 * step] - x[step];
    v[3 * step] = x[3 * step] - x[step];
  } else if (t == SGK_TILE_2) {
    v[0] = x[0] - x[step];
    v[step] = x[step] + x[step];
    v[3 * step] = x[step] - x[2 * step];
  } else {
    v[0] = x[0];
    v[3 * step] = x[step];
  }
}

SGK_INLINE void result_axis(const int t, const int step, const sgk_f32v *m, sgk_f32v *y) {
  if (t == SGK_TILE_3) {
    sgk_f32v sum = m[step] + m[2 * step];
    y[0] = m[0] + sum;
    y[step] = m[step] - m[2 * step];
    y[2 * step] = sum + m[3 * step];
  } else if (t == SGK_TILE_2_OF_3_TAPS) {
    y[0] = m[0] + (m[step] + m[2 * step]);
    y[step] = (m[step] - m[2 * step]) + m[3 * step];
  } else if (t == SGK_TILE_2) {
    y[0] = m[0] + m[step];
    y[step] = m[step] - m[3 * step];
  } else {
    y[0] = m[0] + m[3 * step];
  }
}

SGK_INLINE void spread_axis(const int t, const int step, const sgk_f32v *y, sgk_f32v *z) {
  if (t == SGK_TILE_3) {
    sgk_f32v ends = y[0] + y[2 * step];
    z[0] = y[0];
    z[step] = ends + y[step];
    z[2 * step] = ends - y[step];
    z[3 * step] = y[2 * step];
  } else if (t == SGK_TILE_2_OF_3_TAPS) {
    z[0] = y[0];
    z[step] = y[0] + y[step];
    z[2 * step] = y[0] - y[step];
    z[3 * step] = y[step];
  } else if (t == SGK_TILE_2) {
    z[0] = y[0];
    z[step] = y[0] + y[step];
    z[3 * step] = -y[step];
  } else {
    z[0] = y[0];
    z[3 * step] = y[0];
  }
}

SGK_INLINE int has_kind(const int t, const int kind) {
  return t >= SGK_TILE_3 || kind == 0 || kind == 3 || (t == SGK_TILE_2 && kind == 1);
}

SGK_INLINE int pixels_of(const int t) { return t >= SGK_TILE_3 ? 4 : t + 1; }

SGK_INLINE int results_of(const int t) { return t == SGK_TILE_2_OF_3_TAPS ? 2 : t; }

#define UNROLLED _Pragma("clang loop unroll(full)")

// From pixels to products, or as the adjoint of the results from these.
SGK_INLINE void to_products(const int rows, const int columns, const bool of_results, const float *const *pixels,
                            int64_t channels, float *const *products) {
  const int down = of_results ? results_of(rows) : pixels_of(rows);
  const int across = of_results ? results_of(columns) : pixels_of(columns);
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
    UNROLLED for (int j = 0; j < results_of(columns); ++j) {
      result_axis(rows, 4, half + j, to + j);
      UNROLLED for (int i = 0; i < results_of(rows); ++i) *(sgk_f32vu *)(results[4 * i + j] + c) = to[4 * i + j];
    }
  }
}

#define FOR_TILES(DO)                                                                                    \
  DO(1, 1) DO(1, 2) DO(1, 3) DO(2, 1) DO(2, 2) DO(2, 3) DO(3, 1) DO(3, 2) DO(3, 3) DO(4, 4)

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
#define TABLE_OF(name)                                                                        \
  {{0}, {0, name##_11, name##_12, name##_13}, {0, name##_21, name##_22, name##_23},           \
   {0, name##_31, name##_32, name##_33}, {0, 0, 0, 0, name##_44}}
static tile_fn *const images[5][5] = TABLE_OF(image), *const spreads[5][5] = TABLE_OF(spread),
                                *const results[5][5] = TABLE_OF(result);

static void image(sgk_winograd_tile rows, sgk_winograd_tile columns, const float *const *pixels, int64_t channels,
                  float *const *products) {
  images[rows][columns](pixels, channels, products);
}

static void spread(sgk_winograd_tile rows, sgk_winograd_tile columns, const float *const *from, int64_t channels,
                   float *const *products) {
  spreads[rows][columns](from, channels, products);
}

static void result(sgk_winograd_tile rows, sgk_winograd_tile columns, const float *const *products, int64_t channels,
                   float *const *to) {
  results[rows][columns](products, channels, to);
}

// One axis of the filter, whose taps lie `step` apart and whose kinds lie `stride` apart.
SGK_INLINE void filter_axis(const int taps, const int step, const sgk_f32v *g, const int stride, sgk_f32v *k) {
  sgk_f32v ends = taps == 3 ? g[0] + g[2 * step] : g[0];
  k[0] = g[0];
  k[stride] = (ends + g[step]) * 0.5f;
  k[2 * stride] = (ends - g[step]) * 0.5f;
  k[3 * stride] = g[(taps - 1) * step];
}

SGK_INLINE void gather_axis(const int taps, const int step, const sgk_f32v *k, const int stride, sgk_f32v *g) {
  sgk_f32v sum = (k[step] + k[2 * step]) * 0.5f, difference = (k[step] - k[2 * step]) * 0.5f;
  g[0] = k[0] + sum;
  if (taps == 3) {
    g[stride] = difference;
    g[2 * stride] = sum + k[3 * step];
  } else {
    g[stride] = difference + k[3 * step];
  }
}

SGK_INLINE void filter_kinds(const int taps, const bool all, const float *const *filters, int64_t count,
                             float *const *pairs) {
  for (int64_t i = 0; i < count; i += LANES) {
    sgk_f32v from[9], half[12], to[16];
    UNROLLED for (int tap = 0; tap < taps * taps; ++tap) from[tap] = *(const sgk_f32vu *)(filters[tap] + i);
    UNROLLED for (int b = 0; b < taps; ++b) filter_axis(taps, taps, from + b, 3, half + b);
    UNROLLED for (int a = 0; a < 4; ++a) {
      filter_axis(taps, 1, half + 3 * a, 1, to + 4 * a);
      UNROLLED for (int b = 0; b < 4; ++b) {
        if (all || pairs[4 * a + b]) *(sgk_f32vu *)(pairs[4 * a + b] + i) = to[4 * a + b];
      }
    }
  }
}

static void filter(int64_t taps, const float *const *filters, int64_t count, float *const *pairs) {
  bool all = true;
  for (int pair = 0; pair < SGK_WINOGRAD_PAIRS; ++pair) all = all && pairs[pair];
  if (taps == 3)
    filter_kinds(3, true, filters, count, pairs);
  else if (all)
    filter_kinds(2, true, filters, count, pairs);
  else
    filter_kinds(2, false, filters, count, pairs);
}

SGK_INLINE void gather_taps(const int taps, const float *const *pairs, int64_t count, float *const *filters) {
  for (int64_t i = 0; i < count; i += LANES) {
    sgk_f32v from[16], half[12], to[9];
    UNROLLED for (int pair = 0; pair < 16; ++pair) from[pair] = *(const sgk_f32vu *)(pairs[pair] + i);
    UNROLLED for (int a = 0; a < 4; ++a) gather_axis(taps, 1, from + 4 * a, 1, half + 3 * a);
    UNROLLED for (int b = 0; b < taps; ++b) gather_axis(taps, 3, half + b, taps, to + b);
    UNROLLED for (int tap = 0; tap < taps * taps; ++tap) *(sgk_f32vu *)(filters[tap] + i) = to[tap];
  }
}

static void gather(int64_t taps, const float *const *pairs, int64_t count, float *const *filters) {
  if (taps == 3)
    gather_taps(3, pairs, count, filters);
  else
    gather_taps(2, pairs, count, filters);
}

static void energies(const float *rows, int64_t stride, int64_t rows_count, int64_t count, float *sums) {
  for (int64_t row = 0; row < rows_count; ++row) {
    const float *x = rows + row * stride;
    sgk_f32v sum[4] = {{0}, {0}, {0}, {0}};
    int64_t i = 0;
    for (; i + 4 * LANES <= count; i += 4 * LANES) {
      UNROLLED for (int j = 0; j < 4; ++j) {
        sgk_f32v each = *(const sgk_f32vu *)(x + i + j * LANES);
        sum[j] += each * each;
      }
    }
    for (; i < count; i += LANES) {
      sgk_f32v each = *(const sgk_f32vu *)(x + i);
      sum[0] += each * each;
    }
    sum[0] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    float half[16], *to = half;
    *(sgk_f32vu *)to = sum[0];
    UNROLLED for (int lanes = (int)LANES / 2; lanes > 0; lanes /= 2) {
      UNROLLED for (int j = 0; j < lanes; ++j) half[j] += half[j + lanes];
    }
    sums[row] = half[0];
  }
}

const sgk_winograd_kernels SGK_ISA(sgk_winograd) = {image, result, spread, filter, gather, energies};

#endif
#include "isa_end.h"
