#define SGK_LEVEL 2
#include "gemm_template.h"
