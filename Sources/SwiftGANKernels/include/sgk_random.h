// Counter-based random numbers: Philox4x32-10 (Salmon et al., SC 2011). Element i of a draw depends on (seed, stream, i)
// alone: no state, the same bits on any number of threads, instruction sets included for bits and uniforms.
#ifndef SGK_RANDOM_H
#define SGK_RANDOM_H

#include "sgk_types.h"

typedef struct sgk_key {
  uint64_t seed;    // the Philox key
  uint64_t stream;  // the high half of the counter
} sgk_key;

// The i-th child of a key, by one Philox block: children are independent streams.
sgk_key sgk_key_split(sgk_key key, uint64_t index);
// Four 32-bit words of block `block`.
void sgk_philox(sgk_key key, uint64_t block, uint32_t words[4]);

// Contiguous outputs, float32 or float64.
void sgk_random_uniform(sgk_key key, const sgk_view *out);          // [0, 1), 24 or 53 bits
void sgk_random_normal(sgk_key key, const sgk_view *out);           // N(0, 1), Box-Muller
void sgk_random_bernoulli(sgk_key key, double p, const sgk_view *out);  // bool, true with probability p
sgk_status sgk_random_permutation(sgk_key key, const sgk_view *out);    // int64, rank 1: a permutation of 0..<n
void sgk_random_integers(sgk_key key, int64_t low, int64_t high, const sgk_view *out);  // int64, low..<high, unbiased to 2^-64

#endif
