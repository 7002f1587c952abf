#define SGK_LEVEL 2
#include "winograd_template.h"
