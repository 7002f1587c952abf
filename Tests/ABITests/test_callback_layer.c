#include "networks.h"

typedef struct scaled {
  sg_parameter *scale;
  sg_layer *inner;
  int calls, deletions, mode;
} scaled;

// scale * inner(x), or a failure of the kind that `mode` says.
static sg_status scaled_apply(void *context, sg_tensor **out, const sg_tensor *input, sg_error *error) {
  scaled *self = context;
  sg_tensor *y = NULL, *scale = NULL;
  const sg_operation *multiply = NULL;
  const sg_tensor *factors[2];
  sg_status status;
  ++self->calls;
  if (self->mode == 1) {
    snprintf(error->message, sizeof error->message, "no luck today");
    return SG_ERROR_INTERRUPTED;
  }
  if (self->mode == 2) return SG_OK;
  if (self->mode == 3) return -12345;
  if ((status = sg_layer_apply(&y, self->inner, input, error)) != SG_OK) return status;
  sg_parameter_get_value(&scale, self->scale, error);
  sg_operation_find(&multiply, "multiply", error);
  factors[0] = y;
  factors[1] = scale;
  status = sg_apply(out, multiply, factors, 2, NULL, 0, error);
  sg_tensor_free(y);
  sg_tensor_free(scale);
  return status;
}

static void scaled_delete(void *context) { ++((scaled *)context)->deletions; }

static sg_layer *scaled_layer(scaled *self) {
  static const char *const names[1] = {"inner"};
  sg_layer_callback description = SG_LAYER_CALLBACK_INIT;
  sg_generator *g = NULL;
  sg_tensor *two = scalar(2);
  sg_layer *out = NULL;
  memset(self, 0, sizeof *self);
  OK(sg_generator_create(&g, 1, e));
  OK(sg_parameter_create(&self->scale, "scale", two, 1, e));
  self->inner = layer("dense", "{\"in_features\": 2, \"out_features\": 1, \"weight_init\": \"ones\"}", g);
  description.function = scaled_apply;
  description.context = self;
  description.deleter = scaled_delete;
  description.children = &self->inner;
  description.child_names = names;
  description.child_count = 1;
  description.parameters = &self->scale;
  description.parameter_count = 1;
  OK(sg_layer_from_callback(&out, &description, e));
  sg_generator_free(g);
  sg_tensor_free(two);
  return out;
}

static void release(scaled *self) {
  sg_parameter_free(self->scale);
  sg_layer_free(self->inner);
}

static void forward_and_gradient(void) {
  static const char *const expected[3] = {"inner.weight", "inner.bias", "scale"};
  const float input[2] = {3, 4};
  const int64_t shape[2] = {1, 2};
  scaled self;
  sg_layer *custom = scaled_layer(&self);
  sg_parameter *parameters[3];
  sg_tensor *x = floats(input, 2, shape), *y = NULL, *leaves[3], *gradients[3], *loss;
  const char *name = NULL;
  size_t count = 0;
  const float slopes[2] = {6, 8};
  OK(sg_layer_parameter_count(&count, custom, e));
  CHECK(count == 3);
  for (size_t i = 0; i < 3; ++i) {
    OK(sg_layer_parameter(&parameters[i], custom, i, e));
    OK(sg_parameter_name(&name, parameters[i], e));
    CHECK(strcmp(name, expected[i]) == 0);
  }
  OK(sg_parameters_track(leaves, parameters, 3, e));
  OK(sg_layer_apply(&y, custom, x, e));
  CHECK(item(y) == 14);
  loss = op("sum", y, NULL);
  OK(sg_gradient_compute(gradients, loss, (const sg_tensor *const *)leaves, 3, NULL, e));
  OK(sg_parameters_restore(parameters, 3, e));
  CHECK(holds(gradients[0], 2, slopes) && item(gradients[1]) == 2 && item(gradients[2]) == 7);
  OK(sg_layer_set_training(custom, 0, e));
  CHECK(sg_layer_is_training(self.inner) == 0);
  for (size_t i = 0; i < 3; ++i) {
    sg_parameter_free(parameters[i]);
    sg_tensor_free(leaves[i]);
    sg_tensor_free(gradients[i]);
  }
  sg_tensor_free(loss);
  sg_tensor_free(x);
  sg_tensor_free(y);
  CHECK(self.calls == 1 && self.deletions == 0);
  sg_layer_free(custom);
  CHECK(self.deletions == 1);
  release(&self);
}

