// What all handle types share: an object owns one reference of a handle.
#include "core.h"

static const char *const kind_names[CORE_KIND_COUNT] = {
    "Tensor", "Operation", "Generator", "Parameter", "Layer", "Optimizer", "Game", "Trainer", "Model", "Function",
    "Profile",
};

static void free_handle(core_kind kind, void *handle) {
  switch (kind) {
    case CORE_TENSOR: sg_tensor_free(handle); break;
    case CORE_GENERATOR: sg_generator_free(handle); break;
    case CORE_PARAMETER: sg_parameter_free(handle); break;
    case CORE_LAYER: sg_layer_free(handle); break;
    case CORE_OPTIMIZER: sg_optimizer_free(handle); break;
    case CORE_GAME: sg_game_free(handle); break;
    case CORE_TRAINER: sg_trainer_free(handle); break;
    case CORE_MODEL: sg_model_free(handle); break;
    case CORE_FUNCTION: sg_function_free(handle); break;
    case CORE_PROFILE: sg_profile_free(handle); break;
    case CORE_OPERATION:  // lives as long as the process
    case CORE_KIND_COUNT: break;
  }
}

PyObject *core_wrap(core_state *state, core_kind kind, void *handle) {
  PyTypeObject *type = kind == CORE_TENSOR ? state->tensor_class : state->types[kind];
  allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
  core_object *self = (core_object *)allocate(type, 0);
  if (!self) {
    free_handle(kind, handle);
    return NULL;
  }
  self->handle = handle;
  self->state = state;
  return (PyObject *)self;
}

void core_dealloc(PyObject *self) {
  core_object *object = (core_object *)self;
  PyTypeObject *type = Py_TYPE(self);
  if (object->handle) {
    for (int kind = 0; kind < CORE_KIND_COUNT; kind++) {
      if (PyObject_TypeCheck(self, object->state->types[kind])) {
        free_handle((core_kind)kind, object->handle);
        break;
      }
    }
  }
  freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
  release(self);
  Py_DECREF(type);
}

void *core_handle(core_state *state, PyObject *object, core_kind kind, const char *argument) {
  if (PyObject_TypeCheck(object, state->types[kind])) return ((core_object *)object)->handle;
  PyErr_Format(PyExc_TypeError, "%s must be a %s, not %R", argument, kind_names[kind], Py_TYPE(object));
  return NULL;
}

int core_optional_handle(void **handle, core_state *state, PyObject *object, core_kind kind, const char *argument) {
  *handle = object == Py_None ? NULL : core_handle(state, object, kind, argument);
  return object != Py_None && !*handle ? -1 : 0;
}

int core_handles_get(core_handles *handles, core_state *state, PyObject *sequence, core_kind kind, const char *argument) {
  *handles = (core_handles){NULL, 0, PySequence_Tuple(sequence)};
  if (!handles->objects) return -1;
  Py_ssize_t count = PyTuple_Size(handles->objects);
  handles->items = PyMem_Calloc((size_t)count + 1, sizeof *handles->items);
  if (!handles->items) {
    PyErr_NoMemory();
    core_handles_clear(handles);
    return -1;
  }
  for (; handles->count < (size_t)count; handles->count++) {
    PyObject *object = PyTuple_GetItem(handles->objects, (Py_ssize_t)handles->count);
    void *handle = core_handle(state, object, kind, argument);
    if (!handle) {
      core_handles_clear(handles);
      return -1;
    }
    handles->items[handles->count] = handle;
  }
  return 0;
}

void core_handles_clear(core_handles *handles) {
  PyMem_Free(handles->items);
  Py_CLEAR(handles->objects);
  handles->items = NULL;
  handles->count = 0;
}

PyObject *core_tensor_list(core_state *state, sg_tensor **tensors, size_t count) {
  PyObject *list = PyList_New((Py_ssize_t)count);
  for (size_t index = 0; index < count; index++) {
    if (!list) {
      sg_tensor_free(tensors[index]);
      continue;
    }
    PyObject *tensor = core_wrap_tensor(state, tensors[index]);
    if (!tensor || PyList_SetItem(list, (Py_ssize_t)index, tensor) < 0) Py_CLEAR(list);
  }
  return list;
}

PyObject *core_take_text(char *text) {
  PyObject *string = PyUnicode_FromString(text);
  sg_string_free(text);
  return string;
}

int core_optional_text(const char **text, PyObject *object, const char *argument) {
  *text = NULL;
  if (object == Py_None) return 0;
  if (!PyUnicode_Check(object)) {
    PyErr_Format(PyExc_TypeError, "%s must be a str or None, not %R", argument, Py_TYPE(object));
    return -1;
  }
  Py_ssize_t length;
  *text = PyUnicode_AsUTF8AndSize(object, &length);
  if (!*text) return -1;
  if (strlen(*text) != (size_t)length) {
    PyErr_Format(PyExc_ValueError, "%s must not contain a NUL character", argument);
    return -1;
  }
  return 0;
}
