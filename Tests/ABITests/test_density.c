// Models with a likelihood or a closed form: RBM, MADE, ELM. What they compute is tested in Swift; here, that C reaches it.
#include "networks.h"

static const float all_states[8][3] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {0, 0, 1}, {1, 0, 1}, {0, 1, 1}, {1, 1, 1}};

static sg_tensor *states(void) {
  const int64_t shape[2] = {8, 3};
  return floats(&all_states[0][0], 2, shape);
}

static sg_model *trained(const char *name, const char *options, const sg_tensor *x, const sg_tensor *y) {
  sg_model *m = NULL;
  const sg_tensor *data[2] = {x, y};
  OK(sg_model_create(&m, name, options, e));
  OK(sg_model_fit(m, data, y ? 2 : 1, strncmp(name, "elm", 3) ? "{\"epochs\": 2}" : NULL, NULL, NULL, e));
  return m;
}

// The sum of exp(log p) over all binary vectors.
static double total(sg_model *m, const sg_tensor *x) {
  sg_tensor *scores = NULL, *p, *sum;
  double value;
  OK(sg_model_call(&scores, m, "score_samples", &x, 1, "{\"seed\": 1}", e));
  p = op("exp", scores, NULL);
  sum = op("sum", p, NULL);
  value = item(sum);
  sg_tensor_free(scores);
  sg_tensor_free(p);
  sg_tensor_free(sum);
  return value;
}

static void likelihoods_sum_to_one(void) {
  static const struct {
    const char *name, *options;
  } models[] = {{"rbm", "{\"hidden\": 4, \"batch_size\": 3}"},
                {"made", "{\"hidden\": [8], \"masks\": 3, \"ordering\": \"random\", \"batch_size\": 3}"}};
  sg_tensor *x = states();
  for (size_t i = 0; i < sizeof models / sizeof *models; ++i) {
    const char *path = temporary("density.safetensors");
    sg_model *m = trained(models[i].name, models[i].options, x, NULL), *again = NULL;
    sg_tensor *a = NULL, *b = NULL;
    sg_tensor_info info;
    CHECK(fabs(total(m, x) - 1) < 1e-5);
    OK(sg_model_save(m, path, e));
    OK(sg_model_load(&again, path, e));
    OK(sg_model_sample(&a, m, 5, 3, e));
    OK(sg_model_sample(&b, again, 5, 3, e));
    CHECK(same_bits(a, b));
    OK(sg_tensor_info_get(&info, a, e));
    CHECK(info.dtype == SG_FLOAT32 && info.rank == 2 && info.shape[0] == 5 && info.shape[1] == 3);
    sg_tensor_free(a);
    sg_tensor_free(b);
    sg_model_free(again);
    sg_model_free(m);
  }
  sg_tensor_free(x);
}

static void partition_and_energies(void) {
  sg_tensor *x = states(), *z = NULL, *energies = NULL, *none = NULL;
  const sg_tensor *input = x;
  sg_model *m = trained("rbm", "{\"hidden\": 4, \"batch_size\": 8, \"persistent\": false}", x, NULL);
  sg_tensor_info info;
  OK(sg_model_call(&z, m, "log_partition", NULL, 0, NULL, e));
  OK(sg_tensor_info_get(&info, z, e));
  CHECK(info.dtype == SG_FLOAT64 && info.rank == 0);
  CHECK(item(z) > 0);
  sg_tensor_free(z);
  OK(sg_model_call(&z, m, "log_partition", NULL, 0, "{\"return_std\": true}", e));
  OK(sg_tensor_info_get(&info, z, e));
  CHECK(info.rank == 1 && info.shape[0] == 2);
  OK(sg_model_call(&energies, m, "free_energy", &input, 1, NULL, e));
  OK(sg_tensor_info_get(&info, energies, e));
  CHECK(info.dtype == SG_FLOAT64 && info.rank == 1 && info.shape[0] == 8);
  FAILS(sg_model_call(&none, m, "log_partition", NULL, 0, "{\"chains\": 1}", e), SG_ERROR_VALUE, "chains");
  FAILS(sg_model_call(&none, m, "free_energy", NULL, 0, NULL, e), SG_ERROR_VALUE, "X");
  FAILS(sg_model_call(&none, m, "free_energies", &input, 1, NULL, e), SG_ERROR_VALUE, "did you mean 'free_energy'");
  CHECK(none == NULL);
  sg_tensor_free(z);
  sg_tensor_free(energies);
  sg_tensor_free(x);
  sg_model_free(m);
}

