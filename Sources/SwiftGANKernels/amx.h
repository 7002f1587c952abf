// The tile instructions (Intel AMX) that products use, by tile number: a tile is 16 rows of 64 bytes at most, and there are
// eight of them on a thread.
//
// Tests compile the same kernels with SGK_TILE_MODEL, which puts a model of the instructions in C in their place: see
// Tests/KernelTests/tile_model.h.
#ifndef SGK_AMX_H
#define SGK_AMX_H

#include <stdbool.h>
#include <stdint.h>

// What LDTILECFG reads: palette 1, and for each tile its rows and the bytes of one.
typedef struct sgk_tile_shapes {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} sgk_tile_shapes;

_Static_assert(sizeof(sgk_tile_shapes) == 64, "what LDTILECFG reads");

#if defined(SGK_TILE_MODEL)
#include "tile_model.h"
#elif defined(__x86_64__)
#include <immintrin.h>
// Gives all tiles their shapes and makes them zero, on this thread.
#define TILE_SHAPES(shapes) _tile_loadconfig(shapes)
// Tiles cost time at each change of threads until they are released.
#define TILE_RELEASE() _tile_release()
#define TILE_ZERO(tile) _tile_zero(tile)
// Row r of a tile lies `stride` bytes after row r - 1.
#define TILE_LOAD(tile, from, stride) _tile_loadd(tile, from, stride)
#define TILE_STORE(tile, to, stride) _tile_stored(tile, to, stride)
// sum[m][n] += left[m][2 k] right[k][2 n] + left[m][2 k + 1] right[k][2 n + 1] over k, of bfloat16, in float32 (TDPBF16PS).
#define TILE_MULTIPLY(sum, left, right) _tile_dpbf16ps(sum, left, right)
#endif

// Whether this process may use tiles: the CPU has them, the operating system saves them and lets the process have them (it
// is asked once), and the products of this library come out right in them. Not to be called but by what chooses the
// instruction set.
bool sgk_amx_works(void);

#endif
