// Whether Winograd's way rounds about as the direct sums do, for the numbers at hand.
//
// It adds pixels before they are multiplied, and takes products apart after: what cancels leaves its error. As a rule that
// is the error of a product which belongs to another result of the tile, or of its neighbour, and then the norm over all
// results knows of it. But some pairs of factors have no result at all: the first result of a tile of 2 taps has no tap
// for the third pixel (of the filter's gradient), and pixels beside an edge have no result for the taps of the far side (of
// 3 taps forward). Where a large pixel meets a large factor so, the error is all that is to be seen.
//
// A rounded product is off by some constant times itself, so that the expected square of all errors is that constant, squared,
// times the sum of the squares of all products, each with the squares of the factors that follow. That sum is known here for
// both ways from the energies (sums of squares over channels) of pixels, results and taps, at the price of one look at
// them. For numbers all alike Winograd's is 100 / 36 of the direct one.
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "gemm_plan.h"
#include "scratch.h"
#include "sgk_pool.h"
#include "winograd.h"

#define MOST_RATIO 16.0          // of the sums of squares: errors four times as large
#define ITEM_ELEMENTS (64 << 10)

typedef struct energies {
  double direct, winograd;
} energies;

// Not if all is zero or too small to be squared, and not if anything is infinite or NaN.
static bool are_close(energies sum) {
  return sum.winograd <= MOST_RATIO * sum.direct && sum.direct > 0 && isfinite(sum.direct);
}

// Sums of squares of rows of elements.
typedef struct row_call {
  const float *from;
  int64_t rows, stride, count, each;  // `count` elements of a row, `stride` from row to row, `each` rows an item
  float *to;
} row_call;

static void rows_item(void *context, int64_t item) {
  const row_call *call = context;
  int64_t first = item * call->each, rows = sgk_min(call->each, call->rows - first);
  SGK_SELECT_TABLE(sgk_winograd)->energies(call->from + first * call->stride, call->stride, rows, call->count,
                                           call->to + first);
}

static void energies_of_rows(const float *from, int64_t rows, int64_t stride, int64_t count, float *to) {
  row_call call = {from, rows, stride, count, sgk_max(1, ITEM_ELEMENTS / count), to};
  sgk_parallel(sgk_ceil_div(rows, call.each), rows_item, &call);
}

// A plane of energies, [rows][columns].
typedef struct plane {
  double *data;
  int64_t rows, columns;
} plane;

// The pixels of a phase that tiles may read. They are added to what is there.
static plane plane_for(const sgk_correlation *correlation, double *data) {
  return (plane){data, correlation->height + correlation->taps, correlation->width + correlation->taps};
}

static void add_phase(const sgk_correlation *correlation, int64_t phase, const float *image, plane to) {
  for (int64_t i = 0; i < to.rows; ++i) {
    int64_t y = i * correlation->step + correlation->origin_y[phase / 2];
    if ((uint64_t)y >= (uint64_t)correlation->image_height) continue;
    for (int64_t j = 0; j < to.columns; ++j) {
      int64_t x = j * correlation->step + correlation->origin_x[phase % 2];
      if ((uint64_t)x < (uint64_t)correlation->image_width)
        to.data[i * to.columns + j] += (double)image[y * correlation->image_width + x];
    }
  }
}

// Pixels from (y, x) on, as [4 * row + column], and zeros for those beside the plane.
static void take(plane from, int64_t y, int64_t x, int rows, int columns, double *to) {
  memset(to, 0, 16 * sizeof *to);
  for (int i = 0; i < rows && y + i < from.rows; ++i)
    for (int j = 0; j < columns && x + j < from.columns; ++j)
      to[4 * i + j] = from.data[(y + i) * from.columns + x + j];
}

static int pixels_of(sgk_winograd_tile tile) { return tile >= SGK_TILE_3 ? 4 : (int)tile + 1; }

// The transforms of winograd_template.h with all factors squared, along one axis and in place: elements lie `step` apart,
// and what a tile has not is zero.
typedef void axis_fn(sgk_winograd_tile tile, int step, double *e);

static void pixels_to_kinds(sgk_winograd_tile tile, int step, double *e) {
  double e0 = e[0], e1 = e[step], e2 = e[2 * step], e3 = e[3 * step];
  bool is_long = tile >= SGK_TILE_3, is_two = tile == SGK_TILE_2;
  e[0] = is_long ? e0 + e2 : is_two ? e0 + e1 : e0;
  e[step] = is_long ? e1 + e2 : is_two ? 4 * e1 : 0;
  e[2 * step] = is_long ? e1 + e2 : 0;
  e[3 * step] = is_long ? e1 + e3 : is_two ? e1 + e2 : e1;
}

