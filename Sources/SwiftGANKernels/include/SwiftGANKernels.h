// The arithmetic on raw buffers. See docs/architecture.md.
#ifndef SWIFTGAN_KERNELS_H
#define SWIFTGAN_KERNELS_H

#include "sgk_conv.h"
#include "sgk_cpu.h"
#include "sgk_elementwise.h"
#include "sgk_fused.h"
#include "sgk_index.h"
#include "sgk_linear.h"
#include "sgk_matmul.h"
#include "sgk_pool.h"
#include "sgk_pooling.h"
#include "sgk_precision.h"
#include "sgk_random.h"
#include "sgk_recurrent.h"
#include "sgk_reduce.h"
#include "sgk_scan.h"
#include "sgk_sort.h"
#include "sgk_types.h"

#endif
