#include "networks.h"

static const char small[] = "{\"hidden\": [16], \"batch_size\": 32, \"latent\": 8}";

static sg_tensor *digits(void) {
  sg_tensor *images = NULL;
  OK(sg_dataset_load(&images, NULL, "digits", NULL, e));
  return images;
}

static sg_model *model(const char *name, const char *options) {
  sg_model *out = NULL;
  OK(sg_model_create(&out, name, options, e));
  return out;
}

static sg_tensor *sample(sg_model *m, int64_t count) {
  sg_tensor *out = NULL;
  OK(sg_model_sample(&out, m, count, 11, e));
  return out;
}

static sg_status call(sg_tensor **out, sg_model *m, const char *function, const sg_tensor *input, sg_error *error) {
  return sg_model_call(out, m, function, &input, 1, NULL, error);
}

static void fit_sample_save_load_resume(void) {
  const char *path = temporary("model.safetensors");
  sg_tensor *images = digits(), *a, *b;
  const sg_tensor *data = images;
  sg_model *straight = model("gan", small), *stopped = model("gan", small), *loaded = NULL;
  const char *name = NULL;
  char *json = NULL, *again = NULL;
  sg_tensor_info info;
  OK(sg_model_fit(straight, &data, 1, "{\"steps\": 20}", NULL, NULL, e));
  OK(sg_model_fit(stopped, &data, 1, "{\"steps\": 12}", NULL, NULL, e));
  OK(sg_model_save(stopped, path, e));
  OK(sg_model_load(&loaded, path, e));
  OK(sg_model_name(&name, loaded, e));
  CHECK(strcmp(name, "gan") == 0);
  OK(sg_model_options(&json, stopped, e));
  OK(sg_model_options(&again, loaded, e));
  CHECK(strcmp(json, again) == 0 && strstr(json, "\"latent\": 8") != NULL && strstr(json, "\"beta1\"") != NULL);
  sg_string_free(json);
  sg_string_free(again);
  a = sample(stopped, 40);
  b = sample(loaded, 40);
  OK(sg_tensor_info_get(&info, a, e));
  CHECK(info.dtype == SG_UINT8 && info.rank == 4 && info.shape[0] == 40 && info.shape[1] == 8 && info.shape[3] == 1);
  CHECK(same_bits(a, b));
  sg_tensor_free(a);
  sg_tensor_free(b);
  OK(sg_model_history(&json, loaded, e));
  CHECK(strstr(json, "11, 12]") != NULL);
  sg_string_free(json);
  OK(sg_model_fit(loaded, &data, 1, "{\"steps\": 8}", NULL, NULL, e));
  a = sample(straight, 40);
  b = sample(loaded, 40);
  CHECK(same_bits(a, b));
  sg_tensor_free(a);
  sg_tensor_free(b);
  sg_tensor_free(images);
  sg_model_free(straight);
  sg_model_free(stopped);
  sg_model_free(loaded);
}

