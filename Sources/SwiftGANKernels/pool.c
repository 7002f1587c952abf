// One pool per process. A job is published as a 64-bit ticket (generation, items left); a thread claims an item by
// compare-and-swap from (g, r) to (g, r - 1). Success proves that job g was running between the load and the swap, so
// the job's fields that were read in between are its own, however late the thread woke up. The publisher waits for
// items, not for threads: a worker that the system has not scheduled costs nothing.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "sgk_pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#endif

#include "pool_wait.h"

#define MAX_THREADS 256
#define SPINS 2000                    // pauses before a thread sleeps: about 50 to 100 us
#define STACK_SIZE ((size_t)2 << 20)  // some systems give a thread 512 KiB or less
#define CACHE_LINE 128                // adjacent lines are fetched in pairs

static struct {
  _Alignas(CACHE_LINE) _Atomic uint64_t ticket;  // generation in the high half, unclaimed items in the low half
  _Atomic(sgk_item_fn) fn;
  _Atomic(void *) context;
  _Atomic int64_t first;                         // the item that the first claim gets
  _Atomic uint32_t items;
  _Alignas(CACHE_LINE) _Atomic uint32_t pending;  // items not finished; the publisher sleeps on it
  _Atomic uint32_t publisher_sleeps;
  _Alignas(CACHE_LINE) _Atomic uint32_t published;  // counts jobs; idle workers sleep on it
  _Atomic uint32_t sleepers;
  _Alignas(CACHE_LINE) _Atomic uint32_t threads;  // the limit, the caller included; workers above it sleep on it
  _Atomic uint32_t busy;                          // the lock: held from publishing until every item is done
  uint32_t started;                               // workers; guarded by `busy`
  _Atomic uint32_t start_failed;                  // do not ask again on every call for a thread that was refused
} pool;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint32_t available_cpus(void) {
  long count = 0;
#if defined(__linux__)
  // A mask of 1,024 CPUs is too small for some machines: the call then fails and a larger one is tried.
  for (int size = CPU_SETSIZE; size <= CPU_SETSIZE * 64 && count == 0; size *= 4) {
    cpu_set_t *set = CPU_ALLOC(size);
    if (set == NULL) break;
    if (sched_getaffinity(0, CPU_ALLOC_SIZE(size), set) == 0) count = CPU_COUNT_S(CPU_ALLOC_SIZE(size), set);
    CPU_FREE(set);
  }
#endif
  if (count <= 0) count = sysconf(_SC_NPROCESSORS_ONLN);
  return count < 1 ? 1 : count > MAX_THREADS ? MAX_THREADS : (uint32_t)count;
}

static uint32_t default_threads(void) {
  const char *text = getenv("SWIFTGAN_NUM_THREADS");
  if (text == NULL || *text == 0) return available_cpus();
  char *end = NULL;
  errno = 0;
  long count = strtol(text, &end, 10);
  if (errno == 0 && *end == 0 && count >= 1 && count <= MAX_THREADS) return (uint32_t)count;
  uint32_t cpus = available_cpus();
  fprintf(stderr, "swiftgan: SWIFTGAN_NUM_THREADS is '%s', not a number from 1 to %d; using %u\n", text, MAX_THREADS,
          cpus);
  return cpus;
}

// A forked child has the forking thread alone: no workers, and nobody to finish a job or release the lock.
static void reset_in_child(void) {
  sgk_wait_reset();
  uint64_t generation = (atomic_load(&pool.ticket) >> 32) + 1;
  atomic_store(&pool.ticket, generation << 32);
  atomic_store(&pool.pending, 0);
  atomic_store(&pool.publisher_sleeps, 0);
  atomic_store(&pool.sleepers, 0);
  atomic_store(&pool.start_failed, 0);
  pool.started = 0;
  atomic_store(&pool.busy, 0);
}

static void initialise(void) {
  atomic_store(&pool.threads, default_threads());
  pthread_atfork(NULL, NULL, reset_in_child);
}

// Runs items of the current job until none is left to claim.
static void run_items(void) {
  uint32_t done = 0;
  uint64_t ticket = atomic_load_explicit(&pool.ticket, memory_order_acquire);
  while ((uint32_t)ticket != 0) {
    sgk_item_fn fn = atomic_load_explicit(&pool.fn, memory_order_relaxed);
    void *context = atomic_load_explicit(&pool.context, memory_order_relaxed);
    int64_t first = atomic_load_explicit(&pool.first, memory_order_relaxed);
    uint32_t items = atomic_load_explicit(&pool.items, memory_order_relaxed);
    if (!atomic_compare_exchange_weak(&pool.ticket, &ticket, ticket - 1)) continue;
    fn(context, first + (items - (uint32_t)ticket));
    done += 1;
    ticket = atomic_load_explicit(&pool.ticket, memory_order_acquire);
  }
  // The job cannot end before its items are reported, so `pending` is still that of the items run here.
  if (done != 0 && atomic_fetch_sub(&pool.pending, done) == done && atomic_load(&pool.publisher_sleeps) != 0)
    sgk_wake(&pool.pending, 1);
}

