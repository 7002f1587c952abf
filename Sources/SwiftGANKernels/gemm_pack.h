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

#define SIDE_BY_SIDE 4  // panels that are filled together: a row's run is longer, and lies on a page of its own in a large matrix

// Whole panels of rows that are contiguous.
static void N(pack_rows)(const T *from, int64_t step, int64_t k, int64_t panels, T *to) {
  for (int64_t j = 0; j < panels; j += SIDE_BY_SIDE) {
    int64_t count = panels - j < SIDE_BY_SIDE ? panels - j : SIDE_BY_SIDE;
    for (int64_t p = 0; p < k; ++p) {
      const T *row = from + p * step + j * NR;
      T *panel = to + (j * k + p) * NR;
      for (int64_t i = 0; i < count; ++i, row += NR, panel += k * NR) {
        N(move)(panel, row);
        N(move)(panel + LANES, row + LANES);
      }
    }
  }
}

static void N(pack)(const sgk_source *source, bool transposed, int64_t k0, int64_t k, int64_t n0, int64_t n, void *dst,
                    void *temp) {
  T *panel = dst;
  int64_t j = 0;
  if (!transposed && source->kind == SGK_SOURCE_MATRIX && source->column_stride == 1) {
    N(pack_rows)((const T *)source->data + k0 * source->row_stride + n0, source->row_stride, k, n / NR, panel);
    j = n / NR * NR;
    panel += k * j;
  }
  for (; j < n; j += NR, panel += k * NR) {
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
