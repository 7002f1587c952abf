// Sleeping until a 32-bit word changes: a futex on Linux, a mutex and condition variable elsewhere.
#ifndef SGK_POOL_WAIT_H
#define SGK_POOL_WAIT_H

#include <stdatomic.h>
#include <stdint.h>

// Sleeps while *word == value. May return early for no reason: callers check their condition again.
void sgk_wait(_Atomic uint32_t *word, uint32_t value);
// Wakes up to `count` threads that sleep on `word`. Change the word before.
void sgk_wake(_Atomic uint32_t *word, int32_t count);
// Forgets every sleeper: for a forked child, whose other threads are gone.
void sgk_wait_reset(void);

// Tells the CPU that this is a spin loop.
static inline void sgk_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("isb");  // `yield` is a no-op on most cores; `isb` takes about as long as x86's pause
#endif
}

#endif
