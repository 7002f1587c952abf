// The tables of loops that the templates fill, one of each per instruction set. An empty entry is a pair of operation
// and type that the header does not offer.
#ifndef SGK_LOOPS_H
#define SGK_LOOPS_H

#include "isa_select.h"
#include "map.h"
#include "sgk_elementwise.h"

#define SGK_DTYPES 6

typedef sgk_loop sgk_unary_loops[SGK_IS_FINITE + 1][SGK_DTYPES];    // [operation][type of x]
typedef sgk_loop sgk_binary_loops[SGK_XOR + 1][SGK_DTYPES];         // [operation][type of a and b]
typedef sgk_loop sgk_cast_loops[SGK_DTYPES][SGK_DTYPES];            // [from][to]
typedef sgk_loop sgk_select_loops[9];                               // [size of an element: 1, 4, 8]

SGK_DECLARE_ISA_TABLE(sgk_unary_loops, sgk_unary_table);
SGK_DECLARE_ISA_TABLE(sgk_binary_loops, sgk_binary_table);
SGK_DECLARE_ISA_TABLE(sgk_cast_loops, sgk_cast_table);
SGK_DECLARE_ISA_TABLE(sgk_select_loops, sgk_select_table);

// Tens of operations per element, not one or two.
bool sgk_unary_is_dear(sgk_unary_op op);
bool sgk_binary_is_dear(sgk_binary_op op);

#endif
