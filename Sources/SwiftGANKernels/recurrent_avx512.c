#define SGK_LEVEL 2
#include "recurrent_template.h"
