#define SGK_LEVEL 0
#include "depthwise_template.h"
