#define SGK_LEVEL 0
#include "convert_template.h"
