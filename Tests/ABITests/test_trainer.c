#include "networks.h"

static sg_tensor *sample(sg_trainer *trainer, uint64_t seed) {
  sg_tensor *out = NULL;
  OK(sg_trainer_sample(&out, trainer, 300, seed, e));
  return out;
}

static int same_samples(sg_trainer *a, sg_trainer *b) {
  sg_tensor *x = sample(a, 5), *y = sample(b, 5);
  int same = same_bits(x, y);
  sg_tensor_free(x);
  sg_tensor_free(y);
  return same;
}

static sg_trainer *fresh(void) {
  sg_game *game = plane_game("non_saturating", NULL);
  sg_trainer *trainer = plane_trainer(game, "{\"batch_size\": 50, \"seed\": 8}");
  sg_game_free(game);
  return trainer;
}

static void stop_and_resume(void) {
  const char *path = temporary("trainer.safetensors"), *broken = temporary("broken.safetensors");
  sg_trainer *straight = fresh(), *stopped = fresh(), *resumed = fresh(), *elsewhere;
  sg_game *other = plane_game("non_saturating", "{\"optimizer\": \"sgd\"}");
  size_t size;
  char *bytes;
  sg_tensor *before, *after;
  OK(sg_trainer_step(straight, 12, e));
  OK(sg_trainer_step(stopped, 7, e));
  OK(sg_trainer_save(stopped, path, e));
  CHECK(!same_samples(straight, stopped));
  before = sample(resumed, 1);
  bytes = read_file(path, &size);
  write_file(broken, bytes, size * 2 / 3);
  FAILS(sg_trainer_load(resumed, broken, e), SG_ERROR_IO, "broken");
  bytes[size - 2] ^= 0x40;
  write_file(broken, bytes, size);
  FAILS(sg_trainer_load(resumed, broken, e), SG_ERROR_IO, "broken");
  FAILS(sg_trainer_load(resumed, temporary("missing"), e), SG_ERROR_IO, "missing");
  after = sample(resumed, 1);
  CHECK(same_bits(before, after));
  OK(sg_trainer_load(resumed, path, e));
  CHECK(same_samples(stopped, resumed));
  OK(sg_trainer_step(resumed, 5, e));
  CHECK(same_samples(straight, resumed));
  elsewhere = plane_trainer(other, NULL);
  FAILS(sg_trainer_load(elsewhere, path, e), SG_ERROR_VALUE, "another game");
  FAILS(sg_trainer_save(stopped, temporary("no/folder"), e), SG_ERROR_IO, "no/folder");
  FAILS(sg_trainer_save(stopped, NULL, e), SG_ERROR_VALUE, "'path' is NULL");
  FAILS(sg_trainer_save(NULL, path, e), SG_ERROR_VALUE, "'trainer' is NULL");
  FAILS(sg_trainer_load(stopped, NULL, e), SG_ERROR_VALUE, "'path' is NULL");
  FAILS(sg_trainer_load(NULL, path, e), SG_ERROR_VALUE, "'trainer' is NULL");
  free(bytes);
  sg_tensor_free(before);
  sg_tensor_free(after);
  sg_trainer_free(straight);
  sg_trainer_free(stopped);
  sg_trainer_free(resumed);
  sg_trainer_free(elsewhere);
  sg_game_free(other);
}

typedef struct watcher {
  sg_trainer *trainer;
  int events[4], stop_at, fail_at, nested;
  int64_t last_step;
} watcher;

static int watch(void *context, const sg_event *event, sg_error *error) {
  watcher *self = context;
  CHECK(event->version == 1 && event->kind >= 0 && event->kind <= 3);
  ++self->events[event->kind & 3];
  self->last_step = event->step;
  if (event->kind == SG_EVENT_STEP) {
    CHECK(event->metric_count >= 2);
    for (size_t i = 0; i < event->metric_count; ++i)
      CHECK(event->metric_names[i] != NULL && isfinite(event->metric_values[i]));
    if (self->trainer != NULL && event->step == 2) {
      sg_tensor *x = NULL;
      char *json = NULL;
      sg_error inner;
      CHECK(sg_trainer_sample(&x, self->trainer, 3, 1, &inner) == SG_OK);
      CHECK(sg_trainer_save(self->trainer, temporary("inside.safetensors"), &inner) == SG_OK);
      CHECK(sg_trainer_metrics(&json, self->trainer, &inner) == SG_OK);
      CHECK(sg_trainer_fit(self->trainer, "{\"steps\": 1}", NULL, NULL, &inner) == SG_ERROR_STATE);
      ++self->nested;
      sg_tensor_free(x);
      sg_string_free(json);
    }
    if (self->stop_at != 0 && event->step >= self->stop_at) return SG_EVENT_STOP;
    if (self->fail_at != 0 && event->step >= self->fail_at) {
      snprintf(error->message, sizeof error->message, "interrupted by hand");
      return SG_ERROR_INTERRUPTED;
    }
  } else if (event->kind != SG_EVENT_EPOCH) {
    CHECK(event->metric_count == 0);
  }
  return SG_OK;
}

