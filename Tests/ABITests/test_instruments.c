#include "networks.h"

static void finding_nan(void) {
  const float values[2] = {1, -1};
  const sg_operation *log_operation = NULL;
  sg_tensor *x = vector(2, values), *y = NULL;
  int before = 77;
  OK(sg_operation_find(&log_operation, "log", e));
  OK(sg_apply(&y, log_operation, (const sg_tensor *const *)&x, 1, NULL, 0, e));
  sg_tensor_free(y);
  CHECK(sg_scope_is_watched() == 0 && sg_function_runs_body() == 0);
  OK(sg_debug_set(&before, "nan", 1, e));
  CHECK(before == 0 && sg_scope_is_watched() == 1 && sg_function_runs_body() == 1);
  OK(sg_scope_enter("head", e));
  FAILS(sg_apply(&y, log_operation, (const sg_tensor *const *)&x, 1, NULL, 0, e), SG_ERROR_STATE,
        "log: made NaN of finite inputs, in 1 of 2 elements of float32 (2,), in layer head: input 0 is float32 (2,) from "
        "-1.0 to 1.0");
  sg_scope_exit();
  sg_scope_exit();
  OK(sg_debug_set(&before, "nan", 0, e));
  CHECK(before == 1);
  OK(sg_debug_set(NULL, "nan", 0, e));
  OK(sg_apply(&y, log_operation, (const sg_tensor *const *)&x, 1, NULL, 0, e));
  FAILS(sg_debug_set(&before, "nun", 1, e), SG_ERROR_VALUE, "no check named 'nun'; there are nan and inputs");
  FAILS(sg_debug_get(&before, "nun", e), SG_ERROR_VALUE, "no check named 'nun'; there are nan and inputs");
  FAILS(sg_debug_get(NULL, "nan", e), SG_ERROR_VALUE, "'enabled' is NULL");
  OK(sg_debug_set(NULL, "inputs", 1, e));
  OK(sg_debug_get(&before, "inputs", e));
  CHECK(before == 1);
  OK(sg_debug_get(&before, "nan", e));
  CHECK(before == 0);
  {
    sg_tensor *z = NULL;
    FAILS(sg_apply(&z, log_operation, (const sg_tensor *const *)&y, 1, NULL, 0, e), SG_ERROR_STATE,
          "log: input 0 has NaN in 1 of 2 elements of float32 (2,)");
  }
  OK(sg_debug_set(NULL, "inputs", 0, e));
  FAILS(sg_debug_set(&before, NULL, 1, e), SG_ERROR_VALUE, "'check' is NULL");
  FAILS(sg_scope_enter(NULL, e), SG_ERROR_VALUE, "'name' is NULL");
  sg_tensor_free(x);
  sg_tensor_free(y);
}

static void profiles(void) {
  const float values[4] = {1, 2, 3, 4};
  const int64_t shape[2] = {2, 2};
  sg_tensor *x = floats(values, 2, shape), *y;
  sg_game *game = plane_game("non_saturating", NULL);
  sg_trainer *trainer = plane_trainer(game, "{\"batch_size\": 50, \"seed\": 8}");
  char *json = NULL;
  sg_profile *profile = NULL;
  FAILS(sg_profile_end(&profile, e), SG_ERROR_STATE, "no profile is under way");
  OK(sg_profile_begin(e));
  FAILS(sg_profile_begin(e), SG_ERROR_STATE, "already under way");
  y = op("batch_matmul", x, x);
  OK(sg_trainer_step(trainer, 2, e));
  FAILS(sg_profile_end(NULL, e), SG_ERROR_VALUE, "'out' is NULL");
  OK(sg_profile_end(&profile, e));
  OK(sg_profile_information(&json, profile, e));
  CHECK(strstr(json, "\"name\": \"batch_matmul\"") && strstr(json, "\"flops\"") && strstr(json, "\"dropped\": 0"));
  sg_string_free(json);
  CHECK(sg_profile_retain(profile) == profile && !sg_profile_retain(NULL));
  sg_profile_free(profile);
  OK(sg_profile_trace(&json, profile, e));
  CHECK(strstr(json, "\"ph\": \"X\"") && strstr(json, "\"step 1\"") && strstr(json, "\"discriminator\""));
  CHECK(strstr(json, "\"cat\": \"layer\"") && strstr(json, "\"gradient\""));
  sg_string_free(json);
  FAILS(sg_profile_trace(NULL, profile, e), SG_ERROR_VALUE, "'json' is NULL");
  FAILS(sg_profile_trace(&json, NULL, e), SG_ERROR_VALUE, "'profile' is NULL");
  FAILS(sg_profile_information(&json, NULL, e), SG_ERROR_VALUE, "'profile' is NULL");
  sg_profile_free(profile);
  sg_profile_free(NULL);
  sg_tensor_free(x);
  sg_tensor_free(y);
  sg_trainer_free(trainer);
  sg_game_free(game);
}

