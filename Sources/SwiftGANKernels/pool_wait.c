#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "pool_wait.h"

#if defined(__linux__)

#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

void sgk_wait(_Atomic uint32_t *word, uint32_t value) {
  syscall(SYS_futex, (uint32_t *)word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

void sgk_wake(_Atomic uint32_t *word, int32_t count) {
  syscall(SYS_futex, (uint32_t *)word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

void sgk_wait_reset(void) {}

#else

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

void sgk_wait(_Atomic uint32_t *word, uint32_t value) {
  pthread_mutex_lock(&mutex);
  while (atomic_load(word) == value) pthread_cond_wait(&changed, &mutex);
  pthread_mutex_unlock(&mutex);
}

void sgk_wake(_Atomic uint32_t *word, int32_t count) {
  (void)word;
  (void)count;  // one condition serves every word, so all sleepers look again
  pthread_mutex_lock(&mutex);
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
}

void sgk_wait_reset(void) {
  pthread_mutex_init(&mutex, NULL);
  pthread_cond_init(&changed, NULL);
}

#endif
