#define SGK_LEVEL 1
#include "unary_template.h"
