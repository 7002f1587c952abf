// Template of gemm_template.h: vectors of LANES_LITERAL lanes, of which a panel has two.

// Elements i and i + half of the same place, side by side.
#define LOW2(a, b) __builtin_shufflevector(a, b, 0, 2)
#define HIGH2(a, b) __builtin_shufflevector(a, b, 1, 3)
#define LOW4(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH4(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define LOW8(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH8(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define LOW16(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH16(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)
#define INTERLEAVE_LOW(a, b) GLUE(LOW, LANES_LITERAL)(a, b)
#define INTERLEAVE_HIGH(a, b) GLUE(HIGH, LANES_LITERAL)(a, b)
#define LANES LANES_LITERAL
#define NR (2 * LANES)
