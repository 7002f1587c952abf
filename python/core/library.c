// The library as a whole: version, settings, registries, data sets.
#include "core.h"

static PyObject *version(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  return PyUnicode_FromString(sg_version());
}

static PyObject *config(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  char *json;
  int failed;
  CORE_CALL(failed, sg_config(&json, &error));
  return failed ? NULL : core_take_text(json);
}

static PyObject *get_threads(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  return PyLong_FromLong(sg_threads_get());
}

static PyObject *set_threads(PyObject *module, PyObject *arguments) {
  (void)module;
  int count;
  if (!PyArg_ParseTuple(arguments, "i:set_threads", &count)) return NULL;
  int failed;
  CORE_CALL(failed, sg_threads_set(count, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyObject *get_precision(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  return PyUnicode_FromString(sg_float32_matmul_precision_get());
}

static PyObject *tell_precision(PyObject *object, sg_status (*tell)(const char *, sg_error *)) {
  const char *precision;
  if (core_optional_text(&precision, object, "the precision") < 0) return NULL;
  sg_error error;
  if (core_finish(tell(precision, &error), &error) < 0) return NULL;
  Py_RETURN_NONE;
}

static PyObject *set_precision(PyObject *module, PyObject *object) {
  (void)module;
  return tell_precision(object, sg_float32_matmul_precision_set);
}

static PyObject *enter_precision(PyObject *module, PyObject *object) {
  (void)module;
  return tell_precision(object, sg_float32_matmul_precision_enter);
}

static PyObject *leave_precision(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  sg_error error;
  if (core_finish(sg_float32_matmul_precision_leave(&error), &error) < 0) return NULL;
  Py_RETURN_NONE;
}

static PyObject *trim(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  Py_BEGIN_ALLOW_THREADS
  sg_memory_trim();
  Py_END_ALLOW_THREADS
  Py_RETURN_NONE;
}

static PyObject *registry(PyObject *module, PyObject *object) {
  (void)module;
  const char *kind;
  if (core_optional_text(&kind, object, "the kind") < 0) return NULL;
  char *json;
  int failed;
  CORE_CALL(failed, sg_registry_list(&json, kind, &error));
  return failed ? NULL : core_take_text(json);
}

static PyObject *dataset(PyObject *module, PyObject *arguments) {
  core_state *state = core_state_of(module);
  const char *name, *options;
  if (!PyArg_ParseTuple(arguments, "ss:dataset", &name, &options)) return NULL;
  sg_tensor *data, *labels;
  int failed;
  CORE_CALL(failed, sg_dataset_load(&data, &labels, name, options, &error));
  if (failed) return NULL;
  PyObject *data_object = core_wrap_tensor(state, data);
  PyObject *labels_object = labels ? core_wrap_tensor(state, labels) : Py_NewRef(Py_None);
  if (!data_object || !labels_object) {
    Py_XDECREF(data_object);
    Py_XDECREF(labels_object);
    return NULL;
  }
  return Py_BuildValue("(NN)", data_object, labels_object);
}

static PyObject *dataset_information(PyObject *module, PyObject *object) {
  (void)module;
  const char *name;
  if (core_optional_text(&name, object, "the name") < 0) return NULL;
  char *json;
  int failed;
  CORE_CALL(failed, sg_dataset_information(&json, name, &error));
  return failed ? NULL : core_take_text(json);
}

PyMethodDef core_library_methods[] = {
    {"version", version, METH_NOARGS, "The library's version."},
    {"config", config, METH_NOARGS, "How the library was built and is set up, as JSON."},
    {"get_threads", get_threads, METH_NOARGS, "Threads that computations use."},
    {"set_threads", set_threads, METH_VARARGS, "set_threads(count)."},
    {"get_precision", get_precision, METH_NOARGS, "The precision of float32 products on this thread."},
    {"set_precision", set_precision, METH_O, "set_precision(name)."},
    {"enter_precision", enter_precision, METH_O, "Put a precision in force on this thread."},
    {"leave_precision", leave_precision, METH_NOARGS, "Undo one enter_precision."},
    {"trim", trim, METH_NOARGS, "Give memory that is kept for reuse back to the system."},
    {"registry", registry, METH_O, "registry(kind): what can be named, as JSON."},
    {"dataset", dataset, METH_VARARGS, "dataset(name, options): (data, labels or None)."},
    {"dataset_information", dataset_information, METH_O, "dataset_information(name): classes and folder, as JSON."},
    {NULL, NULL, 0, NULL},
};
