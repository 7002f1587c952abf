// Strided copy between views of one shape and one element size.
#ifndef SGK_COPY_H
#define SGK_COPY_H

#include "sgk_types.h"

void sgk_copy(const sgk_view *x, const sgk_view *out);

#endif
