#define SGK_LEVEL 1
#include "fold_template.h"