static void closed_forms(void) {
  const float targets[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  sg_tensor *x = states(), *y = vector(8, targets), *found = NULL, *predicted = NULL, *none = NULL, *labels = NULL;
  sg_tensor *images = NULL;
  const sg_tensor *input = x, *pictures;
  sg_model *m = trained("elm_regressor", "{\"hidden\": 50, \"alpha\": 1e-6}", x, y);
  OK(sg_model_call(&found, m, "predict", &input, 1, NULL, e));
  {
    sg_tensor *distance = op("subtract", found, y), *size = op("absolute", distance, NULL), *largest = op("max", size, NULL);
    CHECK(item(largest) < 0.05);
    sg_tensor_free(distance);
    sg_tensor_free(size);
    sg_tensor_free(largest);
  }
  sg_tensor_free(found);
  sg_model_free(m);
  OK(sg_dataset_load(&images, &labels, "digits", NULL, e));
  m = trained("elm_classifier", "{\"hidden\": 100, \"range\": [0, 16]}", images, labels);
  pictures = images;
  OK(sg_model_call(&predicted, m, "predict", &pictures, 1, NULL, e));
  {
    sg_tensor *equal = op("equal", predicted, labels), *share = op("mean", equal, NULL);
    CHECK(item(share) > 0.9);
    sg_tensor_free(equal);
    sg_tensor_free(share);
  }
  {
    // Without limits, the model's own number of epochs: one, which is one batch here.
    const sg_tensor *data[2] = {images, labels};
    char *history = NULL;
    sg_model *untold = NULL;
    OK(sg_model_create(&untold, "elm_classifier", "{\"hidden\": 10, \"range\": [0, 16]}", e));
    OK(sg_model_fit(untold, data, 2, NULL, NULL, NULL, e));
    OK(sg_model_history(&history, untold, e));
    CHECK(history && strstr(history, "\"step\": [1]"));
    sg_string_free(history);
    sg_model_free(untold);
  }
  FAILS(sg_model_call(&none, m, "predict_proba", &pictures, 1, NULL, e), SG_ERROR_VALUE, "'decision_function'");
  CHECK(none == NULL);
  sg_tensor_free(predicted);
  sg_tensor_free(images);
  sg_tensor_free(labels);
  sg_tensor_free(x);
  sg_tensor_free(y);
  sg_model_free(m);
}

static void data_that_do_not_do(void) {
  const float grey[4] = {0, 0.25f, 1, 1}, far[4] = {0, 16, 3, 1};
  const int64_t shape[2] = {2, 2};
  sg_tensor *x = floats(grey, 2, shape), *y = floats(far, 2, shape);
  const sg_tensor *data = x;
  sg_model *m = NULL;
  OK(sg_model_create(&m, "made", "{\"batch_size\": 2}", e));
  FAILS(sg_model_fit(m, &data, 1, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_VALUE, "binarize='threshold'");
  sg_model_free(m);
  OK(sg_model_create(&m, "rbm", "{\"batch_size\": 2}", e));
  data = y;
  FAILS(sg_model_fit(m, &data, 1, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_VALUE, "range=[0, 16]");
  sg_model_free(m);
  OK(sg_model_create(&m, "rbm", "{\"batch_size\": 2, \"visible\": \"gaussian\", \"binarize\": \"threshold\"}", e));
  FAILS(sg_model_fit(m, &data, 1, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_VALUE, "gaussian");
  sg_model_free(m);
  sg_tensor_free(x);
  sg_tensor_free(y);
}

void density_tests(void) {
  check_run("likelihoods of RBM and MADE sum to one", likelihoods_sum_to_one);
  check_run("an RBM's partition function and energies", partition_and_energies);
  check_run("extreme learning machines", closed_forms);
  check_run("data that models of binary data refuse", data_that_do_not_do);
}