// Of 2 taps.
static void results_to_kinds(sgk_winograd_tile tile, int step, double *e) {
  double last = e[(tile - 1) * step], all = e[0] + e[step] + e[2 * step];
  e[step] = tile >= SGK_TILE_2 ? all : 0;
  e[2 * step] = tile == SGK_TILE_3 ? all : 0;
  e[3 * step] = last;
}

static void three_taps_to_kinds(sgk_winograd_tile tile, int step, double *e) {
  (void)tile;
  double last = e[2 * step], all = e[0] + e[step] + last;
  e[step] = e[2 * step] = all / 4;
  e[3 * step] = last;
}

static void both_axes(axis_fn *axis, sgk_winograd_tile rows, sgk_winograd_tile columns, double *e) {
  for (int j = 0; j < 4; ++j) axis(rows, 4, e + j);
  for (int i = 0; i < 4; ++i) axis(columns, 1, e + 4 * i);
}

// The energy of the elements of a tap of 3 x 3, whose rows are one side's channels.
typedef struct tap_call {
  const sgk_correlation *correlation;
  double *energies;
} tap_call;

static void tap_item(void *context, int64_t tap) {
  const tap_call *call = context;
  const sgk_correlation *correlation = call->correlation;
  int64_t rows = correlation->transposed ? correlation->columns : correlation->channels;
  int64_t count = correlation->transposed ? correlation->channels : correlation->columns;
  const float *w = correlation->w + tap / 3 * correlation->tap_y + tap % 3 * correlation->tap_x;
  double sum = 0;
  for (int64_t row = 0; row < rows; ++row) {
    float energy;
    SGK_SELECT_TABLE(sgk_winograd)->energies(w + row * correlation->w_row, 0, 1, count, &energy);
    sum += (double)energy;
  }
  call->energies[tap] = sum;
}

static energies forward_energies(const sgk_correlation *correlation, plane pixels, const double *taps) {
  static const double of_results[4] = {1, 2, 2, 1};  // squares of the factors of a kind in both results
  energies sum = {0, 0};
  for (int64_t i = 0; i < correlation->height; ++i)
    for (int64_t j = 0; j < correlation->width; ++j)
      for (int tap = 0; tap < 9; ++tap)
        sum.direct += taps[tap] * pixels.data[(i + tap / 3) * pixels.columns + j + tap % 3];

  double kinds[16] = {0};
  for (int tap = 0; tap < 9; ++tap) kinds[tap / 3 * 4 + tap % 3] = taps[tap];
  both_axes(three_taps_to_kinds, SGK_TILE_2_OF_3_TAPS, SGK_TILE_2_OF_3_TAPS, kinds);
  for (int64_t i = 0; i < correlation->height; i += 2) {
    for (int64_t j = 0; j < correlation->width; j += 2) {
      double tile[16];
      take(pixels, i, j, 4, 4, tile);
      both_axes(pixels_to_kinds, SGK_TILE_2_OF_3_TAPS, SGK_TILE_2_OF_3_TAPS, tile);
      for (int pair = 0; pair < SGK_WINOGRAD_PAIRS; ++pair)
        sum.winograd += tile[pair] * kinds[pair] * of_results[pair / 4] * of_results[pair % 4];
    }
  }
  return sum;
}

bool sgk_winograd_suits(const sgk_correlation *correlation) {
  if (correlation->taps != 3) return true;
  int64_t count = correlation->image_height * correlation->image_width;
  plane pixels = plane_for(correlation, NULL);
  int64_t size = pixels.rows * pixels.columns;
  size_t bytes = (size_t)size * sizeof *pixels.data + (size_t)((correlation->batch + 1) * count) * sizeof(float);
  pixels.data = sgk_scratch(SGK_SCRATCH_CALL, bytes);
  if (!pixels.data) return false;
  float *image = (float *)(pixels.data + size), *each = image + count;
  energies_of_rows(correlation->image, correlation->batch * count, correlation->pixel, correlation->channels, each);
  // Taps are the same for all images of the batch: it does not matter which one a pixel is of.
  memset(image, 0, (size_t)count * sizeof *image);
  for (int64_t n = 0; n < correlation->batch; ++n)
    for (int64_t i = 0; i < count; ++i) image[i] += each[n * count + i];
  memset(pixels.data, 0, (size_t)size * sizeof *pixels.data);
  add_phase(correlation, 0, image, pixels);
  double taps[9];
  sgk_parallel(9, tap_item, &(tap_call){correlation, taps});
  energies sum = forward_energies(correlation, pixels, taps);
  sgk_scratch_trim(SGK_SCRATCH_CALL);
  return are_close(sum);
}