static void events(void) {
  sg_trainer *trainer = fresh();
  watcher self;
  char *json = NULL;
  memset(&self, 0, sizeof self);
  self.trainer = trainer;
  // 256 rows in batches of 50: five steps to an epoch.
  OK(sg_trainer_fit(trainer, "{\"epochs\": 2}", watch, &self, e));
  CHECK(self.events[SG_EVENT_BEGAN] == 1 && self.events[SG_EVENT_ENDED] == 1 && self.nested == 1);
  CHECK(self.events[SG_EVENT_STEP] == 10 && self.events[SG_EVENT_EPOCH] == 2 && self.last_step == 10);
  self.stop_at = 13;
  OK(sg_trainer_fit(trainer, "{\"steps\": 100}", watch, &self, e));
  CHECK(self.last_step == 13);
  self.stop_at = 0;
  self.fail_at = 15;
  FAILS(sg_trainer_fit(trainer, "{\"steps\": 100}", watch, &self, e), SG_ERROR_INTERRUPTED, "interrupted by hand");
  CHECK(self.last_step == 16);  // FAILS makes the call twice
  OK(sg_trainer_metrics(&json, trainer, e));
  CHECK(strstr(json, "\"step\": 16,") != NULL);
  sg_string_free(json);
  OK(sg_trainer_fit(trainer, "{\"steps\": 2}", NULL, NULL, e));
  OK(sg_trainer_metrics(&json, trainer, e));
  CHECK(strstr(json, "\"step\": 18,") != NULL);
  sg_string_free(json);
  CHECK(sg_trainer_retain(trainer) == trainer);
  sg_trainer_free(trainer);
  OK(sg_trainer_fit(trainer, "{\"steps\": 0}", NULL, NULL, e));
  sg_trainer_free(trainer);
}

// A look changes nothing, whenever it is taken; alarms come from the records that are handed in.
static void diagnose(void) {
  sg_trainer *watched = fresh(), *alone = fresh();
  const char *path = temporary("records.jsonl");
  const float few[4] = {0, 1, 2, 3};
  const int64_t shape[2] = {2, 2};
  sg_tensor *rows = floats(few, 2, shape);
  char *json = NULL, *text;
  size_t size;
  OK(sg_trainer_diagnose(&json, watched, NULL, 0, NULL, e));
  CHECK(strstr(json, "{\"step\": 0, \"figures\": {\"discriminator_loss\": ") == json);
  CHECK(strstr(json, "\"duality_gap\": ") && strstr(json, "\"jsd_bound\": ") && strstr(json, "\"warnings\": []}"));
  sg_string_free(json);
  OK(sg_trainer_diagnose(&json, watched, NULL, 0,
                         "{\"gap_steps\": 0, \"collapse\": 1, \"patience\": 1, \"records\": "
                         "[{\"step\": 0, \"figures\": {\"diversity\": 100}}]}", e));
  CHECK(strstr(json, "duality_gap") == NULL && strstr(json, "\"kind\": \"mode_collapse\", \"step\": 0, "));
  sg_string_free(json);
  text = malloc(4096);
  snprintf(text, 4096, "{\"steps\": 6, \"callbacks\": [{\"name\": \"diagnostics\", \"every_steps\": 3, \"path\": \"%s\"}]}",
           path);
  OK(sg_trainer_fit(watched, text, NULL, NULL, e));
  free(text);
  text = read_file(path, &size);
  CHECK(size > 200 && strncmp(text, "{\"step\": 3, ", 12) == 0);
  free(text);
  OK(sg_trainer_step(alone, 6, e));
  CHECK(same_samples(watched, alone));
  FAILS(sg_trainer_fit(watched, "{\"steps\": 1, \"callbacks\": [\"diagnose\"]}", NULL, NULL, e), SG_ERROR_VALUE, "diagnostics");
  FAILS(sg_trainer_fit(watched, "{\"steps\": 1, \"callbacks\": 3}", NULL, NULL, e), SG_ERROR_TYPE, "callbacks");
  FAILS(sg_trainer_diagnose(&json, watched, (const sg_tensor *const *)&rows, 1, NULL, e), SG_ERROR_VALUE, "hold out");
  FAILS(sg_trainer_diagnose(&json, watched, NULL, 1, NULL, e), SG_ERROR_VALUE, "held_out");
  FAILS(sg_trainer_diagnose(&json, watched, NULL, 0, "{\"records\": 3}", e), SG_ERROR_TYPE, "records");
  FAILS(sg_trainer_diagnose(&json, watched, NULL, 0, "{\"records\": [{}]}", e), SG_ERROR_VALUE, "no record");
  FAILS(sg_trainer_diagnose(&json, watched, NULL, 0, "{\"gap\": 3}", e), SG_ERROR_TYPE, "gap_steps");
  FAILS(sg_trainer_diagnose(&json, NULL, NULL, 0, NULL, e), SG_ERROR_VALUE, "'trainer' is NULL");
  FAILS(sg_trainer_diagnose(NULL, watched, NULL, 0, NULL, e), SG_ERROR_VALUE, "json");
  FAILS(sg_model_diagnose(&json, NULL, NULL, 0, NULL, e), SG_ERROR_VALUE, "'model' is NULL");
  sg_tensor_free(rows);
  sg_trainer_free(watched);
  sg_trainer_free(alone);
}

