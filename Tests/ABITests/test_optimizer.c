#include "networks.h"

static sg_parameter *parameter(const char *name, float a, float b) {
  float values[2];
  sg_tensor *value;
  sg_parameter *out = NULL;
  values[0] = a;
  values[1] = b;
  value = vector(2, values);
  OK(sg_parameter_create(&out, name, value, 1, e));
  sg_tensor_free(value);
  return out;
}

static int is(const sg_parameter *p, float a, float b) {
  float expected[2];
  sg_tensor *value = NULL;
  int equal;
  expected[0] = a;
  expected[1] = b;
  OK(sg_parameter_get_value(&value, p, e));
  equal = holds(value, 2, expected);
  sg_tensor_free(value);
  return equal;
}

static sg_optimizer *make(const char *name, const char *options, sg_parameter *p) {
  sg_optimizer *out = NULL;
  OK(sg_optimizer_create(&out, name, options, &p, 1, e));
  return out;
}

static void step(sg_optimizer *optimizer, const sg_tensor *gradient) {
  OK(sg_optimizer_step(optimizer, &gradient, 1, e));
}

static void descends(void) {
  const float slope[2] = {1, -2};
  sg_parameter *p = parameter("w", 1, 1);
  sg_tensor *gradient = vector(2, slope);
  sg_optimizer *sgd = make("sgd", "{\"learning_rate\": 0.5}", p);
  double rate = 0;
  step(sgd, gradient);
  CHECK(is(p, 0.5f, 2));
  OK(sg_optimizer_get_learning_rate(&rate, sgd, 0, e));
  CHECK(fabs(rate - 0.5) < 1e-6);
  OK(sg_optimizer_set_learning_rate(sgd, 0, 0.25, e));
  OK(sg_optimizer_get_learning_rate(&rate, sgd, 0, e));
  CHECK(rate == 0.25);
  step(sgd, gradient);
  CHECK(is(p, 0.25f, 2.5f));
  CHECK(sg_optimizer_retain(sgd) == sgd);
  sg_optimizer_free(sgd);
  step(sgd, gradient);
  CHECK(is(p, 0, 3));
  sg_optimizer_free(sgd);
  sg_tensor_free(gradient);
  sg_parameter_free(p);
}

// The second of two groups has a rate of its own; parameters of separate layers have the same name.
static void groups(void) {
  const float slope[2] = {1, 1};
  sg_parameter *p = parameter("weight", 0, 0), *q = parameter("weight", 0, 0);
  sg_tensor *gradient = vector(2, slope);
  sg_optimizer *sgd = make("sgd", "{\"learning_rate\": 1}", p);
  const sg_tensor *gradients[2];
  double rate = 0;
  gradients[0] = gradients[1] = gradient;
  step(sgd, gradient);
  OK(sg_optimizer_add_group(sgd, "{\"learning_rate\": 0.1}", &q, 1, e));
  FAILS(sg_optimizer_step(sgd, gradients, 1, e), SG_ERROR_VALUE, "1 gradients were given for 2");
  OK(sg_optimizer_step(sgd, gradients, 2, e));
  CHECK(is(p, -2, -2) && is(q, -0.1f, -0.1f));
  OK(sg_optimizer_get_learning_rate(&rate, sgd, 1, e));
  CHECK(fabs(rate - 0.1) < 1e-6);
  OK(sg_optimizer_set_learning_rate(sgd, 1, 10, e));
  OK(sg_optimizer_step(sgd, gradients, 2, e));
  CHECK(is(p, -3, -3) && is(q, -10.1f, -10.1f));
  FAILS(sg_optimizer_get_learning_rate(&rate, sgd, 2, e), SG_ERROR_INDEX, "no group 2");
  FAILS(sg_optimizer_set_learning_rate(sgd, (size_t)-1, 1, e), SG_ERROR_INDEX, "no group");
  FAILS(sg_optimizer_add_group(sgd, NULL, &q, 1, e), SG_ERROR_VALUE, "listed twice");
  FAILS(sg_optimizer_add_group(sgd, NULL, NULL, 0, e), SG_ERROR_VALUE, "no parameters");
  FAILS(sg_optimizer_add_group(sgd, "{\"beta1\": 0.5}", &q, 1, e), SG_ERROR_TYPE, "beta1");
  FAILS(sg_optimizer_add_group(NULL, NULL, &q, 1, e), SG_ERROR_VALUE, "'optimizer' is NULL");
  OK(sg_optimizer_step(sgd, gradients, 2, e));
  sg_optimizer_free(sgd);
  sg_tensor_free(gradient);
  sg_parameter_free(p);
  sg_parameter_free(q);
}

