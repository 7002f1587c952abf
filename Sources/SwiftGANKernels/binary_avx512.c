#define SGK_LEVEL 2
#include "binary_template.h"
