// The inner loop of conv_scatter.c for one instruction-set level (see isa_begin.h).
#include "conv_scatter.h"
#include "isa_begin.h"

#if SGK_LEVEL_EXISTS

typedef float f32_half __attribute__((vector_size(16), aligned(4), may_alias));
typedef double f64_half __attribute__((vector_size(16), aligned(8), may_alias));

#define T float
#define U sgk_f32vu
#define H f32_half
#define N(name) f32_##name
#define SCATTER SGK_ISA(sgk_scatter_f32)
#define LANES (SGK_VECTOR_BYTES / 4)
#define HALF_LANES 4
#include "scatter_parts.h"

#undef T
#undef U
#undef H
#undef N
#undef SCATTER
#undef LANES
#undef HALF_LANES
#define T double
#define U sgk_f64vu
#define H f64_half
#define N(name) f64_##name
#define SCATTER SGK_ISA(sgk_scatter_f64)
#define LANES (SGK_VECTOR_BYTES / 8)
#define HALF_LANES 2
#include "scatter_parts.h"

#endif
#include "isa_end.h"
