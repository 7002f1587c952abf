// The gradient of the filter by Winograd's way: the adjoints of the transforms in winograd.c. An item has some channels of
// one phase and some columns for itself, from the first image to the last.
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "gemm_plan.h"
#include "scratch.h"
#include "sgk_pool.h"
#include "winograd.h"
#include "winograd_walk.h"

#define MOST_CHANNELS 64        // of an item
#define LEAST_CHANNELS 16
#define MOST_COLUMNS 128
#define ITEM_BYTES (512 << 10)  // of an item's matrices, beside its sums

static const float zeros[MOST_COLUMNS];

typedef struct filter_call {
  const sgk_correlation *correlation;
  const sgk_gemm_kernels *gemm;  // of the products
  const sgk_winograd_kernels *kernels;
  sgk_sink y;
  float *w;
  int64_t item_channels, lines_each, lines;
  atomic_bool failed;
} filter_call;

// What an item works on.
typedef struct part {
  int phase_y, phase_x;
  int64_t channel, channels, column, columns;
  int64_t ld_image, ld_result;  // of the two matrices; the sums have the second
} part;

static void read_tiles(const filter_call *call, const part *part, const sgk_tile_lines *lines, float *image,
                       float *result) {
  const float *pixels[16];
  float *results[16], *products[SGK_WINOGRAD_PAIRS];
  for (sgk_tile_walk walk = sgk_tile_walk_of(lines); sgk_tile_next(&walk);) {
    sgk_tile_pixels(&walk, call->correlation, part->phase_y, part->phase_x, part->channel, zeros, pixels);
    sgk_tile_products(&walk, image, part->ld_image, 0, products);
    call->kernels->image(walk.rows, walk.columns, pixels, part->channels, products);
    sgk_tile_results(&walk, &call->y, part->column, (float *)zeros, results);
    sgk_tile_products(&walk, result, part->ld_result, 0, products);
    call->kernels->spread(walk.rows, walk.columns, (const float *const *)results, part->columns, products);
  }
}

static void add_products(const filter_call *call, const part *part, const sgk_tile_lines *lines, const float *image,
                         const float *result, float *rounded, float *sums) {
  const sgk_gemm_kernels *gemm = call->gemm;
  void *rows[MOST_CHANNELS];
  sgk_gemm_block block = {.m = part->channels, .n = part->columns, .lda = part->ld_image, .a_columns = true,
                          .ldb = part->ld_result, .panel_stride = gemm->nr, .c_rows = rows,
                          .c_column_stride = 1, .accumulate = true};
  for (int64_t pair = 0; pair < SGK_WINOGRAD_PAIRS; ++pair) {
    if (lines->rows[pair] == 0) continue;
    for (int64_t i = 0; i < part->channels; ++i)
      rows[i] = sums + (pair * part->channels + i) * part->ld_result;
    const float *a = image + lines->base[pair] * part->ld_image, *b = result + lines->base[pair] * part->ld_result;
    block.k = sgk_gemm_words(gemm, lines->rows[pair]);
    block.a = a;
    block.b = b;
    if (gemm->depth > 1) {
      float *words = rounded + block.k * part->ld_image;
      sgk_source left = sgk_matrix(a, part->ld_image, 1), right = sgk_matrix(b, part->ld_result, 1);
      gemm->copy_columns(&left, 0, lines->rows[pair], 0, part->channels, rounded, part->ld_image);
      gemm->copy_columns(&right, 0, lines->rows[pair], 0, part->columns, words, part->ld_result);
      block.a = rounded;
      block.b = words;
    }
    gemm->block(&block);
  }
}

static void write_taps(const filter_call *call, const part *part, float *sums) {
  const sgk_correlation *correlation = call->correlation;
  const float *pairs[SGK_WINOGRAD_PAIRS];
  float *taps[9];
  int64_t along = correlation->taps;
  for (int64_t i = 0; i < part->channels; ++i) {
    float *w = call->w + part->phase_y * correlation->phase_y + part->phase_x * correlation->phase_x +
               (part->channel + i) * correlation->w_row + part->column;
    for (int64_t tap = 0; tap < along * along; ++tap)
      taps[tap] = w + tap / along * correlation->tap_y + tap % along * correlation->tap_x;
    for (int64_t pair = 0; pair < SGK_WINOGRAD_PAIRS; ++pair)
      pairs[pair] = sums + (pair * part->channels + i) * part->ld_result;
    call->kernels->gather(along, pairs, part->columns, taps);
  }
}

