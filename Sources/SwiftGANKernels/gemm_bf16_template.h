// The blocked product's inner parts for float32 operands rounded to bfloat16 and float32 sums: the tiles of
// gemm_template.h, whose words are pairs of bfloat16 along k.
//
// VDPBF16PS adds both products of a pair to a float, in order, each rounded to nearest; numbers below 2^-126 in magnitude
// count as zero, in operands and sums. A float is rounded to the nearest bfloat16, to the even one of two; NaN stays NaN, and
// what lies above the greatest bfloat16 (from 3.39e38 on) becomes infinity.
#include "gemm.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif
#include "isa_begin.h"

#if SGK_LEVEL_EXISTS

#define MR 14
#define T float
#define V sgk_f32v
#define U sgk_f32vu
#define N(name) bf16_##name
#define KC 512
#define KC_WORDS (KC / 2)
#define LDA (KC_WORDS + 16)  // rows of A's block start in different cache sets
#define HALF_LANES 4
#define LANES_LITERAL 16
#include "gemm_lanes.h"

#define MULTIPLY_ADD(c, b, a) \
  ((V)_mm512_dpbf16_ps((__m512)(c), (__m512bh)(b), (__m512bh)_mm512_set1_ps(a)))

#include "gemm_micro.h"
#include "gemm_pairs.h"
#include "gemm_pack_bf16.h"

const sgk_gemm_kernels SGK_ISA(sgk_gemm_bf16) = {
    .mr = MR, .nr = NR, .lanes = LANES, .depth = 2, .planes = 1, .unit = 2, .items = SGK_GEMM_ITEMS,
    .item_work = SGK_GEMM_ITEM_WORK, .kc = KC, .lda = LDA, .copy = N(copy),
    .copy_columns = N(copy_columns), .pack = N(pack), .block = N(block), .sum = N(sum)};

#endif
#include "isa_end.h"
