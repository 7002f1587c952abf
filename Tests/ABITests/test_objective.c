#include "networks.h"

static sg_tensor *numbers(float a, float b) {
  float values[2];
  values[0] = a;
  values[1] = b;
  return vector(2, values);
}

// What objectives compute of logits: the paper's numbers, for a loop of the caller's own.
static void losses_by_name(void) {
  sg_tensor *r = numbers(1, 3), *f = numbers(0, 2), *loss = NULL;
  sg_judgement real = {NULL, NULL, NULL}, fake = {NULL, NULL, NULL};
  real.output = r;
  fake.output = f;
  OK(sg_objective_loss(&loss, "lsgan", NULL, "discriminator", &real, &fake, e));
  CHECK(fabs(item(loss) - (0.5 * (0 + 4) / 2 + 0.5 * (0 + 4) / 2)) < 1e-6);
  sg_tensor_free(loss);
  OK(sg_objective_loss(&loss, "least_squares", "{\"c\": 2}", "generator", NULL, &fake, e));
  CHECK(fabs(item(loss) - 0.5 * (4 + 0) / 2) < 1e-6);
  sg_tensor_free(loss);
  OK(sg_objective_loss(&loss, "ragan", "{\"loss\": \"hinge\"}", "generator", &real, &fake, e));
  CHECK(fabs(item(loss) - ((3 + 1) / 2.0 + (1 + 3) / 2.0)) < 1e-6);
  sg_tensor_free(loss);
  FAILS(sg_objective_loss(&loss, "ragan", NULL, "generator", NULL, &fake, e), SG_ERROR_VALUE, "outputs");
  FAILS(sg_objective_loss(&loss, "began", NULL, "generator", NULL, &fake, e), SG_ERROR_VALUE, "samples");
  FAILS(sg_objective_loss(&loss, "lsgan", NULL, "judge", &real, &fake, e), SG_ERROR_VALUE, "'judge'");
  FAILS(sg_objective_loss(&loss, "lsgan", NULL, NULL, &real, &fake, e), SG_ERROR_VALUE, "'player' is NULL");
  FAILS(sg_objective_loss(NULL, "lsgan", NULL, "generator", NULL, &fake, e), SG_ERROR_VALUE, "'out' is NULL");
  CHECK(loss == NULL);
  sg_tensor_free(r);
  sg_tensor_free(f);
}

static void penalties_by_name(void) {
  sg_layer *critic = perceptron(2, 1, 3);
  sg_tensor *points = ring(), *key = NULL, *value = NULL, *again = NULL;
  OK(sg_random_key(&key, 1, 0, e));
  OK(sg_penalty_value(&value, "r1", "{\"weight\": 2}", critic, points, points, key, e));
  OK(sg_penalty_value(&again, "r2", "{\"weight\": 4}", critic, points, points, key, e));
  CHECK(item(value) > 0 && fabs(item(again) - 2 * item(value)) < 1e-5 * item(again));
  sg_tensor_free(value);
  FAILS(sg_penalty_value(&value, "r1", "{\"weight\": -2}", critic, points, points, key, e), SG_ERROR_VALUE, "-2");
  FAILS(sg_penalty_value(&value, "r1", NULL, NULL, points, points, key, e), SG_ERROR_VALUE, "'critic' is NULL");
  FAILS(sg_penalty_value(&value, "r1", NULL, critic, points, points, NULL, e), SG_ERROR_VALUE, "'key' is NULL");
  sg_tensor_free(again);
  sg_tensor_free(key);
  sg_tensor_free(points);
  sg_layer_free(critic);
}

typedef struct own {
  int calls, with_real, deletions, fails;
} own;

// The Wasserstein game.
static sg_status own_objective(void *context, sg_tensor **loss, const char *player, const sg_tensor *real,
                               const sg_tensor *fake, sg_error *error) {
  own *self = context;
  sg_tensor *mean, *other;
  ++self->calls;
  self->with_real += real != NULL;
  if (self->fails) {
    snprintf(error->message, sizeof error->message, "the %s has had enough", player);
    return SG_ERROR_INDEX;
  }
  mean = op("mean", fake, NULL);
  if (strcmp(player, "generator") == 0) {
    *loss = op("negative", mean, NULL);
  } else {
    other = op("mean", real, NULL);
    *loss = op("subtract", mean, other);
    sg_tensor_free(other);
  }
  sg_tensor_free(mean);
  return SG_OK;
}

static sg_status own_penalty(void *context, sg_tensor **value, sg_layer *critic, const sg_tensor *real,
                             const sg_tensor *fake, const sg_tensor *key, sg_error *error) {
  sg_tensor *score = NULL, *square;
  sg_status status = sg_layer_apply(&score, critic, real, error);
  ++((own *)context)->calls;
  (void)fake, (void)key;
  if (status != SG_OK) return status;
  square = op("square", score, NULL);
  *value = op("mean", square, NULL);
  sg_tensor_free(score);
  sg_tensor_free(square);
  return SG_OK;
}

