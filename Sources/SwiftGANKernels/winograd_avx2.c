#define SGK_LEVEL 1
#include "winograd_template.h"