// Of 2 taps, for the pixels and results of one image.
static energies filter_energies(const sgk_correlation *correlation, plane pixels, plane results) {
  static const double of_taps[4] = {1, 0.5, 0.5, 1};  // squares of the factors of a kind in both taps
  energies sum = {0, 0};
  for (int64_t i = 0; i < results.rows; ++i) {
    for (int64_t j = 0; j < results.columns; ++j) {
      const double *first = pixels.data + i * pixels.columns + j;
      sum.direct += results.data[i * results.columns + j] *
                    ((first[0] + first[1]) + (first[pixels.columns] + first[pixels.columns + 1]));
    }
  }
  sgk_tiling down = sgk_tiling_of(correlation->height, 2), across = sgk_tiling_of(correlation->width, 2);
  for (int64_t y = 0; y < sgk_tiling_tiles(&down); ++y) {
    for (int64_t x = 0; x < sgk_tiling_tiles(&across); ++x) {
      sgk_winograd_tile high = sgk_tiling_tile(&down, y), wide = sgk_tiling_tile(&across, x);
      int64_t i = sgk_tiling_start(&down, y), j = sgk_tiling_start(&across, x);
      double tile[16], others[16];
      take(pixels, i, j, pixels_of(high), pixels_of(wide), tile);
      take(results, i, j, (int)high, (int)wide, others);
      both_axes(pixels_to_kinds, high, wide, tile);
      both_axes(results_to_kinds, high, wide, others);
      for (int pair = 0; pair < SGK_WINOGRAD_PAIRS; ++pair)
        sum.winograd += tile[pair] * others[pair] * of_taps[pair / 4] * of_taps[pair % 4];
    }
  }
  return sum;
}

typedef struct filter_call {
  const sgk_correlation *correlation;
  const float *image, *results;  // energies, [batch][height][width]
  energies *sums;                // of each image of the batch
} filter_call;

static void filter_item(void *context, int64_t n) {
  const filter_call *call = context;
  const sgk_correlation *correlation = call->correlation;
  plane pixels = plane_for(correlation, NULL), results = {NULL, correlation->height, correlation->width};
  int64_t size = pixels.rows * pixels.columns, count = results.rows * results.columns;
  call->sums[n] = (energies){0, INFINITY};
  pixels.data = sgk_scratch(SGK_SCRATCH_ITEM, (size_t)(size + count) * sizeof *pixels.data);
  if (!pixels.data) return;
  results.data = pixels.data + size;
  memset(pixels.data, 0, (size_t)size * sizeof *pixels.data);
  // All phases have the same tiles and meet the same results.
  for (int64_t phase = 0; phase < correlation->phases; ++phase)
    add_phase(correlation, phase, call->image + n * correlation->image_height * correlation->image_width, pixels);
  for (int64_t i = 0; i < count; ++i) results.data[i] = (double)call->results[n * count + i];
  call->sums[n] = filter_energies(correlation, pixels, results);
}

bool sgk_winograd_filter_suits(const sgk_correlation *correlation, const float *y) {
  if (correlation->taps != 2) return true;
  int64_t batch = correlation->batch, pixels = batch * correlation->image_height * correlation->image_width;
  int64_t count = batch * correlation->height * correlation->width;
  energies *sums =
      sgk_scratch(SGK_SCRATCH_CALL, (size_t)batch * sizeof *sums + (size_t)(pixels + count) * sizeof(float));
  if (!sums) return false;
  float *image = (float *)(sums + batch), *results = image + pixels;
  energies_of_rows(correlation->image, pixels, correlation->pixel, correlation->channels, image);
  energies_of_rows(y, count, correlation->result.stride_x, correlation->columns, results);
  sgk_parallel(batch, filter_item, &(filter_call){correlation, image, results, sums});
  energies sum = {0, 0};
  for (int64_t n = 0; n < batch; ++n) {
    sum.direct += sums[n].direct;
    sum.winograd += sums[n].winograd;
  }
  sgk_scratch_trim(SGK_SCRATCH_CALL);
  return are_close(sum);
}
