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

static void bad_calls(void) {
  sg_tensor *data = NULL, *labels = (sg_tensor *)1;
  FAILS(sg_dataset_load(&data, &labels, "digit", NULL, e), SG_ERROR_VALUE, "did you mean 'digits'");
  CHECK(data == NULL && labels == NULL);
  FAILS(sg_dataset_load(&data, NULL, "digits", "{\"count\": 3}", e), SG_ERROR_TYPE, "'count'");
  FAILS(sg_dataset_load(&data, NULL, "ring8", "{\"count\": 0}", e), SG_ERROR_VALUE, "count");
  FAILS(sg_dataset_load(&data, NULL, NULL, NULL, e), SG_ERROR_VALUE, "'name' is NULL");
  FAILS(sg_dataset_load(NULL, NULL, "digits", NULL, e), SG_ERROR_VALUE, "'data' is NULL");
}

void dataset_tests(void) {
  check_run("digits", digits);
  check_run("mixtures", mixtures);
  check_run("bad calls of sg_dataset_load", bad_calls);
}
