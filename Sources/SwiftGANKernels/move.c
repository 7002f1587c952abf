#include "move.h"

#include <string.h>

// What is moved may be of any type of its size.
typedef uint8_t any_u8 __attribute__((may_alias));
typedef uint32_t any_u32 __attribute__((may_alias));
typedef uint64_t any_u64 __attribute__((may_alias));

// Four by four 32-bit elements, rows to columns.
static inline void transpose_4x4(any_u32 *to, int64_t to_row, const any_u32 *from, int64_t from_column) {
  typedef uint32_t quad __attribute__((vector_size(16)));
  quad a, b, c, d;
  memcpy(&a, from, 16);
  memcpy(&b, from + from_column, 16);
  memcpy(&c, from + 2 * from_column, 16);
  memcpy(&d, from + 3 * from_column, 16);
  quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  a = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
  b = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
  c = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  d = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
  memcpy(to, &a, 16);
  memcpy(to + to_row, &b, 16);
  memcpy(to + 2 * to_row, &c, 16);
  memcpy(to + 3 * to_row, &d, 16);
}

// to[i * to_row + j] = from[i + j * from_column].
static void transpose_u32(int64_t rows, int64_t columns, any_u32 *to, int64_t to_row, const any_u32 *from,
                          int64_t from_column) {
  int64_t j = 0;
  for (; j + 4 <= columns; j += 4) {
    int64_t i = 0;
    for (; i + 4 <= rows; i += 4) transpose_4x4(to + i * to_row + j, to_row, from + i + j * from_column, from_column);
    for (; i < rows; ++i)
      for (int64_t k = j; k < j + 4; ++k) to[i * to_row + k] = from[i + k * from_column];
  }
  for (; j < columns; ++j)
    for (int64_t i = 0; i < rows; ++i) to[i * to_row + j] = from[i + j * from_column];
}

// Each element `columns` times, all in one run. Whole vectors are written; what is too much, the next row writes over.
static void repeat_u32(int64_t rows, int64_t columns, any_u32 *to, const any_u32 *from, int64_t from_row) {
  typedef uint32_t quad __attribute__((vector_size(16)));
  int64_t padded = (columns + 3) & ~(int64_t)3;
  for (; rows * columns >= padded; --rows, to += columns, from += from_row) {
    quad value = (quad){0} + *from;
    for (int64_t j = 0; j < columns; j += 4) memcpy(to + j, &value, 16);
  }
  for (; rows > 0; --rows, from += from_row)
    for (int64_t j = 0; j < columns; ++j) *to++ = *from;
}

#define DEFINE_MOVE(type, name)                                                                                      \
  static void name(int64_t rows, int64_t columns, type *to, int64_t to_row, int64_t to_column, const type *from,     \
                   int64_t from_row, int64_t from_column) {                                                          \
    for (int64_t i = 0; i < rows; ++i, to += to_row, from += from_row) {                                             \
      if (to_column == 1 && from_column == 1) {                                                                      \
        for (int64_t j = 0; j < columns; ++j) to[j] = from[j];                                                       \
      } else if (to_column == 1 && from_column == 0) {                                                               \
        type value = *from;                                                                                          \
        for (int64_t j = 0; j < columns; ++j) to[j] = value;                                                         \
      } else {                                                                                                       \
        for (int64_t j = 0; j < columns; ++j) to[j * to_column] = from[j * from_column];                             \
      }                                                                                                              \
    }                                                                                                                \
  }
DEFINE_MOVE(any_u8, move_u8)
DEFINE_MOVE(any_u32, move_u32)
DEFINE_MOVE(any_u64, move_u64)

// One row many times, all in one run: what is written already is copied, twice as much each time.
static void repeat_row(int64_t bytes, int64_t rows, char *to, const char *from) {
  memcpy(to, from, (size_t)bytes);
  for (int64_t done = 1; done < rows;) {
    int64_t more = done < rows - done ? done : rows - done;
    memcpy(to + done * bytes, to, (size_t)(more * bytes));
    done += more;
  }
}

void sgk_move(int64_t size, int64_t rows, int64_t columns, void *to, int64_t to_row, int64_t to_column,
              const void *from, int64_t from_row, int64_t from_column) {
  if (to_column == 1 && from_column == 1 && from_row == 0 && to_row == columns && rows > 1) {
    repeat_row(columns * size, rows, to, from);
    return;
  }
  if (to_column == 1 && from_column == 1 && columns * size >= 64) {
    for (int64_t i = 0; i < rows; ++i)
      memcpy((char *)to + i * to_row * size, (const char *)from + i * from_row * size, (size_t)(columns * size));
    return;
  }
  if (size == 4 && to_column == 1 && from_row == 1 && rows >= 4 && columns >= 4) {
    transpose_u32(rows, columns, to, to_row, from, from_column);
    return;
  }
  if (size == 4 && to_column == 1 && from_column == 0 && to_row == columns && columns < 32) {
    repeat_u32(rows, columns, to, from, from_row);
    return;
  }
  // Short rows: the longer loop goes inside.
  if (columns < 16 && rows > columns) {
    int64_t count = rows, to_stride = to_row, from_stride = from_row;
    rows = columns, to_row = to_column, from_row = from_column;
    columns = count, to_column = to_stride, from_column = from_stride;
  }
  switch (size) {
    case 1: move_u8(rows, columns, to, to_row, to_column, from, from_row, from_column); break;
    case 4: move_u32(rows, columns, to, to_row, to_column, from, from_row, from_column); break;
    default: move_u64(rows, columns, to, to_row, to_column, from, from_row, from_column); break;
  }
}
