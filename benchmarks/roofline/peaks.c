// What the machine does at most, by loops that do nothing else.
#include <stdlib.h>

#include "../timing.h"
#include "bench.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { CHAINS = 12, STEPS = 400000 };

// Twelve independent chains of multiply-adds hide the latency of each.
#define FMA_LOOP(name, attributes, bytes)                                                          \
  typedef float name##_vector __attribute__((vector_size(bytes)));                                 \
  attributes __attribute__((noinline)) static void name(void *context, int64_t item) {             \
    name##_vector sum[CHAINS], x = (name##_vector){0} + 0.999f, y = (name##_vector){0} + 0.001f;    \
    for (int i = 0; i < CHAINS; ++i) sum[i] = x;                                                   \
    for (int step = 0; step < STEPS; ++step) {                                                     \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; ++i) sum[i] = sum[i] * x + y; \
    }                                                                                              \
    for (int i = 1; i < CHAINS; ++i) sum[0] += sum[i];                                             \
    ((float *)context)[item * 16] = sum[0][0];                                                     \
  }

FMA_LOOP(fma_portable, , 16)
#if defined(__x86_64__)
FMA_LOOP(fma_avx2, __attribute__((target("avx2,fma"))), 32)
FMA_LOOP(fma_avx512, __attribute__((target("avx512f"))), 64)

__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"), noinline)) static void bf16_avx512(
    void *context, int64_t item) {
  __m512 sum[CHAINS];
  for (int i = 0; i < CHAINS; ++i) sum[i] = _mm512_setzero_ps();
  const __m512bh x = _mm512_cvtne2ps_pbh(_mm512_set1_ps(0.5f), _mm512_set1_ps(0.25f));
  for (int step = 0; step < STEPS; ++step) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; ++i) sum[i] = _mm512_dpbf16_ps(sum[i], x, x);
  }
  for (int i = 1; i < CHAINS; ++i) sum[0] = _mm512_add_ps(sum[0], sum[i]);
  ((float *)context)[item * 16] = _mm512_cvtss_f32(sum[0]);
}

// Four tiles of sums, as in the kernels; all tiles 16 rows of 64 bytes.
__attribute__((target("amx-tile,amx-bf16"), noinline)) static void bf16_tiles(void *context, int64_t item) {
  uint8_t shapes[64] = {1};
  for (int tile = 0; tile < 8; ++tile) shapes[16 + 2 * tile] = 64, shapes[48 + tile] = 16;
  _tile_loadconfig(shapes);
  for (int step = 0; step < STEPS / 16; ++step) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS / 4; ++i) {
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(1, 4, 7);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
  }
  _tile_stored(0, (float *)context + item * 256, 64);
  _tile_release();
}
#endif

// FLOP per second of a loop that does this many in a step of a chain.
static double rate(sgk_item_fn loop, double flop) {
  int32_t threads = sgk_num_threads();
  float *results = bench_memory((size_t)threads * 1024);  // a tile's at most
  double start = now();
  sgk_parallel(threads, loop, results);
  double seconds = now() - start;
  free(results);
  return threads * (double)CHAINS * STEPS * flop / seconds;
}

double peak_f32(const void *unused) {
  (void)unused;
#if defined(__x86_64__)
  if (sgk_isa_current() >= SGK_AVX512) return rate(fma_avx512, 32);
  if (sgk_isa_current() == SGK_AVX2) return rate(fma_avx2, 16);
#endif
  return rate(fma_portable, 8);
}

// Vectors have half as many lanes, and the units take them at the same rate.
double peak_f64(const void *unused) { return peak_f32(unused) / 2; }

double peak_bf16(const void *unused) {
  (void)unused;
#if defined(__x86_64__)
  if (sgk_isa_current() >= SGK_AVX512_AMX) return rate(bf16_tiles, 16 * 16 * 64 / 16.0);
  if (sgk_isa_current() >= SGK_AVX512_BF16) return rate(bf16_avx512, 64);
#endif
  return 0;
}

// --- Memory. ---

