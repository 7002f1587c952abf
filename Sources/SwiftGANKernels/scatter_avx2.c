#define SGK_LEVEL 1
#include "scatter_template.h"
