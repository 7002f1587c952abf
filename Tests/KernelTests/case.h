// How the kernels' memory is tested: every call runs several times, on memory that lies otherwise each time, and must
// leave the same bits. What it must not touch is watched, by the sanitisers where this is compiled with them, and by
// bytes around each block that have to stay as they were.
#ifndef SWIFTGAN_KERNEL_TESTS_CASE_H
#define SWIFTGAN_KERNEL_TESTS_CASE_H

#include <stdbool.h>
#include <stdint.h>

#include "SwiftGANKernels.h"

// The way of a view's elements through its memory.
typedef enum layout {
  PLAIN,     // row-major, contiguous
  TURNED,    // the last two axes exchanged
  REVERSED,  // the last axis backwards
  SPACED,    // every third element of the last axis
  LAYOUTS,
} layout;

// Memory of this round's call. It belongs to the harness, and is in the same order in every round.
// Random numbers of the type, the same in every round: floats in [-2, 2), integers in -50..<50, truth values.
sgk_view input(sgk_dtype dtype, layout layout, int rank, const int64_t *shape);
// Integers in low..<high, floats in [low, high).
sgk_view input_between(sgk_dtype dtype, layout layout, int rank, const int64_t *shape, double low, double high);
// Other bytes in every round: the call must write each element before it reads it.
sgk_view output(sgk_dtype dtype, layout layout, int rank, const int64_t *shape);
// Random numbers that the call changes.
sgk_view update(sgk_dtype dtype, layout layout, int rank, const int64_t *shape);

// Contiguous memory without a shape, of `count` elements.
void *input_block(sgk_dtype dtype, int64_t count);
void *output_block(sgk_dtype dtype, int64_t count);

// A shape in place: SHAPE(2, 3) is what these functions take as rank and shape.
#define SHAPE(...) \
  (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (const int64_t[]) { __VA_ARGS__ }

// A random whole number in 0..<below, of a sequence that goes on from call to call of this: for the parameters of cases.
int64_t any_below(int64_t below);

// Runs a call in every round and compares what it leaves. `parameters` go to the call.
void run_case(const char *name, void (*call)(const void *parameters), const void *parameters);
// Counts as a failure of the case that runs unless `good`.
void expect(bool good, const char *what);
// The call left what is not to be compared with that of other rounds, and need not be the same.
void expect_status(sgk_status found, sgk_status wanted);

// Ends the program's tests: prints what was run, and returns the exit status.
int finish_cases(void);

// The families.
void test_products(void);
void test_precisions(void);
void test_convolutions(void);
void test_recurrent(void);
void test_elementwise(void);
void test_chains(void);
void test_reductions(void);
void test_random(void);
void test_movement(void);
void test_order(void);
void test_linear(void);
void test_threads(void);
void test_fork(void);

#endif
