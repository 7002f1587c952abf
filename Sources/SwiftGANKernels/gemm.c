#include "gemm.h"

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "fused.h"
#include "gemm_plan.h"
#include "scratch.h"
#include "sgk_pool.h"

static const sgk_gemm_kernels *kernels_of(const sgk_gemm *gemm) {
  return sgk_gemm_kernels_at(gemm->precision, gemm->dtype, gemm->m, gemm->n, gemm->k);
}

typedef struct gemm_call {
  const sgk_gemm *gemm;
  const sgk_gemm_kernels *kernels;
  sgk_gemm_plan plan;
  int64_t size;                  // of an element
  int64_t n0, n1, k0, k1;        // the chunk at work
  char *packed;                  // B's chunk, or NULL; for the dot kernel all of B
  int64_t packed_ld;
  char *partials;                // splits * m * n elements, or NULL
  int64_t rows_each;             // per item of the dot kernel and of the sum of partials
  bool direct_a, direct_b;       // operands are multiplied where they lie
  atomic_bool failed;            // an item found no memory
  bool chains;                   // items run gemm->then on what they complete
} gemm_call;

static void sink_rows(const sgk_sink *sink, int64_t size, int64_t row, int64_t rows, int64_t column, void **pointers) {
  int64_t x = row % sink->count_x, y = row / sink->count_x % sink->count_y, n = row / sink->count_x / sink->count_y;
  for (int64_t i = 0; i < rows; ++i) {
    int64_t offset = n * sink->stride_n + y * sink->stride_y + x * sink->stride_x + column * sink->column_stride;
    pointers[i] = (char *)sink->data + offset * size;
    if (++x == sink->count_x) {
      x = 0;
      if (++y == sink->count_y) {
        y = 0;
        ++n;
      }
    }
  }
}

// Packed B: for each step of k in the chunk, the panels of all its columns, end to end. Only the last step may be shorter.
static int64_t packed_offset(const gemm_call *call, int64_t k, int64_t length, int64_t n) {
  return (k - call->k0) / call->plan.step_k * call->packed_ld * sgk_gemm_words(call->kernels, call->plan.step_k) +
         (n - call->n0) * sgk_gemm_words(call->kernels, length);
}

#define PACK_PANELS 8

static void pack_item(void *context, int64_t item) {
  gemm_call *call = context;
  const sgk_gemm *gemm = call->gemm;
  int64_t nr = call->kernels->nr, step = call->plan.step_k;
  int64_t steps = sgk_ceil_div(call->k1 - call->k0, step);
  int64_t k = call->k0 + item % steps * step, n = call->n0 + item / steps * PACK_PANELS * nr;
  int64_t length = sgk_min(step, call->k1 - k);
  void *temp = sgk_scratch(SGK_SCRATCH_ITEM, (size_t)(call->kernels->lanes * length * call->size));
  if (!temp) {
    atomic_store(&call->failed, true);
    return;
  }
  call->kernels->pack(&gemm->b, gemm->b_transposed, k, length, n, sgk_min(PACK_PANELS * nr, call->n1 - n),
                      call->packed + packed_offset(call, k, length, n) * call->size, temp);
}

// False: out of memory.
static bool pack_chunk(gemm_call *call) {
  int64_t groups = sgk_ceil_div(call->n1 - call->n0, PACK_PANELS * call->kernels->nr);
  sgk_parallel(groups * sgk_ceil_div(call->k1 - call->k0, call->plan.step_k), pack_item, call);
  return !atomic_load(&call->failed);
}

// All of B is packed once and shared.
static void use_one_chunk(gemm_call *call) {
  const sgk_gemm *gemm = call->gemm;
  call->plan.shared_b = true;
  call->plan.chunk_n = gemm->n;
  call->plan.chunk_k = gemm->k;
  call->packed_ld = sgk_ceil_div(gemm->n, call->kernels->nr) * call->kernels->nr;
}

