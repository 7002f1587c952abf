// How float32 matrix products and convolutions are computed.
#ifndef SGK_PRECISION_H
#define SGK_PRECISION_H

// At least this well, under PyTorch's names. Sums are float32 at each.
typedef enum sgk_precision {
  SGK_PRECISION_HIGHEST = 0,  // float32 products
  SGK_PRECISION_HIGH = 1,     // some 16 bits of the operands' significands
  SGK_PRECISION_MEDIUM = 2,   // operands rounded to bfloat16: 8 bits
} sgk_precision;

// What the instruction set in use makes of it: the fastest that is at least as precise. AVX-512 with BF16 has one product of
// two bfloat16 pairs where it has a product of two floats, so `medium` is worth it, and `high`, which takes three of them, is
// not: it is float32 there. With the tiles of AMX both are worth it. Small products are float32 whatever is asked.
sgk_precision sgk_precision_in_effect(sgk_precision asked);

#endif
