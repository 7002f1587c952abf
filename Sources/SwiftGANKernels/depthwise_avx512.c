#define SGK_LEVEL 2
#include "depthwise_template.h"
