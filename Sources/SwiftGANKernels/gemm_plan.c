#include "gemm_plan.h"

// Measured on two AVX-512 cores with 1 MiB of second-level cache each.
#define MAX_TILES 10                      // tiles of rows per item: A's block stays in the second-level cache
#define LEAST_COLUMNS 96                  // columns of an item that has all rows: A is packed again for each
#define MAX_COLUMNS 2048                  // columns per item: panels of B follow one another in memory, as prefetchers like
#define CHUNK_BYTES ((int64_t)2 << 20)    // of B packed at a time
#define PARTIAL_BYTES ((int64_t)8 << 20)  // of partial sums, when k is split

// Rows of an item start at whole vectors of A's packed block where that costs little; few are whole tiles if those are low.
static int64_t round_rows(int64_t rows, int64_t mr) {
  int64_t unit = rows > 32 ? 16 : mr < 8 ? mr : 1;
  return sgk_ceil_div(rows, unit) * unit;
}

int64_t sgk_gemm_step(const sgk_gemm_kernels *kernels, int64_t k) {
  int64_t step = sgk_max(1, sgk_ceil_div(k, sgk_ceil_div(k, kernels->kc)));
  return sgk_ceil_div(step, kernels->unit) * kernels->unit;
}

sgk_gemm_plan sgk_gemm_make_plan(const sgk_gemm_kernels *kernels, int64_t m, int64_t n, int64_t k, int64_t size,
                                 bool may_split) {
  int64_t mr = kernels->mr, nr = kernels->nr, kc = kernels->kc;
  int64_t tiles = sgk_ceil_div(m, mr), panels = sgk_ceil_div(n, nr);
  double work = (double)m * (double)n * (double)k;
  double worth = work / kernels->item_work;
  int64_t wanted = worth > (double)kernels->items ? kernels->items : sgk_max(1, (int64_t)worth);

  // Every block of columns packs A again, and every tile of rows streams the block's part of B: cut rows first, down to
  // tiles, then columns.
  sgk_gemm_plan plan = {.splits = 1, .split_k = k};
  plan.row_blocks = sgk_ceil_div(tiles, MAX_TILES);
  plan.column_blocks = sgk_ceil_div(panels, sgk_max(1, MAX_COLUMNS / nr));
  // A few tiles of rows: in columns, each item packs a part of B by itself, and no tile is cut into two.
  bool few_rows = tiles <= MAX_TILES && m <= n;
  if (few_rows)
    plan.column_blocks = sgk_max(plan.column_blocks, sgk_min(sgk_min(panels, wanted), sgk_max(2, n / LEAST_COLUMNS)));
  else if (plan.row_blocks * plan.column_blocks < wanted && (plan.row_blocks > 1 || plan.column_blocks * 3 < wanted))
    plan.row_blocks = sgk_max(plan.row_blocks, sgk_min(tiles, sgk_ceil_div(wanted, plan.column_blocks)));
  if (plan.row_blocks * plan.column_blocks * 2 < wanted && !few_rows)
    plan.column_blocks = sgk_min(panels, sgk_ceil_div(wanted, plan.row_blocks));
  plan.rows = round_rows(sgk_ceil_div(m, plan.row_blocks), mr);
  plan.row_blocks = sgk_ceil_div(m, plan.rows);
  plan.columns = sgk_ceil_div(panels, plan.column_blocks) * nr;
  plan.column_blocks = sgk_ceil_div(n, plan.columns);

  int64_t items = plan.row_blocks * plan.column_blocks;
  if (may_split && items * 2 < wanted && k >= 4 * kc) {
    int64_t splits = sgk_min(sgk_min(wanted / items, k / (2 * kc)), PARTIAL_BYTES / size / (m * n));
    if (splits > 1) {
      plan.split_k = sgk_ceil_div(sgk_ceil_div(k, splits), kc) * kc;
      plan.splits = sgk_ceil_div(k, plan.split_k);
    }
  }
  plan.shared_b = plan.row_blocks > 1 && plan.splits == 1;
  plan.step_k = sgk_gemm_step(kernels, plan.split_k);
  plan.chunk_n = n;
  plan.chunk_k = plan.split_k;
  if (plan.shared_b) {
    int64_t elements = CHUNK_BYTES / size;
    int64_t columns_at_once = sgk_max(1, elements / plan.step_k / plan.columns) * plan.columns;
    plan.chunk_n = sgk_min(columns_at_once, plan.column_blocks * plan.columns);
    plan.chunk_k = sgk_max(1, elements / plan.chunk_n / plan.step_k) * plan.step_k;
  }
  return plan;
}
