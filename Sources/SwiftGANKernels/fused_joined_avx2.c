#define SGK_LEVEL 1
#include "fused_joined_template.h"
