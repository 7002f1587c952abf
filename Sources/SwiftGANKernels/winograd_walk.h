// The tiles of a stretch of an image's rows, and the rows of the products' matrices that each takes. Internal to winograd*.c.
#ifndef SGK_WINOGRAD_WALK_H
#define SGK_WINOGRAD_WALK_H

#include "winograd.h"

// Lines of tiles `first`..<`last`, counted through all images. The products of one pair of kinds are the rows
// base[pair]..<base[pair] + rows[pair] of a matrix; all pairs together take `total` rows.
typedef struct sgk_tile_lines {
  sgk_tiling down, across;
  int64_t first, last;
  int64_t base[SGK_WINOGRAD_PAIRS], rows[SGK_WINOGRAD_PAIRS], total;
} sgk_tile_lines;

static inline sgk_tile_lines sgk_tile_lines_of(const sgk_correlation *correlation, int64_t first, int64_t last) {
  sgk_tile_lines lines = {.down = sgk_tiling_of(correlation->height, correlation->taps),
                          .across = sgk_tiling_of(correlation->width, correlation->taps),
                          .first = first,
                          .last = last};
  int64_t tiles = sgk_tiling_tiles(&lines.down), with[SGK_WINOGRAD_KINDS] = {0};
  for (int kind = 0; kind < SGK_WINOGRAD_KINDS; ++kind) {
    // Of every image the first lines have a kind, if any has.
    int64_t count = sgk_tiling_count(&lines.down, kind), begin = first % tiles, end = last % tiles;
    with[kind] = last / tiles * count + (end < count ? end : count) - first / tiles * count -
                 (begin < count ? begin : count);
  }
  for (int pair = 0; pair < SGK_WINOGRAD_PAIRS; ++pair) {
    lines.base[pair] = lines.total;
    lines.rows[pair] = with[pair / 4] * sgk_tiling_count(&lines.across, pair % 4);
    lines.total += lines.rows[pair];
  }
  return lines;
}

typedef struct sgk_tile_walk {
  const sgk_tile_lines *lines;
  int64_t line, tile;                  // the next one
  int64_t seen[SGK_WINOGRAD_KINDS];    // lines with the kind before that one
  int64_t image, i, j;                 // of the tile at hand: its first result
  sgk_winograd_tile rows, columns;
  int64_t results_y, results_x;        // that are wanted
  int64_t pixels_y, pixels_x;
  int64_t row[SGK_WINOGRAD_PAIRS];     // of the matrix; of kinds that the tile has not it says nothing
} sgk_tile_walk;

static inline sgk_tile_walk sgk_tile_walk_of(const sgk_tile_lines *lines) {
  return (sgk_tile_walk){.lines = lines, .line = lines->first};
}

static inline bool sgk_tile_next(sgk_tile_walk *walk) {
  const sgk_tile_lines *lines = walk->lines;
  if (walk->line == lines->last) return false;
  int64_t tiles = sgk_tiling_tiles(&lines->down), tile_y = walk->line % tiles, tile_x = walk->tile;
  walk->image = walk->line / tiles;
  walk->i = sgk_tiling_start(&lines->down, tile_y);
  walk->j = sgk_tiling_start(&lines->across, tile_x);
  walk->rows = sgk_tiling_tile(&lines->down, tile_y);
  walk->columns = sgk_tiling_tile(&lines->across, tile_x);
  walk->results_y = sgk_tiling_start(&lines->down, tile_y + 1) - walk->i;
  walk->results_x = sgk_tiling_start(&lines->across, tile_x + 1) - walk->j;
  walk->pixels_y = walk->rows == SGK_TILE_2_OF_3_TAPS ? 4 : walk->rows + 1;
  walk->pixels_x = walk->columns == SGK_TILE_2_OF_3_TAPS ? 4 : walk->columns + 1;
  for (int pair = 0; pair < SGK_WINOGRAD_PAIRS; ++pair)
    walk->row[pair] =
        lines->base[pair] + walk->seen[pair / 4] * sgk_tiling_count(&lines->across, pair % 4) + tile_x;
  if (++walk->tile == sgk_tiling_tiles(&lines->across)) {
    walk->tile = 0;
    walk->line += 1;
    for (int kind = 0; kind < SGK_WINOGRAD_KINDS; ++kind)
      walk->seen[kind] += tile_y < sgk_tiling_count(&lines->down, kind);
  }
  return true;
}

// The tile's pixels for `image`: channels from `channel` on of the phase (phase_y, phase_x). `outside` stands for pixels
// that the image has not.
static inline void sgk_tile_pixels(const sgk_tile_walk *walk, const sgk_correlation *correlation, int phase_y,
                                   int phase_x, int64_t channel, const float *outside, const float **pixels) {
  for (int64_t r = 0; r < walk->pixels_y; ++r) {
    int64_t y = (walk->i + r) * correlation->step + correlation->origin_y[phase_y];
    bool inside = (uint64_t)y < (uint64_t)correlation->image_height;
    const float *line = correlation->image +
                        (walk->image * correlation->image_height + y) * correlation->image_width * correlation->pixel;
    for (int64_t s = 0; s < walk->pixels_x; ++s) {
      int64_t x = (walk->j + s) * correlation->step + correlation->origin_x[phase_x];
      pixels[4 * r + s] = inside && (uint64_t)x < (uint64_t)correlation->image_width
                              ? line + x * correlation->pixel + channel
                              : outside;
    }
  }
}

// The tile's results from channel `column` on. `spare` stands for one that is not wanted.
static inline void sgk_tile_results(const sgk_tile_walk *walk, const sgk_sink *sink, int64_t column, float *spare,
                                    float **results) {
  float *first = (float *)sink->data + walk->image * sink->stride_n + walk->i * sink->stride_y +
                 walk->j * sink->stride_x + column;
  for (int64_t r = 0; r < walk->pixels_y - 1; ++r)
    for (int64_t s = 0; s < walk->pixels_x - 1; ++s)
      results[4 * r + s] = r < walk->results_y && s < walk->results_x
                               ? first + r * sink->stride_y + s * sink->stride_x
                               : spare;
}

// The tile's rows of a matrix, from `column` on.
static inline void sgk_tile_products(const sgk_tile_walk *walk, float *matrix, int64_t ld, int64_t column,
                                     float **products) {
  for (int pair = 0; pair < SGK_WINOGRAD_PAIRS; ++pair) products[pair] = matrix + walk->row[pair] * ld + column;
}

#endif
