#define SGK_LEVEL 1
#include "convert_template.h"
