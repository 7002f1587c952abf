#define SGK_LEVEL 3
#include "gemm_bf16_template.h"
