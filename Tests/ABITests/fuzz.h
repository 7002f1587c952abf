// Nonsense that is the same in every run, for tests that hand it to the library: whatever comes back, the process
// lives. FUZZ_CALLS and FUZZ_SEED in the environment ask for more or other nonsense.
#ifndef FUZZ_H
#define FUZZ_H

#include "check.h"

// What is being called, for the message if the process should die of it.
extern char fuzz_current[512];

// Starts the sequence anew, and prints `fuzz_current` should a call end the process. Returns how many calls to make
// where `calls` is the usual number.
int fuzz_begin(int calls);
void fuzz_end(void);
uint64_t fuzz_next(void);
int64_t fuzz_below(int64_t limit);
// Mostly small, sometimes a limit of the type.
int64_t fuzz_integer(void);
double fuzz_number(void);
// Of any dtype, rank 0 to 5, contiguous or not.
sg_tensor *fuzz_tensor(void);

#endif
