#include "track.h"

#include "move.h"

void sgk_track_make(sgk_track *track, const sgk_operand *operand, const int64_t *shape, int32_t axes,
                    const int32_t *from) {
  track->size = operand->size;
  track->start = operand->start;
  int32_t count = 0;
  for (int32_t axis = 0; axis < axes; ++axis) {
    track->first[axis] = count;
    for (int32_t i = from[axis]; i < from[axis + 1]; ++i) {
      sgk_digit digit = {shape[i], operand->strides[i]};
      sgk_digit *outer = &track->digits[count - 1];
      if (count > track->first[axis] && outer->stride == digit.stride * digit.extent)
        *outer = (sgk_digit){outer->extent * digit.extent, digit.stride};
      else
        track->digits[count++] = digit;
    }
    if (count == track->first[axis]) track->digits[count++] = (sgk_digit){1, 0};
  }
  track->first[axes] = count;
}

int64_t sgk_track_offset(const sgk_track *track, int32_t axis, int64_t index) {
  int64_t offset = 0;
  int32_t i = track->first[axis + 1] - 1;
  for (; i > track->first[axis]; --i) {
    offset += index % track->digits[i].extent * track->digits[i].stride;
    index /= track->digits[i].extent;
  }
  return offset + index * track->digits[i].stride;
}

// How far the innermost digit goes from `index` without a carry.
static int64_t run_length(const sgk_track *track, int32_t axis, int64_t index, int64_t most) {
  if (sgk_track_is_even(track, axis)) return most;
  int64_t extent = track->digits[track->first[axis + 1] - 1].extent;
  int64_t left = extent - index % extent;
  return left < most ? left : most;
}

static void move_tile(const sgk_track *track, int32_t axes, const sgk_tile *tile, char *data, char *buffer,
                      int64_t row_stride, int64_t column_stride, bool packs) {
  int64_t down = sgk_track_stride(track, axes - 2), along = sgk_track_stride(track, axes - 1), size = track->size;
  for (int64_t i = 0, rows; i < tile->rows; i += rows) {
    rows = run_length(track, axes - 2, tile->row + i, tile->rows - i);
    char *row = data + sgk_track_offset(track, axes - 2, tile->row + i) * size;
    for (int64_t j = 0, columns; j < tile->columns; j += columns) {
      columns = run_length(track, axes - 1, tile->column + j, tile->columns - j);
      char *there = row + sgk_track_offset(track, axes - 1, tile->column + j) * size;
      char *here = buffer + (i * row_stride + j * column_stride) * size;
      if (packs)
        sgk_move(size, rows, columns, here, row_stride, column_stride, there, down, along);
      else
        sgk_move(size, rows, columns, there, down, along, here, row_stride, column_stride);
    }
  }
}

void sgk_track_pack(const sgk_track *track, int32_t axes, const sgk_tile *tile, const char *data, char *buffer,
                    int64_t row_stride, int64_t column_stride) {
  move_tile(track, axes, tile, (char *)data, buffer, row_stride, column_stride, true);
}

void sgk_track_unpack(const sgk_track *track, int32_t axes, const sgk_tile *tile, char *data, const char *buffer,
                      int64_t row_stride, int64_t column_stride) {
  move_tile(track, axes, tile, data, (char *)buffer, row_stride, column_stride, false);
}
