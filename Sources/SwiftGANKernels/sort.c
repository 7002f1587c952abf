// Sorting along an axis. Elements become unsigned keys in whose order they are wanted, each with its position: in one
// word where both fit 64 bits, else in a pair. Long rows are sorted digit by digit (radix sort from the least digit, which
// is stable), short ones by merging sorted runs.
#include <stdatomic.h>

#include "map.h"
#include "scratch.h"
#include "sgk_pool.h"
#include "sgk_sort.h"

enum { RUN = 12, LONG = 384 };  // elements of a run that is sorted by insertion; of a row that is sorted by digits

typedef struct pair {
  uint64_t key, position;
} pair;

// ----------------------------------------------------------------------------------------------------------------- keys

// Ordered as the numbers are; NaN above all, in both directions.
#define DEFINE_FLOAT_KEY(name, T, U)                                        \
  static U name(T x, bool descending) {                                     \
    if (x != x) return (U)-1;                                               \
    union { T number; U bits; } value = {x == 0 ? 0 : x};                   \
    U sign = (U)1 << (8 * sizeof(U) - 1);                                   \
    U key = value.bits & sign ? ~value.bits : value.bits | sign;            \
    return descending ? ~key : key;                                         \
  }
DEFINE_FLOAT_KEY(key_f32, float, uint32_t)
DEFINE_FLOAT_KEY(key_f64, double, uint64_t)

#define DEFINE_INTEGER_KEY(name, T, U, flip) \
  static U name(T x, bool descending) {      \
    U key = (U)x ^ (U)(flip);                \
    return descending ? (U)~key : key;       \
  }
DEFINE_INTEGER_KEY(key_i32, int32_t, uint32_t, 0x80000000u)
DEFINE_INTEGER_KEY(key_i64, int64_t, uint64_t, 0x8000000000000000u)
DEFINE_INTEGER_KEY(key_u8, uint8_t, uint8_t, 0)

// --------------------------------------------------------------------------------------------------------------- sorting

// Sorts items[0..<n] by their keys and returns where they are: there or in `spare`.
#define DEFINE_SORT(E, KEY, insertion, merge, digits, sort)                                                \
  static void insertion(E *items, int64_t n) {                                                             \
    for (int64_t i = 1; i < n; ++i) {                                                                      \
      E item = items[i];                                                                                   \
      int64_t j = i;                                                                                       \
      for (; j > 0 && KEY(item) < KEY(items[j - 1]); --j) items[j] = items[j - 1];                         \
      items[j] = item;                                                                                     \
    }                                                                                                      \
  }                                                                                                        \
  static E *merge(E *items, E *spare, int64_t n) {                                                         \
    for (int64_t i = 0; i < n; i += RUN) insertion(items + i, n - i < RUN ? n - i : RUN);                  \
    for (int64_t width = RUN; width < n; width *= 2) {                                                     \
      for (int64_t first = 0; first < n; first += 2 * width) {                                             \
        int64_t middle = first + width < n ? first + width : n, last = middle + width < n ? middle + width : n; \
        int64_t i = first, j = middle;                                                                     \
        for (int64_t k = first; k < last; ++k) {                                                           \
          bool left = j == last || (i < middle && !(KEY(items[j]) < KEY(items[i])));                       \
          spare[k] = left ? items[i++] : items[j++];                                                       \
        }                                                                                                  \
      }                                                                                                    \
      E *other = items;                                                                                    \
      items = spare;                                                                                       \
      spare = other;                                                                                       \
    }                                                                                                      \
    return items;                                                                                          \
  }                                                                                                        \
  static E *digits(E *items, E *spare, int64_t n, int32_t count) {                                         \
    int64_t counts[8][256] = {{0}};                                                                        \
    for (int64_t i = 0; i < n; ++i) {                                                                      \
      uint64_t key = KEY(items[i]);                                                                        \
      for (int32_t digit = 0; digit < count; ++digit, key >>= 8) counts[digit][key & 255] += 1;            \
    }                                                                                                      \
    for (int32_t digit = 0; digit < count; ++digit) {                                                      \
      int32_t shift = 8 * digit;                                                                           \
      int64_t *places = counts[digit], place = 0;                                                          \
      if (places[KEY(items[0]) >> shift & 255] == n) continue;                                             \
      for (int32_t value = 0; value < 256; ++value) {                                                      \
        int64_t many = places[value];                                                                      \
        places[value] = place;                                                                             \
        place += many;                                                                                     \
      }                                                                                                    \
      for (int64_t i = 0; i < n; ++i) spare[places[KEY(items[i]) >> shift & 255]++] = items[i];            \
      E *other = items;                                                                                    \
      items = spare;                                                                                       \
      spare = other;                                                                                       \
    }                                                                                                      \
    return items;                                                                                          \
  }                                                                                                        \
  static E *sort(E *items, E *spare, int64_t n, int32_t count) {                                           \
    return n < LONG ? merge(items, spare, n) : digits(items, spare, n, count);                             \
  }
