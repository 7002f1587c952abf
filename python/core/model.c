// Models: complete GANs of the zoo.
#include "core.h"

static sg_model *handle_of(PyObject *self) { return ((core_object *)self)->handle; }

static PyObject *fit(PyObject *self, PyObject *arguments) {
  PyObject *objects;
  const char *options;
  core_watcher watcher;
  if (!PyArg_ParseTuple(arguments, "OsO:fit", &objects, &options, &watcher.function)) return NULL;
  core_handles data;
  if (core_handles_get(&data, ((core_object *)self)->state, objects, CORE_TENSOR, "the data") < 0) return NULL;
  int failed;
  CORE_CALL(failed, sg_model_fit(handle_of(self), (const sg_tensor *const *)data.items, data.count, options, core_watch,
                                 &watcher, &error));
  core_handles_clear(&data);
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyObject *sample(PyObject *self, PyObject *arguments) {
  long long count;
  unsigned long long seed;
  if (!PyArg_ParseTuple(arguments, "LK:sample", &count, &seed)) return NULL;
  sg_tensor *samples;
  int failed;
  CORE_CALL(failed, sg_model_sample(&samples, handle_of(self), count, seed, &error));
  return failed ? NULL : core_wrap_tensor(((core_object *)self)->state, samples);
}

static PyObject *generate(PyObject *self, PyObject *object) {
  core_state *state = ((core_object *)self)->state;
  sg_tensor *noise = core_handle(state, object, CORE_TENSOR, "the noise");
  if (!noise) return NULL;
  sg_tensor *samples;
  int failed;
  CORE_CALL(failed, sg_model_generate(&samples, handle_of(self), noise, &error));
  return failed ? NULL : core_wrap_tensor(state, samples);
}

static PyObject *discriminate(PyObject *self, PyObject *object) {
  core_state *state = ((core_object *)self)->state;
  sg_tensor *data = core_handle(state, object, CORE_TENSOR, "the data");
  if (!data) return NULL;
  sg_tensor *logits;
  int failed;
  CORE_CALL(failed, sg_model_discriminate(&logits, handle_of(self), data, &error));
  return failed ? NULL : core_wrap_tensor(state, logits);
}

static PyObject *get_name(PyObject *self, void *unused) {
  (void)unused;
  const char *name;
  sg_error error;
  if (core_finish(sg_model_name(&name, handle_of(self), &error), &error) < 0) return NULL;
  return PyUnicode_FromString(name);
}

static PyObject *options(PyObject *self, PyObject *unused) {
  (void)unused;
  char *json;
  int failed;
  CORE_CALL(failed, sg_model_options(&json, handle_of(self), &error));
  return failed ? NULL : core_take_text(json);
}

static PyObject *history(PyObject *self, PyObject *unused) {
  (void)unused;
  char *json;
  int failed;
  CORE_CALL(failed, sg_model_history(&json, handle_of(self), &error));
  return failed ? NULL : core_take_text(json);
}

static PyObject *layer(PyObject *self, PyObject *object) {
  const char *player;
  if (core_optional_text(&player, object, "the player") < 0) return NULL;
  sg_layer *network;
  int failed;
  CORE_CALL(failed, sg_model_layer(&network, handle_of(self), player, &error));
  return failed ? NULL : core_wrap(((core_object *)self)->state, CORE_LAYER, network);
}

static PyObject *save(PyObject *self, PyObject *object) {
  const char *path;
  if (core_optional_text(&path, object, "the path") < 0) return NULL;
  int failed;
  CORE_CALL(failed, sg_model_save(handle_of(self), path, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"fit", fit, METH_VARARGS, "fit(data, options, function): train, reporting each step and epoch."},
    {"sample", sample, METH_VARARGS, "sample(count, seed): samples in the data's range and dtype."},
    {"generate", generate, METH_O, "generate(noise): what the generator makes of noise of one's own."},
    {"discriminate", discriminate, METH_O, "discriminate(data): the discriminator's logits."},
    {"options", options, METH_NOARGS, "Its options in full, as JSON."},
    {"history", history, METH_NOARGS, "All steps' figures, as JSON."},
    {"layer", layer, METH_O, "layer(player): the network of a player."},
    {"save", save, METH_O, "save(path): everything."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"name", get_name, NULL, "The registered name.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "A complete GAN of the zoo."},
    {Py_tp_dealloc, core_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_getset, properties},
    {0, NULL},
};

PyType_Spec core_model_spec = {
    "swiftgan._core.Model", sizeof(core_object), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots,
};
