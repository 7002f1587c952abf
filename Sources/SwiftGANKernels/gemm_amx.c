// The blocked product's inner parts in tiles (amx.h): float32 operands rounded to bfloat16 (`medium`), or split into a sum
// of two of them (`high`), with float32 sums. Written to the instructions' definition.
//
// Four tiles hold 32 x 32 sums; two of the left side and two of the right meet in each step of 32 elements along k. A
// tile's rows are 16 words of a row of A, or 16 columns of a word's row of B: B's panels are what the other tables have.
// TDPBF16PS counts numbers below 2^-126 in magnitude as zero, in operands and sums.
#define SGK_LEVEL 4
#include "amx.h"
#include "gemm.h"
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>
#endif
#include "isa_begin.h"

#if SGK_LEVEL_EXISTS

extern const sgk_gemm_kernels sgk_gemm_f32_avx512, sgk_gemm_bf16_avx512_bf16;

#define T float
#define V sgk_f32v
#define U sgk_f32vu
#define N(name) tile_##name
#define LANES_LITERAL 16
#include "gemm_lanes.h"

#define TILE_ROWS 16
#define STEP 16                 // words of a plane that a step takes: 32 elements along k
#define MEDIUM_KC 512
#define HIGH_KC 256
#define KC_WORDS 256            // of either
#define ITEMS 10                // the products are so fast that packing A twice shows
#define ITEM_WORK 4e6
#define LDA (KC_WORDS + 16)     // rows of A's block start in different cache sets
#define PANEL (2 * LANES)

// Rows of a transposed block of A, LDA words apart.
#undef NR
#define NR LDA
#include "gemm_transpose.h"

#include "gemm_pairs.h"
#include "gemm_amx_pack.h"

// Tiles: of sums by row and column, of rows of A, of columns of B.
#define C00 0
#define C01 1
#define C10 2
#define C11 3
#define A0 4
#define A1 5
#define B0 6
#define B1 7

// Tiles of the sums of so many rows, 32 at most.
static void set_shapes(int64_t rows) {
  sgk_tile_shapes shapes = {.palette = 1};
  // What has no rows is not used, but must not be empty.
  uint8_t upper = (uint8_t)(rows < TILE_ROWS ? rows : TILE_ROWS), lower = rows > TILE_ROWS ? (uint8_t)(rows - upper) : 1;
  const uint8_t of[8] = {upper, upper, lower, lower, upper, lower, STEP, STEP};
  for (int tile = 0; tile < 8; ++tile) {
    shapes.rows[tile] = of[tile];
    shapes.row_bytes[tile] = 64;
  }
  TILE_SHAPES(&shapes);
}

// One product of a step, for the tiles that there are.
#define MULTIPLY()                                      \
  do {                                                  \
    TILE_MULTIPLY(C00, A0, B0);                         \
    if (two_columns) TILE_MULTIPLY(C01, A0, B1);        \
    if (two_rows) TILE_MULTIPLY(C10, A1, B0);           \
    if (two_rows && two_columns) TILE_MULTIPLY(C11, A1, B1); \
  } while (0)

#define LOAD_LEFT(from, stride)                                              \
  do {                                                                       \
    TILE_LOAD(A0, from, stride);                                             \
    if (two_rows) TILE_LOAD(A1, (const char *)(from) + TILE_ROWS * (stride), stride); \
  } while (0)

#define LOAD_RIGHT(from, stride)                            \
  do {                                                      \
    TILE_LOAD(B0, from, stride);                            \
    if (two_columns) TILE_LOAD(B1, (from) + LANES, stride); \
  } while (0)

// A step: 16 words of rows of A and as many rows of B, or of each two planes (gemm_amx_pack.h). Small products first.
SGK_INLINE void step(const bool split, const bool two_rows, const bool two_columns, const float *a, int64_t lda,
                     const float *b, int64_t ldb) {
  const int64_t a_stride = lda * 4, b_stride = (split ? 2 : 1) * ldb * 4;
  LOAD_LEFT(split ? a + STEP : a, a_stride);
  LOAD_RIGHT(b, b_stride);
  MULTIPLY();
  if (!split) return;
  LOAD_LEFT(a, a_stride);
  MULTIPLY();
  LOAD_RIGHT(b + ldb, b_stride);
  MULTIPLY();
}

