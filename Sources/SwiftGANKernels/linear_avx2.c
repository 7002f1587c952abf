#define SGK_LEVEL 1
#include "linear_template.h"
