#include "check.h"

static sg_tensor *normal(const sg_tensor *key, int64_t count) {
  const sg_operation *operation = NULL;
  sg_attribute shape = sg_attribute_integers("shape", &count, 1);
  sg_tensor *out = NULL;
  OK(sg_operation_find(&operation, "random_normal", e));
  OK(sg_apply(&out, operation, &key, 1, &shape, 1, e));
  return out;
}

static int draws_alike(const sg_tensor *a, const sg_tensor *b) {
  sg_tensor *x = normal(a, 100), *y = normal(b, 100);
  int alike = same_bits(x, y);
  sg_tensor_free(x);
  sg_tensor_free(y);
  return alike;
}

static void keys(void) {
  sg_tensor *a = NULL, *b = NULL, *c = NULL, *folded = NULL, *again = NULL, *children[3];
  OK(sg_random_key(&a, UINT64_MAX, 0, e));
  OK(sg_random_key(&b, UINT64_MAX, 0, e));
  OK(sg_random_key(&c, UINT64_MAX, 1, e));
  CHECK(draws_alike(a, b) && !draws_alike(a, c));
  OK(sg_random_split(children, 3, a, e));
  CHECK(!draws_alike(children[0], children[1]) && !draws_alike(children[1], children[2]));
  CHECK(!draws_alike(children[0], a));
  OK(sg_random_fold(&folded, a, UINT64_MAX, e));
  OK(sg_random_fold(&again, a, UINT64_MAX, e));
  CHECK(draws_alike(folded, again) && !draws_alike(folded, a));
  OK(sg_random_split(NULL, 0, a, e));
  for (int i = 0; i < 3; ++i) sg_tensor_free(children[i]);
  sg_tensor_free(a);
  sg_tensor_free(b);
  sg_tensor_free(c);
  sg_tensor_free(folded);
  sg_tensor_free(again);
}

static void generators(void) {
  sg_generator *generator = NULL;
  sg_tensor *first = NULL, *second = NULL, *again = NULL;
  uint64_t seed = 0, counter = 99;
  OK(sg_generator_create(&generator, 42, e));
  OK(sg_generator_get_state(&seed, &counter, generator, e));
  CHECK(seed == 42 && counter == 0);
  OK(sg_generator_next(&first, generator, e));
  OK(sg_generator_next(&second, generator, e));
  CHECK(!draws_alike(first, second));
  OK(sg_generator_get_state(&seed, &counter, generator, e));
  CHECK(counter == 2);
  OK(sg_generator_set_state(generator, 42, 1, e));
  OK(sg_generator_next(&again, generator, e));
  CHECK(draws_alike(second, again));
  sg_tensor_free(again);
  OK(sg_generator_set_state(generator, 42, UINT64_MAX, e));
  OK(sg_generator_next(&again, generator, e));
  CHECK(sg_generator_retain(generator) == generator);
  sg_generator_free(generator);
  OK(sg_generator_get_state(&seed, &counter, generator, e));
  CHECK(counter == 0);
  sg_generator_free(generator);
  sg_tensor_free(first);
  sg_tensor_free(second);
  sg_tensor_free(again);
}

static void bad_calls(void) {
  sg_generator *generator = NULL;
  sg_tensor *key = NULL, *x = scalar(1), *outs[2];
  uint64_t seed, counter;
  OK(sg_generator_create(&generator, 0, e));
  OK(sg_random_key(&key, 1, 1, e));
  FAILS(sg_random_key(NULL, 1, 1, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(sg_random_split(outs, 2, x, e), SG_ERROR_TYPE, "int64 tensor of shape (2,)");
  CHECK(outs[0] == NULL && outs[1] == NULL);
  FAILS(sg_random_split(outs, 2, NULL, e), SG_ERROR_VALUE, "'key' is NULL");
  FAILS(sg_random_split(NULL, 2, key, e), SG_ERROR_VALUE, "'outs' is NULL");
  FAILS(sg_random_split(outs, (size_t)-1, key, e), SG_ERROR_VALUE, "out of range");
  FAILS(sg_random_fold(outs, x, 1, e), SG_ERROR_TYPE, "float32");
  FAILS(sg_random_fold(NULL, key, 1, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(sg_generator_create(NULL, 1, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(sg_generator_next(outs, NULL, e), SG_ERROR_VALUE, "'generator' is NULL");
  FAILS(sg_generator_next(NULL, generator, e), SG_ERROR_VALUE, "'key' is NULL");
  FAILS(sg_generator_get_state(NULL, &counter, generator, e), SG_ERROR_VALUE, "'seed' is NULL");
  FAILS(sg_generator_get_state(&seed, NULL, generator, e), SG_ERROR_VALUE, "'counter' is NULL");
  FAILS(sg_generator_get_state(&seed, &counter, (sg_generator *)x, e), SG_ERROR_TYPE, "not an sg_tensor");
  FAILS(sg_generator_set_state(NULL, 0, 0, e), SG_ERROR_VALUE, "'generator' is NULL");
  CHECK(sg_generator_retain(NULL) == NULL);
  sg_generator_free(NULL);
  sg_generator_free(generator);
  sg_tensor_free(key);
  sg_tensor_free(x);
}

void random_tests(void) {
  check_run("random keys", keys);
  check_run("generators", generators);
  check_run("bad calls of random functions", bad_calls);
}