// Whether a matrix can be multiplied where it lies: by rows, of elements that are words.
static bool in_place(const gemm_call *call, const sgk_source *source, bool transposed) {
  return call->kernels->depth == 1 && !transposed && source->kind == SGK_SOURCE_MATRIX && source->column_stride == 1;
}

// Rows that lie a multiple of 4 KiB apart, or nearly, fall into the same cache sets: those of a tile evict each other.
static bool rows_collide(const gemm_call *call, const sgk_source *source) {
  int64_t within = source->row_stride * call->size & 4095;
  return source->row_stride != 0 && (within < 16 || within > 4096 - 16);
}

// Measured on a Zen 4 core. Tiles are as fast on A in place as on a copy, unless its rows collide, or are long and come from
// beyond the second-level cache: a copy reads them in order, as prefetchers like. B in place comes without prefetchers'
// help, too. Tall tiles (AVX-512's) leave time for that, and lose less than packing takes up to so many rows of A; lower
// ones do not.
static void choose_direct(gemm_call *call) {
  enum { PAGE = 4096, FEW_ROWS = 128, MANY_ROWS = 384, TALL = 8, NEAR_BYTES = 1024, SHORT = 448, CACHE = 1 << 20 };
  const sgk_gemm *gemm = call->gemm;
  int64_t row = gemm->k * call->size;
  bool at_hand = row <= SHORT || row <= CACHE / gemm->m;
  call->direct_a = at_hand && in_place(call, &gemm->a, gemm->a_transposed) && !rows_collide(call, &gemm->a);
  int64_t apart = gemm->b.row_stride * call->size, mr = call->kernels->mr;
  bool pays = mr >= TALL ? gemm->m <= (apart < PAGE ? MANY_ROWS : FEW_ROWS) : apart <= NEAR_BYTES && gemm->m <= 4 * mr;
  call->direct_b = ((apart >= 0 && pays) || gemm->m <= mr) && !gemm->packed && in_place(call, &gemm->b, gemm->b_transposed);
  if (!call->direct_b) return;
  call->plan.shared_b = false;
  call->plan.chunk_n = gemm->n;
}

// Few rows are cut in columns, and each item packs A again. One thread has nobody to share with; where columns are cut
// changes no bit.
static void join_columns(gemm_call *call) {
  enum { MOST_COLUMNS = 512 };
  if (call->plan.row_blocks > 1 || call->direct_a || sgk_num_threads() > 1) return;
  int64_t nr = call->kernels->nr;
  call->plan.columns = sgk_max(call->plan.columns, sgk_min(sgk_ceil_div(call->gemm->n, nr) * nr, MOST_COLUMNS));
}

// What is to follow, on a part of C that is complete.
static void chain(gemm_call *call, int64_t row, int64_t rows, int64_t column, int64_t columns) {
  const sgk_gemm *gemm = call->gemm;
  sgk_status status = sgk_fused_run_part(gemm->then, row * gemm->n + column, columns, rows, gemm->n);
  if (status != SGK_OK) atomic_store(&call->failed, true);
}

static bool can_chain(const gemm_call *call) {
  const sgk_gemm *gemm = call->gemm;
  const sgk_sink *c = &gemm->c;
  return gemm->then && c->count_x == 1 && c->count_y == 1 && c->column_stride == 1 && c->stride_n == gemm->n &&
         sgk_fused_takes_parts(gemm->then->plan, gemm->n, call->plan.columns >= gemm->n || call->plan.splits > 1);
}