// Large enough to keep hand-overs between threads out of the figure.
enum { BLOCK = 1 << 16 };

typedef struct slice {
  const traffic *t;
  bool past_caches, apart;
  float *sums;
} slice;

#define TRAFFIC_LOOP(name, attributes, bytes)                                                              \
  typedef float name##_vector __attribute__((vector_size(bytes)));                                         \
  attributes __attribute__((noinline)) static void name(void *context, int64_t item) {                     \
    const slice *s = context;                                                                              \
    const traffic *t = s->t;                                                                               \
    int64_t lanes = bytes / 4, from = item * BLOCK / lanes;                                                \
    int64_t to = (item + 1) * BLOCK < t->count ? (item + 1) * BLOCK / lanes : t->count / lanes;            \
    name##_vector total[4] = {{0}};                                                                        \
    int64_t steps = (to - from) / 4, gap = s->apart ? steps : 1, step = s->apart ? 1 : 4;                  \
    for (int64_t k = 0, i = from; k < steps; ++k, i += step) {                                             \
      name##_vector x[4] = {{0}};                                                                          \
      for (int r = 0; r < t->reads; ++r)                                                                   \
        for (int u = 0; u < 4; ++u) x[u] += ((const name##_vector *)t->arrays[r])[i + u * gap];            \
      if (t->writes == 0)                                                                                  \
        for (int u = 0; u < 4; ++u) total[u] += x[u];                                                      \
      for (int w = 0; w < t->writes; ++w) {                                                                \
        name##_vector *out = (name##_vector *)t->arrays[t->in_place ? w : t->reads + w] + i;               \
        if (s->past_caches)                                                                                \
          for (int u = 0; u < 4; ++u) __builtin_nontemporal_store(x[u], out + u * gap);                    \
        else                                                                                               \
          for (int u = 0; u < 4; ++u) out[u * gap] = x[u];                                                 \
      }                                                                                                    \
    }                                                                                                      \
    total[0] += total[1] + total[2] + total[3];                                                            \
    s->sums[item] = total[0][0];                                                                           \
  }

TRAFFIC_LOOP(traffic_portable, , 16)
#if defined(__x86_64__)
TRAFFIC_LOOP(traffic_avx2, __attribute__((target("avx2,fma"))), 32)
TRAFFIC_LOOP(traffic_avx512, __attribute__((target("avx512f"))), 64)
#endif

static int arrays_of(const traffic *t) { return t->reads + (t->in_place ? 0 : t->writes); }

traffic traffic_of(int reads, int writes, bool in_place, int64_t count) {
  traffic t = {.reads = reads, .writes = writes, .in_place = in_place, .count = count / 64 * 64};
  for (int i = 0; i < arrays_of(&t); ++i) t.arrays[i] = bench_floats(count);
  return t;
}

void traffic_free(traffic *t) {
  for (int i = 0; i < arrays_of(t); ++i) free(t->arrays[i]);
}

double peak_traffic(const void *context) {
  const traffic *t = context;
  sgk_item_fn loop = traffic_portable;
#if defined(__x86_64__)
  if (sgk_isa_current() == SGK_AVX2) loop = traffic_avx2;
  if (sgk_isa_current() >= SGK_AVX512) loop = traffic_avx512;
#endif
  int64_t items = (t->count + BLOCK - 1) / BLOCK;
  float *sums = bench_memory((size_t)items * sizeof *sums);
  double bytes = 4.0 * (double)t->count * (t->reads + t->writes), best = 0;
  int repeats = (int)(3e7 / bytes) + 1;
  for (int way = 0; way < 4; ++way) {
    slice s = {t, way % 2 != 0, way / 2 != 0, sums};
    if (s.past_caches && t->writes == 0) continue;
    sgk_parallel(items, loop, &s);
    double start = now();
    for (int i = 0; i < repeats; ++i) sgk_parallel(items, loop, &s);
    double found = bytes * repeats / (now() - start);
    if (found > best) best = found;
  }
  free(sums);
  return best;
}
