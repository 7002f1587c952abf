#define SGK_LEVEL 0
#include "scatter_template.h"