static void threads_give_the_same_bits(void) {
  sg_trainer *one = fresh(), *two = fresh();
  int before = sg_threads_get();
  OK(sg_threads_set(1, e));
  OK(sg_trainer_step(one, 10, e));
  OK(sg_threads_set(2, e));
  OK(sg_trainer_step(two, 10, e));
  OK(sg_threads_set(before, e));
  CHECK(same_samples(one, two));
  sg_trainer_free(one);
  sg_trainer_free(two);
}

static void pixels_come_back_as_pixels(void) {
  sg_game *game = NULL;
  sg_generator *g = NULL;
  sg_layer *parts[3], *generator = NULL, *discriminator = NULL;
  sg_tensor *digits = NULL, *labels = NULL, *out = NULL;
  sg_trainer *trainer = NULL;
  sg_tensor_info info;
  OK(sg_generator_create(&g, 1, e));
  parts[0] = layer("dense", "{\"in_features\": 10, \"out_features\": 64}", g);
  parts[1] = layer("tanh", NULL, g);
  parts[2] = layer("reshape", "{\"shape\": [8, 8, 1]}", g);
  OK(sg_layer_sequential(&generator, parts, 3, e));
  for (int i = 0; i < 3; ++i) sg_layer_free(parts[i]);
  parts[0] = layer("flatten", NULL, g);
  parts[1] = layer("dense", "{\"in_features\": 64, \"out_features\": 1}", g);
  OK(sg_layer_sequential(&discriminator, parts, 2, e));
  for (int i = 0; i < 2; ++i) sg_layer_free(parts[i]);
  OK(sg_game_create(&game, "{\"latent\": 10}", e));
  OK(sg_game_add_player(game, "discriminator", discriminator, NULL, e));
  OK(sg_game_add_player(game, "generator", generator, NULL, e));
  OK(sg_game_set_objective(game, "non_saturating", NULL, e));
  OK(sg_dataset_load(&digits, &labels, "digits", NULL, e));
  OK(sg_trainer_create(&trainer, game, (const sg_tensor *const *)&digits, 1, "{\"range\": [0, 16]}", e));
  OK(sg_trainer_step(trainer, 1, e));
  OK(sg_trainer_sample(&out, trainer, 2, 1, e));
  OK(sg_tensor_info_get(&info, out, e));
  CHECK(info.dtype == SG_UINT8 && info.rank == 4 && info.shape[1] == 8 && info.shape[3] == 1);
  sg_trainer_free(trainer);
  FAILS(sg_trainer_create(&trainer, game, (const sg_tensor *const *)&digits, 1, "{\"range\": [0, 10]}", e),
        SG_ERROR_VALUE, "from 0 to 16");
  sg_game_free(game);
  sg_layer_free(generator);
  sg_layer_free(discriminator);
  sg_tensor_free(digits);
  sg_tensor_free(labels);
  sg_tensor_free(out);
  sg_generator_free(g);
}