static sg_status reading_loss(void *context, sg_tensor **loss, const char *player, const sg_tensor *const *batch,
                              size_t batch_count, const sg_tensor *key, sg_error *error) {
  sg_layer *critic = context;
  sg_tensor *scores = NULL;
  double value;
  sg_status status = sg_layer_apply(&scores, critic, batch[0], error);
  (void)key, (void)batch_count;
  if (status != SG_OK) return status;
  *loss = op("mean", scores, NULL);
  sg_tensor_free(scores);
  if (strcmp(player, "discriminator")) return SG_OK;
  status = sg_tensor_item(&value, *loss, error);
  if (status != SG_OK) {
    sg_tensor_free(*loss);
    *loss = NULL;
  }
  return status;
}

static void eager_trainers(void) {
  sg_game *game = plane_game("non_saturating", NULL), *own = NULL;
  sg_trainer *traced = plane_trainer(game, "{\"batch_size\": 50, \"seed\": 8}"), *reading;
  sg_trainer *eager = plane_trainer(game, "{\"batch_size\": 50, \"seed\": 8, \"eager\": true}");
  sg_layer *critic = perceptron(2, 1, 3);
  sg_model *model = NULL;
  char *json = NULL;
  OK(sg_trainer_fit(traced, "{\"steps\": 2, \"eager\": false}", NULL, NULL, e));
  OK(sg_trainer_information(&json, traced, e));
  CHECK(strstr(json, "\"eager\": false, \"precision\": null, \"untraced\": {}, \"waiting\": [], \"not_finite\": null}") != NULL);
  sg_string_free(json);
  OK(sg_trainer_step(eager, 2, e));
  OK(sg_trainer_information(&json, eager, e));
  CHECK(strstr(json, "\"eager\": true, \"precision\": null, \"untraced\": {}, \"waiting\": [], \"not_finite\": null}") != NULL);
  sg_string_free(json);
  FAILS(sg_trainer_fit(traced, "{\"steps\": 2, \"eager\": 1}", NULL, NULL, e), SG_ERROR_TYPE, "eager");
  OK(sg_game_create(&own, NULL, e));
  OK(sg_game_add_player(own, "discriminator", critic, NULL, e));
  OK(sg_game_set_loss(own, reading_loss, critic, NULL, e));
  reading = plane_trainer(own, "{\"batch_size\": 50}");
  OK(sg_trainer_step(reading, 2, e));
  OK(sg_trainer_information(&json, reading, e));
  CHECK(strstr(json, "\"discriminator\": \"") && strstr(json, "are not known while a function is traced"));
  sg_string_free(json);
  FAILS(sg_trainer_information(&json, NULL, e), SG_ERROR_VALUE, "'trainer' is NULL");
  OK(sg_model_create(&model, "gan", "{\"batch_size\": 16}", e));
  FAILS(sg_model_information(&json, model, e), SG_ERROR_STATE, "has not been trained");
  FAILS(sg_model_diagnose(&json, model, NULL, 0, NULL, e), SG_ERROR_STATE, "has not been trained");
  {
    sg_tensor *points = ring();
    OK(sg_model_fit(model, (const sg_tensor *const *)&points, 1, "{\"steps\": 1, \"eager\": true}", NULL, NULL, e));
    sg_tensor_free(points);
  }
  OK(sg_model_diagnose(&json, model, NULL, 0, NULL, e));
  CHECK(strstr(json, "\"step\": 1, ") != NULL);
  sg_string_free(json);
  OK(sg_model_information(&json, model, e));
  CHECK(strstr(json, "\"untraced\": {}") != NULL);
  sg_string_free(json);
  sg_model_free(model);
  sg_trainer_free(traced);
  sg_trainer_free(eager);
  sg_trainer_free(reading);
  sg_layer_free(critic);
  sg_game_free(own);
  sg_game_free(game);
}

void instrument_tests(void) {
  check_run("debugging: the first NaN", finding_nan);
  check_run("profiles", profiles);
  check_run("eager trainers", eager_trainers);
}
