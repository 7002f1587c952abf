// Models: complete models of the zoo.
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

static PyObject *call(PyObject *self, PyObject *arguments) {
  const char *function, *options;
  PyObject *objects;
  if (!PyArg_ParseTuple(arguments, "sOs:call", &function, &objects, &options)) return NULL;
  core_state *state = ((core_object *)self)->state;
  core_handles inputs;
  if (core_handles_get(&inputs, state, objects, CORE_TENSOR, "the inputs") < 0) return NULL;
  sg_tensor *result;
  int failed;
  CORE_CALL(failed, sg_model_call(&result, handle_of(self), function, (const sg_tensor *const *)inputs.items,
                                  inputs.count, options, &error));
  core_handles_clear(&inputs);
  return failed ? NULL : core_wrap_tensor(state, result);
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

static PyObject *describe(PyObject *self, PyObject *unused) {
  (void)unused;
  char *json;
  int failed;
  CORE_CALL(failed, sg_model_describe(&json, handle_of(self), &error));
  return failed ? NULL : core_take_text(json);
}

static PyObject *information(PyObject *self, PyObject *unused) {
  (void)unused;
  char *json;
  int failed;
  CORE_CALL(failed, sg_model_information(&json, handle_of(self), &error));
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
  CORE_CALL(failed, sg_model_diagnose(&json, handle_of(self), (const sg_tensor *const *)rows.items, rows.count, options,
                                        &error));
  core_handles_clear(&rows);
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
    {"call", call, METH_VARARGS, "call(function, inputs, options): what a function of the model makes of them."},
    {"describe", describe, METH_NOARGS, "What it was fitted to, as JSON."},
    {"options", options, METH_NOARGS, "Its options in full, as JSON."},
    {"information", information, METH_NOARGS, "How updates run, as JSON."},
    {"diagnose", diagnose, METH_VARARGS, "diagnose(held_out, options): one look at how the game stands, as JSON."},
    {"history", history, METH_NOARGS, "All steps' figures, as JSON."},
    {"layer", layer, METH_O, "layer(name): a network of its game."},
    {"save", save, METH_O, "save(path): everything."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"name", get_name, NULL, "The registered name.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "A complete model of the zoo."},
    {Py_tp_dealloc, core_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_getset, properties},
    {0, NULL},
};

PyType_Spec core_model_spec = {
    "swiftgan._core.Model", sizeof(core_object), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots,
};
