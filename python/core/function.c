// Compiled functions: Python functions of tensors that are traced once and replayed.
#include "core.h"

static sg_function *handle_of(PyObject *self) { return ((core_object *)self)->handle; }

// --------------------------------------------------------------------------------------------------------- the body

/// A call under way on this thread: whom the library asks to compute, and what it warned of.
typedef struct call {
  struct call *outer;
  core_state *state;
  PyObject *body;  ///< borrowed: (list of tensors) -> (sequence of tensors, form)
  char *warning;
} call;

static _Thread_local call *innermost;

/// The sequence and form that a body returned, handed to the library.
static int add_outputs(core_state *state, sg_outputs *outputs, PyObject *result) {
  PyObject *tensors;
  long long form;
  if (!PyArg_ParseTuple(result, "OL;the body must return its outputs and their form", &tensors, &form)) return -1;
  core_handles handles;
  if (core_handles_get(&handles, state, tensors, CORE_TENSOR, "an output of a compiled function") < 0) return -1;
  sg_error error;
  int failed = core_finish(sg_outputs_set_form(outputs, form, &error), &error);
  for (size_t index = 0; !failed && index < handles.count; index++) {
    failed = core_finish(sg_outputs_add(outputs, handles.items[index], &error), &error);
  }
  core_handles_clear(&handles);
  return failed;
}

static sg_status run_body(void *context, sg_outputs *outputs, const sg_tensor *const *inputs, size_t count,
                          sg_error *error) {
  (void)context;
  PyGILState_STATE gil;
  if (!core_enter_python(&gil)) return SG_ERROR_INTERRUPTED;
  call *current = innermost;
  int failed = 1;
  if (current) {
    PyObject *list = PyList_New((Py_ssize_t)count);
    for (size_t index = 0; list && index < count; index++) {
      PyObject *tensor = core_wrap_tensor(current->state, sg_tensor_retain((sg_tensor *)inputs[index]));
      if (!tensor || PyList_SetItem(list, (Py_ssize_t)index, tensor) < 0) Py_CLEAR(list);
    }
    PyObject *result = list ? PyObject_CallFunctionObjArgs(current->body, list, NULL) : NULL;
    failed = result ? add_outputs(current->state, outputs, result) : -1;
    Py_XDECREF(list);
    Py_XDECREF(result);
  } else {
    PyErr_SetString(PyExc_RuntimeError, "the function is not being called from Python");
  }
  sg_status status = failed ? core_callback_failed(error) : SG_OK;
  core_leave_python(gil);
  return status;
}

// Comes in the midst of a call, where nothing may be raised: kept until the call has ended.
static void keep_warning(void *context, const char *message) {
  (void)context;
  if (!innermost) return;
  free(innermost->warning);
  innermost->warning = malloc(strlen(message) + 1);
  if (innermost->warning) strcpy(innermost->warning, message);
}

// ------------------------------------------------------------------------------------------------------------ methods

enum { OUTPUTS_ON_STACK = 32 };

/// Calls with room for so many outputs. 1 when there was too little: *count then says how much is needed, and nothing has
/// happened.
static int call_with_room(PyObject **result, PyObject *self, core_handles *inputs, const char *key, sg_tensor **outs,
                          size_t room, size_t *count) {
  *count = 0;
  int64_t form = 0;
  sg_error error;
  PyThreadState *thread = PyEval_SaveThread();
  sg_status status = sg_function_call(outs, room, count, &form, handle_of(self), (const sg_tensor *const *)inputs->items,
                                      inputs->count, key, &error);
  PyEval_RestoreThread(thread);
  if (status == SG_ERROR_VALUE && *count > room) return 1;
  if (core_finish(status, &error) < 0) return -1;
  PyObject *list = core_tensor_list(((core_object *)self)->state, outs, *count);
  *result = list ? Py_BuildValue("(NL)", list, (long long)form) : NULL;
  return *result ? 0 : -1;
}

static PyObject *call_function(PyObject *self, PyObject *arguments) {
  PyObject *tensors, *body;
  const char *key;
  if (!PyArg_ParseTuple(arguments, "OsO:call", &tensors, &key, &body)) return NULL;
  core_state *state = ((core_object *)self)->state;
  core_handles inputs;
  if (core_handles_get(&inputs, state, tensors, CORE_TENSOR, "an argument of a compiled function") < 0) return NULL;
  call this = {innermost, state, body, NULL};
  innermost = &this;
  sg_tensor *few[OUTPUTS_ON_STACK];
  sg_tensor **many = NULL;
  PyObject *result = NULL;
  size_t count, room = OUTPUTS_ON_STACK;
  int outcome = call_with_room(&result, self, &inputs, key, few, room, &count);
  // Another thread may have it traced anew meanwhile, with still more outputs.
  while (outcome == 1) {
    room = count;
    PyMem_Free(many);
    many = PyMem_Calloc(room, sizeof *many);
    if (!many) {
      PyErr_NoMemory();
      break;
    }
    outcome = call_with_room(&result, self, &inputs, key, many, room, &count);
  }
  PyMem_Free(many);
  innermost = this.outer;
  core_handles_clear(&inputs);
  PyObject *triple = NULL;
  if (result) {
    PyObject *list = PyTuple_GetItem(result, 0), *form = PyTuple_GetItem(result, 1);
    triple = Py_BuildValue("(OOz)", list, form, this.warning);
    Py_DECREF(result);
  }
  free(this.warning);
  return triple;
}

static PyObject *information(PyObject *self, PyObject *unused) {
  (void)unused;
  char *json;
  int failed;
  CORE_CALL(failed, sg_function_information(&json, handle_of(self), &error));
  return failed ? NULL : core_take_text(json);
}

static PyObject *clear(PyObject *self, PyObject *unused) {
  (void)unused;
  int failed;
  CORE_CALL(failed, sg_function_clear(handle_of(self), &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"call", call_function, METH_VARARGS,
     "call(tensors, static_key, body): (outputs, form, warning or None); body(tensors) gives (outputs, form)."},
    {"information", information, METH_NOARGS, "Traces, steps, ops and memory, as JSON."},
    {"clear", clear, METH_NOARGS, "Let all traces go."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "A function of tensors that is traced once and replayed."},
    {Py_tp_dealloc, core_dealloc},
    {Py_tp_methods, methods},
    {0, NULL},
};

PyType_Spec core_function_spec = {
    "swiftgan._core.Function", sizeof(core_object), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots,
};

// ---------------------------------------------------------------------------------------------------------- functions

static PyObject *make_function(PyObject *module, PyObject *arguments) {
  const char *name, *options;
  if (!PyArg_ParseTuple(arguments, "ss:function", &name, &options)) return NULL;
  sg_function *function;
  int failed;
  CORE_CALL(failed, sg_function_create(&function, name, run_body, NULL, NULL, options, &error));
  if (failed) return NULL;
  CORE_CALL(failed, sg_function_set_warning(function, keep_warning, NULL, NULL, &error));
  if (failed) {
    sg_function_free(function);
    return NULL;
  }
  return core_wrap(core_state_of(module), CORE_FUNCTION, function);
}

static PyObject *runs_body(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  return PyBool_FromLong(sg_function_runs_body());
}

PyMethodDef core_function_methods[] = {
    {"function", make_function, METH_VARARGS, "function(name, options): a compiled function."},
    {"runs_body", runs_body, METH_NOARGS, "Whether a compiled function may run its body here in place of a replay."},
    {NULL, NULL, 0, NULL},
};
