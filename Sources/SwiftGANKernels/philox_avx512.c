#define SGK_LEVEL 2
#include "philox_template.h"