static void filter_item(void *context, int64_t item) {
  filter_call *call = context;
  const sgk_correlation *correlation = call->correlation;
  int64_t channel_blocks = sgk_ceil_div(correlation->channels, call->item_channels);
  int64_t column_blocks = sgk_ceil_div(correlation->columns, MOST_COLUMNS);
  int64_t phase = item / channel_blocks / column_blocks;
  part part = {.phase_y = (int)(phase / 2), .phase_x = (int)(phase % 2),
               .channel = item % channel_blocks * call->item_channels,
               .column = item / channel_blocks % column_blocks * MOST_COLUMNS};
  part.channels = sgk_min(call->item_channels, correlation->channels - part.channel);
  part.columns = sgk_min(MOST_COLUMNS, correlation->columns - part.column);
  part.ld_image = (part.channels / 16 | 1) * 16;
  part.ld_result = (part.columns / 16 | 1) * 16;
  int64_t sum_count = SGK_WINOGRAD_PAIRS * part.channels * part.ld_result, most = 0, words = 0;
  for (int64_t line = 0; line < call->lines; line += call->lines_each) {
    sgk_tile_lines lines = sgk_tile_lines_of(correlation, line, sgk_min(call->lines, line + call->lines_each));
    most = sgk_max(most, lines.total);
    // All tiles have products of the first kind.
    if (call->gemm->depth > 1) words = sgk_max(words, sgk_gemm_words(call->gemm, lines.rows[0]));
  }
  float *sums = sgk_scratch(SGK_SCRATCH_ITEM,
                            (size_t)(sum_count + (most + words) * (part.ld_image + part.ld_result)) * sizeof *sums);
  if (!sums) {
    atomic_store(&call->failed, true);
    return;
  }
  float *image = sums + sum_count, *result = image + most * part.ld_image;
  float *rounded = result + most * part.ld_result;
  memset(sums, 0, (size_t)sum_count * sizeof *sums);
  for (int64_t line = 0; line < call->lines; line += call->lines_each) {
    sgk_tile_lines lines = sgk_tile_lines_of(correlation, line, sgk_min(call->lines, line + call->lines_each));
    read_tiles(call, &part, &lines, image, result);
    add_products(call, &part, &lines, image, result, rounded, sums);
  }
  write_taps(call, &part, sums);
}

sgk_status sgk_winograd_filter_grad(const sgk_correlation *correlation, const float *y, float *w) {
  filter_call call = {.correlation = correlation,
                      .gemm = sgk_gemm_kernels_at(correlation->precision, SGK_FLOAT32, MOST_CHANNELS,
                                                  correlation->columns, MOST_COLUMNS),
                      .kernels = SGK_SELECT_TABLE(sgk_winograd), .y = correlation->result, .w = w};
  call.y.data = (void *)y;
  // Smaller items only where there are too few for the threads; that changes no bits, as no sum is cut.
  int64_t column_blocks = sgk_ceil_div(correlation->columns, MOST_COLUMNS), items;
  for (call.item_channels = MOST_CHANNELS;; call.item_channels /= 2) {
    items = correlation->phases * sgk_ceil_div(correlation->channels, call.item_channels) * column_blocks;
    if (items >= 2 * sgk_num_threads() || call.item_channels == LEAST_CHANNELS) break;
  }
  sgk_tiling down = sgk_tiling_of(correlation->height, correlation->taps);
  sgk_tiling across = sgk_tiling_of(correlation->width, correlation->taps);
  int64_t tiles = sgk_tiling_tiles(&down);
  int64_t rows = sgk_tiling_products(&down) * sgk_tiling_products(&across);
  int64_t line_bytes = rows * (MOST_CHANNELS + MOST_COLUMNS) * (int64_t)sizeof(float) / tiles;
  call.lines = correlation->batch * tiles;
  call.lines_each = sgk_max(1, ITEM_BYTES / line_bytes);
  if (call.lines_each > tiles) call.lines_each = call.lines_each / tiles * tiles;
  sgk_parallel(items, filter_item, &call);
  return atomic_load(&call.failed) ? SGK_OUT_OF_MEMORY : SGK_OK;
}
