// Elementwise kernels. All views of one call have the same rank and shape (broadcast by zero strides); any strides.
// `out` may be exactly the same window as an input (same data and strides): every element is read before it is written.
#ifndef SGK_ELEMENTWISE_H
#define SGK_ELEMENTWISE_H

#include "sgk_types.h"

typedef enum sgk_unary_op {
  SGK_NEG, SGK_ABS, SGK_SIGN, SGK_SQUARE, SGK_FLOOR, SGK_CEIL, SGK_ROUND,             // every numeric type
  SGK_EXP, SGK_EXPM1, SGK_LOG, SGK_LOG1P, SGK_SQRT, SGK_RSQRT, SGK_RECIPROCAL,        // float32, float64
  SGK_TANH, SGK_SIGMOID, SGK_SOFTPLUS, SGK_ERF, SGK_SIN, SGK_COS,                     // float32, float64
  SGK_LOG2, SGK_LOG10, SGK_EXP2, SGK_CBRT, SGK_TAN, SGK_ASIN, SGK_ACOS, SGK_ATAN,     // float32, float64
  SGK_SINH, SGK_COSH, SGK_ASINH, SGK_ACOSH, SGK_ATANH,                                // float32, float64
  SGK_TRUNC, SGK_RELU,                                                                // every numeric type
  SGK_NOT,                                                                            // bool; integers: every bit
  SGK_IS_FINITE,                                                                      // float -> bool
} sgk_unary_op;
void sgk_unary(sgk_unary_op op, const sgk_view *x, const sgk_view *out);

typedef enum sgk_binary_op {
  SGK_ADD, SGK_SUB, SGK_MUL, SGK_DIV, SGK_POW, SGK_MAXIMUM, SGK_MINIMUM,  // a, b, out of one numeric type; integer
                                                                          // division floors, by zero gives 0
  SGK_FLOOR_DIVIDE, SGK_REMAINDER, SGK_FMOD,  // numeric types; remainder has b's sign, fmod a's; integers by zero give 0
  SGK_ATAN2, SGK_HYPOT, SGK_COPYSIGN, SGK_NEXTAFTER, SGK_LOGADDEXP,       // float32, float64
  SGK_LEFT_SHIFT, SGK_RIGHT_SHIFT,                                        // integers; by a negative number or the
                                                                          // width or more: every bit is shifted out
  SGK_EQ, SGK_NE, SGK_LT, SGK_LE, SGK_GT, SGK_GE,                         // a, b of one type (bool too); out bool
  SGK_AND, SGK_OR, SGK_XOR,                                               // bool; integers: bit by bit
} sgk_binary_op;
void sgk_binary(sgk_binary_op op, const sgk_view *a, const sgk_view *b, const sgk_view *out);

// out = condition ? a : b; condition bool; a, b, out of one type.
void sgk_select(const sgk_view *condition, const sgk_view *a, const sgk_view *b, const sgk_view *out);

// out = x converted: float to integer truncates toward zero and saturates (NaN gives 0); anything to bool is (x != 0).
// Equal types: a strided copy, a contiguous memcpy where possible.
void sgk_cast(const sgk_view *x, const sgk_view *out);

// out = the pieces one after another along `axis`; all of one type and rank, of one shape but for that axis, whose extents
// add up to out's. Any strides; out overlaps no piece.
void sgk_concatenate(int64_t count, const sgk_view *pieces, int32_t axis, const sgk_view *out);

// Every element of out set to the one element at `value` (of out's type).
void sgk_fill(const void *value, const sgk_view *out);
// out[i] = start + i * step, rank 1, any numeric type.
void sgk_arange(double start, double step, const sgk_view *out);

#endif
