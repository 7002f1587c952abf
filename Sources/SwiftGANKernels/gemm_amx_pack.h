// Template of gemm_amx.c: blocks and panels as tiles read them.
//
// `medium` has the words of gemm_bf16_template.h. `high` takes each float as the sum of two bfloat16, the nearest one and
// the nearest one to what is left: 16 bits of significand. Its planes take the room of the floats, and are made there:
//
//   a row of A: 16 words of the first plane, 16 of the second, and so on, filled up with zeros;
//   rows of words (blocks by columns, panels of B): one of the first plane, one of the second.

static void medium_copy(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns, void *dst,
                        int64_t ld) {
  sgk_gemm_bf16_avx512_bf16.copy(source, row, rows, column, columns, dst, ld);
}

static void medium_copy_columns(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns,
                                void *dst, int64_t ld) {
  sgk_gemm_bf16_avx512_bf16.copy_columns(source, row, rows, column, columns, dst, ld);
}

static void medium_pack(const sgk_source *source, bool transposed, int64_t k0, int64_t k, int64_t n0, int64_t n, void *dst,
                        void *temp) {
  sgk_gemm_bf16_avx512_bf16.pack(source, transposed, k0, k, n0, n, dst, temp);
}

// The nearest bfloat16, of finite numbers the nearest finite one, and what is left: of an infinity all, of NaN NaN. So
// sums of products with an infinity are what they are in float32.
SGK_INLINE __m512 nearest(__m512 x) {
  const __m512 most = _mm512_castsi512_ps(_mm512_set1_epi32(0x7f7f0000));
  return _mm512_max_ps(-most, _mm512_min_ps(most, x));
}

// 16 bfloat16, widened.
SGK_INLINE __m512 widened(__m512i low_halves) { return _mm512_castsi512_ps(_mm512_slli_epi32(low_halves, 16)); }

// Both planes of x and y, 32 floats: the low half of each has x's, the high half y's.
SGK_INLINE void split_floats(__m512 x, __m512 y, __m512i *first, __m512i *second) {
  __m512i both = (__m512i)_mm512_cvtne2ps_pbh(nearest(y), nearest(x));
  __m512 left_x = x - widened(_mm512_cvtepu16_epi32(_mm512_castsi512_si256(both)));
  __m512 left_y = y - widened(_mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(both, 1)));
  *first = both;
  *second = (__m512i)_mm512_cvtne2ps_pbh(left_y, left_x);
}

static void high_copy(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns, void *dst,
                      int64_t ld) {
  sgk_gemm_f32_avx512.copy(source, row, rows, column, columns, dst, ld);
  for (int64_t r = 0; r < rows; ++r) {
    float *words = (float *)dst + r * ld;
    for (int64_t p = 0; p < columns; p += 2 * STEP) {
      uint32_t there = columns - p < 2 * STEP ? (1u << (columns - p)) - 1 : ~0u;
      __m512 x = _mm512_maskz_loadu_ps((__mmask16)there, words + p);
      __m512 y = _mm512_maskz_loadu_ps((__mmask16)(there >> 16), words + p + STEP);
      __m512i first, second;
      split_floats(x, y, &first, &second);
      _mm512_storeu_si512(words + p, first);
      _mm512_storeu_si512(words + p + STEP, second);
    }
  }
}

// Rows p and p + 1 of floats become the planes of their pairs; what fills the last pair is zero, and so is what fills the
// last vector.
static void split_rows(float *words, int64_t ld, int64_t rows, int64_t columns) {
  for (int64_t p = 0; p < rows; p += 2, words += 2 * ld) {
    for (int64_t c = 0; c < columns; c += LANES) {
      __mmask16 there = columns - c < LANES ? (__mmask16)((1u << (columns - c)) - 1) : (__mmask16)0xffff;
      __m512 x = _mm512_maskz_loadu_ps(there, words + c);
      __m512 y = _mm512_maskz_loadu_ps(p + 1 < rows ? there : 0, words + ld + c);
      __m512i first, second;
      split_floats(x, y, &first, &second);
      _mm512_storeu_si512(words + c, in_pairs(first));
      _mm512_storeu_si512(words + ld + c, in_pairs(second));
    }
  }
}

static void high_copy_columns(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns,
                              void *dst, int64_t ld) {
  sgk_gemm_f32_avx512.copy(source, row, rows, column, columns, dst, ld);
  split_rows(dst, ld, rows, columns);
}

static void high_pack(const sgk_source *source, bool transposed, int64_t k0, int64_t k, int64_t n0, int64_t n, void *dst,
                      void *temp) {
  // Panels of floats lie as those of pairs do, unless a pair is to be filled up.
  const bool at_once = k % 2 == 0;
  if (at_once) sgk_gemm_f32_avx512.pack(source, transposed, k0, k, n0, n, dst, temp);
  float *panel = dst;
  for (int64_t j = 0; j < n; j += PANEL, panel += (k + k % 2) * PANEL) {
    int64_t columns = n - j < PANEL ? n - j : PANEL;
    if (!at_once) sgk_gemm_f32_avx512.pack(source, transposed, k0, k, n0 + j, columns, panel, temp);
    split_rows(panel, PANEL, k, columns);
  }
}
