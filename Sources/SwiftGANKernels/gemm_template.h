// The blocked product's inner parts for one instruction-set level: gemm_portable.c, gemm_avx2.c and gemm_avx512.c include
// this file (see isa_begin.h), which includes the parts once for float and once for double.
#include "gemm.h"
#include "isa_begin.h"

#if SGK_LEVEL_EXISTS

// The tile fills the register file: 14 x 2 accumulators of AVX-512's 32 registers, 6 x 2 of AVX2's 16 (and of NEON's 32:
// enough to hide the latency); SSE2 needs one register more for each product, as it has no fused multiply-add.
#if SGK_LEVEL == 2
#define MR 14
#elif SGK_LEVEL == 1 || defined(__aarch64__)
#define MR 6
#else
#define MR 4
#endif

// Elements i and i + half of the same place, side by side.
#define LOW2(a, b) __builtin_shufflevector(a, b, 0, 2)
#define HIGH2(a, b) __builtin_shufflevector(a, b, 1, 3)
#define LOW4(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH4(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define LOW8(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH8(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define LOW16(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH16(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)
#define INTERLEAVE_LOW(a, b) GLUE(LOW, LANES_LITERAL)(a, b)
#define INTERLEAVE_HIGH(a, b) GLUE(HIGH, LANES_LITERAL)(a, b)
#define LANES LANES_LITERAL
#define NR (2 * LANES)
#define LDA (KC + 16)  // rows of A's block start in different cache sets

#define T float
#define V sgk_f32v
#define U sgk_f32vu
#define N(name) f32_##name
#define KC 256
#define HALF_LANES 4
#if SGK_LEVEL == 2
#define LANES_LITERAL 16
#elif SGK_LEVEL == 1
#define LANES_LITERAL 8
#else
#define LANES_LITERAL 4
#endif
typedef float f32_half __attribute__((vector_size(16), aligned(4), may_alias));
#define H f32_half
#include "gemm_parts.h"
const sgk_gemm_kernels SGK_ISA(sgk_gemm_f32) = SGK_GEMM_TABLE;

#undef T
#undef V
#undef U
#undef N
#undef H
#undef KC
#undef HALF_LANES
#undef LANES_LITERAL
#define T double
#define V sgk_f64v
#define U sgk_f64vu
#define N(name) f64_##name
#define KC 128
#define HALF_LANES 2
#if SGK_LEVEL == 2
#define LANES_LITERAL 8
#elif SGK_LEVEL == 1
#define LANES_LITERAL 4
#else
#define LANES_LITERAL 2
#endif
typedef double f64_half __attribute__((vector_size(16), aligned(8), may_alias));
#define H f64_half
#include "gemm_parts.h"
const sgk_gemm_kernels SGK_ISA(sgk_gemm_f64) = SGK_GEMM_TABLE;

#endif
#include "isa_end.h"
