// Template of gemm_template.h: blocks and panels whose words are elements as they are. For lesser ones: gemm_pack_bf16.h.

SGK_INLINE void N(move)(T *to, const T *from) { *(U *)to = *(const U *)from; }
SGK_INLINE void N(move_half)(T *to, const T *from) { *(H *)to = *(const H *)from; }
SGK_INLINE void N(move_one)(T *to, const T *from) { *to = *from; }

#define D T
#include "gemm_copy.h"
#undef D
#include "gemm_transpose.h"

static void N(copy)(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns, void *to,
                    int64_t ld) {
  N(copy_elements)(source, row, rows, column, columns, to, ld);
}

static void N(pack)(const sgk_source *source, bool transposed, int64_t k0, int64_t k, int64_t n0, int64_t n, void *dst,
                    void *temp) {
  T *panel = dst;
  for (int64_t j = 0; j < n; j += NR, panel += k * NR) {
    int64_t valid = n - j < NR ? n - j : NR;
    if (!transposed) {
      N(copy)(source, k0, k, n0 + j, valid, panel, NR);
      int64_t width = (valid + LANES - 1) / LANES * LANES;
      if (width != valid)
        for (int64_t p = 0; p < k; ++p) N(zero_run)(panel + p * NR + valid, width - valid);
      continue;
    }
    for (int64_t half = 0; half < valid; half += LANES) {
      int64_t rows = valid - half < LANES ? valid - half : LANES;
      const T *from = temp;
      int64_t ld = k;
      if (source->kind == SGK_SOURCE_MATRIX && source->column_stride == 1) {
        from = (const T *)source->data + (n0 + j + half) * source->row_stride + k0;
        ld = source->row_stride;
      } else {
        N(copy)(source, n0 + j + half, rows, k0, k, temp, ld);
      }
      N(transpose_rows)(from, ld, rows, k, panel + half);
    }
  }
}
