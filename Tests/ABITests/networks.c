#include "networks.h"

sg_layer *layer(const char *name, const char *options, sg_generator *generator) {
  sg_layer *out = NULL;
  OK(sg_layer_create(&out, name, options, generator, e));
  return out;
}

sg_layer *perceptron(int inputs, int outputs, uint64_t seed) {
  char first[80], last[80];
  sg_generator *generator = NULL;
  sg_layer *parts[3], *whole = NULL;
  snprintf(first, sizeof first, "{\"in_features\": %d, \"out_features\": 8}", inputs);
  snprintf(last, sizeof last, "{\"in_features\": 8, \"out_features\": %d}", outputs);
  OK(sg_generator_create(&generator, seed, e));
  parts[0] = layer("dense", first, generator);
  parts[1] = layer("relu", NULL, generator);
  parts[2] = layer("dense", last, generator);
  OK(sg_layer_sequential(&whole, parts, 3, e));
  for (int i = 0; i < 3; ++i) sg_layer_free(parts[i]);
  sg_generator_free(generator);
  return whole;
}

sg_tensor *ring(void) {
  sg_tensor *points = NULL;
  OK(sg_dataset_load(&points, NULL, "ring8", "{\"count\": 256, \"seed\": 3}", e));
  return points;
}

sg_game *plane_game(const char *objective, const char *discriminator_options) {
  sg_game *game = NULL;
  sg_layer *g = perceptron(4, 2, 1), *d = perceptron(2, 1, 2);
  OK(sg_game_create(&game, "{\"latent\": 4, \"latent_distribution\": \"uniform\"}", e));
  OK(sg_game_add_player(game, "discriminator", d, discriminator_options, e));
  OK(sg_game_add_player(game, "generator", g, "{\"optimizer\": {\"name\": \"adam\", \"learning_rate\": 0.001}}", e));
  if (objective != NULL) OK(sg_game_set_objective(game, objective, NULL, e));
  sg_layer_free(g);
  sg_layer_free(d);
  return game;
}

sg_trainer *plane_trainer(sg_game *game, const char *options) {
  sg_tensor *points = ring();
  sg_trainer *trainer = NULL;
  OK(sg_trainer_create(&trainer, game, (const sg_tensor *const *)&points, 1, options, e));
  sg_tensor_free(points);
  return trainer;
}
