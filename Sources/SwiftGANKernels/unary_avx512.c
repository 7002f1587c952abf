#define SGK_LEVEL 2
#include "unary_template.h"
