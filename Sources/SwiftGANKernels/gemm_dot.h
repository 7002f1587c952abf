// Template of gemm_template.h: products with few columns. A tile would leave most lanes of B idle, so lanes run along k
// and the rows of A are read where they are when they are contiguous.

#define DOT_ROWS 16      // rows gathered at a time
#define DOT_CHUNK 512    // elements of k gathered at a time

// sums[i][j] += a[i] . b[j] over k elements, a multiple of LANES, for `rows` (4 or 1) rows.
SGK_INLINE void N(dot_rows)(const int rows, const int n, const T *a, int64_t lda, const T *b, int64_t ldb, int64_t k,
                            V (*sums)[SGK_GEMM_DOT_COLUMNS]) {
  V sum[4][SGK_GEMM_DOT_COLUMNS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; ++i)
#pragma clang loop unroll(full)
    for (int j = 0; j < n; ++j) sum[i][j] = sums[i][j];
  for (int64_t p = 0; p < k; p += LANES) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; ++i) {
      V x = *(const U *)(a + i * lda + p);
#pragma clang loop unroll(full)
      for (int j = 0; j < n; ++j) sum[i][j] += x * *(const U *)(b + j * ldb + p);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; ++i)
#pragma clang loop unroll(full)
    for (int j = 0; j < n; ++j) sums[i][j] = sum[i][j];
}

SGK_INLINE void N(dot_columns)(const int n, int64_t rows, const T *a, int64_t lda, const T *b, int64_t ldb, int64_t k,
                               V (*sums)[SGK_GEMM_DOT_COLUMNS]) {
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4) N(dot_rows)(4, n, a + i * lda, lda, b, ldb, k, sums + i);
  for (; i < rows; ++i) N(dot_rows)(1, n, a + i * lda, lda, b, ldb, k, sums + i);
}

static void N(dot_any)(int64_t n, int64_t rows, const T *a, int64_t lda, const T *b, int64_t ldb, int64_t k,
                       V (*sums)[SGK_GEMM_DOT_COLUMNS]) {
  if (n == 1) N(dot_columns)(1, rows, a, lda, b, ldb, k, sums);
  if (n == 2) N(dot_columns)(2, rows, a, lda, b, ldb, k, sums);
  if (n == 3) N(dot_columns)(3, rows, a, lda, b, ldb, k, sums);
  if (n == 4) N(dot_columns)(4, rows, a, lda, b, ldb, k, sums);
}

SGK_INLINE T N(lane_sum)(V v) {
  T lanes[LANES];
  *(U *)lanes = v;
#pragma clang loop unroll(full)
  for (int width = LANES / 2; width > 0; width /= 2)
#pragma clang loop unroll(full)
    for (int i = 0; i < width; ++i) lanes[i] += lanes[i + width];
  return lanes[0];
}

static void N(dot)(const sgk_gemm_dot *dot) {
  const sgk_source *a = dot->a;
  const T *b = dot->b;
  T *gathered = dot->scratch;
  bool direct = a->kind == SGK_SOURCE_MATRIX && a->column_stride == 1;
  int64_t whole = direct ? dot->k / LANES * LANES : 0;
  for (int64_t i = 0; i < dot->m; i += DOT_ROWS) {
    int64_t rows = dot->m - i < DOT_ROWS ? dot->m - i : DOT_ROWS, row = dot->row + i;
    V sums[DOT_ROWS][SGK_GEMM_DOT_COLUMNS] = {{{0}}};
    if (whole > 0)
      N(dot_any)(dot->n, rows, (const T *)a->data + row * a->row_stride, a->row_stride, b, dot->ldb, whole, sums);
    for (int64_t p = whole; p < dot->k; p += DOT_CHUNK) {
      int64_t k = dot->k - p < DOT_CHUNK ? dot->k - p : DOT_CHUNK;
      int64_t padded = (k + LANES - 1) / LANES * LANES;
      N(copy)(a, row, rows, p, k, gathered, DOT_CHUNK);
      if (padded != k)
        for (int64_t r = 0; r < rows; ++r) N(zero_run)(gathered + r * DOT_CHUNK + k, padded - k);
      N(dot_any)(dot->n, rows, gathered, DOT_CHUNK, b + p, dot->ldb, padded, sums);
    }
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t j = 0; j < dot->n; ++j)
        ((T *)dot->c_rows[i + r])[j * dot->c_column_stride] = N(lane_sum)(sums[r][j]);
  }
}
