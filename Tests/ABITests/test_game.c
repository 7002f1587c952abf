#include "networks.h"

static void objectives_and_penalties(void) {
  static const char *const names[8] = {"minimax", "non_saturating", "lsgan",   "wgan",
                                       "hinge",   "rsgan",          "mmd_gan", "feature_matching"};
  for (int i = 0; i < 8; ++i) {
    sg_game *game = plane_game(names[i], i == 3 ? "{\"clip_weights\": 0.01, \"steps\": 2}" : NULL);
    sg_trainer *trainer = plane_trainer(game, "{\"batch_size\": 32}");
    char *json = NULL;
    CHECK(sg_game_retain(game) == game);
    sg_game_free(game);
    sg_game_free(game);
    OK(sg_trainer_step(trainer, 3, e));
    OK(sg_trainer_metrics(&json, trainer, e));
    CHECK(strstr(json, "\"step\": 3") != NULL && strstr(json, "\"discriminator_loss\"") != NULL);
    CHECK(strstr(json, "null") == NULL);
    sg_string_free(json);
    sg_trainer_free(trainer);
  }
}

static void stages(void) {
  sg_game *game = plane_game("non_saturating", "{\"from_epoch\": 1}");
  sg_trainer *trainer = plane_trainer(game, NULL);
  char *json = NULL;
  OK(sg_trainer_step(trainer, 1, e));
  OK(sg_trainer_metrics(&json, trainer, e));
  CHECK(strstr(json, "\"generator_loss\"") != NULL && strstr(json, "\"discriminator_loss\"") == NULL);
  sg_string_free(json);
  OK(sg_trainer_information(&json, trainer, e));
  CHECK(strstr(json, "\"waiting\": [\"discriminator\"]") != NULL);
  sg_string_free(json);
  OK(sg_trainer_fit(trainer, "{\"epochs\": 2}", NULL, NULL, e));
  OK(sg_trainer_metrics(&json, trainer, e));
  CHECK(strstr(json, "\"discriminator_loss\"") != NULL);
  sg_string_free(json);
  OK(sg_trainer_information(&json, trainer, e));
  CHECK(strstr(json, "\"waiting\": []") != NULL);
  sg_string_free(json);
  sg_trainer_free(trainer);
  sg_game_free(game);
}

static void gradient_penalty(void) {
  sg_game *game = plane_game("wasserstein", "{\"steps\": 2}");
  sg_trainer *trainer;
  char *json = NULL;
  OK(sg_game_add_penalty(game, "gradient_penalty", "{\"weight\": 10}", e));
  trainer = plane_trainer(game, NULL);
  OK(sg_trainer_step(trainer, 2, e));
  OK(sg_trainer_metrics(&json, trainer, e));
  CHECK(strstr(json, "\"gradient_penalty\"") != NULL);
  sg_string_free(json);
  sg_trainer_free(trainer);
  sg_game_free(game);
}

// Losses of the caller's own: a least-squares game written with sg_apply.
typedef struct own {
  sg_layer *generator, *discriminator;
  int calls, deletions, mode;
} own;

