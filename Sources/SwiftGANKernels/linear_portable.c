#define SGK_LEVEL 0
#include "linear_template.h"
