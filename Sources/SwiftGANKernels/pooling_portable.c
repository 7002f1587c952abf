#define SGK_LEVEL 0
#include "pooling_template.h"
