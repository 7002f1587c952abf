#include "sgk_cpu.h"
#include "sgk_precision.h"

#include "amx.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

static const char *const names[] = {"portable", "avx2", "avx512", "avx512_bf16", "avx512_amx"};

#define LEVELS ((int)(sizeof names / sizeof *names))

static pthread_once_t once = PTHREAD_ONCE_INIT;
static sgk_isa supported = SGK_PORTABLE;
static atomic_int current = SGK_PORTABLE;

static sgk_isa detect(void) {
#if defined(__x86_64__)
  // These look at cpuid and at what the operating system saves (xgetbv).
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return SGK_PORTABLE;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512dq") ||
      !__builtin_cpu_supports("avx512vl"))
    return SGK_AVX2;
  if (!__builtin_cpu_supports("avx512bf16")) return SGK_AVX512;
  return sgk_amx_works() ? SGK_AVX512_AMX : SGK_AVX512_BF16;
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
    for (int i = 0; i < LEVELS; ++i)
      if (strcmp(wanted, names[i]) == 0) found = i;
    if (found < 0)
      fprintf(stderr, "swiftgan: SWIFTGAN_ISA='%s' is not one of portable, avx2, avx512, avx512_bf16, avx512_amx; using %s\n",
              wanted, names[supported]);
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
  return (int)isa >= SGK_PORTABLE && (int)isa < LEVELS ? names[isa] : "unknown";
}

sgk_precision sgk_precision_in_effect(sgk_precision asked) {
  sgk_isa isa = sgk_isa_current();
  bool pays = (asked == SGK_PRECISION_MEDIUM && isa >= SGK_AVX512_BF16) ||
              (asked == SGK_PRECISION_HIGH && isa >= SGK_AVX512_AMX);
  return pays ? asked : SGK_PRECISION_HIGHEST;
}

static char cpu_name[49] = "unknown";

static void ask_name(void) {
#if defined(__x86_64__)
  unsigned words[12];
  if (__get_cpuid_max(0x80000000u, NULL) < 0x80000004u) return;
  for (unsigned i = 0; i < 3; ++i)
    __get_cpuid(0x80000002u + i, words + 4 * i, words + 4 * i + 1, words + 4 * i + 2, words + 4 * i + 3);
  char text[49] = {0};
  memcpy(text, words, 48);
  // Blanks before and after it, and several in a row.
  size_t length = 0;
  for (const char *c = text; *c; ++c)
    if (*c != ' ' || (length > 0 && c[1] != ' ' && c[1] != 0)) cpu_name[length++] = *c;
  cpu_name[length] = 0;
  if (length == 0) strcpy(cpu_name, "unknown");
#endif
}

const char *sgk_cpu_name(void) {
  static pthread_once_t asked = PTHREAD_ONCE_INIT;
  pthread_once(&asked, ask_name);
  return cpu_name;
}
