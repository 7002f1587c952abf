#define SGK_LEVEL 1
#include "gemm_template.h"
