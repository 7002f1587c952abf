// The inner loops of linear.c for one instruction-set level (see isa_begin.h).
#include <math.h>

#include "linear.h"
#include "map.h"
#include "isa_begin.h"

#if SGK_LEVEL_EXISTS

#define T float
#define N(name) f32_##name
#define ROOT sqrtf
#define MAGNITUDE fabsf
#define TABLE SGK_ISA(sgk_linear_f32)
#include "linear_parts.h"

#undef T
#undef N
#undef ROOT
#undef MAGNITUDE
#undef TABLE
#define T double
#define N(name) f64_##name
#define ROOT sqrt
#define MAGNITUDE fabs
#define TABLE SGK_ISA(sgk_linear_f64)
#include "linear_parts.h"

#endif
#include "isa_end.h"