// Adam's moments survive a change of the learning rate, and a file.
static void state_is_kept(void) {
  const float slope[2] = {0.5f, -3};
  const char *path = temporary("adam.safetensors"), *broken = temporary("broken.safetensors");
  sg_parameter *p = parameter("w", 1, 1), *q = parameter("w", 1, 1), *r = parameter("w", 1, 1);
  sg_tensor *gradient = vector(2, slope), *a = NULL, *b = NULL, *c = NULL;
  sg_optimizer *straight = make("adam", "{\"learning_rate\": 0.01}", p);
  sg_optimizer *changed = make("adam", "{\"learning_rate\": 0.01}", q);
  sg_optimizer *resumed = make("adam", "{\"learning_rate\": 0.01}", r);
  sg_optimizer *other = make("sgd", "{\"learning_rate\": 0.01, \"momentum\": 0.9}", r);
  size_t size;
  char *bytes;
  for (int i = 0; i < 3; ++i) step(straight, gradient), step(changed, gradient);
  OK(sg_optimizer_set_learning_rate(changed, 0, 0.01, e));
  OK(sg_optimizer_save(changed, path, e));
  for (int i = 0; i < 3; ++i) step(straight, gradient), step(changed, gradient);
  OK(sg_parameter_get_value(&a, p, e));
  OK(sg_parameter_get_value(&b, q, e));
  CHECK(same_bits(a, b));
  // `resumed` starts where `changed` was saved.
  for (int i = 0; i < 3; ++i) step(resumed, gradient);
  bytes = read_file(path, &size);
  write_file(broken, bytes, size - 3);
  FAILS(sg_optimizer_load(resumed, broken, e), SG_ERROR_IO, "broken");
  FAILS(sg_optimizer_load(resumed, temporary("missing"), e), SG_ERROR_IO, "missing");
  FAILS(sg_optimizer_load(other, path, e), SG_ERROR_VALUE, "unexpected");
  OK(sg_optimizer_load(resumed, path, e));
  for (int i = 0; i < 3; ++i) step(resumed, gradient);
  OK(sg_parameter_get_value(&c, r, e));
  CHECK(same_bits(a, c));
  FAILS(sg_optimizer_save(resumed, temporary("no/folder"), e), SG_ERROR_IO, "no/folder");
  FAILS(sg_optimizer_save(resumed, NULL, e), SG_ERROR_VALUE, "'path' is NULL");
  FAILS(sg_optimizer_save(NULL, path, e), SG_ERROR_VALUE, "'optimizer' is NULL");
  FAILS(sg_optimizer_load(resumed, NULL, e), SG_ERROR_VALUE, "'path' is NULL");
  FAILS(sg_optimizer_load(NULL, path, e), SG_ERROR_VALUE, "'optimizer' is NULL");
  free(bytes);
  sg_tensor_free(gradient);
  sg_tensor_free(a);
  sg_tensor_free(b);
  sg_tensor_free(c);
  sg_optimizer_free(straight);
  sg_optimizer_free(changed);
  sg_optimizer_free(resumed);
  sg_optimizer_free(other);
  sg_parameter_free(p);
  sg_parameter_free(q);
  sg_parameter_free(r);
}

