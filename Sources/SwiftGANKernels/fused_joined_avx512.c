#define SGK_LEVEL 2
#include "fused_joined_template.h"
