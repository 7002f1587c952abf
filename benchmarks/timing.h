// What the benchmarks of kernels measure time with.
#ifndef SWIFTGAN_BENCHMARKS_TIMING_H
#define SWIFTGAN_BENCHMARKS_TIMING_H

#include <time.h>

static inline double clock_seconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
static inline double now(void) { return clock_seconds(CLOCK_MONOTONIC); }
// Of all threads of the process.
static inline double processor_time(void) { return clock_seconds(CLOCK_PROCESS_CPUTIME_ID); }

// For qsort.
static inline int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

#endif
