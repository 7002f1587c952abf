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

#include "gemm_lanes.h"

#define LDA (KC + 16)  // rows of A's block start in different cache sets
#define MULTIPLY_ADD(c, b, a) ((c) + (b) * (a))

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
