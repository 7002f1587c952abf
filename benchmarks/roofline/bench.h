// What the parts of the roofline program share: contenders that are timed in turn, and the machine's peaks.
#ifndef SWIFTGAN_ROOFLINE_BENCH_H
#define SWIFTGAN_ROOFLINE_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "SwiftGANKernels.h"

enum { MAX_CONTENDERS = 12, MAX_ROUNDS = 99 };

// One way to do a case's work.
typedef struct contender {
  const char *label;      // "highest", "medium", "packed highest", "float64" or, of oneDNN, "onednn f32 own", ...
  void (*run)(void *);
  void *context;
  bool foreign;           // threads of another library, which spin for a while when their work is done
} contender;

// What the machine does at most, in units (FLOP or bytes) per second, measured in the same rounds as the contenders.
typedef struct ceiling {
  const char *label;  // "f32", "f64", "bf16", "memory"
  double (*measure)(const void *);
  const void *context;
} ceiling;

typedef struct bench_case {
  const char *group, *name, *pass, *unit;  // unit: "GF/s" or "GB/s"
  double work;                             // FLOP of the direct sums, or bytes that must be read and written
  int contenders, ceilings;
  contender list[MAX_CONTENDERS];
  ceiling most[3];
} bench_case;

void bench_add(bench_case *c, const char *label, void (*run)(void *), void *context);
void bench_add_foreign(bench_case *c, const char *label, void (*run)(void *), void *context);
void bench_add_ceiling(bench_case *c, const char *label, double (*measure)(const void *), const void *context);

// Times all contenders in turn in every round and prints one line of JSON.
void bench_run(const bench_case *c);
// Whether the user asked for this group of cases.
bool bench_wanted(const char *group);

// Memory of a size, 64-byte aligned, filled with numbers in [0, 1) (float32); the program ends when there is none.
float *bench_floats(int64_t count);
void *bench_memory(size_t bytes);

// --- Ceilings (peaks.c). ---

// FLOP per second of multiply-adds on all threads, without memory; of bfloat16 pairs with float32 sums (in tiles, if there
// are), 0 where the instruction set in use has none.
double peak_f32(const void *);
double peak_f64(const void *);
double peak_bf16(const void *);

// Bytes per second of a loop that reads `reads` arrays of `count` floats and writes `writes` of them, others or the same:
// with plain stores or past the caches, in one stream or in four, whatever is fastest.
typedef struct traffic {
  int reads, writes;
  bool in_place;
  int64_t count;
  float *arrays[8];
} traffic;
traffic traffic_of(int reads, int writes, bool in_place, int64_t count);
void traffic_free(traffic *t);
double peak_traffic(const void *traffic);

// --- The groups. ---

void bench_products(void);
void bench_convolutions(void);
void bench_streams(void);

#endif
