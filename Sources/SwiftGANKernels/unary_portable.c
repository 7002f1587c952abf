#define SGK_LEVEL 0
#include "unary_template.h"
