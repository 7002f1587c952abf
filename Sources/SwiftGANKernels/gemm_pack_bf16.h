// Template of gemm_bf16_template.h: blocks and panels whose words are pairs of bfloat16, rounded from float32 on the way.

SGK_INLINE void N(move)(uint16_t *to, const float *from) {
  _mm256_storeu_si256((__m256i *)to, (__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(from)));
}

SGK_INLINE void N(move_half)(uint16_t *to, const float *from) {
  _mm_storel_epi64((__m128i *)to, (__m128i)_mm_cvtneps_pbh(_mm_loadu_ps(from)));
}

SGK_INLINE void N(move_one)(uint16_t *to, const float *from) {
  *to = (uint16_t)_mm_cvtsi128_si32((__m128i)_mm_cvtneps_pbh(_mm_load_ss(from)));
}

#define D uint16_t
#include "gemm_copy.h"
#undef D
#include "gemm_transpose.h"

// A contiguous row, and a zero after an odd number of elements.
SGK_INLINE void N(round_row)(const float *from, int64_t columns, uint16_t *to) {
  int64_t c = 0;
  for (; c + 2 * LANES <= columns; c += 2 * LANES)
    _mm512_storeu_si512(to + c, (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(from + c + LANES), _mm512_loadu_ps(from + c)));
  for (; c < columns; c += LANES) {
    int64_t left = columns - c < LANES ? columns - c : LANES;
    __mmask16 lanes = (__mmask16)((1u << left) - 1), words = (__mmask16)((1u << (left + 1) / 2 * 2) - 1);
    _mm256_mask_storeu_epi16(to + c, words, (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(lanes, from + c)));
  }
}

// Rows of bfloat16, `ld` of them apart; what fills the last word of a row is zero.
static void N(copy_rows)(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns,
                         uint16_t *to, int64_t ld) {
  if (source->kind == SGK_SOURCE_MATRIX && source->column_stride == 1) {
    const float *from = (const float *)source->data + row * source->row_stride + column;
    for (int64_t r = 0; r < rows; ++r) N(round_row)(from + r * source->row_stride, columns, to + r * ld);
    return;
  }
  N(copy_elements)(source, row, rows, column, columns, to, ld);
  if (columns % 2 != 0)
    for (int64_t r = 0; r < rows; ++r) to[r * ld + columns] = 0;
}

static void N(copy)(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns, void *to,
                    int64_t ld) {
  N(copy_rows)(source, row, rows, column, columns, to, 2 * ld);
}

// to[c] = the pair of first[c] and second[c], of zeros from `columns` to the end of the vector; second may be NULL: zeros.
SGK_INLINE void N(pair_floats)(const float *first, const float *second, int64_t columns, float *to) {
  for (int64_t c = 0; c < columns; c += LANES) {
    __mmask16 lanes = columns - c < LANES ? (__mmask16)((1u << (columns - c)) - 1) : (__mmask16)0xffff;
    __m512 low = _mm512_maskz_loadu_ps(lanes, first + c);
    __m512 high = second ? _mm512_maskz_loadu_ps(lanes, second + c) : _mm512_setzero_ps();
    _mm512_storeu_si512(to + c, in_pairs((__m512i)_mm512_cvtne2ps_pbh(high, low)));
  }
}

#define SIDE_BY_SIDE 4  // panels that are filled together (see gemm_pack.h)

// Whole panels of rows that are contiguous.
static void N(pair_rows)(const float *from, int64_t step, int64_t k, int64_t panels, float *to) {
  int64_t words = (k + 1) / 2;
  for (int64_t j = 0; j < panels; j += SIDE_BY_SIDE) {
    int64_t count = panels - j < SIDE_BY_SIDE ? panels - j : SIDE_BY_SIDE;
    for (int64_t p = 0; p < k; p += 2) {
      const float *row = from + p * step + j * NR;
      float *panel = to + (j * words + p / 2) * NR;
      for (int64_t i = 0; i < count; ++i, row += NR, panel += words * NR)
        N(pair_floats)(row, p + 1 < k ? row + step : NULL, NR, panel);
    }
  }
}

#define STRIP_ROWS 16
#define STRIP_COLUMNS 128  // whole vectors

// The same of rows that have to be brought together from the source first, at most STRIP_COLUMNS columns.
static void N(pair_strip)(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns, float *to,
                          int64_t ld) {
  uint16_t strip[STRIP_ROWS * STRIP_COLUMNS];
  int64_t width = (columns + LANES - 1) / LANES * LANES;
  for (int64_t p = 0; p < rows; p += STRIP_ROWS) {
    int64_t height = rows - p < STRIP_ROWS ? rows - p : STRIP_ROWS;
    N(copy_elements)(source, row + p, height, column, columns, strip, STRIP_COLUMNS);
    if (width != columns)
      for (int64_t r = 0; r < height; ++r) N(zero_run)(strip + r * STRIP_COLUMNS + columns, width - columns);
    if (height % 2 != 0) N(zero_run)(strip + height * STRIP_COLUMNS, width);
    for (int64_t r = 0; r < height; r += 2, to += ld) {
      const uint16_t *low = strip + r * STRIP_COLUMNS, *high = low + STRIP_COLUMNS;
      for (int64_t c = 0; c < width; c += LANES) {
        __m512i both = _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)(low + c)));
        both = _mm512_inserti64x4(both, _mm256_loadu_si256((const __m256i *)(high + c)), 1);
        _mm512_storeu_si512(to + c, in_pairs(both));
      }
    }
  }
}

static void N(copy_columns)(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns, void *dst,
                            int64_t ld) {
  float *to = dst;
  if (source->kind == SGK_SOURCE_MATRIX && source->column_stride == 1) {
    int64_t step = source->row_stride;
    const float *from = (const float *)source->data + row * step + column;
    for (int64_t p = 0; p < rows; p += 2, from += 2 * step, to += ld)
      N(pair_floats)(from, p + 1 < rows ? from + step : NULL, columns, to);
    return;
  }
  for (int64_t c = 0; c < columns; c += STRIP_COLUMNS)
    N(pair_strip)(source, row, rows, column + c, columns - c < STRIP_COLUMNS ? columns - c : STRIP_COLUMNS, to + c, ld);
}

static void N(pack)(const sgk_source *source, bool transposed, int64_t k0, int64_t k, int64_t n0, int64_t n, void *dst,
                    void *temp) {
  int64_t words = (k + 1) / 2;
  float *panel = dst;
  int64_t j = 0;
  if (!transposed && source->kind == SGK_SOURCE_MATRIX && source->column_stride == 1) {
    N(pair_rows)((const float *)source->data + k0 * source->row_stride + n0, source->row_stride, k, n / NR, panel);
    j = n / NR * NR;
    panel += words * j;
  }
  for (; j < n; j += NR, panel += words * NR) {
    int64_t valid = n - j < NR ? n - j : NR;
    if (!transposed) {
      N(copy_columns)(source, k0, k, n0 + j, valid, panel, NR);
      continue;
    }
    for (int64_t half = 0; half < valid; half += LANES) {
      int64_t rows = valid - half < LANES ? valid - half : LANES;
      N(copy_rows)(source, n0 + j + half, rows, k0, k, temp, 2 * words);
      N(transpose_rows)(temp, words, rows, words, panel + half);
    }
  }
}
