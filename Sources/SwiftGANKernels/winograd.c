// Correlations by Winograd's way: tiles of the image become rows of 16 matrices, one for each pair of kinds of
// taps, these are multiplied with the filters' kinds, and tiles of results are made of the products' rows. An item does
// all of that for a few lines of tiles, so that what lies between stays in the second-level cache.
#include "winograd.h"

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "fused.h"
#include "gemm_plan.h"
#include "scratch.h"
#include "sgk_pool.h"
#include "winograd_walk.h"

#define ITEM_BYTES (640 << 10)    // of an item's matrices: second-level caches begin at 1 MiB
#define FILTER_BYTES (8 << 20)    // of the filters' kinds at a time: they are read by every item
#define FEWEST_ITEMS 16           // where there are as many lines
#define PACK_CHANNELS 64
#define BLOCK_COLUMNS 128         // whose filters stay in the second-level cache while the rows pass
#define ROUNDED_ROWS 112          // of a matrix at a time, where the products take words of lesser precision

static const float zeros[256];    // at least the channels of a step along k

typedef struct winograd_call {
  const sgk_correlation *all;
  int64_t count;                   // of correlations
  sgk_tiling down, across;
  const sgk_gemm_kernels *gemm;    // of the products
  const sgk_gemm_kernels *exact;   // of the float32 matrices, whose words are elements
  const sgk_winograd_kernels *kernels;
  int64_t k, panels, n0, n;        // columns n0..<n0 + n are at work, `panels` of them
  int64_t lines_each, lines;
  float *filters;                  // [correlation][pair][panel][k][nr]
  const sgk_fused_call *then;      // that items run on what they complete, or NULL
  atomic_bool failed;
} winograd_call;

static float *filters_of(const winograd_call *call, int64_t correlation, int64_t pair, int64_t panel, int64_t k) {
  int64_t nr = call->gemm->nr, all = sgk_gemm_words(call->gemm, call->k), before = sgk_gemm_words(call->gemm, k);
  return call->filters + (((correlation * SGK_WINOGRAD_PAIRS + pair) * call->panels + panel) * all + before) * nr;
}

// The kinds of some channels' taps in one panel.
static void pack_item(void *context, int64_t item) {
  winograd_call *call = context;
  const sgk_correlation *first = call->all;
  int64_t nr = call->gemm->nr, blocks = sgk_ceil_div(first->channels, PACK_CHANNELS);
  int64_t channel = item % blocks * PACK_CHANNELS, panel = item / blocks % call->panels;
  int64_t phase = item / blocks / call->panels % first->phases, which = item / blocks / call->panels / first->phases;
  const sgk_correlation *correlation = &call->all[which];
  int64_t channels = sgk_min(PACK_CHANNELS, first->channels - channel);
  int64_t columns = sgk_min(nr, call->n - panel * nr), count = channels * nr;
  int64_t along = first->taps, all = along * along;
  bool is_rounded = call->gemm->depth > 1;
  int64_t kinds = is_rounded ? SGK_WINOGRAD_PAIRS * count : 0;
  float *packed =
      sgk_scratch(SGK_SCRATCH_ITEM, (size_t)(all * count + kinds + call->exact->lanes * channels) * sizeof *packed);
  if (!packed) {
    atomic_store(&call->failed, true);
    return;
  }
  if (columns < nr) memset(packed, 0, (size_t)(all * count) * sizeof *packed);
  const float *taps[9];
  for (int64_t tap = 0; tap < all; ++tap) {
    const float *w = correlation->w + phase / 2 * correlation->phase_y + phase % 2 * correlation->phase_x +
                     tap / along * correlation->tap_y + tap % along * correlation->tap_x;
    sgk_source source = sgk_matrix(w, correlation->w_row, 1);
    call->exact->pack(&source, correlation->transposed, channel, channels, call->n0 + panel * nr, columns,
                      packed + tap * count, packed + all * count + kinds);
    taps[tap] = packed + tap * count;
  }
  float *pairs[SGK_WINOGRAD_PAIRS];
  for (int pair = 0; pair < SGK_WINOGRAD_PAIRS; ++pair) {
    bool is_used = sgk_tiling_count(&call->down, pair / 4) > 0 && sgk_tiling_count(&call->across, pair % 4) > 0;
    float *place = is_rounded ? packed + (all + pair) * count
                              : filters_of(call, which, pair, panel, phase * first->channels + channel);
    pairs[pair] = is_used ? place : NULL;
  }
  call->kernels->filter(along, taps, count, pairs);
  for (int pair = 0; is_rounded && pair < SGK_WINOGRAD_PAIRS; ++pair) {
    if (!pairs[pair]) continue;
    sgk_source source = sgk_matrix(pairs[pair], nr, 1);
    call->gemm->copy_columns(&source, 0, channels, 0, nr,
                             filters_of(call, which, pair, panel, phase * first->channels + channel), nr);
  }
}