// Rows and columns of C that belong to one item, for all of its k.
static void block_item(void *context, int64_t item) {
  gemm_call *call = context;
  const sgk_gemm *gemm = call->gemm;
  const sgk_gemm_kernels *kernels = call->kernels;
  const sgk_gemm_plan *plan = &call->plan;
  int64_t size = call->size, nr = kernels->nr;

  int64_t row = item % plan->row_blocks * plan->rows;
  int64_t rest = item / plan->row_blocks, column_blocks = sgk_ceil_div(call->n1 - call->n0, plan->columns);
  int64_t column = call->n0 + rest % column_blocks * plan->columns, split = rest / column_blocks;
  int64_t rows = sgk_min(plan->rows, gemm->m - row), columns = sgk_min(plan->columns, call->n1 - column);
  int64_t step_words = sgk_gemm_words(kernels, plan->step_k);
  int64_t from = call->k0 + split * plan->split_k, to = sgk_min(call->k1, from + plan->split_k);

  // Of B in place only whole vectors are read.
  bool direct_b = call->direct_b;
  int64_t direct = direct_b ? columns / kernels->lanes * kernels->lanes : 0;
  int64_t panels = sgk_ceil_div(columns - direct, nr);
  // An odd number of vectors from row to row, so that a column of tiles does not fall into one cache set.
  int64_t lda = call->direct_a ? gemm->a.row_stride
                : gemm->a_transposed ? (sgk_ceil_div(rows, 16) | 1) * 16 : kernels->lda;
  int64_t a_elements = call->direct_a ? 0 : lda * (gemm->a_transposed ? step_words : rows);
  int64_t b_elements = plan->shared_b ? 0 : panels * nr * step_words + kernels->lanes * plan->step_k;
  char *scratch = sgk_scratch(SGK_SCRATCH_ITEM, (size_t)((a_elements + b_elements) * size));
  if (!scratch) {
    atomic_store(&call->failed, true);
    return;
  }
  char *packed_b = scratch + a_elements * size, *temp = packed_b + panels * nr * step_words * size;

  sgk_gemm_block block = {
      .m = rows, .a = scratch, .lda = lda, .a_columns = gemm->a_transposed, .subtract = gemm->subtract};
  void *pointers[SGK_GEMM_MAX_ROWS];
  if (call->partials) {
    sgk_sink sink = sgk_rows(call->partials + split * gemm->m * gemm->n * size, gemm->n, 1);
    sink_rows(&sink, size, row, rows, column, pointers);
    block.c_column_stride = 1;
  } else {
    sink_rows(&gemm->c, size, row, rows, column, pointers);
    block.c_column_stride = gemm->c.column_stride;
  }
  void *tail_pointers[SGK_GEMM_MAX_ROWS];
  for (int64_t i = 0; direct_b && i < rows; ++i)
    tail_pointers[i] = (char *)pointers[i] + direct * block.c_column_stride * size;

  for (int64_t k = from; k < to; k += plan->step_k) {
    int64_t length = sgk_min(plan->step_k, to - k);
    if (call->direct_a)
      block.a = (const char *)gemm->a.data + (row * lda + k) * size;
    else if (gemm->a_transposed)
      kernels->copy_columns(&gemm->a, k, length, row, rows, scratch, block.lda);
    else
      kernels->copy(&gemm->a, row, rows, k, length, scratch, block.lda);
    block.k = sgk_gemm_words(kernels, length);
    block.accumulate = call->partials ? k > from : k > 0;
    if (direct > 0) {
      block.n = direct;
      block.b = (const char *)gemm->b.data + (k * gemm->b.row_stride + column) * size;
      block.ldb = gemm->b.row_stride;
      block.panel_stride = nr;
      block.c_rows = pointers;
      kernels->block(&block);
    }
    if (columns == direct) continue;
    block.n = columns - direct;
    block.ldb = nr;
    block.panel_stride = block.k * nr;
    block.c_rows = direct_b ? tail_pointers : pointers;
    if (plan->shared_b) {
      block.b = call->packed + packed_offset(call, k, length, column) * size;
    } else {
      kernels->pack(&gemm->b, gemm->b_transposed, k, length, column + direct, columns - direct, packed_b, temp);
      block.b = packed_b;
    }
    kernels->block(&block);
  }
  if (call->chains && !call->partials && to == gemm->k) chain(call, row, rows, column, columns);
}