static void own_delete(void *context) { ++((own *)context)->deletions; }

static void of_ones_own(void) {
  own objective, penalty;
  sg_game *game;
  sg_trainer *trainer;
  sg_model *model = NULL;
  char *json = NULL;
  memset(&objective, 0, sizeof objective);
  memset(&penalty, 0, sizeof penalty);
  OK(sg_objective_register("earth", "The Wasserstein game.", own_objective, 0, &objective, own_delete, e));
  OK(sg_objective_register("earth", "The Wasserstein game.", own_objective, 0, &objective, own_delete, e));
  CHECK(objective.deletions == 1);
  OK(sg_penalty_register("calm", "Small outputs.", own_penalty, &penalty, own_delete, e));
  game = plane_game("earth", NULL);
  OK(sg_game_add_penalty(game, "calm", "{\"weight\": 0.5}", e));
  trainer = plane_trainer(game, "{\"batch_size\": 64, \"eager\": true}");
  OK(sg_trainer_step(trainer, 3, e));
  CHECK(objective.calls == 6 && objective.with_real == 3 && penalty.calls == 3);
  OK(sg_trainer_metrics(&json, trainer, e));
  CHECK(strstr(json, "\"calm\"") != NULL);
  sg_string_free(json);
  objective.fails = 1;
  FAILS(sg_trainer_step(trainer, 1, e), SG_ERROR_INDEX, "the discriminator has had enough");
  sg_trainer_free(trainer);
  sg_game_free(game);
  OK(sg_model_create(&model, "gan", "{\"objective\": \"earth\", \"penalty\": [\"calm\", 2]}", e));
  sg_model_free(model);
  FAILS(sg_objective_register("hinge", "", own_objective, 0, NULL, NULL, e), SG_ERROR_VALUE, "'hinge'");
  FAILS(sg_objective_register("", "", own_objective, 0, NULL, NULL, e), SG_ERROR_VALUE, "needs a name");
  FAILS(sg_objective_register("mine", "", NULL, 0, NULL, NULL, e), SG_ERROR_VALUE, "function is NULL");
  FAILS(sg_penalty_register("r1", "", own_penalty, NULL, NULL, e), SG_ERROR_VALUE, "'r1'");
  FAILS(sg_penalty_register("mine", "", NULL, NULL, NULL, e), SG_ERROR_VALUE, "function is NULL");
}

// The same options as in Python, as JSON.
static void tricks(void) {
  static const char *const options[6] = {
      "{\"objective\": \"lsgan\", \"penalty\": [\"r1\", 10], \"pack\": 2, \"spectral_norm\": true, \"ttur\": [4e-4, "
      "1e-4], \"augment\": \"color,translation,cutout\", \"ema\": 0.999, \"width\": 4, \"batch_size\": 16}",
      "{\"objective\": {\"name\": \"ebgan\", \"pulling_away\": 0.1}, \"width\": 4, \"batch_size\": 16}",
      "{\"objective\": \"began\", \"historical_averaging\": 0.1, \"width\": 4, \"batch_size\": 16}",
      "{\"objective\": \"gmmn\", \"width\": 4, \"batch_size\": 16}",
      "{\"objective\": {\"name\": \"mmd_gan\", \"kernel\": \"rational_quadratic\"}, \"width\": 4, \"batch_size\": 16}",
      "{\"objective\": \"feature_matching\", \"minibatch_discrimination\": 4, \"virtual_batch_norm\": \"generator\", "
      "\"width\": 4, \"batch_size\": 16}"};
  sg_tensor *digits = NULL, *samples = NULL;
  sg_tensor_info info;
  OK(sg_dataset_load(&digits, NULL, "digits", NULL, e));
  for (int i = 0; i < 6; ++i) {
    sg_model *model = NULL;
    OK(sg_model_create(&model, "dcgan", options[i], e));
    OK(sg_model_fit(model, (const sg_tensor *const *)&digits, 1, "{\"steps\": 2}", NULL, NULL, e));
    OK(sg_model_sample(&samples, model, 3, 1, e));
    OK(sg_tensor_info_get(&info, samples, e));
    CHECK(info.rank == 4 && info.shape[0] == 3 && info.shape[1] == 8);
    sg_tensor_free(samples);
    sg_model_free(model);
  }
  {
    sg_model *model = NULL;
    FAILS(sg_model_create(&model, "dcgan", "{\"augment\": \"color,blur\"}", e), SG_ERROR_VALUE, "blur");
    FAILS(sg_model_create(&model, "dcgan", "{\"ttur\": [1e-3]}", e), SG_ERROR_VALUE, "discriminator, generator");
    CHECK(model == NULL);
  }
  sg_tensor_free(digits);
}

void objective_tests(void) {
  check_run("losses by name", losses_by_name);
  check_run("penalties by name", penalties_by_name);
  check_run("objectives of one's own", of_ones_own);
  check_run("tricks by name", tricks);
}