// Columns k..<k + count of the matrices, from the image.
static void read_image(const winograd_call *call, const sgk_correlation *correlation, const sgk_tile_lines *lines,
                       int64_t k, int64_t count, float *matrix) {
  const float *pixels[16];
  float *products[SGK_WINOGRAD_PAIRS];
  for (int64_t done = 0; done < count;) {
    int64_t phase = (k + done) / correlation->channels, channel = (k + done) % correlation->channels;
    int64_t channels = sgk_min(correlation->channels - channel, count - done);
    for (sgk_tile_walk walk = sgk_tile_walk_of(lines); sgk_tile_next(&walk);) {
      sgk_tile_pixels(&walk, correlation, (int)(phase / 2), (int)(phase % 2), channel, zeros, pixels);
      sgk_tile_products(&walk, matrix, call->exact->lda, done, products);
      call->kernels->image(walk.rows, walk.columns, pixels, channels, products);
    }
    done += channels;
  }
}

static void multiply(const winograd_call *call, int64_t correlation, const sgk_tile_lines *lines, int64_t k,
                     int64_t count, const float *matrix, float *products, int64_t ld) {
  int64_t nr = call->gemm->nr;
  void *rows[SGK_GEMM_MAX_ROWS];
  sgk_gemm_block block = {.k = count, .lda = call->gemm->lda, .ldb = nr, .panel_stride = call->k * nr,
                          .c_rows = rows, .c_column_stride = 1, .accumulate = k > 0};
  for (int64_t pair = 0; pair < SGK_WINOGRAD_PAIRS; ++pair) {
    for (int64_t column = 0; column < call->n; column += BLOCK_COLUMNS) {
      block.n = sgk_min(BLOCK_COLUMNS, call->n - column);
      block.b = filters_of(call, correlation, pair, column / nr, k);
      for (int64_t row = 0; row < lines->rows[pair]; row += SGK_GEMM_MAX_ROWS) {
        int64_t first = lines->base[pair] + row;
        block.m = sgk_min(SGK_GEMM_MAX_ROWS, lines->rows[pair] - row);
        block.a = matrix + first * call->gemm->lda;
        for (int64_t i = 0; i < block.m; ++i) rows[i] = products + (first + i) * ld + column;
        call->gemm->block(&block);
      }
    }
  }
}

// The same where the products' words are of lesser precision: `rounded` has room for some rows of the matrix as words.
static void multiply_rounded(const winograd_call *call, int64_t correlation, const sgk_tile_lines *lines, int64_t k,
                             int64_t count, const float *matrix, float *rounded, float *products, int64_t ld) {
  const sgk_gemm_kernels *gemm = call->gemm;
  int64_t nr = gemm->nr, lda = call->exact->lda;
  void *rows[ROUNDED_ROWS];
  sgk_gemm_block block = {.k = sgk_gemm_words(gemm, count), .a = rounded, .lda = gemm->lda, .ldb = nr,
                          .panel_stride = sgk_gemm_words(gemm, call->k) * nr, .c_rows = rows, .c_column_stride = 1,
                          .accumulate = k > 0};
  for (int64_t pair = 0; pair < SGK_WINOGRAD_PAIRS; ++pair) {
    for (int64_t row = 0; row < lines->rows[pair]; row += ROUNDED_ROWS) {
      int64_t first = lines->base[pair] + row;
      block.m = sgk_min(ROUNDED_ROWS, lines->rows[pair] - row);
      sgk_source source = sgk_matrix(matrix, lda, 1);
      gemm->copy(&source, first, block.m, 0, count, rounded, gemm->lda);
      for (int64_t column = 0; column < call->n; column += BLOCK_COLUMNS) {
        block.n = sgk_min(BLOCK_COLUMNS, call->n - column);
        block.b = filters_of(call, correlation, pair, column / nr, k);
        for (int64_t i = 0; i < block.m; ++i) rows[i] = products + (first + i) * ld + column;
        gemm->block(&block);
      }
    }
  }
}

static void write_results(const winograd_call *call, const sgk_correlation *correlation, const sgk_tile_lines *lines,
                          float *products, int64_t ld, float *spare) {
  float *from[SGK_WINOGRAD_PAIRS], *results[16];
  for (sgk_tile_walk walk = sgk_tile_walk_of(lines); sgk_tile_next(&walk);) {
    sgk_tile_products(&walk, products, ld, 0, from);
    sgk_tile_results(&walk, &correlation->result, call->n0, spare, results);
    call->kernels->result(walk.rows, walk.columns, (const float *const *)from, call->n, results);
  }
}

