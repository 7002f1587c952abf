#define SGK_LEVEL 2
#include "convert_template.h"
