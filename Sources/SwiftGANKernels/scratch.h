// Scratch memory of a thread: two aligned buffers that grow and are kept between calls, so that a kernel called thousands
// of times a second does not ask the system for memory each time.
#ifndef SGK_SCRATCH_H
#define SGK_SCRATCH_H

#include <stddef.h>

// A call holds at most one buffer per slot: SGK_SCRATCH_ITEM belongs to the item that runs on the thread,
// SGK_SCRATCH_CALL to the call that handed the items out (whose thread also runs items).
typedef enum sgk_scratch_slot { SGK_SCRATCH_ITEM = 0, SGK_SCRATCH_CALL = 1 } sgk_scratch_slot;

// At least `bytes` bytes aligned to 64, not zeroed, valid until the thread's next request for that slot or its end.
// NULL when out of memory.
void *sgk_scratch(sgk_scratch_slot slot, size_t bytes);
// Gives a buffer larger than the limit that a thread may keep (16 MiB a slot) back to the system.
void sgk_scratch_trim(sgk_scratch_slot slot);

#endif
