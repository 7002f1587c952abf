#include "networks.h"

static void digits(void) {
  sg_tensor *images = NULL, *labels = NULL;
  sg_tensor_info info;
  uint8_t *pixels;
  int32_t *classes;
  long ink = 0, counts[10] = {0};
  OK(sg_dataset_load(&images, &labels, "digits", NULL, e));
  OK(sg_tensor_info_get(&info, images, e));
  CHECK(info.dtype == SG_UINT8 && info.rank == 4 && info.shape[0] == 1797 && info.shape[1] == 8 && info.shape[2] == 8 &&
        info.shape[3] == 1);
  pixels = malloc((size_t)info.byte_count);
  OK(sg_tensor_copy_out(pixels, (size_t)info.byte_count, images, e));
  for (int64_t i = 0; i < info.count; ++i) ink += pixels[i];
  CHECK(ink == 561718);  // the sum of scikit-learn's load_digits().data
  OK(sg_tensor_info_get(&info, labels, e));
  CHECK(info.dtype == SG_INT32 && info.rank == 1 && info.count == 1797);
  classes = malloc((size_t)info.byte_count);
  OK(sg_tensor_copy_out(classes, (size_t)info.byte_count, labels, e));
  for (int64_t i = 0; i < info.count; ++i)
    if (classes[i] >= 0 && classes[i] < 10) ++counts[classes[i]];
  CHECK(counts[0] == 178 && counts[3] == 183 && counts[8] == 174);
  free(pixels);
  free(classes);
  sg_tensor_free(images);
  sg_tensor_free(labels);
}

static void mixtures(void) {
  sg_tensor *points = NULL, *labels = (sg_tensor *)1;
  sg_tensor_info info;
  OK(sg_dataset_load(&points, &labels, "grid25", "{\"count\": 10}", e));
  CHECK(labels == NULL);
  OK(sg_tensor_info_get(&info, points, e));
  CHECK(info.rank == 2 && info.shape[0] == 10 && info.shape[1] == 2 && info.dtype == SG_FLOAT32);
  sg_tensor_free(points);
}

static void splits(void) {
  sg_tensor *train = NULL, *labels = NULL;
  sg_tensor_info info;
  OK(sg_dataset_load(&train, &labels, "digits", "{\"split\": \"train\", \"count\": 100, \"seed\": 3}", e));
  OK(sg_tensor_info_get(&info, train, e));
  CHECK(info.shape[0] == 100 && info.shape[1] == 8);
  OK(sg_tensor_info_get(&info, labels, e));
  CHECK(info.shape[0] == 100);
  sg_tensor_free(train);
  sg_tensor_free(labels);
}

/// Writes a file into the folder of the tests; returns its path, which the next call overwrites.
static const char *file_of(const char *name, const unsigned char *bytes, size_t count) {
  static char path[600];
  const char *folder = getenv("ABITESTS_DIR");
  FILE *file;
  snprintf(path, sizeof path, "%s/%s", folder ? folder : "/tmp", name);
  file = fopen(path, "wb");
  CHECK(file != NULL);
  if (file) CHECK(fwrite(bytes, 1, count, file) == count && fclose(file) == 0);
  return path;
}

static void idx_files(void) {
  const unsigned char good[] = {0, 0, 8, 1, 0, 0, 0, 2, 5, 6}, foreign[] = "PK\3\4 no such thing";
  sg_tensor *data = NULL;
  sg_tensor_info info;
  char options[700];
  snprintf(options, sizeof options, "{\"path\": \"%s\"}", file_of("good.idx", good, sizeof good));
  OK(sg_dataset_load(&data, NULL, "idx", options, e));
  OK(sg_tensor_info_get(&info, data, e));
  CHECK(info.dtype == SG_UINT8 && info.rank == 1 && info.count == 2);
  sg_tensor_free(data);
  snprintf(options, sizeof options, "{\"path\": \"%s\"}", file_of("cut.idx", good, sizeof good - 1));
  FAILS(sg_dataset_load(&data, NULL, "idx", options, e), SG_ERROR_IO, "cut off");
  snprintf(options, sizeof options, "{\"path\": \"%s\"}", file_of("foreign.idx", foreign, sizeof foreign));
  FAILS(sg_dataset_load(&data, NULL, "idx", options, e), SG_ERROR_IO, "no IDX file");
  FAILS(sg_dataset_load(&data, NULL, "idx_folder", "{\"folder\": \"/nowhere\"}", e), SG_ERROR_IO, "holds no file");
  FAILS(sg_dataset_load(&data, NULL, "fashion_mnist", "{\"folder\": \"/nowhere\"}", e), SG_ERROR_IO, "train-images");
}

static void information(void) {
  char *json = NULL;
  OK(sg_dataset_information(&json, "fashion_mnist", e));
  CHECK(json && strstr(json, "Ankle boot") && strstr(json, "\"folder\""));
  sg_string_free(json);
  OK(sg_dataset_information(&json, "ring8", e));
  CHECK(json && strstr(json, "\"classes\": null"));
  sg_string_free(json);
  FAILS(sg_dataset_information(&json, "fashion", e), SG_ERROR_VALUE, "fashion_mnist");
  CHECK(json == NULL);
  FAILS(sg_dataset_information(NULL, "digits", e), SG_ERROR_VALUE, "'json' is NULL");
}

static void bad_calls(void) {
  sg_tensor *data = NULL, *labels = (sg_tensor *)1;
  FAILS(sg_dataset_load(&data, &labels, "digit", NULL, e), SG_ERROR_VALUE, "did you mean 'digits'");
  CHECK(data == NULL && labels == NULL);
  FAILS(sg_dataset_load(&data, NULL, "digits", "{\"cont\": 3}", e), SG_ERROR_TYPE, "'cont'");
  FAILS(sg_dataset_load(&data, NULL, "digits", "{\"count\": 1798}", e), SG_ERROR_VALUE, "1798 of 1797");
  FAILS(sg_dataset_load(&data, NULL, "digits", "{\"split\": \"half\"}", e), SG_ERROR_VALUE, "'train'");
  FAILS(sg_dataset_load(&data, NULL, "idx", NULL, e), SG_ERROR_TYPE, "'path'");
  FAILS(sg_dataset_load(&data, NULL, "ring8", "{\"count\": 0}", e), SG_ERROR_VALUE, "count");
  FAILS(sg_dataset_load(&data, NULL, NULL, NULL, e), SG_ERROR_VALUE, "'name' is NULL");
  FAILS(sg_dataset_load(NULL, NULL, "digits", NULL, e), SG_ERROR_VALUE, "'data' is NULL");
}

void dataset_tests(void) {
  check_run("digits", digits);
  check_run("mixtures", mixtures);
  check_run("parts of the digits", splits);
  check_run("IDX files", idx_files);
  check_run("sg_dataset_information", information);
  check_run("bad calls of sg_dataset_load", bad_calls);
}
