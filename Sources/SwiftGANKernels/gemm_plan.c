#include "gemm_plan.h"

// Measured on two AVX-512 cores with 1 MiB of second-level cache each.
#define ITEM_WORK (1.5e6)                 // multiply-adds worth handing to another thread: some 20 us
#define WANTED_ITEMS 32                   // enough for a few threads to finish together
#define MAX_TILES 10                      // tiles of rows per item: A's block stays in the second-level cache
#define MAX_COLUMNS 512                   // columns per item
#define CHUNK_BYTES ((int64_t)4 << 20)    // of B packed at a time
#define PARTIAL_BYTES ((int64_t)8 << 20)  // of partial sums, when k is split

sgk_gemm_plan sgk_gemm_make_plan(const sgk_gemm_kernels *kernels, int64_t m, int64_t n, int64_t k, int64_t size) {
  int64_t mr = kernels->mr, nr = kernels->nr, kc = kernels->kc;
  int64_t tiles = sgk_ceil_div(m, mr), panels = sgk_ceil_div(n, nr);
  double work = (double)m * (double)n * (double)k;
  int64_t wanted = work / ITEM_WORK > WANTED_ITEMS ? WANTED_ITEMS : sgk_max(1, (int64_t)(work / ITEM_WORK));

  sgk_gemm_plan plan = {.splits = 1, .split_k = k};
  int64_t tiles_each = sgk_min(tiles, MAX_TILES), panels_each = sgk_min(panels, sgk_max(1, MAX_COLUMNS / nr));
  // Narrower items first while A's block is packed again for each: one block of rows needs no shared B.
  while (sgk_ceil_div(tiles, tiles_each) * sgk_ceil_div(panels, panels_each) < wanted) {
    if (panels_each > 4)
      panels_each = sgk_ceil_div(panels_each, 2);
    else if (tiles_each > 2)
      tiles_each = sgk_ceil_div(tiles_each, 2);
    else
      break;
  }
  plan.row_blocks = sgk_ceil_div(tiles, tiles_each);
  plan.rows = sgk_ceil_div(m, plan.row_blocks);
  plan.row_blocks = sgk_ceil_div(m, plan.rows);
  plan.column_blocks = sgk_ceil_div(panels, panels_each);
  plan.columns = sgk_ceil_div(panels, plan.column_blocks) * nr;
  plan.column_blocks = sgk_ceil_div(n, plan.columns);

  int64_t items = plan.row_blocks * plan.column_blocks;
  if (items * 2 <= wanted && k >= 4 * kc) {
    int64_t splits = sgk_min(sgk_min(wanted / items, k / (2 * kc)), PARTIAL_BYTES / size / (m * n));
    if (splits > 1) {
      plan.split_k = sgk_ceil_div(sgk_ceil_div(k, splits), kc) * kc;
      plan.splits = sgk_ceil_div(k, plan.split_k);
    }
  }
  plan.shared_b = plan.row_blocks > 1 && plan.splits == 1;
  plan.step_k = sgk_max(1, sgk_ceil_div(plan.split_k, sgk_ceil_div(plan.split_k, kc)));
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
