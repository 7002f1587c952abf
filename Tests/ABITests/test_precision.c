#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <pthread.h>

#include "networks.h"

static void *seen_elsewhere(void *name) {
  *(const char **)name = sg_float32_matmul_precision_get();
  return NULL;
}

static void of_the_process_and_of_a_thread(void) {
  pthread_t thread;
  const char *other = NULL;
  CHECK(strcmp(sg_float32_matmul_precision_get(), "highest") == 0);
  OK(sg_float32_matmul_precision_set("high", e));
  CHECK(strcmp(sg_float32_matmul_precision_get(), "high") == 0);
  OK(sg_float32_matmul_precision_enter("medium", e));
  CHECK(strcmp(sg_float32_matmul_precision_get(), "medium") == 0);
  pthread_create(&thread, NULL, seen_elsewhere, &other);
  pthread_join(thread, NULL);
  CHECK(other != NULL && strcmp(other, "high") == 0);
  OK(sg_float32_matmul_precision_leave(e));
  CHECK(strcmp(sg_float32_matmul_precision_get(), "high") == 0);
  FAILS(sg_float32_matmul_precision_leave(e), SG_ERROR_STATE, "no precision was entered");
  OK(sg_float32_matmul_precision_set("highest", e));
}

static void unknown_names(void) {
  FAILS(sg_float32_matmul_precision_set("low", e), SG_ERROR_VALUE, "'highest', 'high', 'medium', not 'low'");
  FAILS(sg_float32_matmul_precision_enter("Medium", e), SG_ERROR_VALUE, "not 'Medium'");
  FAILS(sg_float32_matmul_precision_set(NULL, e), SG_ERROR_VALUE, "'precision' is NULL");
  CHECK(strcmp(sg_float32_matmul_precision_get(), "highest") == 0);
}

static void configuration(void) {
  char *json = NULL;
  OK(sg_float32_matmul_precision_enter("medium", e));
  OK(sg_config(&json, e));
  CHECK(strstr(json, "\"asked\": \"medium\"") != NULL && strstr(json, "\"cpu\": ") != NULL);
  CHECK((strstr(json, "\"in_effect\": \"medium\"") != NULL) == (strcmp(sg_isa_name(), "avx512_bf16") == 0 || strcmp(sg_isa_name(), "avx512_amx") == 0));
  sg_string_free(json);
  OK(sg_float32_matmul_precision_leave(e));
}

// How far a product with itself is off in each precision, as a share of the sums of its terms' magnitudes:
// x[i, j] = sin(40 i + j), 40 x 40.
static void products(void) {
  static const struct {
    const char *name;
    double bound;
  } precisions[] = {{"highest", 1e-6}, {"high", 1.0 / 32768}, {"medium", 1.0 / 128}};
  enum { N = 40 };
  float values[N * N], result[N * N];
  int64_t shape[2] = {N, N};
  sg_tensor *x, *y;
  for (int i = 0; i < N * N; ++i) values[i] = (float)sin(i);
  x = floats(values, 2, shape);
  for (size_t p = 0; p < sizeof precisions / sizeof *precisions; ++p) {
    double off = 0, all = 0;
    OK(sg_float32_matmul_precision_enter(precisions[p].name, e));
    y = op("matmul", x, x);
    OK(sg_float32_matmul_precision_leave(e));
    OK(sg_tensor_copy_out(result, sizeof result, y, e));
    for (int i = 0; i < N; ++i)
      for (int j = 0; j < N; ++j) {
        double sum = 0, magnitude = 0;
        for (int k = 0; k < N; ++k) {
          double term = (double)values[i * N + k] * values[k * N + j];
          sum += term;
          magnitude += fabs(term);
        }
        off += (result[i * N + j] - sum) * (result[i * N + j] - sum);
        all += magnitude * magnitude;
      }
    CHECK(sqrt(off / all) < precisions[p].bound);
    sg_tensor_free(y);
  }
  sg_tensor_free(x);
}

static void training(void) {
  sg_game *game = plane_game("non_saturating", NULL);
  sg_trainer *trainer = plane_trainer(game, NULL);
  char *json = NULL;
  OK(sg_trainer_fit(trainer, "{\"steps\": 2, \"precision\": \"medium\"}", NULL, NULL, e));
  OK(sg_trainer_information(&json, trainer, e));
  CHECK(strstr(json, "\"precision\": null") != NULL);
  sg_string_free(json);
  FAILS(sg_trainer_fit(trainer, "{\"steps\": 2, \"precision\": \"bfloat16\"}", NULL, NULL, e), SG_ERROR_VALUE,
        "one of 'highest', 'high', 'medium', or null");
  FAILS(sg_trainer_fit(trainer, "{\"steps\": 2, \"precision\": 16}", NULL, NULL, e), SG_ERROR_TYPE, "'precision'");
  sg_trainer_free(trainer);
  sg_game_free(game);
}

void precision_tests(void) {
  check_run("precisions of the process and of a thread", of_the_process_and_of_a_thread);
  check_run("unknown precisions", unknown_names);
  check_run("precision in the configuration", configuration);
  check_run("products in each precision", products);
  check_run("training at a precision", training);
}
