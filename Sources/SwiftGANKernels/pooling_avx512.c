#define SGK_LEVEL 2
#include "pooling_template.h"
