#define SGK_LEVEL 0
#include "gemm_template.h"
