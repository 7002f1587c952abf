// A model in C of the tile instructions of AMX that the kernels use, for processors without them: amx.h includes it where
// SGK_TILE_MODEL is defined, which only the tests do (see run). What the processor would refuse ends the program.
//
// Arithmetic is TDPBF16PS's as its definition has it: the products of even and of odd elements along k are summed up apart,
// by fused multiply-adds to the nearest, and both sums are then added to the tile's element; what is below 2^-126 in
// magnitude counts as zero, before and after each step.
#ifndef SWIFTGAN_TILE_MODEL_H
#define SWIFTGAN_TILE_MODEL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct tile_model {
  bool has_shapes;
  int rows[8], row_bytes[8];
  uint8_t data[8][16][64];
} tile_model;

static _Thread_local tile_model tiles_of_thread;
// Whether this thread's tiles have not been released; of the tests.
extern _Thread_local bool tile_model_is_held;

static inline void tile_refuse(const char *what) {
  fprintf(stderr, "tile model: %s\n", what);
  abort();
}

static inline tile_model *tile_checked(int tile) {
  tile_model *model = &tiles_of_thread;
  if (!model->has_shapes) tile_refuse("tiles have no shapes");
  if (tile < 0 || tile > 7 || model->rows[tile] == 0) tile_refuse("there is no such tile");
  return model;
}

static inline void tile_shapes(const sgk_tile_shapes *shapes) {
  tile_model *model = &tiles_of_thread;
  memset(model, 0, sizeof *model);
  if (shapes->palette != 1 || shapes->start_row != 0) tile_refuse("another palette, or a row to start with");
  for (int i = 0; i < 14; ++i)
    if (shapes->reserved[i] != 0) tile_refuse("a reserved byte is not zero");
  for (int i = 0; i < 16; ++i) {
    int rows = shapes->rows[i], bytes = shapes->row_bytes[i];
    if (rows > 16 || bytes > 64 || (rows == 0) != (bytes == 0) || (i >= 8 && rows != 0)) tile_refuse("a shape there is not");
    if (i < 8) model->rows[i] = rows, model->row_bytes[i] = bytes;
  }
  model->has_shapes = tile_model_is_held = true;
}

static inline void tile_release(void) {
  memset(&tiles_of_thread, 0, sizeof tiles_of_thread);
  tile_model_is_held = false;
}

static inline void tile_zero(int tile) {
  tile_model *model = tile_checked(tile);
  memset(model->data[tile], 0, sizeof model->data[tile]);
}

static inline void tile_load(int tile, const void *from, int64_t stride) {
  tile_model *model = tile_checked(tile);
  memset(model->data[tile], 0, sizeof model->data[tile]);
  for (int r = 0; r < model->rows[tile]; ++r)
    memcpy(model->data[tile][r], (const char *)from + r * stride, (size_t)model->row_bytes[tile]);
}

static inline void tile_store(int tile, void *to, int64_t stride) {
  tile_model *model = tile_checked(tile);
  for (int r = 0; r < model->rows[tile]; ++r)
    memcpy((char *)to + r * stride, model->data[tile][r], (size_t)model->row_bytes[tile]);
}

static inline float tile_flushed(float x) { return __builtin_fabsf(x) < 0x1p-126f ? __builtin_copysignf(0, x) : x; }

static inline float tile_widened(uint32_t half) {
  float x;
  uint32_t bits = half << 16;
  memcpy(&x, &bits, sizeof x);
  return tile_flushed(x);
}

static inline void tile_multiply(int sum, int left, int right) {
  tile_model *model = tile_checked(sum);
  tile_checked(left);
  tile_checked(right);
  if (sum == left || sum == right || left == right) tile_refuse("a tile is used twice");
  if (model->rows[sum] != model->rows[left] || model->row_bytes[sum] != model->row_bytes[right] ||
      model->row_bytes[left] != 4 * model->rows[right])
    tile_refuse("shapes do not fit one another");
  for (int m = 0; m < model->rows[sum]; ++m) {
    float even[16] = {0}, odd[16] = {0}, row[16];
    for (int k = 0; k < model->rows[right]; ++k) {
      uint32_t pair, other[16];
      memcpy(&pair, &model->data[left][m][4 * k], 4);
      memcpy(other, model->data[right][k], 64);
      float low = tile_widened(pair & 0xffff), high = tile_widened(pair >> 16);
      for (int n = 0; n < 16; ++n) {
        even[n] = tile_flushed(__builtin_fmaf(low, tile_widened(other[n] & 0xffff), even[n]));
        odd[n] = tile_flushed(__builtin_fmaf(high, tile_widened(other[n] >> 16), odd[n]));
      }
    }
    memcpy(row, model->data[sum][m], 64);
    for (int n = 0; n < model->row_bytes[sum] / 4; ++n)
      row[n] = tile_flushed(tile_flushed(row[n]) + tile_flushed(even[n] + odd[n]));
    memcpy(model->data[sum][m], row, 64);
  }
}

#define TILE_SHAPES(shapes) tile_shapes(shapes)
#define TILE_RELEASE() tile_release()
#define TILE_ZERO(tile) tile_zero(tile)
#define TILE_LOAD(tile, from, stride) tile_load(tile, from, stride)
#define TILE_STORE(tile, to, stride) tile_store(tile, to, stride)
#define TILE_MULTIPLY(sum, left, right) tile_multiply(sum, left, right)

#endif