// The pixels that an item completes lie end to end.
static void chain(winograd_call *call, const sgk_tile_lines *lines) {
  const sgk_correlation *one = call->all;
  int64_t scale = call->count == 4 ? 2 : 1, tiles = sgk_tiling_tiles(&lines->down);
  int64_t line = one->width * scale * one->columns;
  int64_t first = (lines->first / tiles * one->height + sgk_tiling_start(&lines->down, lines->first % tiles)) * scale;
  int64_t last = (lines->last / tiles * one->height + sgk_tiling_start(&lines->down, lines->last % tiles)) * scale;
  int64_t pixels = (last - first) * one->width * scale;
  sgk_status status = sgk_fused_run_part(call->then, first * line, one->columns, pixels, one->columns);
  if (status != SGK_OK) atomic_store(&call->failed, true);
}

static void lines_item(void *context, int64_t item) {
  winograd_call *call = context;
  int64_t first = item * call->lines_each, last = sgk_min(call->lines, first + call->lines_each);
  sgk_tile_lines lines = sgk_tile_lines_of(call->all, first, last);
  // An odd number of vectors from row to row, so that a column does not fall into one cache set.
  int64_t lda = call->exact->lda, ld = (sgk_ceil_div(call->n, 16) | 1) * 16;
  int64_t words = call->gemm->depth > 1 ? ROUNDED_ROWS * call->gemm->lda : 0, spare = sgk_max(ld, words);
  float *matrix = sgk_scratch(SGK_SCRATCH_ITEM, (size_t)(lines.total * (lda + ld) + spare) * sizeof *matrix);
  if (!matrix) {
    atomic_store(&call->failed, true);
    return;
  }
  float *products = matrix + lines.total * lda;
  for (int64_t i = 0; i < call->count; ++i) {
    const sgk_correlation *correlation = &call->all[i];
    for (int64_t k = 0; k < call->k; k += call->exact->kc) {
      int64_t count = sgk_min(call->exact->kc, call->k - k);
      read_image(call, correlation, &lines, k, count, matrix);
      if (words > 0)
        multiply_rounded(call, i, &lines, k, count, matrix, products + lines.total * ld, products, ld);
      else
        multiply(call, i, &lines, k, count, matrix, products, ld);
    }
    write_results(call, correlation, &lines, products, ld, products + lines.total * ld);
  }
  if (call->then) chain(call, &lines);
}

sgk_status sgk_winograd_run(const sgk_correlation *all, int64_t count, const sgk_fused_call *then) {
  winograd_call call = {.all = all, .count = count, .exact = sgk_gemm_kernels_for(SGK_FLOAT32),
                        .kernels = SGK_SELECT_TABLE(sgk_winograd), .k = all->phases * all->channels};
  call.gemm = sgk_gemm_kernels_at(all->precision, SGK_FLOAT32, ROUNDED_ROWS, all->columns, call.k);
  int64_t nr = call.gemm->nr, tap_bytes = count * SGK_WINOGRAD_PAIRS * call.k * (int64_t)sizeof(float);
  int64_t most = sgk_max(1, FILTER_BYTES / tap_bytes / nr) * nr;
  bool whole = most >= all->columns;
  call.then = then && whole && sgk_fused_takes_parts(then->plan, all->columns, true) ? then : NULL;

  call.down = sgk_tiling_of(all->height, all->taps);
  call.across = sgk_tiling_of(all->width, all->taps);
  int64_t tiles = sgk_tiling_tiles(&call.down), columns = sgk_min(most, all->columns);
  int64_t rows = sgk_tiling_products(&call.down) * sgk_tiling_products(&call.across);
  int64_t line_bytes = rows * (call.exact->lda + columns) * (int64_t)sizeof(float) / tiles;
  call.lines = all->batch * tiles;
  call.lines_each = sgk_max(1, sgk_min(ITEM_BYTES / line_bytes, call.lines / FEWEST_ITEMS));
  if (call.lines_each > tiles) call.lines_each = call.lines_each / tiles * tiles;

  call.filters =
      sgk_scratch(SGK_SCRATCH_CALL, (size_t)(sgk_ceil_div(columns, nr) * nr * tap_bytes));
  if (!call.filters) return SGK_OUT_OF_MEMORY;
  int64_t blocks = sgk_ceil_div(all->channels, PACK_CHANNELS);
  for (call.n0 = 0; call.n0 < all->columns && !atomic_load(&call.failed); call.n0 += most) {
    call.n = sgk_min(most, all->columns - call.n0);
    call.panels = sgk_ceil_div(call.n, nr);
    sgk_parallel(count * all->phases * call.panels * blocks, pack_item, &call);
    if (!atomic_load(&call.failed)) sgk_parallel(sgk_ceil_div(call.lines, call.lines_each), lines_item, &call);
  }
  sgk_scratch_trim(SGK_SCRATCH_CALL);
  sgk_status status = atomic_load(&call.failed) ? SGK_OUT_OF_MEMORY : SGK_OK;
  return call.then ? status : sgk_fused_follow(status, then);
}
