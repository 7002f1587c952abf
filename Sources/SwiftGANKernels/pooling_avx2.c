#define SGK_LEVEL 1
#include "pooling_template.h"
