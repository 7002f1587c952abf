#include "sgk_cpu.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"portable", "avx2", "avx512"};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static sgk_isa supported = SGK_PORTABLE;
static atomic_int current = SGK_PORTABLE;

static sgk_isa detect(void) {
#if defined(__x86_64__)
  // These look at cpuid and at what the operating system saves (xgetbv).
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return SGK_PORTABLE;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return SGK_AVX512;
  return SGK_AVX2;
#else
  return SGK_PORTABLE;
#endif
}

static void choose(void) {
  supported = detect();
  sgk_isa chosen = supported;
  const char *wanted = getenv("SWIFTGAN_ISA");
  if (wanted && *wanted) {
    int found = -1;
    for (int i = 0; i < 3; ++i)
      if (strcmp(wanted, names[i]) == 0) found = i;
    if (found < 0)
      fprintf(stderr, "swiftgan: SWIFTGAN_ISA='%s' is not one of portable, avx2, avx512; using %s\n", wanted,
              names[supported]);
    else if (found > (int)supported)
      fprintf(stderr, "swiftgan: SWIFTGAN_ISA='%s', but this CPU does not have it; using %s\n", wanted, names[supported]);
    else
      chosen = (sgk_isa)found;
  }
  atomic_store_explicit(&current, chosen, memory_order_relaxed);
}

sgk_isa sgk_isa_supported(void) {
  pthread_once(&once, choose);
  return supported;
}

sgk_isa sgk_isa_current(void) {
  pthread_once(&once, choose);
  return (sgk_isa)atomic_load_explicit(&current, memory_order_relaxed);
}

sgk_isa sgk_isa_set(sgk_isa isa) {
  pthread_once(&once, choose);
  sgk_isa level = (int)isa < SGK_PORTABLE ? SGK_PORTABLE : isa > supported ? supported : isa;
  atomic_store_explicit(&current, level, memory_order_relaxed);
  return level;
}

const char *sgk_isa_name(sgk_isa isa) {
  return (int)isa >= SGK_PORTABLE && isa <= SGK_AVX512 ? names[isa] : "unknown";
}
