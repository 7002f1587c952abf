#define SGK_LEVEL 2
#include "linear_template.h"
