// Convolutions with about half the multiplications (Winograd, "Arithmetic Complexity of Computations", 1980; Lavin and
// Gray, arXiv 1509.09308, for layers of networks): of 3 x 3 taps and stride 1, and of 4 x 4 taps and stride 2. The latter
// are convolutions of 2 x 2 taps and stride 1 on the four phases of the image (its pixels with even or odd row and column),
// side by side as channels.
//
// Along an axis, 4 pixels x give 3 results of 2 taps g, or 2 results of 3 taps, in 4 products instead of 6:
//
//   m0 = (x0 - x2) k0    2 taps: k0 = g0               3 taps: k0 = g0
//   m1 = (x1 + x2) k1            k1 = (g0 + g1) / 2            k1 = (g0 + g1 + g2) / 2
//   m2 = (x2 - x1) k2            k2 = (g0 - g1) / 2            k2 = (g0 - g1 + g2) / 2
//   m3 = (x3 - x1) k3            k3 = g1                       k3 = g2
//                                y0 = m0 + m1 + m2             y0 = m0 + m1 + m2
//                                y1 = m1 - m2                  y1 = m1 - m2 + m3
//                                y2 = m1 + m2 + m3
//
// What is left of an axis of 2 taps is a tile of 2 results (m0 = (x0 - x1) k0, m1 = 2 x1 k1, m3 = (x1 - x2) k3;
// y0 = m0 + m1, y1 = m1 - m3) or of one (x0 k0 + x1 k3); of 3 taps, a tile whose second result is not wanted.
//
// In the plane this is done along both axes: 16 products in place of 36. The kinds k0..k3 of taps are those of every tile,
// so that all products with the same pair of kinds are one matrix product.
//
// Factors are 1, 2 and 1/2: nothing is rounded but sums. Over all results the error is 1 to 2.5 times that of the direct
// sums; numbers for which it were more than 4 times are left to these (winograd_guard.c). Of one result it is relative to
// the largest pixel of its tile, not of its own window: a zero beside a pixel of 1e6 may become 1e-1. Sums of pixels must be
// finite: an infinity, or pixels near the largest float, may make their tile NaN.
#ifndef SGK_WINOGRAD_H
#define SGK_WINOGRAD_H

#include <stdbool.h>
#include <stdint.h>

#include "conv_part.h"
#include "gemm.h"
#include "isa_select.h"

enum { SGK_WINOGRAD_KINDS = 4, SGK_WINOGRAD_PAIRS = 16 };

// Tiles along an axis: 1 to 3 results of 2 taps, or 2 results of 3 taps.
typedef enum sgk_winograd_tile { SGK_TILE_1 = 1, SGK_TILE_2, SGK_TILE_3, SGK_TILE_2_OF_3_TAPS } sgk_winograd_tile;

// An axis of results, cut into tiles: of 2 taps first those of three, then of two, then of one, so that tile i is the
// i-th that has a kind; of 3 taps `twos`.
typedef struct sgk_tiling {
  int64_t extent, taps;
  int64_t threes, twos, ones;
} sgk_tiling;

static inline sgk_tiling sgk_tiling_of(int64_t extent, int64_t taps) {
  if (taps == 3) return (sgk_tiling){extent, taps, 0, (extent + 1) / 2, 0};
  // 2 + 2 takes as many products as 3 + 1, of three kinds and not four.
  if (extent == 4) return (sgk_tiling){extent, taps, 0, 2, 0};
  return (sgk_tiling){extent, taps, extent / 3, extent % 3 == 2, extent % 3 == 1};
}

static inline int64_t sgk_tiling_tiles(const sgk_tiling *axis) { return axis->threes + axis->twos + axis->ones; }

static inline sgk_winograd_tile sgk_tiling_tile(const sgk_tiling *axis, int64_t tile) {
  if (axis->taps == 3) return SGK_TILE_2_OF_3_TAPS;
  return tile < axis->threes ? SGK_TILE_3 : tile < axis->threes + axis->twos ? SGK_TILE_2 : SGK_TILE_1;
}

// The first result of a tile, or the number of results for the tile after the last.
static inline int64_t sgk_tiling_start(const sgk_tiling *axis, int64_t tile) {
  if (tile <= axis->threes) return tile * 3;
  int64_t after = tile - axis->threes;
  int64_t start = axis->threes * 3 + (after <= axis->twos ? after * 2 : axis->twos * 2 + after - axis->twos);
  return start < axis->extent ? start : axis->extent;
}