#define WORD_KEY(item) ((item) >> 32)
#define PAIR_KEY(item) ((item).key)
DEFINE_SORT(uint64_t, WORD_KEY, insert_words, merge_words, word_digits, sort_words)
DEFINE_SORT(pair, PAIR_KEY, insert_pairs, merge_pairs, pair_digits, sort_pairs)

typedef struct row {
  int64_t count, stride, out_stride;  // elements
  bool descending;
} row;

// One row of x to positions, with two buffers of `count` items.
#define DEFINE_WORD_ROW(name, T, key)                                                                      \
  static void name(const row *row, const char *x, int64_t *out, void *items, void *spare) {                \
    uint64_t *words = items;                                                                               \
    for (int64_t i = 0; i < row->count; ++i)                                                               \
      words[i] = (uint64_t)key(((const T *)x)[i * row->stride], row->descending) << 32 | (uint64_t)i;      \
    words = sort_words(words, spare, row->count, (int32_t)sizeof(T));                                      \
    for (int64_t i = 0; i < row->count; ++i) out[i * row->out_stride] = (int64_t)(words[i] & UINT32_MAX);  \
  }
#define DEFINE_PAIR_ROW(name, T, key)                                                                      \
  static void name(const row *row, const char *x, int64_t *out, void *items, void *spare) {                \
    pair *pairs = items;                                                                                   \
    for (int64_t i = 0; i < row->count; ++i)                                                               \
      pairs[i] = (pair){key(((const T *)x)[i * row->stride], row->descending), (uint64_t)i};               \
    pairs = sort_pairs(pairs, spare, row->count, (int32_t)sizeof(T));                                      \
    for (int64_t i = 0; i < row->count; ++i) out[i * row->out_stride] = (int64_t)pairs[i].position;        \
  }
DEFINE_WORD_ROW(word_row_f32, float, key_f32)
DEFINE_WORD_ROW(word_row_i32, int32_t, key_i32)
DEFINE_WORD_ROW(word_row_u8, uint8_t, key_u8)
DEFINE_PAIR_ROW(pair_row_f32, float, key_f32)
DEFINE_PAIR_ROW(pair_row_f64, double, key_f64)
DEFINE_PAIR_ROW(pair_row_i32, int32_t, key_i32)
DEFINE_PAIR_ROW(pair_row_i64, int64_t, key_i64)
DEFINE_PAIR_ROW(pair_row_u8, uint8_t, key_u8)

typedef void (*row_fn)(const row *row, const char *x, int64_t *out, void *items, void *spare);
static const row_fn word_rows[] = {word_row_f32, 0, word_row_i32, 0, word_row_u8, word_row_u8};
static const row_fn pair_rows[] = {pair_row_f32, pair_row_f64, pair_row_i32, pair_row_i64, pair_row_u8, pair_row_u8};

// -------------------------------------------------------------------------------------------------------------- the axis

typedef struct job {
  row_fn sort;
  row row;
  size_t bytes;   // of a buffer of items
  sgk_nest nest;  // over the rows: out, x
  sgk_grid grid;
  atomic_bool is_out_of_memory;
} job;

static void run_item(void *context, int64_t item) {
  job *job = context;
  char *scratch = sgk_scratch(SGK_SCRATCH_ITEM, 2 * job->bytes);
  if (scratch == 0) {
    atomic_store_explicit(&job->is_out_of_memory, true, memory_order_relaxed);
    return;
  }
  const sgk_operand *out = &job->nest.operand[0], *x = &job->nest.operand[1];
  int32_t last = job->nest.rank - 1;
  sgk_walk walk;
  sgk_walk_begin(&walk, &job->grid, item);
  while (sgk_walk_next(&walk))
    for (int64_t i = 0; i < walk.rows; ++i)
      for (int64_t j = 0; j < walk.columns; ++j) {
        char *to = walk.data[0] + (i * out->strides[last - 1] + j * out->strides[last]) * out->size;
        const char *from = walk.data[1] + (i * x->strides[last - 1] + j * x->strides[last]) * x->size;
        job->sort(&job->row, from, (int64_t *)to, scratch, scratch + job->bytes);
      }
  sgk_scratch_trim(SGK_SCRATCH_ITEM);
}