static void failures_come_through(void) {
  const float input[2] = {3, 4};
  const int64_t shape[2] = {1, 2};
  char *json = NULL;
  scaled self;
  sg_layer *custom = scaled_layer(&self), *whole = NULL;
  sg_tensor *x = floats(input, 2, shape), *y = NULL;
  OK(sg_layer_sequential(&whole, &custom, 1, e));
  sg_layer_free(custom);
  self.mode = 1;
  FAILS(sg_layer_apply(&y, whole, x, e), SG_ERROR_INTERRUPTED, "no luck today");
  self.mode = 2;
  FAILS(sg_layer_apply(&y, whole, x, e), SG_ERROR_STATE, "no tensor");
  self.mode = 3;
  FAILS(sg_layer_apply(&y, whole, x, e), SG_ERROR_STATE, "-12345");
  FAILS(sg_layer_specification(&json, whole, e), SG_ERROR_STATE, "callback");
  sg_tensor_free(x);
  CHECK(self.deletions == 0);
  sg_layer_free(whole);
  CHECK(self.deletions == 1);
  release(&self);
}

static void weights_are_saved(void) {
  const char *path = temporary("custom.safetensors");
  scaled self, other;
  sg_layer *custom = scaled_layer(&self), *again = scaled_layer(&other);
  sg_tensor *five = scalar(5), *value = NULL;
  OK(sg_parameter_set_value(self.scale, five, e));
  OK(sg_layer_save(custom, path, e));
  OK(sg_layer_load(again, path, e));
  OK(sg_parameter_get_value(&value, other.scale, e));
  CHECK(item(value) == 5);
  sg_tensor_free(value);
  sg_tensor_free(five);
  sg_layer_free(custom);
  sg_layer_free(again);
  release(&self);
  release(&other);
}

static void bad_descriptions(void) {
  static const char *const dotted[1] = {"a.b"}, *const none[1] = {NULL}, *const same[2] = {"a", "a"};
  scaled self;
  sg_layer *custom = scaled_layer(&self), *out = NULL, *two[2];
  sg_layer_callback good = SG_LAYER_CALLBACK_INIT, bad;
  good.function = scaled_apply;
  good.context = &self;
  good.deleter = scaled_delete;
  FAILS(sg_layer_from_callback(&out, NULL, e), SG_ERROR_VALUE, "'callback' is NULL");
  FAILS(sg_layer_from_callback(NULL, &good, e), SG_ERROR_VALUE, "'out' is NULL");
#define BAD(change, status, words) \
  do { \
    bad = good; \
    change; \
    FAILS(sg_layer_from_callback(&out, &bad, e), status, words); \
    CHECK(out == NULL && self.deletions == 0); \
  } while (0)
  BAD(bad.version = 3, SG_ERROR_VALUE, "version 3");
  BAD(bad.function = NULL, SG_ERROR_VALUE, "function is NULL");
  BAD(bad.child_count = 1, SG_ERROR_VALUE, "NULL");
  BAD((bad.children = &custom, bad.child_names = dotted, bad.child_count = 1), SG_ERROR_VALUE, "a.b");
  BAD((bad.children = &custom, bad.child_names = none, bad.child_count = 1), SG_ERROR_VALUE, "child_names[0]");
  BAD(bad.parameter_count = 1, SG_ERROR_VALUE, "'parameters' is NULL");
  BAD(bad.parameter_count = (size_t)-1, SG_ERROR_VALUE, "out of range");
  two[0] = self.inner;
  two[1] = perceptron(2, 1, 5);
  BAD((bad.children = two, bad.child_names = same, bad.child_count = 2), SG_ERROR_VALUE, "'a'");
  sg_layer_free(two[1]);
#undef BAD
  sg_layer_free(custom);
  release(&self);
}

void callback_layer_tests(void) {
  check_run("a layer from a callback", forward_and_gradient);
  check_run("failures of a layer's callback come through", failures_come_through);
  check_run("weights of a callback's layer are saved", weights_are_saved);
  check_run("bad descriptions of a callback's layer", bad_descriptions);
}
