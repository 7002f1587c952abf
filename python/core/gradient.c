// Gradients: scopes of recording on this thread, leaves, and walking back.
#include "core.h"

// The library keeps its own count; Python needs to know the number to tell an outermost gradient from an inner one.
static _Thread_local int depth;

int core_gradient_depth(void) { return depth; }
void core_gradient_depth_add(int change) { depth += change; }

static PyObject *enter(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  sg_error error;
  if (core_finish(sg_gradient_enter(&error), &error) < 0) return NULL;
  return PyLong_FromLong(++depth);
}

static PyObject *leave(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  sg_error error;
  if (core_finish(sg_gradient_exit(&error), &error) < 0) return NULL;
  return PyLong_FromLong(--depth);
}

static PyObject *pause_recording(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  sg_error error;
  if (core_finish(sg_gradient_pause(&error), &error) < 0) return NULL;
  Py_RETURN_NONE;
}

static PyObject *resume(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  sg_error error;
  if (core_finish(sg_gradient_resume(&error), &error) < 0) return NULL;
  Py_RETURN_NONE;
}

static PyObject *track(PyObject *module, PyObject *object) {
  core_state *state = core_state_of(module);
  sg_tensor *tensor = core_handle(state, object, CORE_TENSOR, "what to differentiate by");
  if (!tensor) return NULL;
  sg_tensor *leaf;
  int failed;
  CORE_CALL(failed, sg_gradient_track(&leaf, tensor, &error));
  return failed ? NULL : core_wrap_tensor(state, leaf);
}

static PyObject *compute(PyObject *module, PyObject *arguments) {
  core_state *state = core_state_of(module);
  PyObject *y_object, *by_objects, *cotangent_object;
  if (!PyArg_ParseTuple(arguments, "OOO:gradient", &y_object, &by_objects, &cotangent_object)) return NULL;
  sg_tensor *y = core_handle(state, y_object, CORE_TENSOR, "the value to differentiate");
  void *cotangent;
  if (!y || core_optional_handle(&cotangent, state, cotangent_object, CORE_TENSOR, "the cotangent") < 0) return NULL;
  core_handles by;
  if (core_handles_get(&by, state, by_objects, CORE_TENSOR, "what to differentiate by") < 0) return NULL;
  PyObject *list = NULL;
  sg_tensor **outs = PyMem_Calloc(by.count + 1, sizeof *outs);
  if (!outs) {
    PyErr_NoMemory();
  } else {
    int failed;
    CORE_CALL(failed, sg_gradient_compute(outs, y, (const sg_tensor *const *)by.items, by.count, cotangent, &error));
    if (!failed) list = core_tensor_list(state, outs, by.count);
  }
  PyMem_Free(outs);
  core_handles_clear(&by);
  return list;
}

static PyObject *track_parameters(PyObject *module, PyObject *objects) {
  core_state *state = core_state_of(module);
  core_handles parameters;
  if (core_handles_get(&parameters, state, objects, CORE_PARAMETER, "what to differentiate by") < 0) return NULL;
  PyObject *list = NULL;
  sg_tensor **leaves = PyMem_Calloc(parameters.count + 1, sizeof *leaves);
  if (!leaves) {
    PyErr_NoMemory();
  } else {
    int failed;
    sg_parameter *const *items = (sg_parameter *const *)parameters.items;
    CORE_CALL(failed, sg_parameters_track(leaves, items, parameters.count, &error));
    if (!failed) {
      depth++;
      list = core_tensor_list(state, leaves, parameters.count);
      if (!list) {
        depth--;
        sg_parameters_restore(items, parameters.count, NULL);
      }
    }
  }
  PyMem_Free(leaves);
  core_handles_clear(&parameters);
  return list;
}

static PyObject *restore_parameters(PyObject *module, PyObject *objects) {
  core_handles parameters;
  if (core_handles_get(&parameters, core_state_of(module), objects, CORE_PARAMETER, "a parameter") < 0) return NULL;
  int failed;
  CORE_CALL(failed, sg_parameters_restore((sg_parameter *const *)parameters.items, parameters.count, &error));
  core_handles_clear(&parameters);
  if (failed) return NULL;
  return PyLong_FromLong(--depth);
}

static PyObject *get_depth(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  return PyLong_FromLong(depth);
}

PyMethodDef core_gradient_methods[] = {
    {"gradient_enter", enter, METH_NOARGS, "Open a scope on this thread; returns how many are open now."},
    {"gradient_exit", leave, METH_NOARGS, "Close a scope of this thread; returns how many are still open."},
    {"gradient_depth", get_depth, METH_NOARGS, "How many scopes are open on this thread."},
    {"gradient_pause", pause_recording, METH_NOARGS, "Pause recording on this thread; nests."},
    {"gradient_resume", resume, METH_NOARGS, "Undo one gradient_pause."},
    {"gradient_track", track, METH_O, "gradient_track(tensor): a leaf with the tensor's memory."},
    {"gradient", compute, METH_VARARGS, "gradient(y, by, cotangent): the gradients of y, one per tensor of `by`."},
    {"parameters_track", track_parameters, METH_O, "Open a scope with leaves in the parameters' places; returns them."},
    {"parameters_restore", restore_parameters, METH_O, "Undo parameters_track."},
    {NULL, NULL, 0, NULL},
};
