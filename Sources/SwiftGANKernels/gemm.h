// One blocked matrix product for matmul and for the three convolutions: C[m, n] = sum_k A[m, k] * B[k, n].
//
// The operands are *sources*: rules that copy a rectangle of a matrix that need not exist in memory. For a convolution the
// source reads patches straight from the image, so the im2col matrix is never made. C is a *sink*: rows at addresses given
// by three nested strides, so that a convolution's adjoint writes every s-th pixel in place.
//
// What a bit of the result depends on (the blocks along k and their order) follows in gemm.c from the shapes alone, never
// from the number of threads: results are the same on any number of them.
#ifndef SGK_GEMM_H
#define SGK_GEMM_H

#include <stdbool.h>
#include <stdint.h>

#include "sgk_cpu.h"
#include "sgk_fused.h"
#include "sgk_precision.h"
#include "sgk_types.h"

typedef enum sgk_source_kind {
  SGK_SOURCE_MATRIX,   // element (r, c) at data[r * row_stride + c * column_stride]
  SGK_SOURCE_PATCHES,  // row (n, i, j): the window of an NHWC image at (i, j); column (ty, tx, channel)
  SGK_SOURCE_FILTERS,  // row r: data[r * row_stride + ty * tap_stride_y + tx * tap_stride_x + channel], columns as above
} sgk_source_kind;

// A matrix of `rows` x `columns`, given by a rule. For patches, tap (ty, tx) of window (i, j) reads the pixel
// (i * stride_y + origin_y + ty * step_y, j * stride_x + origin_x + tx * step_x), zero outside height x width. A pixel
// takes `pixel` elements of memory, of which the first `channels` belong to the image: a group of channels is an image.
typedef struct sgk_source {
  sgk_source_kind kind;
  const void *data;
  int64_t row_stride, column_stride;
  int64_t height, width, channels, pixel;
  int64_t windows_y, windows_x;
  int64_t stride_y, stride_x, origin_y, origin_x;
  int64_t taps_y, taps_x, step_y, step_x;
  int64_t tap_stride_y, tap_stride_x;
} sgk_source;

// Element (r, c) at data[(r / (count_y * count_x)) * stride_n + (r / count_x % count_y) * stride_y
//                        + (r % count_x) * stride_x + c * column_stride]
typedef struct sgk_sink {
  void *data;
  int64_t count_y, count_x;
  int64_t stride_n, stride_y, stride_x;
  int64_t column_stride;
} sgk_sink;

typedef struct sgk_gemm {
  sgk_dtype dtype;          // SGK_FLOAT32 or SGK_FLOAT64
  sgk_precision precision;  // of products of float32
  int64_t m, n, k;
  sgk_source a, b;
  bool a_transposed;        // the source's rows are k and its columns m, instead of m and k
  bool b_transposed;        // the source's rows are n and its columns k, instead of k and n
  sgk_sink c;
  bool subtract;            // C -= A B instead of C = A B
  const sgk_fused_call *then;  // a chain on C, read as one matrix in row-major order; or NULL
  const void *packed;          // B as sgk_gemm_pack lays it out, in place of b; or NULL
} sgk_gemm;

sgk_status sgk_gemm_run(const sgk_gemm *gemm);

// Elements of all of B, packed; 0 where the product would not read it from one chunk.
int64_t sgk_gemm_packed_count(const sgk_gemm *gemm);
sgk_status sgk_gemm_pack(const sgk_gemm *gemm, void *packed);

struct sgk_gemm_kernels;
// The inner parts for float32 or float64 at the instruction-set level in use.
const struct sgk_gemm_kernels *sgk_gemm_kernels_for(sgk_dtype dtype);
// The same for a product of m x k and k x n at a precision. Those that a lesser precision does not make faster have
// float32's.
const struct sgk_gemm_kernels *sgk_gemm_kernels_at(sgk_precision precision, sgk_dtype dtype, int64_t m, int64_t n,
                                                   int64_t k);
// The inner parts in tiles for a precision, or NULL where it has none or the instruction set lacks tiles.
const struct sgk_gemm_kernels *sgk_gemm_kernels_in_tiles(sgk_isa isa, sgk_precision precision);

static inline sgk_source sgk_matrix(const void *data, int64_t row_stride, int64_t column_stride) {
  return (sgk_source){
      .kind = SGK_SOURCE_MATRIX, .data = data, .row_stride = row_stride, .column_stride = column_stride};
}