static void bad_data(void) {
  float bad[4] = {1, 2, NAN, 4};
  const int64_t two_by_two[2] = {2, 2}, none[2] = {0, 2};
  sg_game *game = plane_game("hinge", NULL);
  sg_tensor *points = ring(), *nan = floats(bad, 2, two_by_two), *empty = floats(bad, 2, none), *one = scalar(1);
  const sg_tensor *data[2];
  sg_trainer *trainer = NULL;
  data[0] = points;
  data[1] = nan;
  FAILS(sg_trainer_create(&trainer, game, data, 1, "{\"batch_size\": 257}", e), SG_ERROR_VALUE, "only 256 samples");
  FAILS(sg_trainer_create(&trainer, game, data, 1, "{\"batch_size\": 0}", e), SG_ERROR_VALUE, "batch_size");
  FAILS(sg_trainer_create(&trainer, game, data, 1, "{\"batchsize\": 1}", e), SG_ERROR_TYPE, "batchsize");
  FAILS(sg_trainer_create(&trainer, game, data, 1, "{\"seed\": -1}", e), SG_ERROR_VALUE, "seed");
  FAILS(sg_trainer_create(&trainer, game, data, 1, "{\"range\": \"wide\"}", e), SG_ERROR_VALUE, "range");
  FAILS(sg_trainer_create(&trainer, game, data, 2, NULL, e), SG_ERROR_SHAPE, "first axes");
  FAILS(sg_trainer_create(&trainer, game, data, 0, NULL, e), SG_ERROR_VALUE, "no data");
  FAILS(sg_trainer_create(&trainer, game, NULL, 1, NULL, e), SG_ERROR_VALUE, "'data' is NULL");
  data[0] = nan;
  FAILS(sg_trainer_create(&trainer, game, data, 1, "{\"batch_size\": 1}", e), SG_ERROR_VALUE, "NaN or infinity");
  data[0] = empty;
  FAILS(sg_trainer_create(&trainer, game, data, 1, "{\"batch_size\": 1}", e), SG_ERROR_VALUE, "empty");
  data[0] = one;
  FAILS(sg_trainer_create(&trainer, game, data, 1, NULL, e), SG_ERROR_SHAPE, "scalar");
  data[0] = points;
  FAILS(sg_trainer_create(&trainer, NULL, data, 1, NULL, e), SG_ERROR_VALUE, "'game' is NULL");
  FAILS(sg_trainer_create(NULL, game, data, 1, NULL, e), SG_ERROR_VALUE, "'out' is NULL");
  CHECK(trainer == NULL);
  sg_tensor_free(points);
  sg_tensor_free(nan);
  sg_tensor_free(empty);
  sg_tensor_free(one);
  sg_game_free(game);
}

static void bad_calls(void) {
  sg_trainer *trainer = fresh();
  sg_tensor *x = NULL;
  char *json = NULL;
  OK(sg_trainer_metrics(&json, trainer, e));
  CHECK(strcmp(json, "{\"step\": 0}") == 0);
  sg_string_free(json);
  FAILS(sg_trainer_fit(trainer, NULL, NULL, NULL, e), SG_ERROR_VALUE, "how many steps or epochs");
  FAILS(sg_trainer_fit(trainer, "{\"steps\": -1}", NULL, NULL, e), SG_ERROR_VALUE, "-1");
  FAILS(sg_trainer_fit(trainer, "{\"step\": 1}", NULL, NULL, e), SG_ERROR_TYPE, "'step'");
  FAILS(sg_trainer_fit(NULL, "{\"steps\": 1}", NULL, NULL, e), SG_ERROR_VALUE, "'trainer' is NULL");
  FAILS(sg_trainer_step(trainer, -1, e), SG_ERROR_VALUE, "-1");
  FAILS(sg_trainer_step(NULL, 1, e), SG_ERROR_VALUE, "'trainer' is NULL");
  FAILS(sg_trainer_sample(&x, trainer, 0, 1, e), SG_ERROR_VALUE, "not 0");
  FAILS(sg_trainer_sample(&x, trainer, INT64_MAX, 1, e), SG_ERROR_VALUE, "9223372036854775807");
  FAILS(sg_trainer_sample(&x, NULL, 1, 1, e), SG_ERROR_VALUE, "'trainer' is NULL");
  FAILS(sg_trainer_sample(NULL, trainer, 1, 1, e), SG_ERROR_VALUE, "'out' is NULL");
  FAILS(sg_trainer_metrics(&json, NULL, e), SG_ERROR_VALUE, "'trainer' is NULL");
  FAILS(sg_trainer_metrics(NULL, trainer, e), SG_ERROR_VALUE, "'json' is NULL");
  FAILS(sg_trainer_history(&json, NULL, e), SG_ERROR_VALUE, "'trainer' is NULL");
  FAILS(sg_trainer_history(NULL, trainer, e), SG_ERROR_VALUE, "'json' is NULL");
  CHECK(sg_trainer_retain(NULL) == NULL);
  sg_trainer_free(NULL);
  sg_trainer_free(trainer);
}

void trainer_tests(void) {
  check_run("stop and resume to the same bits", stop_and_resume);
  check_run("events of a fit", events);
  check_run("a look changes nothing, and alarms come from records", diagnose);
  check_run("any number of threads gives the same bits", threads_give_the_same_bits);
  check_run("pixels come back as pixels", pixels_come_back_as_pixels);
  check_run("bad data of a trainer", bad_data);
  check_run("bad calls of trainer functions", bad_calls);
}