static void sum_item(void *context, int64_t item) {
  gemm_call *call = context;
  const sgk_gemm *gemm = call->gemm;
  int64_t row = item * call->rows_each, rows = sgk_min(call->rows_each, gemm->m - row);
  void *pointers[SGK_GEMM_MAX_ROWS];
  sink_rows(&gemm->c, call->size, row, rows, 0, pointers);
  call->kernels->sum(call->partials + row * gemm->n * call->size, call->plan.splits, gemm->m * gemm->n, gemm->n, rows,
                     pointers, gemm->c.column_stride);
  if (call->chains) chain(call, row, rows, 0, gemm->n);
}

static void dot_item(void *context, int64_t item) {
  gemm_call *call = context;
  const sgk_gemm *gemm = call->gemm;
  int64_t row = item * call->rows_each, rows = sgk_min(call->rows_each, gemm->m - row);
  void *pointers[SGK_GEMM_MAX_ROWS];
  sink_rows(&gemm->c, call->size, row, rows, 0, pointers);
  void *scratch = sgk_scratch(SGK_SCRATCH_ITEM, (size_t)(call->kernels->dot_scratch * call->size));
  if (!scratch) {
    atomic_store(&call->failed, true);
    return;
  }
  sgk_gemm_dot dot = {.row = row, .m = rows, .n = gemm->n, .k = gemm->k, .a = &gemm->a, .b = call->packed,
                      .ldb = call->packed_ld, .c_rows = pointers, .c_column_stride = gemm->c.column_stride,
                      .scratch = scratch};
  call->kernels->dot(&dot);
}

static sgk_status run_dot(gemm_call *call) {
  const sgk_gemm *gemm = call->gemm;
  int64_t lanes = call->kernels->lanes;
  call->packed_ld = sgk_ceil_div(gemm->k, lanes) * lanes;
  call->packed = sgk_scratch(SGK_SCRATCH_CALL, (size_t)(gemm->n * call->packed_ld * call->size));
  if (!call->packed) return SGK_OUT_OF_MEMORY;
  memset(call->packed, 0, (size_t)(gemm->n * call->packed_ld * call->size));
  if (gemm->b_transposed) {
    call->kernels->copy(&gemm->b, 0, gemm->n, 0, gemm->k, call->packed, call->packed_ld);
  } else {
    // Matrices only: convolutions hand filters over with contiguous k.
    sgk_source flipped = sgk_matrix(gemm->b.data, gemm->b.column_stride, gemm->b.row_stride);
    call->kernels->copy(&flipped, 0, gemm->n, 0, gemm->k, call->packed, call->packed_ld);
  }
  int64_t rows = 65536 / gemm->k / 16 * 16;
  call->rows_each = sgk_max(16, sgk_min(rows, SGK_GEMM_MAX_ROWS));
  sgk_parallel(sgk_ceil_div(gemm->m, call->rows_each), dot_item, call);
  sgk_scratch_trim(SGK_SCRATCH_CALL);
  return atomic_load(&call->failed) ? SGK_OUT_OF_MEMORY : SGK_OK;
}

