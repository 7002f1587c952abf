// Template of gemm_bf16_template.h and gemm_amx.c.

// Of 32 bfloat16 elements i and i + 16 side by side: a word of each.
SGK_INLINE __m512i in_pairs(__m512i both) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5,
                                         20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return _mm512_permutexvar_epi16(order, both);
}
