// Where an operand's elements lie along the axes of an iteration space whose axes are coarser than its own: an axis of
// the space may stand for several of the operand, as the digits of a number stand for its place.
#ifndef SGK_TRACK_H
#define SGK_TRACK_H

#include <stdbool.h>

#include "nest.h"

typedef struct sgk_digit {
  int64_t extent, stride;  // stride in elements
} sgk_digit;

enum { SGK_TRACK_AXES = SGK_MAX_RANK + 2 };

typedef struct sgk_track {
  int64_t size;                         // bytes of an element
  int64_t start;                        // elements from the view's `data` to index 0 of the space
  int32_t first[SGK_TRACK_AXES + 1];    // axis i has the digits first[i]..<first[i + 1], outermost first, at least one
  sgk_digit digits[2 * SGK_TRACK_AXES];
} sgk_track;

// Axis i of the space stands for the operand's axes from[i]..<from[i + 1] of those that `shape` gives.
void sgk_track_make(sgk_track *track, const sgk_operand *operand, const int64_t *shape, int32_t axes,
                    const int32_t *from);

// Whether the axis is a single stride, which the next function returns; and whether that is zero.
static inline bool sgk_track_is_even(const sgk_track *track, int32_t axis) {
  return track->first[axis + 1] - track->first[axis] == 1;
}
static inline int64_t sgk_track_stride(const sgk_track *track, int32_t axis) {
  return track->digits[track->first[axis + 1] - 1].stride;
}
static inline bool sgk_track_is_constant(const sgk_track *track, int32_t axis) {
  return sgk_track_is_even(track, axis) && sgk_track_stride(track, axis) == 0;
}

// Elements from index 0 of the axis to `index`.
int64_t sgk_track_offset(const sgk_track *track, int32_t axis, int64_t index);

// A rectangle of a plane: the last two of `axes` axes.
typedef struct sgk_tile {
  int64_t row, rows, column, columns;
} sgk_tile;

// Copies a tile to or from a buffer with the given strides. `data` is the plane's element (0, 0).
void sgk_track_pack(const sgk_track *track, int32_t axes, const sgk_tile *tile, const char *data, char *buffer,
                    int64_t row_stride, int64_t column_stride);
void sgk_track_unpack(const sgk_track *track, int32_t axes, const sgk_tile *tile, char *data, const char *buffer,
                      int64_t row_stride, int64_t column_stride);

#endif