static sgk_status run_blocks(gemm_call *call) {
  const sgk_gemm *gemm = call->gemm;
  sgk_gemm_plan *plan = &call->plan;
  *plan = sgk_gemm_make_plan(call->kernels, gemm->m, gemm->n, gemm->k, call->size,
                             !gemm->subtract && !gemm->packed);
  call->chains = can_chain(call);
  choose_direct(call);
  join_columns(call);
  int64_t nr = call->kernels->nr;
  if (gemm->packed) {
    use_one_chunk(call);
    call->packed = (char *)gemm->packed;
  } else if (plan->shared_b) {
    call->packed_ld = sgk_ceil_div(plan->chunk_n, nr) * nr;
    int64_t steps = sgk_ceil_div(sgk_min(plan->chunk_k, gemm->k), plan->step_k);
    int64_t elements = call->packed_ld * steps * sgk_gemm_words(call->kernels, plan->step_k);
    call->packed = sgk_scratch(SGK_SCRATCH_CALL, (size_t)(elements * call->size));
    if (!call->packed) return SGK_OUT_OF_MEMORY;
  } else if (plan->splits > 1) {
    call->partials = sgk_scratch(SGK_SCRATCH_CALL, (size_t)(plan->splits * gemm->m * gemm->n * call->size));
    if (!call->partials) return SGK_OUT_OF_MEMORY;
  }
  for (call->n0 = 0; call->n0 < gemm->n; call->n0 = call->n1) {
    call->n1 = sgk_min(gemm->n, call->n0 + plan->chunk_n);
    int64_t column_blocks = sgk_ceil_div(call->n1 - call->n0, plan->columns);
    for (call->k0 = 0; call->k0 < gemm->k; call->k0 = call->k1) {
      call->k1 = plan->shared_b ? sgk_min(gemm->k, call->k0 + plan->chunk_k) : gemm->k;
      if (plan->shared_b && !gemm->packed && !pack_chunk(call)) return SGK_OUT_OF_MEMORY;
      sgk_parallel(plan->row_blocks * column_blocks * plan->splits, block_item, call);
      if (atomic_load(&call->failed)) return SGK_OUT_OF_MEMORY;
    }
  }
  if (call->partials) {
    call->rows_each = sgk_max(1, sgk_min(SGK_GEMM_MAX_ROWS, 65536 / plan->splits / gemm->n));
    sgk_parallel(sgk_ceil_div(gemm->m, call->rows_each), sum_item, call);
  }
  sgk_scratch_trim(SGK_SCRATCH_CALL);
  return atomic_load(&call->failed) ? SGK_OUT_OF_MEMORY : SGK_OK;
}

static void zero_item(void *context, int64_t item) {
  gemm_call *call = context;
  const sgk_gemm *gemm = call->gemm;
  int64_t row = item * call->rows_each, rows = sgk_min(call->rows_each, gemm->m - row);
  void *pointers[SGK_GEMM_MAX_ROWS];
  sink_rows(&gemm->c, call->size, row, rows, 0, pointers);
  for (int64_t i = 0; i < rows; ++i) {
    if (gemm->c.column_stride == 1) {
      memset(pointers[i], 0, (size_t)(gemm->n * call->size));
      continue;
    }
    for (int64_t j = 0; j < gemm->n; ++j)
      memset((char *)pointers[i] + j * gemm->c.column_stride * call->size, 0, (size_t)call->size);
  }
}

// C^T = B^T A^T.
static sgk_gemm exchanged(const sgk_gemm *gemm) {
  sgk_gemm other = *gemm;
  other.m = gemm->n;
  other.n = gemm->m;
  other.a = gemm->b;
  other.b = gemm->a;
  other.a_transposed = !gemm->b_transposed;
  other.b_transposed = !gemm->a_transposed;
  other.c = sgk_rows(gemm->c.data, gemm->c.column_stride, gemm->c.stride_n);
  return other;
}

// A matrix is walked along its unit stride, whichever axis that is.
static void orient(sgk_source *source, bool *transposed) {
  if (source->kind != SGK_SOURCE_MATRIX || source->column_stride == 1 || source->row_stride != 1) return;
  *source = sgk_matrix(source->data, source->column_stride, source->row_stride);
  *transposed = !*transposed;
}

