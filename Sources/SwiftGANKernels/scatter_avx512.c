#define SGK_LEVEL 2
#include "scatter_template.h"
