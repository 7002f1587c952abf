// Template of gemm_template.h: panels of a source whose rows are the columns of the product.

// v[0..<LANES] holds the rows of a square; after log2(LANES) perfect shuffles it holds the columns.
SGK_INLINE void N(transpose)(V *v) {
#pragma clang loop unroll(full)
  for (int stage = 1; stage < LANES; stage *= 2) {
    V next[LANES];
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES / 2; ++i) {
      next[2 * i] = INTERLEAVE_LOW(v[i], v[i + LANES / 2]);
      next[2 * i + 1] = INTERLEAVE_HIGH(v[i], v[i + LANES / 2]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; ++i) v[i] = next[i];
  }
}

// to[p * NR + j] = from[j * ld + p] for j < LANES; rows j >= valid count as zero.
static void N(transpose_rows)(const T *from, int64_t ld, int64_t valid, int64_t k, T *to) {
  int64_t p = 0;
  for (; p + LANES <= k; p += LANES) {
    V square[LANES];
    if (valid == LANES) {
#pragma clang loop unroll(full)
      for (int j = 0; j < LANES; ++j) square[j] = *(const U *)(from + j * ld + p);
    } else {
#pragma clang loop unroll(full)
      for (int j = 0; j < LANES; ++j) square[j] = j < valid ? *(const U *)(from + j * ld + p) : (V){0};
    }
    N(transpose)(square);
#pragma clang loop unroll(full)
    for (int j = 0; j < LANES; ++j) *(U *)(to + (p + j) * NR) = square[j];
  }
  for (; p < k; ++p)
    for (int64_t j = 0; j < LANES; ++j) to[p * NR + j] = j < valid ? from[j * ld + p] : 0;
}