static void noise_and_networks(void) {
  const int64_t shape[2] = {2, 8};
  const float noise[16] = {0.5f, -0.5f};
  sg_tensor *images = digits(), *z = floats(noise, 2, shape), *x = NULL, *none = NULL, *scores = NULL;
  const sg_tensor *data = images;
  sg_model *m = model("gan", small);
  sg_layer *generator = NULL, *missing = NULL;
  sg_tensor_info info;
  size_t count = 0;
  OK(sg_model_fit(m, &data, 1, "{\"steps\": 2}", NULL, NULL, e));
  OK(call(&x, m, "generate", z, e));
  OK(sg_tensor_info_get(&info, x, e));
  CHECK(info.dtype == SG_UINT8 && info.shape[0] == 2);
  OK(call(&scores, m, "discriminate", x, e));
  OK(sg_tensor_info_get(&info, scores, e));
  CHECK(info.dtype == SG_FLOAT32 && info.rank == 1 && info.shape[0] == 2);
  OK(sg_model_layer(&generator, m, "generator", e));
  OK(sg_layer_parameter_count(&count, generator, e));
  CHECK(count == 4);
  FAILS(sg_model_layer(&missing, m, "judge", e), SG_ERROR_VALUE, "'judge'");
  FAILS(sg_model_layer(&missing, m, NULL, e), SG_ERROR_VALUE, "'player' is NULL");
  FAILS(sg_model_layer(&missing, NULL, "generator", e), SG_ERROR_VALUE, "'model' is NULL");
  FAILS(sg_model_layer(NULL, m, "generator", e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(call(&none, m, "generate", images, e), SG_ERROR_SHAPE, "noise has shape (1797, 8, 8, 1)");
  FAILS(call(&none, m, "generate", NULL, e), SG_ERROR_VALUE, "'inputs' is NULL");
  FAILS(call(&none, m, "discriminate", z, e), SG_ERROR_SHAPE, "(2, 8)");
  FAILS(sg_model_call(&none, m, "discriminate", NULL, 0, NULL, e), SG_ERROR_VALUE, "discriminate takes X, not 0 tensors");
  FAILS(sg_model_call(&none, m, "sample", &data, 1, NULL, e), SG_ERROR_VALUE, "sample takes no inputs, not 1 tensor");
  FAILS(sg_model_call(&none, m, "sample", NULL, 0, "{\"seeds\": 1}", e), SG_ERROR_TYPE, "did you mean 'seed'");
  FAILS(sg_model_call(&none, m, "sampel", NULL, 0, NULL, e), SG_ERROR_VALUE, "did you mean 'sample'");
  FAILS(sg_model_call(&none, m, "predict", NULL, 0, NULL, e), SG_ERROR_VALUE, "'sample', 'generate', 'discriminate'");
  CHECK(none == NULL);
  sg_layer_free(generator);
  sg_tensor_free(images);
  sg_tensor_free(x);
  sg_tensor_free(z);
  sg_tensor_free(scores);
  sg_model_free(m);
}

static void labels_and_functions(void) {
  const char *path = temporary("classifier.safetensors");
  sg_tensor *images = NULL, *labels = NULL, *a = NULL, *b = NULL, *none = NULL;
  sg_model *m = model("mlp_classifier", "{\"hidden\": [32], \"range\": [0, 16]}"), *loaded = NULL;
  sg_model *autoencoder = model("autoencoder", "{\"hidden\": [16], \"code\": 4}");
  const sg_tensor *data[3], *codes;
  sg_tensor_info info;
  char *json = NULL;
  OK(sg_dataset_load(&images, &labels, "digits", NULL, e));
  data[0] = images;
  data[1] = labels;
  data[2] = labels;
  FAILS(sg_model_fit(m, data, 1, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_VALUE, "labels");
  FAILS(sg_model_fit(m, data, 3, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_VALUE, "not 3 tensors");
  FAILS(sg_model_fit(m, data, 2, "{\"steps\": 1, \"class_names\": \"ab\"}", NULL, NULL, e), SG_ERROR_TYPE, "class_names");
  FAILS(sg_model_fit(m, data, 2, "{\"steps\": 1, \"class_names\": [\"a\"]}", NULL, NULL, e), SG_ERROR_VALUE, "1 names");
  data[1] = images;
  FAILS(sg_model_fit(m, data, 2, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_SHAPE, "(N,)");
  data[1] = labels;
  // A first fit that fails leaves nothing behind.
  FAILS(sg_model_fit(m, data, 2, "{\"steps\": -1}", NULL, NULL, e), SG_ERROR_VALUE, "-1");
  FAILS(sg_model_save(m, path, e), SG_ERROR_STATE, "not been trained");
  FAILS(call(&a, m, "predict", images, e), SG_ERROR_STATE, "not been trained");
  OK(sg_model_fit(m, data, 2, "{\"epochs\": 3}", NULL, NULL, e));
  OK(sg_model_save(m, path, e));
  OK(sg_model_load(&loaded, path, e));
  OK(call(&a, m, "predict", images, e));
  OK(call(&b, loaded, "predict", images, e));
  OK(sg_tensor_info_get(&info, a, e));
  CHECK(info.dtype == SG_INT32 && info.rank == 1 && info.shape[0] == 1797);
  CHECK(same_bits(a, b));
  OK(sg_model_describe(&json, loaded, e));
  CHECK(strstr(json, "\"sample_shape\": [8, 8, 1]") != NULL && strstr(json, "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]") != NULL);
  sg_string_free(json);
  sg_tensor_free(a);
  sg_tensor_free(b);
  OK(sg_model_fit(autoencoder, data, 1, "{\"steps\": 2}", NULL, NULL, e));
  OK(call(&a, autoencoder, "transform", images, e));
  codes = a;
  OK(sg_model_call(&b, autoencoder, "inverse_transform", &codes, 1, NULL, e));
  OK(sg_tensor_info_get(&info, b, e));
  CHECK(info.dtype == SG_UINT8 && info.rank == 4 && info.shape[0] == 1797);
  FAILS(sg_model_fit(autoencoder, data, 2, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_VALUE, "not 2");
  FAILS(sg_model_sample(&none, autoencoder, 3, 1, e), SG_ERROR_VALUE, "no function 'sample'");
  sg_tensor_free(a);
  sg_tensor_free(b);
  sg_tensor_free(images);
  sg_tensor_free(labels);
  sg_model_free(m);
  sg_model_free(loaded);
  sg_model_free(autoencoder);
}

static void samples_of_a_class(void) {
  const int64_t shape[1] = {3}, noise_shape[2] = {3, 8};
  int32_t asked[3] = {7, 0, 7};
  const float numbers[24] = {1, -1};
  const char *names[] = {"cgan", "acgan", "projection_gan"};
  sg_tensor *images = NULL, *labels = NULL, *y = NULL, *z = floats(numbers, 2, noise_shape);
  OK(sg_dataset_load(&images, &labels, "digits", NULL, e));
  sg_buffer buffer = SG_BUFFER_INIT;
  buffer.dtype = SG_INT32;
  buffer.rank = 1;
  buffer.shape = shape;
  buffer.data = asked;
  OK(sg_tensor_copy_in(&y, &buffer, e));
  for (size_t i = 0; i < 3; ++i) {
    sg_model *m = model(names[i], "{\"width\": 4, \"latent\": 8, \"range\": [0, 16]}");
    const sg_tensor *data[2] = {images, labels}, *classes = y, *told[2] = {z, y};
    sg_tensor *x = NULL, *again = NULL, *made = NULL;
    sg_tensor_info info;
    FAILS(sg_model_fit(m, data, 1, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_VALUE, "labels");
    OK(sg_model_fit(m, data, 2, "{\"steps\": 2}", NULL, NULL, e));
    OK(sg_model_call(&x, m, "sample", &classes, 1, "{\"seed\": 1}", e));
    OK(sg_model_call(&again, m, "sample", &classes, 1, "{\"seed\": 1}", e));
    OK(sg_tensor_info_get(&info, x, e));
    CHECK(info.dtype == SG_UINT8 && info.rank == 4 && info.shape[0] == 3 && same_bits(x, again));
    OK(sg_model_call(&made, m, "generate", told, 2, NULL, e));
    FAILS(sg_model_call(&made, m, "generate", told, 1, NULL, e), SG_ERROR_VALUE, "generate takes noise, y");
    sg_tensor_free(x);
    sg_tensor_free(again);
    sg_tensor_free(made);
    sg_model_free(m);
  }
  sg_tensor_free(images);
  sg_tensor_free(labels);
  sg_tensor_free(y);
  sg_tensor_free(z);
}

static void studies_and_levels(void) {
  sg_tensor *images = digits(), *z = NULL, *way = NULL, *features = NULL, *filters = NULL, *sum = NULL, *fine = NULL;
  const sg_tensor *data = images, *ends[2], *concepts[2];
  sg_model *gan = model("dcgan", "{\"width\": 4}"), *pyramid = model("lapgan", "{\"width\": 4, \"hidden\": [16]}");
  sg_layer *level = NULL;
  sg_tensor_info info;
  char *json = NULL;
  OK(sg_model_fit(gan, &data, 1, "{\"steps\": 2}", NULL, NULL, e));
  OK(sg_model_call(&z, gan, "draw_noise", NULL, 0, "{\"n\": 3}", e));
  ends[0] = ends[1] = concepts[0] = concepts[1] = z;
  OK(sg_model_call(&way, gan, "interpolate", ends, 2, "{\"n\": 4}", e));
  OK(sg_tensor_info_get(&info, way, e));
  CHECK(info.rank == 5 && info.shape[0] == 3 && info.shape[1] == 4);
  OK(sg_model_call(&sum, gan, "arithmetic", concepts, 2, "{\"variations\": 1}", e));
  OK(sg_model_call(&features, gan, "features", &data, 1, "{\"grid\": 2}", e));
  OK(sg_model_call(&filters, gan, "filters", NULL, 0, NULL, e));
  OK(sg_tensor_info_get(&info, filters, e));
  CHECK(info.rank == 4 && info.shape[0] == 4);
  OK(sg_model_fit(pyramid, &data, 1, "{\"steps\": 2}", NULL, NULL, e));
  OK(sg_model_call(&fine, pyramid, "refine", &data, 1, "{\"level\": 1}", e));
  OK(sg_model_layer(&level, pyramid, "generator_1", e));
  OK(sg_model_information(&json, pyramid, e));
  CHECK(strstr(json, "\"generator_0\"") != NULL && strstr(json, "\"untraced\": {}") != NULL);
  sg_string_free(json);
  sg_layer_free(level);
  sg_tensor *all[] = {z, way, features, filters, sum, fine, images};
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i) sg_tensor_free(all[i]);
  sg_model_free(gan);
  sg_model_free(pyramid);
}

static int stop_at_three(void *context, const sg_event *event, sg_error *error) {
  (void)error;
  *(int64_t *)context = event->step;
  return event->step >= 3 ? SG_EVENT_STOP : SG_OK;
}

static void events(void) {
  sg_tensor *images = digits();
  const sg_tensor *data = images;
  sg_model *m = model("gan", small);
  int64_t last = 0;
  OK(sg_model_fit(m, &data, 1, "{\"epochs\": 1}", stop_at_three, &last, e));
  CHECK(last == 3);
  CHECK(sg_model_retain(m) == m);
  sg_model_free(m);
  sg_model_free(m);
  sg_tensor_free(images);
}

static void before_the_first_fit(void) {
  sg_model *m = model("gan", small);
  sg_tensor *x = NULL, *z = scalar(1);
  sg_layer *network = NULL;
  char *json = NULL;
  FAILS(sg_model_sample(&x, m, 1, 1, e), SG_ERROR_STATE, "has not been trained");
  FAILS(call(&x, m, "generate", z, e), SG_ERROR_STATE, "has not been trained");
  FAILS(call(&x, m, "discriminate", z, e), SG_ERROR_STATE, "has not been trained");
  FAILS(sg_model_layer(&network, m, "generator", e), SG_ERROR_STATE, "has not been trained");
  FAILS(sg_model_describe(&json, m, e), SG_ERROR_STATE, "has not been trained");
  FAILS(sg_model_save(m, temporary("untrained"), e), SG_ERROR_STATE, "has not been trained");
  OK(sg_model_history(&json, m, e));
  CHECK(strcmp(json, "{\"step\": []}") == 0);
  sg_string_free(json);
  sg_tensor_free(z);
  sg_model_free(m);
}

static void bad_files(void) {
  const char *path = temporary("good.safetensors"), *broken = temporary("broken.safetensors");
  sg_tensor *images = digits();
  const sg_tensor *data = images;
  sg_model *m = model("gan", small), *out = NULL;
  sg_layer *network = perceptron(2, 2, 1);
  size_t size;
  char *bytes;
  OK(sg_model_fit(m, &data, 1, "{\"steps\": 1}", NULL, NULL, e));
  OK(sg_model_save(m, path, e));
  bytes = read_file(path, &size);
  for (size_t cut = 0; cut < size; cut += 1 + size / 37) {
    write_file(broken, bytes, cut);
    FAILS(sg_model_load(&out, broken, e), SG_ERROR_IO, "broken.safetensors");
    CHECK(out == NULL);
  }
  // One bit of the header's length, of the header, and of the data.
  for (size_t at = 0; at < size; at += 1 + size / 23) {
    bytes[at] ^= 0x10;
    write_file(broken, bytes, size);
    FAILS(sg_model_load(&out, broken, e), SG_ERROR_IO, "broken.safetensors");
    bytes[at] ^= 0x10;
  }
  OK(sg_layer_save(network, broken, e));
  FAILS(sg_model_load(&out, broken, e), SG_ERROR_IO, "broken.safetensors");
  FAILS(sg_model_load(&out, temporary("missing"), e), SG_ERROR_IO, "missing");
  FAILS(sg_model_load(&out, "", e), SG_ERROR_IO, "");
  FAILS(sg_model_load(&out, NULL, e), SG_ERROR_VALUE, "'path' is NULL");
  FAILS(sg_model_load(NULL, path, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(sg_model_save(m, temporary("no/folder"), e), SG_ERROR_IO, "no/folder");
  FAILS(sg_model_save(m, NULL, e), SG_ERROR_VALUE, "'path' is NULL");
  FAILS(sg_model_save(NULL, path, e), SG_ERROR_VALUE, "'model' is NULL");
  OK(sg_model_load(&out, path, e));
  free(bytes);
  sg_model_free(out);
  sg_model_free(m);
  sg_layer_free(network);
  sg_tensor_free(images);
}

static void bad_calls(void) {
  static float wide[128];
  const int64_t shape[4] = {2, 8, 8, 1};
  sg_tensor *images = digits(), *points = ring(), *far, *x = NULL;
  const sg_tensor *data[2];
  sg_model *m = model("gan", small), *out = NULL;
  const char *name = NULL;
  char *json = NULL;
  wide[5] = 300;
  far = floats(wide, 4, shape);
  FAILS(sg_model_create(&out, "gann", NULL, e), SG_ERROR_VALUE, "did you mean 'gan'");
  CHECK(out == NULL);
  FAILS(sg_model_create(&out, "gan", "{\"hiden\": [3]}", e), SG_ERROR_TYPE, "did you mean 'hidden'");
  FAILS(sg_model_create(&out, "gan", "{\"batch_size\": -4}", e), SG_ERROR_VALUE, "-4");
  FAILS(sg_model_create(&out, "gan", "nonsense", e), SG_ERROR_VALUE, "'options'");
  FAILS(sg_model_create(&out, NULL, NULL, e), SG_ERROR_VALUE, "'name' is NULL");
  FAILS(sg_model_create(NULL, "gan", NULL, e), SG_ERROR_VALUE, "'out' is NULL");
  data[0] = far;
  data[1] = images;
  FAILS(sg_model_fit(m, data, 1, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_VALUE, "300");
  FAILS(sg_model_fit(m, data, 2, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_VALUE, "not 2");
  FAILS(sg_model_fit(m, NULL, 0, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_VALUE, "not 0");
  data[0] = images;
  FAILS(sg_model_fit(m, data, 1, "{\"epochs\": 0.5}", NULL, NULL, e), SG_ERROR_TYPE, "0.5");
  FAILS(sg_model_fit(NULL, data, 1, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_VALUE, "'model' is NULL");
  OK(sg_model_fit(m, data, 1, "{\"steps\": 1}", NULL, NULL, e));
  data[0] = points;
  FAILS(sg_model_fit(m, data, 1, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_SHAPE, "(8, 8, 1)");
  FAILS(sg_model_sample(&x, m, 0, 1, e), SG_ERROR_VALUE, "not 0");
  FAILS(sg_model_sample(&x, m, -5, 1, e), SG_ERROR_VALUE, "not -5");
  FAILS(sg_model_sample(&x, m, INT64_MAX, 1, e), SG_ERROR_MEMORY, "memory");
  FAILS(sg_model_sample(&x, NULL, 1, 1, e), SG_ERROR_VALUE, "'model' is NULL");
  FAILS(sg_model_sample(NULL, m, 1, 1, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(call(NULL, m, "generate", points, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(call(&x, NULL, "generate", points, e), SG_ERROR_VALUE, "'model' is NULL");
  FAILS(call(&x, m, NULL, points, e), SG_ERROR_VALUE, "'function' is NULL");
  FAILS(sg_model_name(&name, (sg_model *)images, e), SG_ERROR_TYPE, "must be an sg_model, not an sg_tensor");
  FAILS(sg_model_name(NULL, m, e), SG_ERROR_VALUE, "'name' is NULL");
  FAILS(sg_model_options(&json, NULL, e), SG_ERROR_VALUE, "'model' is NULL");
  FAILS(sg_model_options(NULL, m, e), SG_ERROR_VALUE, "'json' is NULL");
  FAILS(sg_model_describe(&json, NULL, e), SG_ERROR_VALUE, "'model' is NULL");
  FAILS(sg_model_describe(NULL, m, e), SG_ERROR_VALUE, "'json' is NULL");
  FAILS(sg_model_history(&json, NULL, e), SG_ERROR_VALUE, "'model' is NULL");
  FAILS(sg_model_history(NULL, m, e), SG_ERROR_VALUE, "'json' is NULL");
  CHECK(sg_model_retain(NULL) == NULL);
  sg_model_free(NULL);
  sg_model_free(m);
  sg_tensor_free(images);
  sg_tensor_free(points);
  sg_tensor_free(far);
}

static sg_status give_up(void *context, sg_error *error) {
  ++*(int *)context;
  error->code = SG_ERROR_INTERRUPTED;
  strcpy(error->message, "that is enough");
  return SG_ERROR_INTERRUPTED;
}

static void calls_that_are_given_up(void) {
  sg_tensor *images = digits(), *x = NULL;
  const sg_tensor *data = images;
  sg_model *m = model("gan", small);
  sg_error failure;
  int asked = 0;
  OK(sg_model_fit(m, &data, 1, "{\"steps\": 1}", NULL, NULL, e));
  OK(sg_interrupt_set(give_up, &asked, e));
  // Once: it is not asked again within the next 50 ms.
  CHECK(sg_model_sample(&x, m, 4, 1, &failure) == SG_ERROR_INTERRUPTED);
  CHECK(failure.code == SG_ERROR_INTERRUPTED && strcmp(failure.message, "that is enough") == 0);
  CHECK(asked == 1 && x == NULL);
  OK(sg_interrupt_set(NULL, NULL, e));
  OK(sg_model_sample(&x, m, 4, 1, e));
  CHECK(asked == 1);
  sg_tensor_free(x);
  sg_model_free(m);
  sg_tensor_free(images);
}

void model_tests(void) {
  check_run("fit, sample, save, load, resume", fit_sample_save_load_resume);
  check_run("labels and functions of models", labels_and_functions);
  check_run("samples of a class", samples_of_a_class);
  check_run("studies of a GAN, levels of a pyramid", studies_and_levels);
  check_run("noise and networks of a model", noise_and_networks);
  check_run("events of a model's fit", events);
  check_run("before the first fit", before_the_first_fit);
  check_run("bad files of models", bad_files);
  check_run("bad calls of model functions", bad_calls);
  check_run("calls that are given up", calls_that_are_given_up);
}
