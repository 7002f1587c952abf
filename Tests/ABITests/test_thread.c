#define _POSIX_C_SOURCE 200809L
#include <pthread.h>

#include "networks.h"

// Threads use the library without CHECK's globals: each counts what went wrong in a place of its own.
typedef struct job {
  sg_trainer *trainer;
  sg_optimizer *optimizer;
  sg_layer *network;
  sg_tensor *input;
  int faults;
} job;

static void *fit(void *argument) {
  job *self = argument;
  sg_error error;
  self->faults += sg_trainer_fit(self->trainer, "{\"steps\": 40}", NULL, NULL, &error) != SG_OK;
  return NULL;
}

static void *use(void *argument) {
  job *self = argument;
  sg_error error;
  for (int i = 0; i < 10; ++i) {
    sg_tensor *x = NULL;
    char *json = NULL;
    self->faults += sg_trainer_sample(&x, self->trainer, 8, (uint64_t)i, &error) != SG_OK;
    self->faults += sg_trainer_history(&json, self->trainer, &error) != SG_OK;
    sg_tensor_free(x);
    sg_string_free(json);
  }
  return NULL;
}

static void one_fits_while_others_sample(void) {
  sg_game *game = plane_game("non_saturating", NULL);
  job shared;
  pthread_t threads[3];
  char *json = NULL;
  memset(&shared, 0, sizeof shared);
  shared.trainer = plane_trainer(game, NULL);
  pthread_create(&threads[0], NULL, fit, &shared);
  pthread_create(&threads[1], NULL, use, &shared);
  pthread_create(&threads[2], NULL, use, &shared);
  for (int i = 0; i < 3; ++i) pthread_join(threads[i], NULL);
  CHECK(shared.faults == 0);
  OK(sg_trainer_metrics(&json, shared.trainer, e));
  CHECK(strstr(json, "\"step\": 40,") != NULL);
  sg_string_free(json);
  sg_trainer_free(shared.trainer);
  sg_game_free(game);
}

// Each thread takes gradients of the same network: what one tracks, the others do not see.
static void *differentiate(void *argument) {
  job *self = argument;
  sg_error error;
  sg_parameter *p = NULL;
  self->faults += sg_layer_parameter(&p, self->network, 0, &error) != SG_OK;
  for (int i = 0; i < 50; ++i) {
    sg_tensor *leaf = NULL, *y = NULL, *gradient = NULL, *weight = NULL;
    const sg_operation *sum = NULL;
    const sg_tensor *in;
    self->faults += sg_parameters_track(&leaf, &p, 1, &error) != SG_OK;
    self->faults += sg_layer_apply(&y, self->network, self->input, &error) != SG_OK;
    self->faults += sg_operation_find(&sum, "sum", &error) != SG_OK;
    in = y;
    self->faults += sg_apply(&weight, sum, &in, 1, NULL, 0, &error) != SG_OK;
    self->faults += sg_gradient_compute(&gradient, weight, (const sg_tensor *const *)&leaf, 1, NULL, &error) != SG_OK;
    self->faults += sg_parameters_restore(&p, 1, &error) != SG_OK;
    sg_tensor_free(leaf);
    sg_tensor_free(y);
    sg_tensor_free(gradient);
    sg_tensor_free(weight);
  }
  sg_parameter_free(p);
  return NULL;
}

static void gradients_are_per_thread(void) {
  const float values[6] = {1, 2, 3, 4, 5, 6};
  const int64_t shape[2] = {3, 2};
  job shared[3];
  pthread_t threads[3];
  sg_layer *network = perceptron(2, 1, 1);
  sg_tensor *x = floats(values, 2, shape);
  for (int i = 0; i < 3; ++i) {
    memset(&shared[i], 0, sizeof shared[i]);
    shared[i].network = network;
    shared[i].input = x;
    pthread_create(&threads[i], NULL, differentiate, &shared[i]);
  }
  for (int i = 0; i < 3; ++i) {
    pthread_join(threads[i], NULL);
    CHECK(shared[i].faults == 0);
  }
  sg_layer_free(network);
  sg_tensor_free(x);
}

void thread_tests(void) {
  check_run("one thread fits while others sample", one_fits_while_others_sample);
  check_run("gradients are per thread", gradients_are_per_thread);
}
