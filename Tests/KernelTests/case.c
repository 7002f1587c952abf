#include "case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define ADDRESS_SANITIZER 1
#endif
#endif

// Rounds: where blocks begin (bytes after an address that 64 divides; elements' sizes are added so that they stay
// aligned), room after them, the byte that new results hold, threads. The first round is exact: blocks end where their
// memory ends.
static const struct {
  int shift, room;
  uint8_t stale;
  int32_t threads;
} rounds[] = {{8, 0, 0xff, 1}, {0, 192, 0x5a, 3}, {24, 0, 0x00, 4}};

enum { ROUNDS = sizeof rounds / sizeof rounds[0], MAX_BLOCKS = 64 };

typedef struct block {
  uint8_t *memory, *data, *before;  // the allocation, the elements, and a copy of the allocation as it was
  size_t bytes, size;               // of the allocation, of the elements
  bool written;                     // by the call
  sgk_view view;
} block;

static struct {
  int round, blocks, failures, cases, calls;
  bool failed;
  const char *name;
  block block[MAX_BLOCKS];
  uint64_t hash[ROUNDS];
  uint64_t random;
} state;

// splitmix64 (Steele, Lea, Flood 2014).
static uint64_t next(uint64_t *at) {
  uint64_t z = *at += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

int64_t any_below(int64_t below) {
  static uint64_t at = 7;
  return (int64_t)(next(&at) % (uint64_t)below);
}

void expect(bool good, const char *what) {
  if (good) return;
  if (!state.failed)
    fprintf(stderr, "%s, %s, round %d: %s\n", state.name, sgk_isa_name(sgk_isa_current()), state.round, what);
  state.failed = true;
}

void expect_status(sgk_status found, sgk_status wanted) {
  expect(found == wanted, wanted == SGK_OK ? "the kernel failed" : "the kernel's status is another one");
}

// --- Memory. ---

static block *allocate(sgk_dtype dtype, int64_t count, bool written) {
  if (state.blocks == MAX_BLOCKS) abort();
  block *b = &state.block[state.blocks++];
  size_t element = (size_t)sgk_dtype_size(dtype);
  size_t shift = (size_t)rounds[state.round].shift, room = (size_t)rounds[state.round].room;
  // Exact blocks begin one element after an address that 8 divides, roomy ones where vectors are aligned.
  size_t lead = room ? 64 : shift + element;
  *b = (block){.size = (size_t)count * element, .bytes = lead + (size_t)count * element + room, .written = written};
  if (posix_memalign((void **)&b->memory, 64, b->bytes) != 0) abort();
  memset(b->memory, rounds[state.round].stale, b->bytes);
  b->data = b->memory + lead;
  return b;
}

static void fill(block *b, sgk_dtype dtype, double low, double high) {
  int64_t count = (int64_t)b->size / sgk_dtype_size(dtype);
  for (int64_t i = 0; i < count; ++i) {
    double at = (double)(next(&state.random) >> 11) * 0x1p-53, value = low + at * (high - low);
    int64_t whole = dtype <= SGK_FLOAT64 ? 0 : (int64_t)low + (int64_t)(at * (high - low));
    if (dtype == SGK_FLOAT32) ((float *)b->data)[i] = (float)value;
    if (dtype == SGK_FLOAT64) ((double *)b->data)[i] = value;
    if (dtype == SGK_INT32) ((int32_t *)b->data)[i] = (int32_t)whole;
    if (dtype == SGK_INT64) ((int64_t *)b->data)[i] = whole;
    if (dtype == SGK_UINT8) b->data[i] = (uint8_t)whole;
    if (dtype == SGK_BOOL) b->data[i] = at < 0.5;
  }
}

// What the call may not touch: all that is not the block's, and in inputs all.
static void watch(block *b) {
  b->before = malloc(b->bytes);
  if (!b->before) abort();
  memcpy(b->before, b->memory, b->bytes);
#if defined(ADDRESS_SANITIZER)
  size_t lead = (size_t)(b->data - b->memory);
  ASAN_POISON_MEMORY_REGION(b->memory, lead / 8 * 8);
  if (b->bytes > lead + b->size) {
    size_t from = (lead + b->size + 7) / 8 * 8;
    if (from < b->bytes) ASAN_POISON_MEMORY_REGION(b->memory + from, b->bytes - from);
  }
#endif
}

static sgk_view view_of(sgk_dtype dtype, layout layout, int rank, const int64_t *shape, bool written, bool random,
                        double low, double high) {
  int64_t strides[SGK_MAX_RANK], span = 1, last = rank - 1, offset = 0;
  int axes[SGK_MAX_RANK];
  for (int i = 0; i < rank; ++i) axes[i] = i;
  if (layout == TURNED && rank > 1) axes[rank - 1] = rank - 2, axes[rank - 2] = rank - 1;
  if (layout == SPACED) span = 3;
  for (int i = rank; i-- > 0;) strides[axes[i]] = span, span *= shape[axes[i]] > 0 ? shape[axes[i]] : 1;
  int64_t count = rank == 0 ? 1 : 0;
  bool empty = false;
  for (int i = 0; i < rank; ++i) empty |= shape[i] == 0, count += (shape[i] - 1) * strides[i];
  count = empty ? 0 : rank == 0 ? 1 : count + 1;
  if (layout == REVERSED && rank > 0 && !empty) offset = (shape[last] - 1) * strides[last], strides[last] *= -1;
  block *b = allocate(dtype, count, written);
  if (random) fill(b, dtype, low, high);
  sgk_view_set(&b->view, b->data + offset * sgk_dtype_size(dtype), dtype, rank, shape, strides);
  watch(b);
  return b->view;
}

static double lowest(sgk_dtype dtype) { return dtype <= SGK_FLOAT64 ? -2 : dtype == SGK_UINT8 ? 0 : -50; }
static double highest(sgk_dtype dtype) { return dtype <= SGK_FLOAT64 ? 2 : 50; }

sgk_view input(sgk_dtype dtype, layout layout, int rank, const int64_t *shape) {
  return view_of(dtype, layout, rank, shape, false, true, lowest(dtype), highest(dtype));
}
sgk_view input_between(sgk_dtype dtype, layout layout, int rank, const int64_t *shape, double low, double high) {
  return view_of(dtype, layout, rank, shape, false, true, low, high);
}
sgk_view output(sgk_dtype dtype, layout layout, int rank, const int64_t *shape) {
  return view_of(dtype, layout, rank, shape, true, false, 0, 0);
}
sgk_view update(sgk_dtype dtype, layout layout, int rank, const int64_t *shape) {
  return view_of(dtype, layout, rank, shape, true, true, lowest(dtype), highest(dtype));
}
void *input_block(sgk_dtype dtype, int64_t count) { return input(dtype, PLAIN, 1, &count).data; }
void *output_block(sgk_dtype dtype, int64_t count) { return output(dtype, PLAIN, 1, &count).data; }

// --- What a call left. ---

// Adds a written block's elements to the round's hash, and marks them in `before` as they now are.
static void read_elements(block *b) {
  const sgk_view *v = &b->view;
  int64_t index[SGK_MAX_RANK] = {0}, count = sgk_view_count(v), size = sgk_dtype_size(v->dtype);
  for (int64_t i = 0; i < count; ++i) {
    int64_t at = 0;
    for (int axis = 0; axis < v->rank; ++axis) at += index[axis] * v->strides[axis];
    uint8_t *element = (uint8_t *)v->data + at * size;
    for (int64_t k = 0; k < size; ++k) state.hash[state.round] = (state.hash[state.round] ^ element[k]) * 0x100000001b3u;
    memcpy(b->before + (element - b->memory), element, (size_t)size);
    for (int axis = v->rank; axis-- > 0;) {
      if (++index[axis] < v->shape[axis]) break;
      index[axis] = 0;
    }
  }
}

static void check_and_free(block *b) {
#if defined(ADDRESS_SANITIZER)
  ASAN_UNPOISON_MEMORY_REGION(b->memory, b->bytes);
#endif
  if (b->written) read_elements(b);
  expect(memcmp(b->memory, b->before, b->bytes) == 0,
         b->written ? "it wrote beside a result" : "it wrote to an input, or beside it");
  free(b->before);
  free(b->memory);
}

void run_case(const char *name, void (*call)(const void *parameters), const void *parameters) {
  state.name = name;
  state.failed = false;
  for (state.round = 0; state.round < ROUNDS; ++state.round) {
    sgk_set_num_threads(rounds[state.round].threads);
    state.random = 1;
    state.hash[state.round] = 0xcbf29ce484222325u;
    call(parameters);
    for (int i = 0; i < state.blocks; ++i) check_and_free(&state.block[i]);
    state.blocks = 0;
    state.calls += 1;
    expect(state.hash[state.round] == state.hash[0], "other bits than in round 0, of the same numbers");
  }
  state.round = 0;
  state.cases += 1;
  state.failures += state.failed;
}

int finish_cases(void) {
  printf("%s: %d cases in %d rounds, %d failed\n", sgk_isa_name(sgk_isa_current()), state.cases, ROUNDS,
         state.failures);
  return state.cases > 0 && state.failures == 0 ? 0 : 1;
}
