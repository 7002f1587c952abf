// Moving a strided plane of elements: packing into a buffer, unpacking from it, copying, transposing.
#ifndef SGK_MOVE_H
#define SGK_MOVE_H

#include <stdint.h>

// to[i * to_row + j * to_column] = from[i * from_row + j * from_column] for i in 0..<rows, j in 0..<columns. Strides
// count elements; `size` (1, 4 or 8) is the bytes of one. The two planes do not overlap.
void sgk_move(int64_t size, int64_t rows, int64_t columns, void *to, int64_t to_row, int64_t to_column,
              const void *from, int64_t from_row, int64_t from_column);

#endif
