// Picks, at run time, one of the functions or tables that the three levels of a template export. See isa_begin.h. Levels
// above AVX-512 add instructions for single kernels, which pick those by themselves.
#ifndef SGK_ISA_SELECT_H
#define SGK_ISA_SELECT_H

#include "sgk_cpu.h"

#if defined(__x86_64__)
// Declares name_portable, name_avx2 and name_avx512: SGK_DECLARE_ISA(void, sum, (const float *x, int64_t n));
#define SGK_DECLARE_ISA(result, name, arguments) \
  result name##_portable arguments;              \
  result name##_avx2 arguments;                  \
  result name##_avx512 arguments
#define SGK_DECLARE_ISA_TABLE(type, name)                             \
  extern const type name##_portable, name##_avx2, name##_avx512
#define SGK_SELECT(name)                              \
  (sgk_isa_current() >= SGK_AVX512 ? name##_avx512    \
   : sgk_isa_current() == SGK_AVX2 ? name##_avx2      \
                                   : name##_portable)
#define SGK_SELECT_TABLE(name)                        \
  (sgk_isa_current() >= SGK_AVX512 ? &name##_avx512   \
   : sgk_isa_current() == SGK_AVX2 ? &name##_avx2     \
                                   : &name##_portable)
#else
#define SGK_DECLARE_ISA(result, name, arguments) result name##_portable arguments
#define SGK_DECLARE_ISA_TABLE(type, name) extern const type name##_portable
#define SGK_SELECT(name) (name##_portable)
#define SGK_SELECT_TABLE(name) (&name##_portable)
#endif

#endif
