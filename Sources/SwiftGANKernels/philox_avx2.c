#define SGK_LEVEL 1
#include "philox_template.h"
