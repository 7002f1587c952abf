// Layers: functions of a tensor with parameters, from the registry or written in Python.
#include "core.h"

static sg_layer *handle_of(PyObject *self) { return ((core_object *)self)->handle; }

// -------------------------------------------------------------------------------------------------------------- methods

static PyObject *apply(PyObject *self, PyObject *object) {
  core_state *state = ((core_object *)self)->state;
  sg_tensor *input = core_handle(state, object, CORE_TENSOR, "a layer's input");
  if (!input) return NULL;
  sg_tensor *out;
  int failed;
  CORE_CALL(failed, sg_layer_apply(&out, handle_of(self), input, &error));
  return failed ? NULL : core_wrap_tensor(state, out);
}

/// The UTF-8 of the names in a tuple of str, which must outlive the array.
static const char **names_of(PyObject *names, size_t count) {
  const char **texts = PyMem_Calloc(count + 1, sizeof *texts);
  if (!texts) PyErr_NoMemory();
  for (size_t index = 0; texts && index < count; index++) {
    if (core_optional_text(&texts[index], PyTuple_GetItem(names, (Py_ssize_t)index), "a name") < 0) {
      PyMem_Free(texts);
      return NULL;
    }
  }
  return texts;
}

static PyObject *call_named(core_state *state, sg_layer *layer, sg_tensor *input, PyObject *names,
                            const core_handles *further, size_t count) {
  PyObject *list = NULL;
  const char **texts = names_of(names, further->count);
  sg_tensor **outs = PyMem_Calloc(count + 1, sizeof *outs);
  if (texts && outs) {
    const sg_tensor *const *tensors = (const sg_tensor *const *)further->items;
    int failed;
    CORE_CALL(failed, sg_layer_call(outs, count, layer, input, texts, tensors, further->count, &error));
    if (!failed) list = core_tensor_list(state, outs, count);
  } else if (!PyErr_Occurred()) {
    PyErr_NoMemory();
  }
  PyMem_Free(texts);
  PyMem_Free(outs);
  return list;
}

static PyObject *call(PyObject *self, PyObject *arguments) {
  core_state *state = ((core_object *)self)->state;
  PyObject *input_object, *names, *tensors;
  Py_ssize_t count;
  if (!PyArg_ParseTuple(arguments, "OO!On:call", &input_object, &PyTuple_Type, &names, &tensors, &count)) return NULL;
  sg_tensor *input = core_handle(state, input_object, CORE_TENSOR, "a layer's input");
  if (!input) return NULL;
  core_handles further;
  if (core_handles_get(&further, state, tensors, CORE_TENSOR, "a layer's further input") < 0) return NULL;
  PyObject *list = NULL;
  if (PyTuple_Size(names) != (Py_ssize_t)further.count) {
    PyErr_SetString(PyExc_ValueError, "every further input needs a name");
  } else if (count < 1 || count > 1 << 16) {
    PyErr_Format(PyExc_ValueError, "a layer cannot have %zd outputs", count);
  } else {
    list = call_named(state, handle_of(self), input, names, &further, (size_t)count);
  }
  core_handles_clear(&further);
  return list;
}

static PyObject *signature(PyObject *self, PyObject *unused) {
  (void)unused;
  char *json;
  int failed;
  CORE_CALL(failed, sg_layer_signature(&json, handle_of(self), &error));
  return failed ? NULL : core_take_text(json);
}

static PyObject *parameters(PyObject *self, PyObject *unused) {
  (void)unused;
  sg_layer *layer = handle_of(self);
  size_t count;
  int failed;
  CORE_CALL(failed, sg_layer_parameter_count(&count, layer, &error));
  if (failed) return NULL;
  PyObject *list = PyList_New(0);
  for (size_t index = 0; list && index < count; index++) {
    sg_parameter *parameter;
    CORE_CALL(failed, sg_layer_parameter(&parameter, layer, index, &error));
    PyObject *object = failed ? NULL : core_wrap(((core_object *)self)->state, CORE_PARAMETER, parameter);
    if (!object || PyList_Append(list, object) < 0) Py_CLEAR(list);
    Py_XDECREF(object);
  }
  return list;
}

static PyObject *get_training(PyObject *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(sg_layer_is_training(handle_of(self)));
}

static int set_training(PyObject *self, PyObject *value, void *unused) {
  (void)unused;
  int training = value ? PyObject_IsTrue(value) : -1;
  if (training < 0) return -1;
  int failed;
  CORE_CALL(failed, sg_layer_set_training(handle_of(self), training, &error));
  return failed;
}

