// The thread pool. Work is split into numbered items whose boundaries never depend on the number of threads, so that
// results are the same bits on any number of threads.
#ifndef SGK_POOL_H
#define SGK_POOL_H

#include <stdint.h>

// Threads used by kernels, the caller included. Default: SWIFTGAN_NUM_THREADS, else the CPUs this process may run on.
int32_t sgk_num_threads(void);
// Sets the number of threads (1 to 256, clamped).
void sgk_set_num_threads(int32_t count);

typedef void (*sgk_item_fn)(void *context, int64_t item);
// Calls fn(context, i) once for every i in 0..<items, on the pool; returns when all are done. Called from inside an item
// or while another thread uses the pool, it runs the items on the calling thread. Safe in a forked child.
void sgk_parallel(int64_t items, sgk_item_fn fn, void *context);

#endif
