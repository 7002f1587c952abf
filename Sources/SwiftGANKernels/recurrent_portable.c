#define SGK_LEVEL 0
#include "recurrent_template.h"
