#define SGK_LEVEL 0
#include "fused_joined_template.h"
