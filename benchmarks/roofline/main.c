// Times of kernels, of oneDNN's for the same shapes, and of what the machine can do at most: one line of JSON for each
// case, to be read by roofline.py.
//
//   ./roofline [--rounds N] [products | convolutions | streams ...]
//
// In every round all contenders of a case run in turn, so that a busy machine slows them alike. SWIFTGAN_NUM_THREADS and
// SWIFTGAN_ISA choose what is measured; oneDNN gets the same number of threads.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../timing.h"
#include "bench.h"
#include "onednn.h"

static int rounds = 7, wanted_count;
static char **wanted;

// At least as long as this, a call is repeated, or several calls are timed as one.
static const double LEAST_SECONDS = 4e-3;

bool bench_wanted(const char *group) {
  for (int i = 0; i < wanted_count; ++i)
    if (strcmp(wanted[i], group) == 0) return true;
  return wanted_count == 0;
}

void *bench_memory(size_t bytes) {
  void *data = NULL;
  if (posix_memalign(&data, 64, bytes + 64) != 0) {
    fprintf(stderr, "roofline: out of memory for %zu bytes\n", bytes);
    exit(1);
  }
  return data;
}

float *bench_floats(int64_t count) {
  float *data = bench_memory((size_t)count * sizeof *data);
  sgk_view view;
  sgk_view_set(&view, data, SGK_FLOAT32, 1, &count, &(int64_t){1});
  sgk_random_uniform((sgk_key){1, (uint64_t)count}, &view);
  return data;
}

static void add(bench_case *c, contender one) {
  // What cannot run here (no such library, no such kernel in it) has no context.
  if (one.context && c->contenders < MAX_CONTENDERS) c->list[c->contenders++] = one;
}
void bench_add(bench_case *c, const char *label, void (*run)(void *), void *context) {
  add(c, (contender){label, run, context, false});
}
void bench_add_foreign(bench_case *c, const char *label, void (*run)(void *), void *context) {
  add(c, (contender){label, run, context, true});
}
void bench_add_ceiling(bench_case *c, const char *label, double (*measure)(const void *), const void *context) {
  c->most[c->ceilings++] = (ceiling){label, measure, context};
}

// A measurement on one thread is done again when another program had the processor meanwhile. (Several threads wait for
// each other, so their processor time tells nothing.)
enum { MOST_TRIES = 20 };

static bool was_disturbed(double wall, double processor) {
  return sgk_num_threads() == 1 && processor < 0.97 * wall;
}

// Seconds of one call. A first call is not timed: it wakes threads and fills caches.
static double time_of(const contender *one, int repeats) {
  one->run(one->context);
  double seconds = 0;
  for (int tries = 0; tries < MOST_TRIES; ++tries) {
    double start = now(), busy = processor_time();
    for (int i = 0; i < repeats; ++i) one->run(one->context);
    double passed = now() - start;
    if (tries == 0 || passed < seconds) seconds = passed;
    if (!was_disturbed(passed, processor_time() - busy)) {
      seconds = passed;
      break;
    }
  }
  // OpenMP's threads spin for some milliseconds, and would take processors from whoever is next.
  if (one->foreign && sgk_num_threads() > 1) usleep(20000);
  return seconds / repeats;
}

static double rate_of(const ceiling *one) {
  double best = 0;
  for (int tries = 0; tries < MOST_TRIES; ++tries) {
    double start = now(), busy = processor_time(), found = one->measure(one->context);
    if (found > best) best = found;
    if (!was_disturbed(now() - start, processor_time() - busy)) return found;
  }
  return best;
}

static void print_list(const char *label, const double *values, bool first) {
  printf("%s\"%s\": [", first ? "" : ", ", label);
  for (int i = 0; i < rounds; ++i) printf("%s%.6g", i ? ", " : "", values[i]);
  printf("]");
}

void bench_run(const bench_case *c) {
  static double seconds[MAX_CONTENDERS][MAX_ROUNDS], rates[3][MAX_ROUNDS];
  int repeats[MAX_CONTENDERS];
  for (int i = 0; i < c->contenders; ++i) repeats[i] = (int)(LEAST_SECONDS / time_of(&c->list[i], 1)) + 1;
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < c->contenders; ++i) seconds[i][round] = time_of(&c->list[i], repeats[i]);
    for (int i = 0; i < c->ceilings; ++i) rates[i][round] = rate_of(&c->most[i]);
  }
  printf("{\"group\": \"%s\", \"name\": \"%s\", \"pass\": \"%s\", \"unit\": \"%s\", \"work\": %.17g, \"seconds\": {",
         c->group, c->name, c->pass, c->unit, c->work);
  for (int i = 0; i < c->contenders; ++i) print_list(c->list[i].label, seconds[i], i == 0);
  printf("}, \"most\": {");
  for (int i = 0; i < c->ceilings; ++i) print_list(c->most[i].label, rates[i], i == 0);
  printf("}}\n");
  fflush(stdout);
}

static int usage(const char *what) {
  fprintf(stderr, "roofline: %s\nusage: roofline [--rounds 1..%d] [products | convolutions | streams ...]\n", what,
          MAX_ROUNDS);
  return 2;
}

int main(int count, char **arguments) {
  int first = 1;
  if (count > 1 && strcmp(arguments[1], "--rounds") == 0) {
    rounds = count > 2 ? atoi(arguments[2]) : 0;
    if (rounds < 1 || rounds > MAX_ROUNDS) return usage("--rounds takes a number");
    first = 3;
  }
  wanted = arguments + first;
  wanted_count = count - first;
  for (int i = 0; i < wanted_count; ++i)
    if (strcmp(wanted[i], "products") && strcmp(wanted[i], "convolutions") && strcmp(wanted[i], "streams"))
      return usage("there is no such group");
  onednn_begin(sgk_num_threads());
  printf("{\"cpu\": \"%s\", \"instructions\": \"%s\", \"threads\": %d, \"rounds\": %d, \"onednn\": \"%s\"}\n",
         sgk_cpu_name(), sgk_isa_name(sgk_isa_current()), sgk_num_threads(), rounds, onednn_version());
  fflush(stdout);
  if (bench_wanted("products")) bench_products();
  if (bench_wanted("convolutions")) bench_convolutions();
  if (bench_wanted("streams")) bench_streams();
  return 0;
}