static sg_status own_loss(void *context, sg_tensor **loss, const char *player, const sg_tensor *const *batch,
                          size_t count, const sg_tensor *key, sg_error *error) {
  own *self = context;
  const sg_operation *random_normal = NULL;
  sg_attribute shape;
  int64_t sizes[2] = {0, 4};
  sg_tensor_info info;
  sg_tensor *z = NULL, *fake = NULL, *score = NULL, *real = NULL, *goal = scalar(1), *a, *b, *c, *d;
  ++self->calls;
  if (self->mode == 1) {
    snprintf(error->message, sizeof error->message, "the %s gives up", player);
    sg_tensor_free(goal);
    return SG_ERROR_INDEX;
  }
  if (count != 2) return SG_ERROR_VALUE;
  sg_tensor_info_get(&info, batch[0], error);
  sizes[0] = info.shape[0];
  shape = sg_attribute_integers("shape", sizes, 2);
  sg_operation_find(&random_normal, "random_normal", error);
  sg_apply(&z, random_normal, &key, 1, &shape, 1, error);
  sg_layer_apply(&fake, self->generator, z, error);
  sg_layer_apply(&score, self->discriminator, fake, error);
  if (strcmp(player, "generator") == 0) {
    a = op("subtract", score, goal);
    b = op("square", a, NULL);
    *loss = self->mode == 2 ? sg_tensor_retain(b) : op("mean", b, NULL);
    sg_tensor_free(a);
    sg_tensor_free(b);
  } else {
    sg_layer_apply(&real, self->discriminator, batch[0], error);
    a = op("subtract", real, goal);
    b = op("square", a, NULL);
    c = op("square", score, NULL);
    d = op("add", b, c);
    *loss = op("mean", d, NULL);
    sg_tensor_free(real);
    sg_tensor_free(a);
    sg_tensor_free(b);
    sg_tensor_free(c);
    sg_tensor_free(d);
  }
  sg_tensor_free(z);
  sg_tensor_free(fake);
  sg_tensor_free(score);
  sg_tensor_free(goal);
  return SG_OK;
}

static void own_delete(void *context) { ++((own *)context)->deletions; }

static void losses_of_ones_own(void) {
  own self;
  sg_game *game = NULL;
  sg_trainer *trainer = NULL;
  sg_tensor *data[2], *sample = NULL;
  sg_tensor_info info;
  float labels[256] = {0};
  char *json = NULL;
  memset(&self, 0, sizeof self);
  self.generator = perceptron(4, 2, 1);
  self.discriminator = perceptron(2, 1, 2);
  OK(sg_game_create(&game, "{\"latent\": 4}", e));
  OK(sg_game_set_objective(game, "hinge", NULL, e));
  OK(sg_game_set_loss(game, own_loss, &self, own_delete, e));
  OK(sg_game_set_loss(game, own_loss, &self, own_delete, e));
  CHECK(self.deletions == 1);
  OK(sg_game_add_player(game, "discriminator", self.discriminator, NULL, e));
  OK(sg_game_add_player(game, "generator", self.generator, "{\"ema\": 0.9}", e));
  data[0] = ring();
  data[1] = vector(256, labels);
  OK(sg_trainer_create(&trainer, game, (const sg_tensor *const *)data, 2, "{\"batch_size\": 64, \"eager\": true}", e));
  OK(sg_trainer_step(trainer, 4, e));
  CHECK(self.calls == 8);
  OK(sg_trainer_history(&json, trainer, e));
  CHECK(strstr(json, "\"step\": [1, 2, 3, 4]") != NULL && strstr(json, "\"generator_loss\"") != NULL);
  sg_string_free(json);
  OK(sg_trainer_sample(&sample, trainer, 5, 1, e));
  OK(sg_tensor_info_get(&info, sample, e));
  CHECK(info.rank == 2 && info.shape[0] == 5 && info.shape[1] == 2);
  self.mode = 1;
  FAILS(sg_trainer_step(trainer, 1, e), SG_ERROR_INDEX, "the discriminator gives up");
  self.mode = 2;
  FAILS(sg_trainer_step(trainer, 1, e), SG_ERROR_SHAPE, "(64, 1)");
  self.mode = 0;
  OK(sg_trainer_step(trainer, 1, e));
  FAILS(sg_gradient_exit(e), SG_ERROR_STATE, "no gradient scope");
  sg_game_free(game);
  CHECK(self.deletions == 1);
  sg_trainer_free(trainer);
  CHECK(self.deletions == 2);
  sg_layer_free(self.generator);
  sg_layer_free(self.discriminator);
  sg_tensor_free(data[0]);
  sg_tensor_free(data[1]);
  sg_tensor_free(sample);
}