static void bad_calls(void) {
  const float slope[3] = {1, 1, 1};
  sg_parameter *p = parameter("w", 1, 1), *twice[2];
  sg_tensor *wrong = vector(3, slope), *right = vector(2, slope);
  sg_optimizer *out = NULL, *sgd = make("sgd", NULL, p);
  const sg_tensor *gradient = wrong;
  double rate;
  FAILS(sg_optimizer_create(&out, "adm", NULL, &p, 1, e), SG_ERROR_VALUE, "did you mean 'adam'");
  CHECK(out == NULL);
  FAILS(sg_optimizer_create(&out, "adam", "{\"beta3\": 1}", &p, 1, e), SG_ERROR_TYPE, "'beta3'");
  FAILS(sg_optimizer_create(&out, "adam", "{\"beta1\": 1}", &p, 1, e), SG_ERROR_VALUE, "beta1");
  FAILS(sg_optimizer_create(&out, "adam", "{\"learning_rate\": -1}", &p, 1, e), SG_ERROR_VALUE, "learning_rate");
  FAILS(sg_optimizer_create(&out, "adam", NULL, NULL, 0, e), SG_ERROR_VALUE, "at least one parameter");
  FAILS(sg_optimizer_create(&out, "adam", NULL, NULL, 1, e), SG_ERROR_VALUE, "'parameters' is NULL");
  FAILS(sg_optimizer_create(&out, NULL, NULL, &p, 1, e), SG_ERROR_VALUE, "'name' is NULL");
  FAILS(sg_optimizer_create(NULL, "adam", NULL, &p, 1, e), SG_ERROR_VALUE, "'out' is NULL");
  twice[0] = twice[1] = p;
  FAILS(sg_optimizer_create(&out, "adam", NULL, twice, 2, e), SG_ERROR_VALUE, "listed twice");
  FAILS(sg_optimizer_step(sgd, &gradient, 1, e), SG_ERROR_SHAPE, "(3,)");
  gradient = right;
  FAILS(sg_optimizer_step(sgd, &gradient, 0, e), SG_ERROR_VALUE, "0 gradients");
  FAILS(sg_optimizer_step(sgd, NULL, 1, e), SG_ERROR_VALUE, "'gradients' is NULL");
  FAILS(sg_optimizer_step(NULL, &gradient, 1, e), SG_ERROR_VALUE, "'optimizer' is NULL");
  FAILS(sg_optimizer_step((sg_optimizer *)p, &gradient, 1, e), SG_ERROR_TYPE, "not an sg_parameter");
  FAILS(sg_optimizer_get_learning_rate(NULL, sgd, 0, e), SG_ERROR_VALUE, "'value' is NULL");
  FAILS(sg_optimizer_get_learning_rate(&rate, NULL, 0, e), SG_ERROR_VALUE, "'optimizer' is NULL");
  FAILS(sg_optimizer_set_learning_rate(sgd, 0, -1, e), SG_ERROR_VALUE, "-1");
  FAILS(sg_optimizer_set_learning_rate(sgd, 0, NAN, e), SG_ERROR_VALUE, "nan");
  FAILS(sg_optimizer_set_learning_rate(NULL, 0, 1, e), SG_ERROR_VALUE, "'optimizer' is NULL");
  CHECK(is(p, 1, 1));
  CHECK(sg_optimizer_retain(NULL) == NULL);
  sg_optimizer_free(NULL);
  sg_optimizer_free(sgd);
  sg_tensor_free(wrong);
  sg_tensor_free(right);
  sg_parameter_free(p);
}

void optimizer_tests(void) {
  check_run("an optimizer descends", descends);
  check_run("groups of an optimizer", groups);
  check_run("an optimizer keeps its state", state_is_kept);
  check_run("bad calls of optimizer functions", bad_calls);
}