static inline sgk_sink sgk_rows(void *data, int64_t row_stride, int64_t column_stride) {
  return (sgk_sink){.data = data, .count_y = 1, .count_x = 1, .stride_n = row_stride, .column_stride = column_stride};
}

// --- What the instruction-set levels provide, for one element type. ---
//
// Blocks of A and panels of B hold *words*, of the size of an element of C. A word is an element, or several elements of
// lesser precision that follow one another along k (a pair of bfloat16), where the last is padded with zeros.

#define SGK_GEMM_ITEMS 20         // enough for a few threads to finish together
#define SGK_GEMM_ITEM_WORK 5e5    // of vector instructions
#define SGK_GEMM_MAX_ROWS 256     // of C in one block
#define SGK_GEMM_DOT_COLUMNS 4    // of C that the dot-product kernel handles

// C's block (+)= A's block * B's panels.
typedef struct sgk_gemm_block {
  int64_t m, n, k;          // k: in words
  const void *a;            // a_columns: element (i, p) at a[p * lda + i]; else at a[i * lda + p]
  int64_t lda;              // of a copy by rows, the table's
  bool a_columns;
  const void *b;            // element (p, j) at b[(j / nr) * panel_stride + p * ldb + j % nr], whole vectors readable
  int64_t ldb, panel_stride;
  void *const *c_rows;      // of column 0 of the block
  int64_t c_column_stride;
  bool accumulate, subtract;  // add to C, or subtract from it
} sgk_gemm_block;

// C[0..<m, 0..<n] for n <= SGK_GEMM_DOT_COLUMNS, lanes along k.
typedef struct sgk_gemm_dot {
  int64_t row, m, n, k;     // rows row..<row + m of the source
  const sgk_source *a;
  const void *b;            // column j's k elements at b[j * ldb + p], zeros up to ldb, a multiple of the vector
  int64_t ldb;
  void *const *c_rows;
  int64_t c_column_stride;
  void *scratch;            // dot_scratch elements
} sgk_gemm_dot;

typedef struct sgk_gemm_kernels {
  int64_t mr, nr, lanes;    // the tile of C that lives in registers; lanes of a vector
  int64_t depth;            // elements of k in a word
  int64_t planes;           // words that stand for these elements: their sum, if more than one
  int64_t unit;             // steps along k are multiples of so many elements
  int64_t items;            // that a large product is cut into: A is packed anew for each block of columns
  double item_work;         // multiply-adds worth handing to another thread: some 5 us
  int64_t kc, lda;          // the largest block along k; words from row to row of a block of A stored by rows
  int64_t dot_scratch;
  // A block by rows, of a source whose rows are m: word p of row r, at dst[(r - row) * ld + p], has the columns from
  // column + p * depth on.
  void (*copy)(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns, void *dst,
               int64_t ld);
  // A block by columns, of a source whose rows are k: word p of column c, at dst[p * ld + (c - column)], has the rows from
  // row + p * depth on. Whole vectors are written.
  void (*copy_columns)(const sgk_source *source, int64_t row, int64_t rows, int64_t column, int64_t columns, void *dst,
                       int64_t ld);
  // Panels of nr columns (see sgk_gemm_block.b with ldb = nr, panel_stride = nr * words of k), padded with zeros to whole
  // vectors. temp: lanes * k elements.
  void (*pack)(const sgk_source *source, bool transposed, int64_t k0, int64_t k, int64_t n0, int64_t n, void *dst,
               void *temp);
  void (*block)(const sgk_gemm_block *block);
  void (*dot)(const sgk_gemm_dot *dot);  // NULL where products of few columns have another table
  // c_rows[i][j] = partial[0][i * n + j] + partial[1][i * n + j] + ..., in this order.
  void (*sum)(const void *partials, int64_t count, int64_t stride, int64_t n, int64_t m, void *const *c_rows,
              int64_t c_column_stride);
} sgk_gemm_kernels;

// Words of so many elements along k. Those of several planes follow one another along k, too.
static inline int64_t sgk_gemm_words(const sgk_gemm_kernels *kernels, int64_t k) {
  return (k / kernels->depth + (k % kernels->depth != 0)) * kernels->planes;
}

#endif
