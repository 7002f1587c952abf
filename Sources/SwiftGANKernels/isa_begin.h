// One source, several instruction sets, no compiler flags.
//
// Code that profits from wide vectors is written once, in a template header (say sum_template.h), and compiled by three
// files of two lines each, sum_portable.c, sum_avx2.c and sum_avx512.c:
//
//   #define SGK_LEVEL 2            // the values of sgk_isa: 0 portable, 1 AVX2 and FMA, 2 AVX-512 (F, BW, DQ, VL)
//   #include "sum_template.h"
//
// Levels 3 (AVX-512 with BF16) and 4 (with the tiles of AMX, too) are for what needs those instructions; all else uses
// level 2 there.
//
// The template includes every other header it needs first (functions of headers that are read inside the region would be
// compiled for the instruction set, too), then opens the region:
//
//   #include "isa_begin.h"
//   #if SGK_LEVEL_EXISTS           // 0 for AVX on a CPU that is not x86-64: the file is then empty
//   void SGK_ISA(sum)(...) {...}   // sum_portable, sum_avx2, sum_avx512
//   #endif
//   #include "isa_end.h"
//
// and a plain file picks one: `SGK_SELECT(sum)(...)` names sum_portable, sum_avx2 or sum_avx512 as sgk_isa_current() says
// (include isa_select.h and declare the three with SGK_DECLARE_ISA).
//
// Inside, sgk_f32v and its kin are vectors of SGK_VECTOR_BYTES (16, 32 or 64) bytes made with clang's vector extensions:
// + - * / and comparisons work lane by lane, a * b + c contracts to a fused multiply-add where there is one, and arm64 gets
// NEON from the portable level. Loads and stores of data that is only element-aligned go through the *u types. Keep
// vectors out of the arguments of functions that are not SGK_INLINE: their calling convention depends on the level.

#ifndef SGK_LEVEL
#error "define SGK_LEVEL (0 to 4) before including a template"
#endif

#include <stdint.h>

#if SGK_LEVEL == 0
#define SGK_LEVEL_EXISTS 1
#define SGK_VECTOR_BYTES 16
#define SGK_ISA(name) name##_portable
#elif defined(__x86_64__) && SGK_LEVEL == 1
#define SGK_LEVEL_EXISTS 1
#define SGK_VECTOR_BYTES 32
#define SGK_ISA(name) name##_avx2
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#elif defined(__x86_64__) && SGK_LEVEL == 2
#define SGK_LEVEL_EXISTS 1
#define SGK_VECTOR_BYTES 64
#define SGK_ISA(name) name##_avx512
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)
#elif defined(__x86_64__) && SGK_LEVEL == 3
#define SGK_LEVEL_EXISTS 1
#define SGK_VECTOR_BYTES 64
#define SGK_ISA(name) name##_avx512_bf16
#pragma clang attribute push(                                                                    \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"))), apply_to = function)
#elif defined(__x86_64__) && SGK_LEVEL == 4
#define SGK_LEVEL_EXISTS 1
#define SGK_VECTOR_BYTES 64
#define SGK_ISA(name) name##_avx512_amx
#pragma clang attribute push(                                                                                         \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,amx-tile,amx-bf16"))), apply_to = function)
#else
#define SGK_LEVEL_EXISTS 0
#endif

#if SGK_LEVEL_EXISTS

#define SGK_INLINE static inline __attribute__((always_inline))

#define SGK_VECTOR_TYPE(element, name)                                     \
  typedef element name __attribute__((vector_size(SGK_VECTOR_BYTES)));     \
  typedef element name##u __attribute__((vector_size(SGK_VECTOR_BYTES), aligned(sizeof(element)), may_alias))

SGK_VECTOR_TYPE(float, sgk_f32v);
SGK_VECTOR_TYPE(double, sgk_f64v);
SGK_VECTOR_TYPE(int32_t, sgk_i32v);
SGK_VECTOR_TYPE(uint32_t, sgk_u32v);
SGK_VECTOR_TYPE(int64_t, sgk_i64v);
SGK_VECTOR_TYPE(uint64_t, sgk_u64v);

#endif