static PyObject *set_seed(PyObject *self, PyObject *object) {
  unsigned long long seed = PyLong_AsUnsignedLongLong(object);
  if (seed == (unsigned long long)-1 && PyErr_Occurred()) return NULL;
  int failed;
  CORE_CALL(failed, sg_layer_set_seed(handle_of(self), seed, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyObject *specification(PyObject *self, PyObject *unused) {
  (void)unused;
  char *json;
  int failed;
  CORE_CALL(failed, sg_layer_specification(&json, handle_of(self), &error));
  return failed ? NULL : core_take_text(json);
}

static PyObject *save(PyObject *self, PyObject *object) {
  const char *path;
  if (core_optional_text(&path, object, "the path") < 0) return NULL;
  int failed;
  CORE_CALL(failed, sg_layer_save(handle_of(self), path, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyObject *load(PyObject *self, PyObject *object) {
  const char *path;
  if (core_optional_text(&path, object, "the path") < 0) return NULL;
  int failed;
  CORE_CALL(failed, sg_layer_load(handle_of(self), path, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"apply", apply, METH_O, "apply(tensor): the layer's output."},
    {"call", call, METH_VARARGS, "call(tensor, names, tensors, count): the first `count` outputs, given further inputs."},
    {"signature", signature, METH_NOARGS, "The further inputs and outputs, as JSON."},
    {"parameters", parameters, METH_NOARGS, "Parameters and buffers in the order in which they were made."},
    {"set_seed", set_seed, METH_O, "Restart the layer's own randomness."},
    {"specification", specification, METH_NOARGS, "What the network is made of, as JSON."},
    {"save", save, METH_O, "save(path): parameters and buffers to a .safetensors file."},
    {"load", load, METH_O, "load(path): parameters and buffers from a .safetensors file."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"training", get_training, set_training, "Training mode, which decides what dropout and batch norm do.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "A function of a tensor with parameters."},
    {Py_tp_dealloc, core_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_getset, properties},
    {0, NULL},
};

PyType_Spec core_layer_spec = {
    "swiftgan._core.Layer", sizeof(core_object), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots,
};

// ------------------------------------------------------------------------------------------------------- making layers

static PyObject *from_registry(PyObject *module, PyObject *arguments) {
  core_state *state = core_state_of(module);
  const char *name, *options;
  PyObject *generator_object, *part_objects;
  if (!PyArg_ParseTuple(arguments, "ssOO:layer", &name, &options, &generator_object, &part_objects)) return NULL;
  sg_generator *generator = core_handle(state, generator_object, CORE_GENERATOR, "the generator");
  if (!generator) return NULL;
  core_handles parts;
  if (core_handles_get(&parts, state, part_objects, CORE_LAYER, "a part") < 0) return NULL;
  sg_layer *layer;
  int failed;
  CORE_CALL(failed, sg_layer_create_with(&layer, name, options, (sg_layer *const *)parts.items, parts.count, generator,
                                         &error));
  core_handles_clear(&parts);
  return failed ? NULL : core_wrap(state, CORE_LAYER, layer);
}

static PyObject *sequential(PyObject *module, PyObject *objects) {
  core_handles layers;
  if (core_handles_get(&layers, core_state_of(module), objects, CORE_LAYER, "a layer") < 0) return NULL;
  sg_layer *layer;
  int failed;
  CORE_CALL(failed, sg_layer_sequential(&layer, (sg_layer *const *)layers.items, layers.count, &error));
  core_handles_clear(&layers);
  return failed ? NULL : core_wrap(core_state_of(module), CORE_LAYER, layer);
}

static PyObject *from_specification(PyObject *module, PyObject *arguments) {
  core_state *state = core_state_of(module);
  const char *text;
  PyObject *generator_object;
  if (!PyArg_ParseTuple(arguments, "sO:layer_from_specification", &text, &generator_object)) return NULL;
  sg_generator *generator = core_handle(state, generator_object, CORE_GENERATOR, "the generator");
  if (!generator) return NULL;
  sg_layer *layer;
  int failed;
  CORE_CALL(failed, sg_layer_from_specification(&layer, text, generator, &error));
  return failed ? NULL : core_wrap(state, CORE_LAYER, layer);
}

// --------------------------------------------------------------------------------------------------- layers in Python

/// A callback's context: the function to call and the module whose types its tensors get.
typedef struct {
  PyObject *function, *module;
} function_context;

static void release_function(void *pointer) {
  function_context *context = pointer;
  PyObject *function = context->function, *module = context->module;
  free(context);
  core_release_object(function);
  core_release_object(module);
}

static sg_status run_function(void *pointer, sg_tensor **out, const sg_tensor *input, sg_error *error) {
  function_context *context = pointer;
  PyGILState_STATE gil;
  if (!core_enter_python(&gil)) return SG_ERROR_INTERRUPTED;
  core_state *state = core_state_of(context->module);
  PyObject *argument = core_wrap_tensor(state, sg_tensor_retain((sg_tensor *)input));
  PyObject *result = argument ? PyObject_CallFunctionObjArgs(context->function, argument, NULL) : NULL;
  sg_tensor *tensor = result ? core_handle(state, result, CORE_TENSOR, "what forward() returns") : NULL;
  *out = sg_tensor_retain(tensor);
  sg_status status = tensor ? SG_OK : core_callback_failed(error);
  Py_XDECREF(argument);
  Py_XDECREF(result);
  core_leave_python(gil);
  return status;
}

static PyObject *make_from_function(PyObject *module, PyObject *function, core_handles *children, PyObject *names,
                                    core_handles *parameters) {
  function_context *context = malloc(sizeof *context);
  const char **child_names = names_of(names, children->count);
  sg_layer *layer = NULL;
  if (context && child_names) {
    *context = (function_context){function, module};
    Py_INCREF(function);
    Py_INCREF(module);
    sg_layer_callback callback = SG_LAYER_CALLBACK_INIT;
    callback.function = run_function;
    callback.context = context;
    callback.deleter = release_function;
    callback.children = (sg_layer *const *)children->items;
    callback.child_names = child_names;
    callback.child_count = children->count;
    callback.parameters = (sg_parameter *const *)parameters->items;
    callback.parameter_count = parameters->count;
    int failed;
    CORE_CALL(failed, sg_layer_from_callback(&layer, &callback, &error));
    if (failed) release_function(context);
  } else {
    free(context);
    if (!PyErr_Occurred()) PyErr_NoMemory();
  }
  PyMem_Free(child_names);
  return layer ? core_wrap(core_state_of(module), CORE_LAYER, layer) : NULL;
}

static PyObject *from_function(PyObject *module, PyObject *arguments) {
  core_state *state = core_state_of(module);
  PyObject *function, *child_objects, *names, *parameter_objects;
  if (!PyArg_ParseTuple(arguments, "OOO!O:layer_from_function", &function, &child_objects, &PyTuple_Type, &names,
                        &parameter_objects)) {
    return NULL;
  }
  core_handles children, parameters;
  if (core_handles_get(&children, state, child_objects, CORE_LAYER, "a child layer") < 0) return NULL;
  PyObject *layer = NULL;
  if (core_handles_get(&parameters, state, parameter_objects, CORE_PARAMETER, "a parameter") == 0) {
    if (PyTuple_Size(names) != (Py_ssize_t)children.count) {
      PyErr_SetString(PyExc_ValueError, "every child layer needs a name");
    } else {
      layer = make_from_function(module, function, &children, names, &parameters);
    }
    core_handles_clear(&parameters);
  }
  core_handles_clear(&children);
  return layer;
}

static PyObject *make_parameter(PyObject *module, PyObject *arguments) {
  core_state *state = core_state_of(module);
  const char *name;
  PyObject *value_object;
  int trainable;
  if (!PyArg_ParseTuple(arguments, "sOp:parameter", &name, &value_object, &trainable)) return NULL;
  sg_tensor *value = core_handle(state, value_object, CORE_TENSOR, "a parameter's value");
  if (!value) return NULL;
  sg_parameter *parameter;
  int failed;
  CORE_CALL(failed, sg_parameter_create(&parameter, name, value, trainable, &error));
  return failed ? NULL : core_wrap(state, CORE_PARAMETER, parameter);
}

PyMethodDef core_layer_functions[] = {
    {"layer", from_registry, METH_VARARGS,
     "layer(name, options, generator, parts): a layer of the registered name; {\"part\": 0} in the options is parts[0]."},
    {"layer_sequential", sequential, METH_O, "layer_sequential(layers): the layers one after another."},
    {"layer_from_specification", from_specification, METH_VARARGS,
     "layer_from_specification(json, generator): a network as described, with new weights."},
    {"layer_from_function", from_function, METH_VARARGS,
     "layer_from_function(function, children, child_names, parameters): a layer written in Python."},
    {"parameter", make_parameter, METH_VARARGS, "parameter(name, value, trainable): a parameter of one's own."},
    {NULL, NULL, 0, NULL},
};
