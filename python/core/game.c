// Games: players and their losses, which may be Python functions.
#include "core.h"

static sg_game *handle_of(PyObject *self) { return ((core_object *)self)->handle; }

static PyObject *add_player(PyObject *self, PyObject *arguments) {
  const char *name, *options;
  PyObject *layer_object;
  if (!PyArg_ParseTuple(arguments, "sOs:add_player", &name, &layer_object, &options)) return NULL;
  sg_layer *layer = core_handle(((core_object *)self)->state, layer_object, CORE_LAYER, "a player's network");
  if (!layer) return NULL;
  int failed;
  CORE_CALL(failed, sg_game_add_player(handle_of(self), name, layer, options, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyObject *set_objective(PyObject *self, PyObject *arguments) {
  const char *name, *options;
  if (!PyArg_ParseTuple(arguments, "ss:set_objective", &name, &options)) return NULL;
  int failed;
  CORE_CALL(failed, sg_game_set_objective(handle_of(self), name, options, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyObject *add_penalty(PyObject *self, PyObject *arguments) {
  const char *name, *options;
  if (!PyArg_ParseTuple(arguments, "ss:add_penalty", &name, &options)) return NULL;
  int failed;
  CORE_CALL(failed, sg_game_add_penalty(handle_of(self), name, options, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

// ------------------------------------------------------------------------------------------------------ Python's losses

/// A callback's context: the function, and the state through the type of tensors.
typedef struct {
  PyObject *function;
  PyObject *type;  ///< the game's, whose life is the state's
  core_state *state;
} loss_context;

static void release_loss(void *pointer) {
  loss_context *context = pointer;
  PyObject *function = context->function, *type = context->type;
  free(context);
  core_release_object(function);
  core_release_object(type);
}

static sg_status run_loss(void *pointer, sg_tensor **loss, const char *player, const sg_tensor *const *batch,
                          size_t batch_count, const sg_tensor *key, sg_error *error) {
  loss_context *context = pointer;
  PyGILState_STATE gil;
  if (!core_enter_python(&gil)) return SG_ERROR_INTERRUPTED;
  core_state *state = context->state;
  PyObject *columns = PyTuple_New((Py_ssize_t)batch_count);
  for (size_t index = 0; columns && index < batch_count; index++) {
    PyObject *column = core_wrap_tensor(state, sg_tensor_retain((sg_tensor *)batch[index]));
    if (!column || PyTuple_SetItem(columns, (Py_ssize_t)index, column) < 0) Py_CLEAR(columns);
  }
  PyObject *key_object = columns ? core_wrap_tensor(state, sg_tensor_retain((sg_tensor *)key)) : NULL;
  PyObject *result = key_object ? PyObject_CallFunction(context->function, "sOO", player, columns, key_object) : NULL;
  sg_tensor *tensor = result ? core_handle(state, result, CORE_TENSOR, "what a loss returns") : NULL;
  *loss = sg_tensor_retain(tensor);
  sg_status status = tensor ? SG_OK : core_callback_failed(error);
  Py_XDECREF(columns);
  Py_XDECREF(key_object);
  Py_XDECREF(result);
  core_leave_python(gil);
  return status;
}

static PyObject *set_loss(PyObject *self, PyObject *function) {
  loss_context *context = malloc(sizeof *context);
  if (!context) return PyErr_NoMemory();
  *context = (loss_context){function, (PyObject *)Py_TYPE(self), ((core_object *)self)->state};
  Py_INCREF(function);
  Py_INCREF(context->type);
  int failed;
  CORE_CALL(failed, sg_game_set_loss(handle_of(self), run_loss, context, release_loss, &error));
  if (failed) {
    release_loss(context);
    return NULL;
  }
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"add_player", add_player, METH_VARARGS, "add_player(name, network, options)."},
    {"set_objective", set_objective, METH_VARARGS, "set_objective(name, options): a registered objective's losses."},
    {"add_penalty", add_penalty, METH_VARARGS, "add_penalty(name, options): a registered penalty."},
    {"set_loss", set_loss, METH_O, "set_loss(function): losses by function(player, batch, key)."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "Who plays and for what."},
    {Py_tp_dealloc, core_dealloc},
    {Py_tp_methods, methods},
    {0, NULL},
};

PyType_Spec core_game_spec = {
    "swiftgan._core.Game", sizeof(core_object), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots,
};
