// Several steps of a chain as one loop: what optimisers, averages and moments are made of. Every product and sum is
// rounded as by the steps one by one, so the bits are the same.
#ifndef SGK_FUSED_JOINED_H
#define SGK_FUSED_JOINED_H

#include "isa_select.h"
#include "map.h"

typedef enum sgk_joined {
  SGK_JOINED_MIX,         // x * s + y * t
  SGK_JOINED_MIX_SQUARE,  // x * s + y * y * t
  SGK_JOINED_RATIO,       // x * s / (sqrt(y * t) + e)
  SGK_JOINED_STEP,        // x - y * s
  SGK_JOINED_COUNT,
} sgk_joined;

enum { SGK_JOINED_OPERANDS = 5 };

// Operands in the order of their letters' first appearance; s, t and e are one element each.
typedef sgk_loop sgk_joined_loops[SGK_JOINED_COUNT][2];  // float32, float64
SGK_DECLARE_ISA_TABLE(sgk_joined_loops, sgk_joined_table);

#endif