// Tiles that have products of a kind.
static inline int64_t sgk_tiling_count(const sgk_tiling *axis, int kind) {
  if (axis->taps == 3) return axis->twos;
  return axis->threes + (kind == 2 ? 0 : axis->twos + (kind == 1 ? 0 : axis->ones));
}

static inline int64_t sgk_tiling_products(const sgk_tiling *axis) {
  return 4 * axis->threes + (axis->taps == 3 ? 4 : 3) * axis->twos + 2 * axis->ones;
}

// What the instruction-set levels provide. A tile's pixels and results lie in [4 * row + column], its products in
// [4 * kind of the rows + kind of the columns]. Channels are a multiple of 16.
typedef struct sgk_winograd_kernels {
  void (*image)(sgk_winograd_tile rows, sgk_winograd_tile columns, const float *const *pixels, int64_t channels,
                float *const *products);
  void (*result)(sgk_winograd_tile rows, sgk_winograd_tile columns, const float *const *products, int64_t channels,
                 float *const *results);
  // The adjoint of `result`.
  void (*spread)(sgk_winograd_tile rows, sgk_winograd_tile columns, const float *const *results, int64_t channels,
                 float *const *products);
  // From taps x taps filters of `count` elements each, [taps * row + column], to the pairs of kinds that are not NULL;
  // and the adjoint of that.
  void (*filter)(int64_t taps, const float *const *filters, int64_t count, float *const *pairs);
  void (*gather)(int64_t taps, const float *const *pairs, int64_t count, float *const *filters);
  // The sum of squares of each of some rows of `count` elements, a multiple of 16, that lie `stride` apart.
  void (*energies)(const float *rows, int64_t stride, int64_t rows_count, int64_t count, float *sums);
} sgk_winograd_kernels;

SGK_DECLARE_ISA_TABLE(sgk_winograd_kernels, sgk_winograd);

// y[n, i, j, :] = sum over phases and taps a, b of x(n, i + a, j + b) . w(a, b), where pixel (i, j) of phase (p, q) is
// image[n, i * step + origin_y[p], j * step + origin_x[q]], zero outside the image.
typedef struct sgk_correlation {
  int64_t batch, height, width;                        // of y
  const float *image;
  int64_t image_height, image_width, pixel, channels;  // elements from pixel to pixel; channels of a phase
  int64_t phases;                                      // 1, or 4
  int64_t step, origin_y[2], origin_x[2];
  int64_t taps;                                        // along each axis: 2 or 3
  sgk_precision precision;                             // of the products; the transforms are float32
  const float *w;                                      // tap (0, 0) of phase (0, 0)
  int64_t phase_y, phase_x, tap_y, tap_x, w_row;       // elements from phase to phase and from tap to tap
  bool transposed;                                     // element (c, o) of a tap at o * w_row + c, not c * w_row + o
  int64_t columns;                                     // channels of y
  sgk_sink result;
} sgk_correlation;

// Runs one correlation, or the four whose results together are an image of twice their extents. The chain, where there
// is one, follows.
sgk_status sgk_winograd_run(const sgk_correlation *all, int64_t count, const sgk_fused_call *then);
// The adjoint in w of the one correlation whose result is at y.
sgk_status sgk_winograd_filter_grad(const sgk_correlation *correlation, const float *y, float *w);

// Whether this way would be faster, by the sizes alone.
bool sgk_winograd_pays(const sgk_conv_part *part, sgk_dtype dtype);
// Whether it rounds about as the direct sums do, by the numbers at hand: of the correlations of a convolution the first is
// asked for all.
bool sgk_winograd_suits(const sgk_correlation *correlation);
bool sgk_winograd_filter_suits(const sgk_correlation *correlation, const float *y);
sgk_correlation sgk_winograd_forward(const sgk_conv_part *part, const void *x, const void *w, void *y);
// The correlation that gives the pixels (row, column), (row + 2, column)... of x.
sgk_correlation sgk_winograd_backward(const sgk_conv_part *part, const void *y, const void *w, void *x, int64_t row,
                                      int64_t column);

#endif