// What the tiles of one 32 x 32 part of C are made of. The last words of k lie by themselves, filled up with zeros.
typedef struct part {
  int64_t steps;                // of whole words
  const float *a, *b, *a_last, *b_last;  // the last two NULL where there is none
  int64_t lda, lda_last, ldb;
  float *c;
  int64_t c_stride;             // in bytes
  bool accumulate;
} part;

SGK_INLINE void multiply_part(const bool split, const bool two_rows, const bool two_columns, const part *p) {
  const int64_t words = split ? 2 * STEP : STEP, lower = TILE_ROWS * p->c_stride;
  char *c = (char *)p->c;
  if (p->accumulate) {
    TILE_LOAD(C00, c, p->c_stride);
    if (two_columns) TILE_LOAD(C01, c + 64, p->c_stride);
    if (two_rows) TILE_LOAD(C10, c + lower, p->c_stride);
    if (two_rows && two_columns) TILE_LOAD(C11, c + lower + 64, p->c_stride);
  } else {
    TILE_ZERO(C00);
    if (two_columns) TILE_ZERO(C01);
    if (two_rows) TILE_ZERO(C10);
    if (two_rows && two_columns) TILE_ZERO(C11);
  }
  for (int64_t s = 0; s < p->steps; ++s)
    step(split, two_rows, two_columns, p->a + s * words, p->lda, p->b + s * words * p->ldb, p->ldb);
  if (p->b_last) step(split, two_rows, two_columns, p->a_last, p->lda_last, p->b_last, PANEL);
  TILE_STORE(C00, c, p->c_stride);
  if (two_columns) TILE_STORE(C01, c + 64, p->c_stride);
  if (two_rows) TILE_STORE(C10, c + lower, p->c_stride);
  if (two_rows && two_columns) TILE_STORE(C11, c + lower + 64, p->c_stride);
}

// Bytes from row to row of C, or 0 where they differ.
static int64_t even_stride(void *const *rows, int64_t count) {
  int64_t stride = count > 1 ? (int64_t)((intptr_t)rows[1] - (intptr_t)rows[0]) : 64;
  for (int64_t i = 2; i < count; ++i)
    if ((intptr_t)rows[i] - (intptr_t)rows[i - 1] != stride) return 0;
  return stride;
}

// Brings rows of C to where tiles can read them.
static void fetch(const sgk_gemm_block *block, int64_t row, int64_t rows, int64_t column, int64_t columns, float *to) {
  for (int64_t i = 0; i < rows; ++i) {
    const float *c = (const float *)block->c_rows[row + i] + column * block->c_column_stride;
    for (int64_t j = 0; j < columns; ++j) to[i * PANEL + j] = c[j * block->c_column_stride];
  }
}

static void put(const sgk_gemm_block *block, int64_t row, int64_t rows, int64_t column, int64_t columns,
                const float *from) {
  for (int64_t i = 0; i < rows; ++i, from += PANEL) {
    float *c = (float *)block->c_rows[row + i] + column * block->c_column_stride;
    for (int64_t j = 0; j < columns; ++j) {
      float *to = c + j * block->c_column_stride;
      *to = block->subtract ? *to - from[j] : from[j];
    }
  }
}

// Rows of words from a block by columns, with zeros up to whole steps.
static void turn_rows(const bool split, const sgk_gemm_block *block, int64_t row, int64_t rows, float *to) {
  const int64_t planes = split ? 2 : 1;
  int64_t whole = (rows + LANES - 1) / LANES * LANES;
  for (int64_t p = 0; p < block->k; p += planes * STEP) {
    int64_t valid = (block->k - p) / planes;
    const float *from = (const float *)block->a + p * block->lda + row;
    for (int64_t plane = 0; plane < planes; ++plane)
      N(transpose_rows)(from + plane * block->lda, planes * block->lda, valid < STEP ? valid : STEP, whole,
                        to + p + plane * STEP);
  }
}