static void bad_calls(void) {
  sg_layer *network = perceptron(4, 2, 1);
  sg_tensor *points = ring();
  const sg_tensor *data = points;
  sg_game *game = NULL;
  sg_trainer *trainer = NULL;
  FAILS(sg_game_create(NULL, NULL, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(sg_game_create(&game, "{\"latent\": 0}", e), SG_ERROR_VALUE, "latent");
  FAILS(sg_game_create(&game, "{\"noise\": 1}", e), SG_ERROR_TYPE, "'noise'");
  FAILS(sg_game_create(&game, "{\"latent_distribution\": \"cauchy\"}", e), SG_ERROR_VALUE, "cauchy");
  CHECK(game == NULL);
  OK(sg_game_create(&game, NULL, e));
  FAILS(sg_trainer_create(&trainer, game, &data, 1, NULL, e), SG_ERROR_STATE, "no player");
  FAILS(sg_game_add_player(game, NULL, network, NULL, e), SG_ERROR_VALUE, "'name' is NULL");
  FAILS(sg_game_add_player(game, "", network, NULL, e), SG_ERROR_VALUE, "needs a name");
  FAILS(sg_game_add_player(game, "generator", NULL, NULL, e), SG_ERROR_VALUE, "'network' is NULL");
  FAILS(sg_game_add_player(NULL, "generator", network, NULL, e), SG_ERROR_VALUE, "'game' is NULL");
  FAILS(sg_game_add_player(game, "generator", network, "{\"steps\": 0}", e), SG_ERROR_VALUE, "steps");
  FAILS(sg_game_add_player(game, "generator", network, "{\"optimizer\": \"newton\"}", e), SG_ERROR_VALUE, "newton");
  FAILS(sg_game_add_player(game, "generator", network, "{\"optimizer\": 3}", e), SG_ERROR_TYPE, "optimizer");
  FAILS(sg_game_add_player(game, "generator", network, "{\"ema\": 1}", e), SG_ERROR_VALUE, "ema");
  OK(sg_game_add_player(game, "generator", network, NULL, e));
  FAILS(sg_game_add_player(game, "generator", network, NULL, e), SG_ERROR_VALUE, "already");
  FAILS(sg_trainer_create(&trainer, game, &data, 1, NULL, e), SG_ERROR_STATE, "no losses");
  FAILS(sg_game_set_objective(game, "winning", NULL, e), SG_ERROR_VALUE, "winning");
  FAILS(sg_game_set_objective(game, NULL, NULL, e), SG_ERROR_VALUE, "'name' is NULL");
  FAILS(sg_game_set_objective(NULL, "hinge", NULL, e), SG_ERROR_VALUE, "'game' is NULL");
  FAILS(sg_game_set_objective(game, "hinge", "{\"a\": 1}", e), SG_ERROR_TYPE, "'a'");
  OK(sg_game_set_objective(game, "hinge", NULL, e));
  FAILS(sg_trainer_create(&trainer, game, &data, 1, NULL, e), SG_ERROR_STATE, "needs a player 'discriminator'");
  FAILS(sg_game_add_penalty(game, "fine", NULL, e), SG_ERROR_VALUE, "fine");
  FAILS(sg_game_add_penalty(game, NULL, NULL, e), SG_ERROR_VALUE, "'name' is NULL");
  FAILS(sg_game_add_penalty(NULL, "r1", NULL, e), SG_ERROR_VALUE, "'game' is NULL");
  FAILS(sg_game_set_loss(game, NULL, NULL, NULL, e), SG_ERROR_VALUE, "function is NULL");
  FAILS(sg_game_set_loss(NULL, own_loss, NULL, NULL, e), SG_ERROR_VALUE, "'game' is NULL");
  OK(sg_game_add_penalty(game, "r1", NULL, e));
  OK(sg_game_set_loss(game, own_loss, NULL, NULL, e));
  FAILS(sg_trainer_create(&trainer, game, &data, 1, NULL, e), SG_ERROR_STATE, "penalty");
  CHECK(trainer == NULL && sg_game_retain(NULL) == NULL);
  sg_game_free(NULL);
  sg_game_free(game);
  sg_layer_free(network);
  sg_tensor_free(points);
}

void game_tests(void) {
  check_run("objectives", objectives_and_penalties);
  check_run("stages of players", stages);
  check_run("gradient penalty", gradient_penalty);
  check_run("losses of one's own", losses_of_ones_own);
  check_run("bad calls of game functions", bad_calls);
}
