// Optimizers: gradients become new values of parameters.
#include "core.h"

static sg_optimizer *handle_of(PyObject *self) { return ((core_object *)self)->handle; }

static PyObject *step(PyObject *self, PyObject *objects) {
  core_handles gradients;
  if (core_handles_get(&gradients, ((core_object *)self)->state, objects, CORE_TENSOR, "a gradient") < 0) return NULL;
  int failed;
  CORE_CALL(failed, sg_optimizer_step(handle_of(self), (const sg_tensor *const *)gradients.items, gradients.count, &error));
  core_handles_clear(&gradients);
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyObject *add_group(PyObject *self, PyObject *arguments) {
  const char *options;
  PyObject *objects;
  if (!PyArg_ParseTuple(arguments, "sO:add_group", &options, &objects)) return NULL;
  core_handles parameters;
  if (core_handles_get(&parameters, ((core_object *)self)->state, objects, CORE_PARAMETER, "a parameter") < 0) return NULL;
  int failed;
  CORE_CALL(failed, sg_optimizer_add_group(handle_of(self), options, (sg_parameter *const *)parameters.items,
                                           parameters.count, &error));
  core_handles_clear(&parameters);
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyObject *get_learning_rate(PyObject *self, PyObject *arguments) {
  Py_ssize_t group;
  if (!PyArg_ParseTuple(arguments, "n:get_learning_rate", &group)) return NULL;
  double value;
  int failed;
  CORE_CALL(failed, sg_optimizer_get_learning_rate(&value, handle_of(self), (size_t)group, &error));
  return failed ? NULL : PyFloat_FromDouble(value);
}

static PyObject *set_learning_rate(PyObject *self, PyObject *arguments) {
  Py_ssize_t group;
  double value;
  if (!PyArg_ParseTuple(arguments, "nd:set_learning_rate", &group, &value)) return NULL;
  int failed;
  CORE_CALL(failed, sg_optimizer_set_learning_rate(handle_of(self), (size_t)group, value, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyObject *save(PyObject *self, PyObject *object) {
  const char *path;
  if (core_optional_text(&path, object, "the path") < 0) return NULL;
  int failed;
  CORE_CALL(failed, sg_optimizer_save(handle_of(self), path, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyObject *load(PyObject *self, PyObject *object) {
  const char *path;
  if (core_optional_text(&path, object, "the path") < 0) return NULL;
  int failed;
  CORE_CALL(failed, sg_optimizer_load(handle_of(self), path, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"step", step, METH_O, "step(gradients): one update; gradients in the order of the parameters."},
    {"add_group", add_group, METH_VARARGS, "add_group(options, parameters): a group with options of its own."},
    {"get_learning_rate", get_learning_rate, METH_VARARGS, "get_learning_rate(group)."},
    {"set_learning_rate", set_learning_rate, METH_VARARGS, "set_learning_rate(group, value)."},
    {"save", save, METH_O, "save(path): the state to a .safetensors file."},
    {"load", load, METH_O, "load(path): the state from a .safetensors file."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "Turns gradients into new values of its parameters."},
    {Py_tp_dealloc, core_dealloc},
    {Py_tp_methods, methods},
    {0, NULL},
};

PyType_Spec core_optimizer_spec = {
    "swiftgan._core.Optimizer", sizeof(core_object), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots,
};
