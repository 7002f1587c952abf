#include <math.h>
#include <stdbool.h>

#include "philox.h"
#include "sgk_pool.h"

// One block, by the definition. The vector code in philox_template.h gives the same words.
static void philox_block(const uint32_t counter[4], uint64_t key, uint32_t words[4]) {
  uint32_t a = counter[0], b = counter[1], c = counter[2], d = counter[3];
  uint32_t key_0 = (uint32_t)key, key_1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; ++round) {
    uint64_t product_0 = (uint64_t)a * SGK_PHILOX_MULTIPLIER_0, product_1 = (uint64_t)c * SGK_PHILOX_MULTIPLIER_1;
    a = (uint32_t)(product_1 >> 32) ^ b ^ key_0;
    b = (uint32_t)product_1;
    c = (uint32_t)(product_0 >> 32) ^ d ^ key_1;
    d = (uint32_t)product_0;
    key_0 += SGK_PHILOX_WEYL_0;
    key_1 += SGK_PHILOX_WEYL_1;
  }
  words[0] = a, words[1] = b, words[2] = c, words[3] = d;
}

void sgk_philox(sgk_key key, uint64_t block, uint32_t words[4]) {
  const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)key.stream,
                               (uint32_t)(key.stream >> 32)};
  philox_block(counter, key.seed, words);
}

sgk_key sgk_key_split(sgk_key key, uint64_t index) {
  // Another key than the draws', so that no child is made of numbers that its parent also draws.
  key.seed ^= 0x73706c69742d6b79;  // "split-ky"
  uint32_t words[4];
  sgk_philox(key, index, words);
  sgk_key child = {words[0] | (uint64_t)words[1] << 32, words[2] | (uint64_t)words[3] << 32};
  return child;
}

enum {
  CHUNK = 4096,   // elements of an item: some 6 us of normal numbers
  PART = 2048,    // elements of 32 or 64 bits whose words are made at a time
};

typedef struct draw {
  sgk_key key;
  int64_t count;
  void *out;
  uint64_t threshold;  // of a word, below which a bernoulli draw is true
  int64_t low;
  uint64_t range;
} draw;

typedef void (*part_fn)(const draw *draw, int64_t begin, int64_t count);

static void uniform_f32(const draw *draw, int64_t begin, int64_t count) {
  SGK_SELECT(sgk_philox_uniforms)(draw->key, (uint64_t)begin / 4, count, (float *)draw->out + begin);
}

static void normal_f32(const draw *draw, int64_t begin, int64_t count) {
  SGK_SELECT(sgk_philox_normals)(draw->key, (uint64_t)begin / 4, count, (float *)draw->out + begin);
}

// 64-bit element i is words (0, 1) or (2, 3) of block i / 2.
static void long_words(const draw *draw, int64_t begin, int64_t count, uint32_t words[2 * PART]) {
  SGK_SELECT(sgk_philox_words)(draw->key, (uint64_t)begin / 2, 2 * count, words);
}
static uint64_t long_word(const uint32_t *words, int64_t i) { return words[2 * i] | (uint64_t)words[2 * i + 1] << 32; }

static void uniform_f64(const draw *draw, int64_t begin, int64_t count) {
  uint32_t words[2 * PART];
  long_words(draw, begin, count, words);
  double *out = (double *)draw->out + begin;
  for (int64_t i = 0; i < count; ++i) out[i] = (double)(long_word(words, i) >> 11) * 0x1p-53;
}

// Parts begin at even elements: pairs are never split, but the last may lack its second half.
static void normal_f64(const draw *draw, int64_t begin, int64_t count) {
  uint32_t words[2 * PART];
  long_words(draw, begin, (count + 1) / 2 * 2, words);
  double *out = (double *)draw->out + begin;
  for (int64_t i = 0; i < count; i += 2) {
    double radius = sqrt(-2 * log((double)((long_word(words, i) >> 11) + 1) * 0x1p-53));
    double angle = (double)(long_word(words, i + 1) >> 11) * (0x1p-53 * 2 * 3.14159265358979323846);
    out[i] = radius * cos(angle);
    if (i + 1 < count) out[i + 1] = radius * sin(angle);
  }
}

static void bernoulli(const draw *draw, int64_t begin, int64_t count) {
  uint32_t words[PART];
  SGK_SELECT(sgk_philox_words)(draw->key, (uint64_t)begin / 4, count, words);
  uint8_t *out = (uint8_t *)draw->out + begin;
  for (int64_t i = 0; i < count; ++i) out[i] = words[i] < draw->threshold;
}

// The upper half of word * range: each value's probability is off by less than 2^-64.
static uint64_t below(uint64_t word, uint64_t range) { return (uint64_t)((unsigned __int128)word * range >> 64); }

static void integers(const draw *draw, int64_t begin, int64_t count) {
  uint32_t words[2 * PART];
  long_words(draw, begin, count, words);
  int64_t *out = (int64_t *)draw->out + begin;
  for (int64_t i = 0; i < count; ++i) out[i] = (int64_t)((uint64_t)draw->low + below(long_word(words, i), draw->range));
}

typedef struct job {
  const draw *draw;
  part_fn part;
} job;

static void draw_item(void *context, int64_t item) {
  const job *job = context;
  int64_t begin = item * CHUNK, end = begin + CHUNK < job->draw->count ? begin + CHUNK : job->draw->count;
  for (; begin < end; begin += PART) job->part(job->draw, begin, end - begin < PART ? end - begin : PART);
}

static void run(draw draw, part_fn part) {
  job job = {&draw, part};
  sgk_parallel((draw.count + CHUNK - 1) / CHUNK, draw_item, &job);
}

static draw to(sgk_key key, const sgk_view *out) {
  draw draw = {.key = key, .count = sgk_view_count(out), .out = out->data};
  return draw;
}

void sgk_random_uniform(sgk_key key, const sgk_view *out) {
  run(to(key, out), out->dtype == SGK_FLOAT64 ? uniform_f64 : uniform_f32);
}

void sgk_random_normal(sgk_key key, const sgk_view *out) {
  run(to(key, out), out->dtype == SGK_FLOAT64 ? normal_f64 : normal_f32);
}

void sgk_random_bernoulli(sgk_key key, double p, const sgk_view *out) {
  draw draw = to(key, out);
  draw.threshold = p >= 1 ? UINT64_C(1) << 32 : p > 0 ? (uint64_t)(p * 0x1p32 + 0.5) : 0;
  run(draw, bernoulli);
}

void sgk_random_integers(sgk_key key, int64_t low, int64_t high, const sgk_view *out) {
  draw draw = to(key, out);
  draw.low = low;
  draw.range = high > low ? (uint64_t)high - (uint64_t)low : 0;
  run(draw, integers);
}

// The inside-out shuffle of Fisher and Yates: element i swaps with a random one up to itself. It is a chain, so it runs
// on one thread.
sgk_status sgk_random_permutation(sgk_key key, const sgk_view *view) {
  draw draw = to(key, view);
  uint32_t words[2 * PART];
  int64_t *out = draw.out;
  for (int64_t begin = 0; begin < draw.count; begin += PART) {
    int64_t count = draw.count - begin < PART ? draw.count - begin : PART;
    long_words(&draw, begin, count, words);
    for (int64_t i = 0; i < count; ++i) {
      uint64_t j = below(long_word(words, i), (uint64_t)(begin + i) + 1);
      out[begin + i] = out[j];
      out[j] = begin + i;
    }
  }
  return SGK_OK;
}
