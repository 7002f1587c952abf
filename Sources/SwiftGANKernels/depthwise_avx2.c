#define SGK_LEVEL 1
#include "depthwise_template.h"
