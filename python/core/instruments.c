// What looks on while operations run: checks, named scopes and profiles.
#include "core.h"

static PyObject *profile_information(PyObject *self, PyObject *unused) {
  (void)unused;
  char *json;
  int failed;
  CORE_CALL(failed, sg_profile_information(&json, ((core_object *)self)->handle, &error));
  return failed ? NULL : core_take_text(json);
}

static PyObject *profile_trace(PyObject *self, PyObject *unused) {
  (void)unused;
  char *json;
  int failed;
  CORE_CALL(failed, sg_profile_trace(&json, ((core_object *)self)->handle, &error));
  return failed ? NULL : core_take_text(json);
}

static PyMethodDef methods[] = {
    {"information", profile_information, METH_NOARGS, "Operations, time and the machine's peak, as JSON."},
    {"trace", profile_trace, METH_NOARGS, "All events as the text of a Chrome trace."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "What was timed between profile_begin and profile_end."},
    {Py_tp_dealloc, core_dealloc},
    {Py_tp_methods, methods},
    {0, NULL},
};

PyType_Spec core_profile_spec = {
    "swiftgan._core.Profile", sizeof(core_object), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots,
};

// ---------------------------------------------------------------------------------------------------------- functions

static PyObject *debug_set(PyObject *module, PyObject *arguments) {
  (void)module;
  const char *check;
  int enabled, previous;
  if (!PyArg_ParseTuple(arguments, "sp:debug_set", &check, &enabled)) return NULL;
  sg_error error;
  if (core_finish(sg_debug_set(&previous, check, enabled, &error), &error) < 0) return NULL;
  return PyBool_FromLong(previous);
}

static PyObject *debug_get(PyObject *module, PyObject *object) {
  (void)module;
  const char *check;
  if (core_optional_text(&check, object, "the check") < 0) return NULL;
  int enabled;
  sg_error error;
  if (core_finish(sg_debug_get(&enabled, check, &error), &error) < 0) return NULL;
  return PyBool_FromLong(enabled);
}

static PyObject *scope_enter(PyObject *module, PyObject *object) {
  (void)module;
  const char *name;
  if (core_optional_text(&name, object, "the name") < 0) return NULL;
  sg_error error;
  if (core_finish(sg_scope_enter(name, &error), &error) < 0) return NULL;
  Py_RETURN_NONE;
}

static PyObject *scope_exit(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  sg_scope_exit();
  Py_RETURN_NONE;
}

static PyObject *scope_is_watched(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  return PyBool_FromLong(sg_scope_is_watched());
}

static PyObject *profile_begin(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  sg_error error;
  if (core_finish(sg_profile_begin(&error), &error) < 0) return NULL;
  Py_RETURN_NONE;
}

static PyObject *profile_end(PyObject *module, PyObject *unused) {
  (void)unused;
  sg_profile *profile;
  int failed;
  CORE_CALL(failed, sg_profile_end(&profile, &error));
  return failed ? NULL : core_wrap(core_state_of(module), CORE_PROFILE, profile);
}

PyMethodDef core_instrument_methods[] = {
    {"debug_set", debug_set, METH_VARARGS, "debug_set(check, enabled): turn a check on or off; returns what it was."},
    {"debug_get", debug_get, METH_O, "debug_get(check): whether a check is on."},
    {"scope_enter", scope_enter, METH_O, "Name what this thread computes from now on."},
    {"scope_exit", scope_exit, METH_NOARGS, "Undo one scope_enter."},
    {"scope_is_watched", scope_is_watched, METH_NOARGS, "Whether anybody wants to know scopes."},
    {"profile_begin", profile_begin, METH_NOARGS, "Start to time operations."},
    {"profile_end", profile_end, METH_NOARGS, "Stop; what was found."},
    {NULL, NULL, 0, NULL},
};
