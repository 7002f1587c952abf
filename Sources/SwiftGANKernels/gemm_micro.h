// Template of gemm_template.h: the tile of C that lives in registers, and the loop over the tiles of a block.
// T, V, U: element, vector, unaligned vector; N(name): a name of its own per element type. MULTIPLY_ADD(c, b, a) is what is
// added up: c + b * a for a vector b of words and one word a, where a word is an element, or of lesser ones as many as fit.

// What becomes of the tile of C.
enum { N(SET), N(ADD), N(SUBTRACT) };

// One tile of `mr` rows and `vectors` vectors. The counts and `columns` are constants after inlining, so the accumulators
// are registers: mr * vectors of them, and one more per vector for B.
SGK_INLINE void N(tile)(const int mr, const int vectors, const bool columns, int64_t k, const T *restrict a, int64_t lda,
                        const T *restrict b, int64_t ldb, void *const *c_rows, int64_t c0, int64_t valid,
                        int64_t c_column_stride, int mode) {
  V sum[MR][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < mr; ++i) sum[i][0] = sum[i][1] = (V){0};
  // Rows lie lda apart: a pointer for every three of them, which one addressing mode reaches.
  const T *rows[(MR + 2) / 3];
#pragma clang loop unroll(full)
  for (int i = 0; i < (mr + 2) / 3; ++i) rows[i] = a + 3 * i * lda;
#pragma clang loop unroll(disable)
  for (int64_t p = 0; p < k; ++p) {
    V b0 = *(const U *)b, b1 = vectors > 1 ? *(const U *)(b + LANES) : b0;
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; ++i) {
      T x = columns ? a[i] : rows[i / 3][i % 3 * lda];
      sum[i][0] = MULTIPLY_ADD(sum[i][0], b0, x);
      if (vectors > 1) sum[i][1] = MULTIPLY_ADD(sum[i][1], b1, x);
    }
    if (columns) {
      a += lda;
    } else {
#pragma clang loop unroll(full)
      for (int i = 0; i < (mr + 2) / 3; ++i) {
        ++rows[i];
        __asm__("" : "+r"(rows[i]));  // else one pointer is made of another, row after row
      }
    }
    b += ldb;
  }
  if (valid == vectors * LANES && c_column_stride == 1) {
#pragma clang loop unroll(full)
    for (int i = 0; i < mr; ++i) {
      T *c = (T *)c_rows[i] + c0;
      if (mode == N(ADD)) {
        sum[i][0] += *(U *)c;
        if (vectors > 1) sum[i][1] += *(U *)(c + LANES);
      } else if (mode == N(SUBTRACT)) {
        sum[i][0] = *(U *)c - sum[i][0];
        if (vectors > 1) sum[i][1] = *(U *)(c + LANES) - sum[i][1];
      }
      *(U *)c = sum[i][0];
      if (vectors > 1) *(U *)(c + LANES) = sum[i][1];
    }
    return;
  }
  V spilled[MR][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < mr; ++i) {
    spilled[i][0] = sum[i][0];
    spilled[i][1] = sum[i][1];
  }
  for (int i = 0; i < mr; ++i) {
    T *c = (T *)c_rows[i] + c0 * c_column_stride;
    const T *from = (const T *)spilled[i];
    for (int64_t j = 0; j < valid; ++j) {
      T *to = c + j * c_column_stride;
      *to = mode == N(SET) ? from[j] : mode == N(ADD) ? from[j] + *to : *to - from[j];
    }
  }
}

typedef void N(tile_fn)(int64_t k, const T *a, int64_t lda, const T *b, int64_t ldb, void *const *c_rows, int64_t c0,
                        int64_t valid, int64_t c_column_stride, int mode);

#define TILE(mr, vectors, columns)                                                                                   \
  static void N(tile_##mr##_##vectors##_##columns)(int64_t k, const T *a, int64_t lda, const T *b, int64_t ldb,      \
                                                   void *const *c_rows, int64_t c0, int64_t valid,                   \
                                                   int64_t c_column_stride, int mode) {                       \
    N(tile)(mr, vectors, columns, k, a, lda, b, ldb, c_rows, c0, valid, c_column_stride, mode);                \
  }
#define TILES(mr) TILE(mr, 1, 0) TILE(mr, 2, 0) TILE(mr, 1, 1) TILE(mr, 2, 1)
#define TILE_NAMES(mr) \
  {{N(tile_##mr##_1_0), N(tile_##mr##_2_0)}, {N(tile_##mr##_1_1), N(tile_##mr##_2_1)}}

TILES(1) TILES(2) TILES(3) TILES(4)
#if MR > 4
TILES(5) TILES(6)
#endif
#if MR > 6
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12) TILES(13) TILES(14)
#endif

// [rows - 1][stored by columns][vectors - 1]
static N(tile_fn) *const N(tiles)[MR][2][2] = {
    TILE_NAMES(1), TILE_NAMES(2), TILE_NAMES(3), TILE_NAMES(4),
#if MR > 4
    TILE_NAMES(5), TILE_NAMES(6),
#endif
#if MR > 6
    TILE_NAMES(7), TILE_NAMES(8), TILE_NAMES(9), TILE_NAMES(10), TILE_NAMES(11), TILE_NAMES(12), TILE_NAMES(13),
    TILE_NAMES(14),
#endif
};

static void N(block)(const sgk_gemm_block *block) {
  // Tiles of equal height: 16 rows are two tiles of 8, not 14 and 2.
  int mode = block->subtract ? N(SUBTRACT) : block->accumulate ? N(ADD) : N(SET);
  int64_t count = (block->m + MR - 1) / MR;
  int64_t height = (block->m + count - 1) / count;
  for (int64_t i = 0; i < block->m; i += height) {
    int64_t rows = block->m - i < height ? block->m - i : height;
    const T *a = (const T *)block->a + (block->a_columns ? i : i * block->lda);
    for (int64_t j = 0; j < block->n; j += NR) {
      int64_t valid = block->n - j < NR ? block->n - j : NR;
      const T *b = (const T *)block->b + j / NR * block->panel_stride;
      N(tiles)[rows - 1][block->a_columns][valid > LANES](block->k, a, block->lda, b, block->ldb, block->c_rows + i, j,
                                                          valid, block->c_column_stride, mode);
    }
  }
}

static void N(sum)(const void *partials, int64_t count, int64_t stride, int64_t n, int64_t m, void *const *c_rows,
                   int64_t c_column_stride) {
  for (int64_t i = 0; i < m; ++i) {
    const T *from = (const T *)partials + i * n;
    T *c = (T *)c_rows[i];
    int64_t j = 0;
    if (c_column_stride == 1) {
      for (; j + LANES <= n; j += LANES) {
        V sum = *(const U *)(from + j);
        for (int64_t s = 1; s < count; ++s) sum += *(const U *)(from + s * stride + j);
        *(U *)(c + j) = sum;
      }
    }
    for (; j < n; ++j) {
      T sum = from[j];
      for (int64_t s = 1; s < count; ++s) sum += from[s * stride + j];
      c[j * c_column_stride] = sum;
    }
  }
}