// Leaves `chained` as it is unless gemm->then has been run.
static sgk_status run_product(const sgk_gemm *original, bool *chained) {
  sgk_gemm gemm = *original;
  orient(&gemm.a, &gemm.a_transposed);
  orient(&gemm.b, &gemm.b_transposed);
  // Few columns: read A in place along k (dot products) if that is contiguous, else put the few on the other side. Few
  // rows of which B is contiguous along k: the same, exchanged. Rows that are not evenly spaced stay rows.
  bool plain_c = gemm.c.count_x == 1 && gemm.c.count_y == 1;
  bool few_columns = gemm.n <= SGK_GEMM_DOT_COLUMNS, few_rows = gemm.m <= SGK_GEMM_DOT_COLUMNS;
  bool turn = few_columns ? !few_rows && gemm.a_transposed : few_rows && gemm.b_transposed;
  if (plain_c && !gemm.packed && turn) {
    gemm = exchanged(&gemm);
    few_columns = gemm.n <= SGK_GEMM_DOT_COLUMNS;
  }
  gemm_call call = {
      .gemm = &gemm, .size = sgk_dtype_size(gemm.dtype), .kernels = sgk_gemm_kernels_for(gemm.dtype)};
  if (gemm.k == 0) {
    if (gemm.subtract) return SGK_OK;
    call.rows_each = sgk_max(1, sgk_min(SGK_GEMM_MAX_ROWS, 65536 / gemm.n));
    sgk_parallel(sgk_ceil_div(gemm.m, call.rows_each), zero_item, &call);
    return SGK_OK;
  }
  bool b_is_matrix = gemm.b.kind == SGK_SOURCE_MATRIX;
  // Dot products and sums of parts overwrite C.
  bool has_dots = !gemm.subtract && !gemm.packed && !gemm.a_transposed && (gemm.b_transposed || b_is_matrix);
  if (few_columns && has_dots) return run_dot(&call);
  call.kernels = kernels_of(&gemm);
  sgk_status status = run_blocks(&call);
  *chained = call.chains;
  return status;
}

sgk_status sgk_gemm_run(const sgk_gemm *gemm) {
  if (gemm->m == 0 || gemm->n == 0) return SGK_OK;
  bool chained = false;
  sgk_status status = run_product(gemm, &chained);
  return chained ? status : sgk_fused_follow(status, gemm->then);
}

int64_t sgk_gemm_packed_count(const sgk_gemm *gemm) {
  // The widest panels of all levels and the longest steps of all precisions, so that the count is enough for all.
  enum { PANEL = 32, MOST_BYTES = 4 << 20 };
  if (gemm->m <= SGK_GEMM_DOT_COLUMNS || gemm->n <= SGK_GEMM_DOT_COLUMNS || gemm->k < 1) return 0;
  int64_t size = sgk_dtype_size(gemm->dtype), rows = 0;
  // Tiles have steps of their own, and parts of k.
  const sgk_gemm_kernels *tables[] = {sgk_gemm_kernels_for(gemm->dtype),
                                      sgk_gemm_kernels_in_tiles(sgk_isa_supported(), SGK_PRECISION_MEDIUM),
                                      sgk_gemm_kernels_in_tiles(sgk_isa_supported(), SGK_PRECISION_HIGH)};
  for (int i = 0; i < 3; ++i) {
    if (!tables[i] || (i > 0 && gemm->dtype != SGK_FLOAT32)) continue;
    sgk_gemm_plan plan = sgk_gemm_make_plan(tables[i], gemm->m, gemm->n, gemm->k, size, true);
    if (plan.splits > 1) return 0;
    int64_t words = i == 0 ? plan.step_k : sgk_gemm_words(tables[i], plan.step_k);
    rows = sgk_max(rows, sgk_ceil_div(gemm->k, plan.step_k) * words);
  }
  int64_t count = sgk_ceil_div(gemm->n, PANEL) * PANEL * rows;
  return count * size > MOST_BYTES ? 0 : count;
}

sgk_status sgk_gemm_pack(const sgk_gemm *original, void *packed) {
  sgk_gemm gemm = *original;
  orient(&gemm.b, &gemm.b_transposed);
  gemm_call call = {.gemm = &gemm, .size = sgk_dtype_size(gemm.dtype), .kernels = kernels_of(&gemm)};
  call.plan = sgk_gemm_make_plan(call.kernels, gemm.m, gemm.n, gemm.k, call.size, false);
  use_one_chunk(&call);
  call.packed = packed;
  call.n1 = gemm.n;
  call.k1 = gemm.k;
  return pack_chunk(&call) ? SGK_OK : SGK_OUT_OF_MEMORY;
}
