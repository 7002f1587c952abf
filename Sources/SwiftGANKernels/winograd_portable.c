#define SGK_LEVEL 0
#include "winograd_template.h"
