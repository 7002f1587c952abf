// What every kernel speaks: element types, strided views, status. Kernels know nothing of tensors.
#ifndef SGK_TYPES_H
#define SGK_TYPES_H

#include <stdint.h>

#define SGK_MAX_RANK 16

typedef enum sgk_dtype {
  SGK_FLOAT32 = 0,
  SGK_FLOAT64 = 1,
  SGK_INT32 = 2,
  SGK_INT64 = 3,
  SGK_UINT8 = 4,
  SGK_BOOL = 5,  // one byte, 0 or 1
} sgk_dtype;

// Status of a kernel that may allocate scratch memory. A kernel that cannot fail returns void.
typedef enum sgk_status { SGK_OK = 0, SGK_OUT_OF_MEMORY = 1, SGK_BAD_INDEX = 2, SGK_BAD_ARGUMENT = 3 } sgk_status;

// A strided window on memory. `data` is the element at index (0, ..., 0); strides count elements and may be zero
// (broadcast) or negative (reversed). Output views never overlap inputs unless a kernel says that they may.
typedef struct sgk_view {
  void *data;
  int32_t dtype;
  int32_t rank;
  int64_t shape[SGK_MAX_RANK];
  int64_t strides[SGK_MAX_RANK];
} sgk_view;

static inline int64_t sgk_dtype_size(int32_t dtype) {
  return dtype == SGK_FLOAT64 || dtype == SGK_INT64 ? 8 : dtype == SGK_UINT8 || dtype == SGK_BOOL ? 1 : 4;
}

static inline void sgk_view_set(sgk_view *view, void *data, int32_t dtype, int32_t rank, const int64_t *shape,
                                const int64_t *strides) {
  view->data = data;
  view->dtype = dtype;
  view->rank = rank;
  for (int32_t i = 0; i < rank; ++i) {
    view->shape[i] = shape[i];
    view->strides[i] = strides[i];
  }
}

static inline int64_t sgk_view_count(const sgk_view *view) {
  int64_t count = 1;
  for (int32_t i = 0; i < view->rank; ++i) count *= view->shape[i];
  return count;
}

#endif