static bool has_items(void) { return (uint32_t)atomic_load_explicit(&pool.ticket, memory_order_acquire) != 0; }

static void *worker(void *argument) {
  uint32_t number = (uint32_t)(uintptr_t)argument;  // from 1; the caller is thread 0
  for (;;) {
    uint32_t threads = atomic_load(&pool.threads);
    if (number >= threads) {
      sgk_wait(&pool.threads, threads);
      continue;
    }
    uint32_t published = atomic_load(&pool.published);
    for (int spin = 0; spin < SPINS && !has_items(); ++spin) sgk_pause();
    if (!has_items()) {
      atomic_fetch_add(&pool.sleepers, 1);
      if (!has_items()) sgk_wait(&pool.published, published);
      atomic_fetch_sub(&pool.sleepers, 1);
    }
    // The limit may have been lowered during the sleep.
    if (number < atomic_load(&pool.threads)) run_items();
  }
  return NULL;
}

// Starts workers until there are `wanted`. With fewer (the system may refuse) the work is done by those there are.
static void start_workers(uint32_t wanted) {
  if (pool.started >= wanted || atomic_load(&pool.start_failed) != 0) return;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, STACK_SIZE);
  // Workers take no signals: an interrupt must reach the host program's main thread (Python's Ctrl-C).
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  while (pool.started < wanted) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, worker, (void *)(uintptr_t)(pool.started + 1)) != 0) {
      atomic_store(&pool.start_failed, 1);
      break;
    }
    pool.started += 1;
  }
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  pthread_attr_destroy(&attributes);
}

static void publish_and_wait(int64_t first, uint32_t items, sgk_item_fn fn, void *context) {
  atomic_store_explicit(&pool.fn, fn, memory_order_relaxed);
  atomic_store_explicit(&pool.context, context, memory_order_relaxed);
  atomic_store_explicit(&pool.first, first, memory_order_relaxed);
  atomic_store_explicit(&pool.items, items, memory_order_relaxed);
  atomic_store(&pool.pending, items);
  uint64_t generation = (atomic_load_explicit(&pool.ticket, memory_order_relaxed) >> 32) + 1;
  atomic_store(&pool.ticket, generation << 32 | items);
  atomic_fetch_add(&pool.published, 1);
  uint32_t sleepers = atomic_load(&pool.sleepers);
  if (sleepers != 0) sgk_wake(&pool.published, (int32_t)(sleepers < items - 1 ? sleepers : items - 1));

  run_items();

  for (int spin = 0; spin < SPINS && atomic_load(&pool.pending) != 0; ++spin) sgk_pause();
  uint32_t pending = atomic_load(&pool.pending);
  if (pending == 0) return;
  atomic_store(&pool.publisher_sleeps, 1);
  while ((pending = atomic_load(&pool.pending)) != 0) sgk_wait(&pool.pending, pending);
  atomic_store(&pool.publisher_sleeps, 0);
}

int32_t sgk_num_threads(void) {
  pthread_once(&once, initialise);
  return (int32_t)atomic_load(&pool.threads);
}

void sgk_set_num_threads(int32_t count) {
  pthread_once(&once, initialise);
  atomic_store(&pool.threads, count < 1 ? 1 : count > MAX_THREADS ? MAX_THREADS : (uint32_t)count);
  atomic_store(&pool.start_failed, 0);
  sgk_wake(&pool.threads, MAX_THREADS);
}

void sgk_parallel(int64_t items, sgk_item_fn fn, void *context) {
  if (items <= 0) return;
  pthread_once(&once, initialise);
  uint32_t threads = atomic_load(&pool.threads);
  uint32_t unlocked = 0;
  // Nested and concurrent callers find the lock taken, by their own job or by somebody else's.
  if (items == 1 || threads == 1 || !atomic_compare_exchange_strong(&pool.busy, &unlocked, 1)) {
    for (int64_t i = 0; i < items; ++i) fn(context, i);
    return;
  }
  start_workers((uint32_t)(items < threads ? items : threads) - 1);
  const int64_t most = UINT32_MAX;
  for (int64_t first = 0; first < items; first += most)
    publish_and_wait(first, (uint32_t)(items - first < most ? items - first : most), fn, context);
  atomic_store(&pool.busy, 0);
}
