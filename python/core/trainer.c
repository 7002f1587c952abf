// Trainers: play a game on data.
#include "core.h"

static sg_trainer *handle_of(PyObject *self) { return ((core_object *)self)->handle; }

// One step at a time, so that Ctrl-C is heard between them.
static PyObject *step(PyObject *self, PyObject *arguments) {
  long long count;
  if (!PyArg_ParseTuple(arguments, "L:step", &count)) return NULL;
  if (count < 0) return PyErr_Format(PyExc_ValueError, "the number of steps must not be negative, but is %lld", count);
  for (; count > 0; count--) {
    int failed;
    CORE_CALL(failed, sg_trainer_step(handle_of(self), 1, &error));
    if (failed || PyErr_CheckSignals() < 0) return NULL;
  }
  Py_RETURN_NONE;
}

static PyObject *fit(PyObject *self, PyObject *arguments) {
  const char *options;
  core_watcher watcher;
  if (!PyArg_ParseTuple(arguments, "sO:fit", &options, &watcher.function)) return NULL;
  int failed;
  CORE_CALL(failed, sg_trainer_fit(handle_of(self), options, core_watch, &watcher, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyObject *information(PyObject *self, PyObject *unused) {
  (void)unused;
  char *json;
  int failed;
  CORE_CALL(failed, sg_trainer_information(&json, handle_of(self), &error));
  return failed ? NULL : core_take_text(json);
}

static PyObject *metrics(PyObject *self, PyObject *unused) {
  (void)unused;
  char *json;
  int failed;
  CORE_CALL(failed, sg_trainer_metrics(&json, handle_of(self), &error));
  return failed ? NULL : core_take_text(json);
}

static PyObject *diagnose(PyObject *self, PyObject *arguments) {
  PyObject *objects;
  const char *options;
  if (!PyArg_ParseTuple(arguments, "Os:diagnose", &objects, &options)) return NULL;
  core_handles rows;
  if (core_handles_get(&rows, ((core_object *)self)->state, objects, CORE_TENSOR, "the held-out rows") < 0) return NULL;
  char *json;
  int failed;
  CORE_CALL(failed, sg_trainer_diagnose(&json, handle_of(self), (const sg_tensor *const *)rows.items, rows.count, options,
                                        &error));
  core_handles_clear(&rows);
  return failed ? NULL : core_take_text(json);
}

static PyObject *history(PyObject *self, PyObject *unused) {
  (void)unused;
  char *json;
  int failed;
  CORE_CALL(failed, sg_trainer_history(&json, handle_of(self), &error));
  return failed ? NULL : core_take_text(json);
}

static PyObject *sample(PyObject *self, PyObject *arguments) {
  long long count;
  unsigned long long seed;
  if (!PyArg_ParseTuple(arguments, "LK:sample", &count, &seed)) return NULL;
  sg_tensor *samples;
  int failed;
  CORE_CALL(failed, sg_trainer_sample(&samples, handle_of(self), count, seed, &error));
  return failed ? NULL : core_wrap_tensor(((core_object *)self)->state, samples);
}

static PyObject *save(PyObject *self, PyObject *object) {
  const char *path;
  if (core_optional_text(&path, object, "the path") < 0) return NULL;
  int failed;
  CORE_CALL(failed, sg_trainer_save(handle_of(self), path, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyObject *load(PyObject *self, PyObject *object) {
  const char *path;
  if (core_optional_text(&path, object, "the path") < 0) return NULL;
  int failed;
  CORE_CALL(failed, sg_trainer_load(handle_of(self), path, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"step", step, METH_VARARGS, "step(count): play rounds."},
    {"fit", fit, METH_VARARGS, "fit(options, function): play, reporting each step and epoch."},
    {"information", information, METH_NOARGS, "How updates run, as JSON."},
    {"metrics", metrics, METH_NOARGS, "The last step's figures, as JSON."},
    {"diagnose", diagnose, METH_VARARGS, "diagnose(held_out, options): one look at how the game stands, as JSON."},
    {"history", history, METH_NOARGS, "All steps' figures, as JSON."},
    {"sample", sample, METH_VARARGS, "sample(count, seed): samples of the generator."},
    {"save", save, METH_O, "save(path): all that training needs to go on."},
    {"load", load, METH_O, "load(path): go on from there."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "Plays a game on data."},
    {Py_tp_dealloc, core_dealloc},
    {Py_tp_methods, methods},
    {0, NULL},
};

PyType_Spec core_trainer_spec = {
    "swiftgan._core.Trainer", sizeof(core_object), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots,
};

// ------------------------------------------------------------------------------------------------------------ functions

static PyObject *make_game(PyObject *module, PyObject *arguments) {
  const char *options;
  if (!PyArg_ParseTuple(arguments, "s:game", &options)) return NULL;
  sg_game *game;
  int failed;
  CORE_CALL(failed, sg_game_create(&game, options, &error));
  return failed ? NULL : core_wrap(core_state_of(module), CORE_GAME, game);
}

static PyObject *make_trainer(PyObject *module, PyObject *arguments) {
  core_state *state = core_state_of(module);
  PyObject *game_object, *data_objects;
  const char *options;
  if (!PyArg_ParseTuple(arguments, "OOs:trainer", &game_object, &data_objects, &options)) return NULL;
  sg_game *game = core_handle(state, game_object, CORE_GAME, "the game");
  core_handles data;
  if (!game || core_handles_get(&data, state, data_objects, CORE_TENSOR, "the data") < 0) return NULL;
  sg_trainer *trainer;
  int failed;
  CORE_CALL(failed, sg_trainer_create(&trainer, game, (const sg_tensor *const *)data.items, data.count, options, &error));
  core_handles_clear(&data);
  return failed ? NULL : core_wrap(state, CORE_TRAINER, trainer);
}

static PyObject *make_model(PyObject *module, PyObject *arguments) {
  const char *name, *options;
  if (!PyArg_ParseTuple(arguments, "ss:model", &name, &options)) return NULL;
  sg_model *model;
  int failed;
  CORE_CALL(failed, sg_model_create(&model, name, options, &error));
  return failed ? NULL : core_wrap(core_state_of(module), CORE_MODEL, model);
}

static PyObject *load_model(PyObject *module, PyObject *object) {
  const char *path;
  if (core_optional_text(&path, object, "the path") < 0) return NULL;
  sg_model *model;
  int failed;
  CORE_CALL(failed, sg_model_load(&model, path, &error));
  return failed ? NULL : core_wrap(core_state_of(module), CORE_MODEL, model);
}

static PyObject *make_optimizer(PyObject *module, PyObject *arguments) {
  core_state *state = core_state_of(module);
  const char *name, *options;
  PyObject *objects;
  if (!PyArg_ParseTuple(arguments, "ssO:optimizer", &name, &options, &objects)) return NULL;
  core_handles parameters;
  if (core_handles_get(&parameters, state, objects, CORE_PARAMETER, "a parameter") < 0) return NULL;
  sg_optimizer *optimizer;
  int failed;
  CORE_CALL(failed, sg_optimizer_create(&optimizer, name, options, (sg_parameter *const *)parameters.items,
                                        parameters.count, &error));
  core_handles_clear(&parameters);
  return failed ? NULL : core_wrap(state, CORE_OPTIMIZER, optimizer);
}

PyMethodDef core_training_functions[] = {
    {"game", make_game, METH_VARARGS, "game(options): an empty game."},
    {"trainer", make_trainer, METH_VARARGS, "trainer(game, data, options): plays the game on tensors."},
    {"model", make_model, METH_VARARGS, "model(name, options): a model of the registered name."},
    {"load_model", load_model, METH_O, "load_model(path): a model from its file."},
    {"optimizer", make_optimizer, METH_VARARGS, "optimizer(name, options, parameters)."},
    {NULL, NULL, 0, NULL},
};
