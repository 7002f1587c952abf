// Whether this process may use tiles, and whether products come out right in them.
#include "amx.h"

#include "gemm.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#if defined(__x86_64__)

extern const sgk_gemm_kernels sgk_gemm_medium_avx512_amx, sgk_gemm_high_avx512_amx;

#if defined(SGK_TILE_MODEL)
static bool may_use_tiles(void) { return true; }
#elif defined(__linux__)
#define TILE_STATE ((uint32_t)3 << 17)  // of the state that the operating system saves: shapes and data of tiles
#define ARCH_REQ_XCOMP_PERM 0x1023
#define XFEATURE_XTILEDATA 18

static bool may_use_tiles(void) {
  unsigned a, b, c, d;
  const unsigned bf16 = 1u << 22, tiles = 1u << 24, saved = 1u << 27;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & saved)) return false;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d & bf16) || !(d & tiles)) return false;
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & TILE_STATE) != TILE_STATE) return false;
  // For all threads and until the process ends. Refused by older kernels, and where a thread's signal stack is too small
  // for the data of tiles.
  return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}
#else
static bool may_use_tiles(void) { return false; }
#endif

enum { M = 37, N = 45, K = 77, WORDS = 80 };

// Small whole numbers, of which sums are exact in any order, in all kinds of tiles: whole ones and those at the ends of
// rows, columns and k, set, added to and subtracted from, a block by rows and by columns.
static bool is_right(const sgk_gemm_kernels *kernels, bool a_columns) {
  static float a[M * K], b[K * N], c[M * N];
  static _Alignas(64) float left[M * 288], right[2 * 32 * WORDS], temp[16 * WORDS];
  // 257 has more bits than a bfloat16 holds; of two such factors the least bits' product would be missing.
  const float wide = kernels->planes > 1 ? 257 : 1;
  for (int i = 0; i < M * K; ++i) a[i] = (float)(i * 7 % 11 - 5) * (i % K % 3 == 0 ? wide : 1);
  for (int i = 0; i < K * N; ++i) b[i] = (float)(i * 5 % 13 - 6) * (i / N % 3 == 1 ? wide : 1);
  sgk_source rows = sgk_matrix(a, K, 1), columns = sgk_matrix(a, 1, K), other = sgk_matrix(b, N, 1);
  const int64_t lda = a_columns ? 48 : kernels->lda;
  if (a_columns)
    kernels->copy_columns(&columns, 0, K, 0, M, left, lda);
  else
    kernels->copy(&rows, 0, M, 0, K, left, lda);
  kernels->pack(&other, false, 0, K, 0, N, right, temp);
  void *c_rows[M];
  for (int i = 0; i < M; ++i) c_rows[i] = c + i * N;
  const int64_t words = sgk_gemm_words(kernels, K);
  sgk_gemm_block block = {.m = M, .n = N, .k = words, .a = left, .lda = lda, .a_columns = a_columns, .b = right,
                          .ldb = kernels->nr, .panel_stride = words * kernels->nr, .c_rows = c_rows,
                          .c_column_stride = 1};
  kernels->block(&block);
  block.accumulate = true;
  kernels->block(&block);
  kernels->block(&block);
  block.subtract = true;
  kernels->block(&block);
  for (int i = 0; i < M; ++i) {
    for (int j = 0; j < N; ++j) {
      float sum = 0;
      for (int k = 0; k < K; ++k) sum += a[i * K + k] * b[k * N + j];
      if (c[i * N + j] != 2 * sum) return false;
    }
  }
  return true;
}

bool sgk_amx_works(void) {
  const sgk_gemm_kernels *all[] = {&sgk_gemm_medium_avx512_amx, &sgk_gemm_high_avx512_amx};
  if (!may_use_tiles()) return false;
  for (int i = 0; i < 4; ++i)
    if (!is_right(all[i / 2], i % 2 != 0)) return false;
  return true;
}

#else
bool sgk_amx_works(void) { return false; }
#endif