sgk_status sgk_argsort(const sgk_view *x, int32_t axis, int32_t descending, const sgk_view *out) {
  int64_t count = x->shape[axis];
  if ((unsigned)x->dtype > SGK_BOOL || count == 0) return SGK_OK;
  if (count > INT64_MAX / 64) return SGK_OUT_OF_MEMORY;
  bool in_words = word_rows[x->dtype] != 0 && count <= UINT32_MAX;
  job job = {.sort = in_words ? word_rows[x->dtype] : pair_rows[x->dtype],
             .row = {count, x->strides[axis], out->strides[axis], descending != 0},
             .bytes = ((size_t)count * (in_words ? sizeof(uint64_t) : sizeof(pair)) + 63) / 64 * 64};
  sgk_view to = *out, from = *x;
  to.shape[axis] = from.shape[axis] = 1;
  const sgk_view *views[] = {&to, &from};
  sgk_nest_make(&job.nest, 2, views);
  if (job.nest.count == 0) return SGK_OK;
  sgk_grid_make(&job.grid, &job.nest, 1, 16, SGK_GRAIN_DEAR / 2 / count);
  atomic_init(&job.is_out_of_memory, false);
  sgk_parallel(job.grid.items, run_item, &job);
  return atomic_load(&job.is_out_of_memory) ? SGK_OUT_OF_MEMORY : SGK_OK;
}

// --------------------------------------------------------------------------------------------------------------- searching

typedef struct search_job {
  void (*search)(const struct search_job *job, const sgk_walk *walk);
  const sgk_view *sorted;
  bool right;
  sgk_nest nest;  // out, values
  sgk_grid grid;
} search_job;

// a comes before b; NaN after everything else.
#define BEFORE(a, b) ((a) < (b) || ((b) != (b) && (a) == (a)))

#define DEFINE_SEARCH(name, T)                                                                              \
  static void name(const search_job *job, const sgk_walk *walk) {                                           \
    const sgk_operand *out = &job->nest.operand[0], *x = &job->nest.operand[1];                             \
    int32_t last = job->nest.rank - 1;                                                                      \
    const T *sorted = job->sorted->data;                                                                    \
    int64_t step = job->sorted->strides[0];                                                                 \
    for (int64_t i = 0; i < walk->rows; ++i)                                                                \
      for (int64_t j = 0; j < walk->columns; ++j) {                                                         \
        T value = *((const T *)walk->data[1] + i * x->strides[last - 1] + j * x->strides[last]);            \
        int64_t low = 0, high = job->sorted->shape[0];                                                      \
        while (low < high) {                                                                                \
          int64_t middle = low + (high - low) / 2;                                                          \
          T element = sorted[middle * step];                                                                \
          bool above = job->right ? !(BEFORE(value, element)) : BEFORE(element, value);                     \
          if (above) low = middle + 1; else high = middle;                                                  \
        }                                                                                                   \
        *((int64_t *)walk->data[0] + i * out->strides[last - 1] + j * out->strides[last]) = low;            \
      }                                                                                                     \
  }
DEFINE_SEARCH(search_f32, float)
DEFINE_SEARCH(search_f64, double)
DEFINE_SEARCH(search_i32, int32_t)
DEFINE_SEARCH(search_i64, int64_t)
DEFINE_SEARCH(search_u8, uint8_t)

static void search_item(void *context, int64_t item) {
  const search_job *job = context;
  sgk_walk walk;
  sgk_walk_begin(&walk, &job->grid, item);
  while (sgk_walk_next(&walk)) job->search(job, &walk);
}

void sgk_search_sorted(const sgk_view *sorted, const sgk_view *values, int32_t right, const sgk_view *out) {
  static void (*const searches[])(const search_job *, const sgk_walk *) = {
      search_f32, search_f64, search_i32, search_i64, search_u8, search_u8};
  if ((unsigned)values->dtype > SGK_BOOL) return;
  search_job job = {.search = searches[values->dtype], .sorted = sorted, .right = right != 0};
  const sgk_view *views[] = {out, values};
  sgk_nest_make(&job.nest, 2, views);
  if (job.nest.count == 0) return;
  sgk_grid_make(&job.grid, &job.nest, 16, 1024, SGK_GRAIN_DEAR);
  sgk_parallel(job.grid.items, search_item, &job);
}
