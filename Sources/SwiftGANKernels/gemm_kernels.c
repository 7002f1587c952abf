// Which inner parts a product has: by element type, precision, instruction set and shape.
#include "gemm.h"
#include "isa_select.h"

#include <stddef.h>

SGK_DECLARE_ISA_TABLE(sgk_gemm_kernels, sgk_gemm_f32);
SGK_DECLARE_ISA_TABLE(sgk_gemm_kernels, sgk_gemm_f64);
#if defined(__x86_64__)
extern const sgk_gemm_kernels sgk_gemm_bf16_avx512_bf16, sgk_gemm_medium_avx512_amx, sgk_gemm_high_avx512_amx;
#endif

// Of float32 products that are faster in bfloat16: an element is rounded once for so many products, and float32 multiplies
// few rows with B where it lies. Measured on a Zen 4 core. Rows and columns count alike, so that a product and the same one
// turned have the same bits.
#define BF16_LEAST_SIDE 16
#define BF16_LEAST_DEPTH 8

const sgk_gemm_kernels *sgk_gemm_kernels_for(sgk_dtype dtype) {
  return dtype == SGK_FLOAT64 ? SGK_SELECT_TABLE(sgk_gemm_f64) : SGK_SELECT_TABLE(sgk_gemm_f32);
}

const sgk_gemm_kernels *sgk_gemm_kernels_in_tiles(sgk_isa isa, sgk_precision precision) {
#if defined(__x86_64__)
  if (isa < SGK_AVX512_AMX) return NULL;
  if (precision == SGK_PRECISION_MEDIUM) return &sgk_gemm_medium_avx512_amx;
  if (precision == SGK_PRECISION_HIGH) return &sgk_gemm_high_avx512_amx;
#else
  (void)isa, (void)precision;
#endif
  return NULL;
}

const sgk_gemm_kernels *sgk_gemm_kernels_at(sgk_precision precision, sgk_dtype dtype, int64_t m, int64_t n, int64_t k) {
#if defined(__x86_64__)
  bool pays = m >= BF16_LEAST_SIDE && n >= BF16_LEAST_SIDE && k >= BF16_LEAST_DEPTH;
  sgk_precision in_effect = sgk_precision_in_effect(precision);
  if (pays && dtype == SGK_FLOAT32 && in_effect != SGK_PRECISION_HIGHEST) {
    const sgk_gemm_kernels *tiles = sgk_gemm_kernels_in_tiles(sgk_isa_current(), in_effect);
    return tiles ? tiles : &sgk_gemm_bf16_avx512_bf16;
  }
#else
  (void)precision, (void)m, (void)n, (void)k;
#endif
  return sgk_gemm_kernels_for(dtype);
}
