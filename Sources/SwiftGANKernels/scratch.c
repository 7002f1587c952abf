#include "scratch.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#define ALIGNMENT 64
#define KEEP ((size_t)16 << 20)
#define GRAIN ((size_t)64 << 10)

typedef struct buffers {
  void *data[2];
  size_t size[2];
} buffers;

static _Thread_local buffers mine;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void release(void *argument) {
  buffers *all = argument;
  for (int i = 0; i < 2; ++i) {
    free(all->data[i]);
    all->data[i] = NULL;
    all->size[i] = 0;
  }
}

static void make_key(void) { pthread_key_create(&key, release); }

void *sgk_scratch(sgk_scratch_slot slot, size_t bytes) {
  if (mine.size[slot] >= bytes && mine.data[slot]) return mine.data[slot];
  if (bytes > SIZE_MAX - GRAIN) return NULL;
  // The key's value is what makes the system call `release` when the thread ends.
  pthread_once(&once, make_key);
  if (!pthread_getspecific(key) && pthread_setspecific(key, &mine) != 0) return NULL;
  free(mine.data[slot]);
  mine.data[slot] = NULL;
  mine.size[slot] = 0;
  size_t size = (bytes + GRAIN - 1) / GRAIN * GRAIN + (bytes == 0 ? GRAIN : 0);
  void *data = NULL;
  if (posix_memalign(&data, ALIGNMENT, size) != 0) return NULL;
  mine.data[slot] = data;
  mine.size[slot] = size;
  return data;
}

void sgk_scratch_trim(sgk_scratch_slot slot) {
  if (mine.size[slot] <= KEEP) return;
  free(mine.data[slot]);
  mine.data[slot] = NULL;
  mine.size[slot] = 0;
}
