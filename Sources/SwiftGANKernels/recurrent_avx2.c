#define SGK_LEVEL 1
#include "recurrent_template.h"
