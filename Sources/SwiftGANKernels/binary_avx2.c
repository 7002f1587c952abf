#define SGK_LEVEL 1
#include "binary_template.h"
