#define SGK_LEVEL 2
#include "fold_template.h"