SGK_INLINE void multiply_block(const bool split, const sgk_gemm_block *block) {
  const int64_t words = split ? 2 * STEP : STEP;
  _Alignas(64) float turned[2 * TILE_ROWS * LDA], b_last[2 * STEP * PANEL], edge[2 * TILE_ROWS * PANEL];
  int64_t rest = block->k % words, shaped = 0;
  if (rest > 0) memset(b_last + rest * PANEL, 0, (size_t)((words - rest) * PANEL) * sizeof *b_last);
  memset(edge, 0, sizeof edge);
  for (int64_t i = 0; i < block->m; i += 2 * TILE_ROWS) {
    int64_t rows = block->m - i < 2 * TILE_ROWS ? block->m - i : 2 * TILE_ROWS;
    if (rows != shaped) set_shapes(rows);
    shaped = rows;
    part part = {.steps = block->k / words, .a = turned, .lda = LDA, .lda_last = LDA, .ldb = block->ldb};
    if (block->a_columns) {
      turn_rows(split, block, i, rows, turned);
      part.a_last = turned + part.steps * words;
    } else {
      part.a = (const float *)block->a + i * block->lda;
      part.lda = part.lda_last = block->lda;
      part.a_last = part.a + part.steps * words;
      // Split rows are filled up as they are made.
      if (!split && rest > 0) {
        for (int64_t r = 0; r < rows; ++r) {
          __m512 last = _mm512_maskz_loadu_ps((__mmask16)((1u << rest) - 1), part.a_last + r * block->lda);
          _mm512_store_ps(turned + r * LDA, last);
        }
        part.a_last = turned;
        part.lda_last = LDA;
      }
    }
    int64_t stride = block->c_column_stride == 1 && !block->subtract ? even_stride(block->c_rows + i, rows) : 0;
    for (int64_t j = 0; j < block->n; j += PANEL) {
      int64_t columns = block->n - j < PANEL ? block->n - j : PANEL;
      const bool two_rows = rows > TILE_ROWS, two_columns = columns > LANES;
      part.b = (const float *)block->b + j / PANEL * block->panel_stride;
      if (rest > 0) {
        const float *from = part.b + part.steps * words * block->ldb;
        for (int64_t p = 0; p < rest; ++p, from += block->ldb) {
          *(V *)(b_last + p * PANEL) = *(const U *)from;
          if (two_columns) *(V *)(b_last + p * PANEL + LANES) = *(const U *)(from + LANES);
        }
        part.b_last = b_last;
      }
      bool in_place = stride != 0 && columns % LANES == 0;
      part.accumulate = block->accumulate && !block->subtract;
      part.c = in_place ? (float *)block->c_rows[i] + j : edge;
      part.c_stride = in_place ? stride : PANEL * (int64_t)sizeof(float);
      if (!in_place && part.accumulate) fetch(block, i, rows, j, columns, edge);
      if (two_rows && two_columns)
        multiply_part(split, true, true, &part);
      else if (two_rows)
        multiply_part(split, true, false, &part);
      else if (two_columns)
        multiply_part(split, false, true, &part);
      else
        multiply_part(split, false, false, &part);
      if (!in_place) put(block, i, rows, j, columns, edge);
    }
  }
  TILE_RELEASE();
}

static void medium_block(const sgk_gemm_block *block) { multiply_block(false, block); }
static void high_block(const sgk_gemm_block *block) { multiply_block(true, block); }

static void sum(const void *partials, int64_t count, int64_t stride, int64_t n, int64_t m, void *const *c_rows,
                int64_t c_column_stride) {
  sgk_gemm_f32_avx512.sum(partials, count, stride, n, m, c_rows, c_column_stride);
}

// mr: half of what a step computes, so that items of few rows do not become fewer.
const sgk_gemm_kernels SGK_ISA(sgk_gemm_medium) = {
    .mr = TILE_ROWS, .nr = PANEL, .lanes = LANES, .depth = 2, .planes = 1, .unit = 2 * STEP, .items = ITEMS,
    .item_work = ITEM_WORK, .kc = MEDIUM_KC, .lda = LDA,
    .copy = medium_copy, .copy_columns = medium_copy_columns, .pack = medium_pack, .block = medium_block, .sum = sum};

const sgk_gemm_kernels SGK_ISA(sgk_gemm_high) = {
    .mr = TILE_ROWS, .nr = PANEL, .lanes = LANES, .depth = 2, .planes = 2, .unit = 2 * STEP, .items = ITEMS,
    .item_work = ITEM_WORK, .kc = HIGH_KC, .lda = LDA,
    .copy = high_copy, .copy_columns = high_copy_columns, .pack = high_pack, .block = high_block, .sum = sum};

#endif
#include "isa_end.h"
