// The functions of recurrent cells for one instruction-set level: recurrent_portable.c, recurrent_avx2.c and
// recurrent_avx512.c include this file (see isa_begin.h), which includes recurrent_cells.h for float and for double.
#include <math.h>
#include <stdbool.h>

#include "recurrent.h"
#include "isa_begin.h"
#include "math_f32.h"

#if SGK_LEVEL_EXISTS

// The C library, lane by lane, in the same terms as the operations by themselves.
SGK_INLINE sgk_f64v sgk_sigmoid_f64(sgk_f64v x) {
  for (unsigned i = 0; i < SGK_VECTOR_BYTES / 8; ++i) x[i] = (x[i] < 0 ? exp(x[i]) : 1) / (1 + exp(-fabs(x[i])));
  return x;
}
SGK_INLINE sgk_f64v sgk_tanh_f64(sgk_f64v x) {
  for (unsigned i = 0; i < SGK_VECTOR_BYTES / 8; ++i) x[i] = tanh(x[i]);
  return x;
}

#define CELLS {.forward = {N(lstm), N(gru)}, .back = {N(lstm_back), N(gru_back)}}

#define T float
#define V sgk_f32v
#define U sgk_f32vu
#define N(name) f32_##name
#define LANES (SGK_VECTOR_BYTES / 4)
#define SIGMOID sgk_sigmoid
#define TANH sgk_tanh
#include "recurrent_cells.h"
const sgk_cell_kernels SGK_ISA(sgk_cells_f32) = CELLS;

#undef T
#undef V
#undef U
#undef N
#undef LANES
#undef SIGMOID
#undef TANH
#define T double
#define V sgk_f64v
#define U sgk_f64vu
#define N(name) f64_##name
#define LANES (SGK_VECTOR_BYTES / 8)
#define SIGMOID sgk_sigmoid_f64
#define TANH sgk_tanh_f64
#include "recurrent_cells.h"
const sgk_cell_kernels SGK_ISA(sgk_cells_f64) = CELLS;

#endif
#include "isa_end.h"
