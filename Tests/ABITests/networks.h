// Small networks and games that several tests use.
#ifndef NETWORKS_H
#define NETWORKS_H

#include "check.h"

sg_layer *layer(const char *name, const char *options, sg_generator *generator);
// Dense(inputs, 8), ReLU, Dense(8, outputs), as a sequential of separately made layers.
sg_layer *perceptron(int inputs, int outputs, uint64_t seed);
// The points of "ring8".
sg_tensor *ring(void);
// An adversarial game on points of the plane: latent 4, both players with Adam, an objective by name.
sg_game *plane_game(const char *objective, const char *discriminator_options);
sg_trainer *plane_trainer(sg_game *game, const char *options);

#endif
