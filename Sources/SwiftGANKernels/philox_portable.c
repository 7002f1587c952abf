#define SGK_LEVEL 0
#include "philox_template.h"
