// As many Philox blocks at once as a vector has lanes. See isa_begin.h for how this is compiled.
#include <math.h>
#include <string.h>

#include "philox.h"

#include "isa_begin.h"
#include "math_f32.h"
#if SGK_LEVEL_EXISTS

enum { blocks_at_once = SGK_VECTOR_BYTES / 4 };

// The halves of the 64-bit products a * multiplier. Vectors multiply every second lane at a time.
SGK_INLINE sgk_u32v multiply(sgk_u32v a, uint32_t multiplier, sgk_u32v *low) {
  const uint64_t half = 0xffffffff;
  sgk_u64v even = ((sgk_u64v)a & half) * (uint64_t)multiplier, odd = ((sgk_u64v)a >> 32) * (uint64_t)multiplier;
  *low = (sgk_u32v)((even & half) | odd << 32);
  return (sgk_u32v)(even >> 32 | (odd & ~half));
}

// Word k of blocks first, first + 1, ... in lanes 0, 1, ... of words[k].
SGK_INLINE void philox(sgk_key key, uint64_t first, sgk_u32v words[4]) {
  sgk_u32v lane;
  for (unsigned i = 0; i < blocks_at_once; ++i) lane[i] = i;
  const sgk_u32v zero = {0};
  sgk_u32v a = lane + (uint32_t)first;
  sgk_u32v b = (zero + (uint32_t)(first >> 32)) - (sgk_u32v)(a < lane);  // a wrapped: carry
  sgk_u32v c = zero + (uint32_t)key.stream, d = zero + (uint32_t)(key.stream >> 32);
  uint32_t key_0 = (uint32_t)key.seed, key_1 = (uint32_t)(key.seed >> 32);
  for (int round = 0; round < 10; ++round) {
    sgk_u32v low_0, low_1;
    sgk_u32v high_0 = multiply(a, SGK_PHILOX_MULTIPLIER_0, &low_0);
    sgk_u32v high_1 = multiply(c, SGK_PHILOX_MULTIPLIER_1, &low_1);
    a = high_1 ^ b ^ key_0;
    b = low_1;
    c = high_0 ^ d ^ key_1;
    d = low_0;
    key_0 += SGK_PHILOX_WEYL_0;
    key_1 += SGK_PHILOX_WEYL_1;
  }
  words[0] = a, words[1] = b, words[2] = c, words[3] = d;
}

// Four vectors to rows of four: out[4 * lane + k] = words[k][lane].
SGK_INLINE void interleave(const sgk_u32v words[4], uint32_t *out) {
  typedef uint32_t quad __attribute__((vector_size(16)));
  for (unsigned i = 0; i < blocks_at_once; i += 4) {
    quad a, b, c, d;
    memcpy(&a, (const char *)&words[0] + 4 * i, 16);
    memcpy(&b, (const char *)&words[1] + 4 * i, 16);
    memcpy(&c, (const char *)&words[2] + 4 * i, 16);
    memcpy(&d, (const char *)&words[3] + 4 * i, 16);
    quad ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    quad cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    a = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
    b = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
    c = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    d = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
    memcpy(out + 4 * i, &a, 16);
    memcpy(out + 4 * i + 4, &b, 16);
    memcpy(out + 4 * i + 8, &c, 16);
    memcpy(out + 4 * i + 12, &d, 16);
  }
}

SGK_INLINE sgk_u32v uniform(sgk_u32v word) {
  return (sgk_u32v)(__builtin_convertvector((sgk_i32v)(word >> 8), sgk_f32v) * 0x1p-24f);
}

// Two independent normal numbers. The radius takes all bits of its word, so that the tail reaches 6.7; log sees (0, 1].
// The angle is a quadrant (two bits) and -pi/4 to pi/4 beside it (thirty).
SGK_INLINE void normals(sgk_u32v *first, sgk_u32v *second) {
  sgk_f32v u = __builtin_convertvector(*first, sgk_f32v) * 0x1p-32f + 0x1p-33f;
  sgk_f32v radius = __builtin_elementwise_sqrt(sgk_log(sgk_at_most(u, 1)) * -2);
  sgk_f32v angle = __builtin_convertvector((sgk_i32v)(*second << 2), sgk_f32v) * 0x1.921fb6p-32f;
  sgk_i32v quadrant = (sgk_i32v)(*second >> 30);
  *first = (sgk_u32v)(radius * sgk_sin_quadrant(angle, quadrant + 1));
  *second = (sgk_u32v)(radius * sgk_sin_quadrant(angle, quadrant));
}

// Runs `change` on the words of every block; the last, partial group goes through a buffer.
#define GENERATE(change)                                                                         \
  for (int64_t i = 0; i < count; i += 4 * blocks_at_once) {                                      \
    sgk_u32v words[4];                                                                           \
    philox(key, first + (uint64_t)(i / 4), words);                                               \
    change;                                                                                      \
    uint32_t buffer[4 * blocks_at_once];                                                         \
    int64_t left = count - i;                                                                    \
    interleave(words, left < 4 * blocks_at_once ? buffer : (uint32_t *)out + i);                 \
    if (left < 4 * blocks_at_once) memcpy(out + i, buffer, (size_t)left * 4);                    \
  }

void SGK_ISA(sgk_philox_words)(sgk_key key, uint64_t first, int64_t count, uint32_t *out) { GENERATE() }

void SGK_ISA(sgk_philox_uniforms)(sgk_key key, uint64_t first, int64_t count, float *out) {
  GENERATE(for (int k = 0; k < 4; ++k) words[k] = uniform(words[k]))
}

void SGK_ISA(sgk_philox_normals)(sgk_key key, uint64_t first, int64_t count, float *out) {
  GENERATE(normals(&words[0], &words[1]); normals(&words[2], &words[3]))
}

#endif
#include "isa_end.h"
