#define _POSIX_C_SOURCE 200809L
#include "fuzz.h"

#include <signal.h>
#include <unistd.h>

static uint64_t state;
char fuzz_current[512];

uint64_t fuzz_next(void) {  // SplitMix64
  uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

int64_t fuzz_below(int64_t limit) { return (int64_t)(fuzz_next() % (uint64_t)limit); }

static void died(int number) {
  static const char words[] = "\na call ended the process: ";
  ssize_t written = write(2, words, sizeof words - 1);
  written += write(2, fuzz_current, strlen(fuzz_current));
  written += write(2, "\n", 1);
  (void)written;
  signal(number, SIG_DFL);
  raise(number);
}

int64_t fuzz_integer(void) {
  static const int64_t edges[] = {INT64_MAX, INT64_MIN, INT64_MAX - 1, INT64_C(1) << 45,
                                  -(INT64_C(1) << 45), INT64_MIN + 1, 100000, -1000};
  return fuzz_below(8) == 0 ? edges[fuzz_below(8)] : fuzz_below(9) - 3;
}

double fuzz_number(void) {
  static const double edges[] = {0, -0.0, 1e308, -1e308, 1e-320, 0.5, 3, -1};
  return fuzz_below(5) == 0 ? NAN : fuzz_below(5) == 0 ? INFINITY : edges[fuzz_below(8)];
}

sg_tensor *fuzz_tensor(void) {
  static int64_t memory[2 * 3 * 4 * 3 * 4 + 64];
  sg_buffer buffer = SG_BUFFER_INIT;
  int64_t shape[5], strides[5];
  sg_tensor *out = NULL;
  for (size_t i = 0; i < sizeof memory / sizeof *memory; ++i)
    memory[i] = fuzz_below(3) == 0 ? fuzz_integer() : fuzz_below(3);
  buffer.dtype = (sg_dtype)(fuzz_below(3) == 0 ? fuzz_below(6) : 0);
  buffer.rank = (int32_t)fuzz_below(6);
  for (int i = 0; i < buffer.rank; ++i) {
    shape[i] = fuzz_below(8) == 0 ? 0 : 1 + fuzz_below(3);
    strides[i] = (fuzz_below(3)) * 8;
  }
  if (buffer.dtype == SG_BOOL) memset(memory, (int)fuzz_below(2), sizeof memory);
  buffer.shape = shape;
  buffer.strides = fuzz_below(4) == 0 ? strides : NULL;
  buffer.data = memory;
  OK(sg_tensor_copy_in(&out, &buffer, e));
  return out;
}

static const int fatal[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGTRAP};

int fuzz_begin(int calls) {
  const char *more = getenv("FUZZ_CALLS"), *seed = getenv("FUZZ_SEED");
  state = seed == NULL ? 1 : (uint64_t)atoll(seed);
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; ++i) signal(fatal[i], died);
  return more == NULL ? calls : atoi(more);
}

void fuzz_end(void) {
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; ++i) signal(fatal[i], SIG_DFL);
}
