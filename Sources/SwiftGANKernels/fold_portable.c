#define SGK_LEVEL 0
#include "fold_template.h"
