#define SGK_LEVEL 0
#include "binary_template.h"
