// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3. SC 2011): ten rounds of two
// 32-bit multiplications turn a 128-bit counter and a 64-bit key into 128 random bits.
#ifndef SGK_PHILOX_H
#define SGK_PHILOX_H

#include "isa_select.h"
#include "sgk_random.h"

#define SGK_PHILOX_MULTIPLIER_0 0xd2511f53u
#define SGK_PHILOX_MULTIPLIER_1 0xcd9e8d57u
#define SGK_PHILOX_WEYL_0 0x9e3779b9u  // the golden ratio and sqrt(3) - 1, as fractions of 2^32
#define SGK_PHILOX_WEYL_1 0xbb67ae85u

// `count` numbers from block `first` on, four to a block. Words are the blocks' own; uniform numbers are their upper 24
// bits; normal numbers come in pairs from (word 0, word 1) and (word 2, word 3) by the method of Box and Muller.
SGK_DECLARE_ISA(void, sgk_philox_words, (sgk_key key, uint64_t first, int64_t count, uint32_t *out));
SGK_DECLARE_ISA(void, sgk_philox_uniforms, (sgk_key key, uint64_t first, int64_t count, float *out));
SGK_DECLARE_ISA(void, sgk_philox_normals, (sgk_key key, uint64_t first, int64_t count, float *out));

#endif
