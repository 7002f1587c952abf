// Objectives and penalties by name: what they compute, and those of Python's own.
#include "core.h"

/// A judgement from (output, samples, features), each a tensor or None; 0 or -1.
static int judgement_get(sg_judgement *out, core_state *state, PyObject *tuple) {
  PyObject *objects[3];
  if (!PyArg_ParseTuple(tuple, "OOO:judgement", &objects[0], &objects[1], &objects[2])) return -1;
  void *handles[3];
  static const char *const names[3] = {"the output", "the samples", "the features"};
  for (int index = 0; index < 3; index++) {
    if (core_optional_handle(&handles[index], state, objects[index], CORE_TENSOR, names[index]) < 0) return -1;
  }
  *out = (sg_judgement){handles[0], handles[1], handles[2]};
  return 0;
}

static PyObject *objective_loss(PyObject *module, PyObject *arguments) {
  core_state *state = core_state_of(module);
  const char *name, *options, *player;
  PyObject *real_object, *fake_object;
  if (!PyArg_ParseTuple(arguments, "sssO!O!:objective_loss", &name, &options, &player, &PyTuple_Type, &real_object,
                        &PyTuple_Type, &fake_object))
    return NULL;
  sg_judgement real, fake;
  if (judgement_get(&real, state, real_object) < 0 || judgement_get(&fake, state, fake_object) < 0) return NULL;
  sg_tensor *loss;
  int failed;
  CORE_CALL(failed, sg_objective_loss(&loss, name, options, player, &real, &fake, &error));
  return failed ? NULL : core_wrap_tensor(state, loss);
}

static PyObject *penalty_value(PyObject *module, PyObject *arguments) {
  core_state *state = core_state_of(module);
  const char *name, *options;
  PyObject *critic_object, *tensors[3];
  if (!PyArg_ParseTuple(arguments, "ssOOOO:penalty_value", &name, &options, &critic_object, &tensors[0], &tensors[1],
                        &tensors[2]))
    return NULL;
  sg_layer *critic = core_handle(state, critic_object, CORE_LAYER, "the critic");
  sg_tensor *real = critic ? core_handle(state, tensors[0], CORE_TENSOR, "the real samples") : NULL;
  sg_tensor *fake = real ? core_handle(state, tensors[1], CORE_TENSOR, "the generated samples") : NULL;
  sg_tensor *key = fake ? core_handle(state, tensors[2], CORE_TENSOR, "the key") : NULL;
  if (!key) return NULL;
  sg_tensor *value;
  int failed;
  CORE_CALL(failed, sg_penalty_value(&value, name, options, critic, real, fake, key, &error));
  return failed ? NULL : core_wrap_tensor(state, value);
}

// ------------------------------------------------------------------------------------------------------------ Python's own

/// A callback's context: the function, and the state, which lives as long as the type of tensors.
typedef struct {
  PyObject *function;
  PyObject *type;
  core_state *state;
} own_context;

static void release_own(void *pointer) {
  own_context *context = pointer;
  PyObject *function = context->function, *type = context->type;
  free(context);
  core_release_object(function);
  core_release_object(type);
}

static own_context *make_own(PyObject *module, PyObject *function) {
  own_context *context = malloc(sizeof *context);
  if (!context) {
    PyErr_NoMemory();
    return NULL;
  }
  core_state *state = core_state_of(module);
  *context = (own_context){function, (PyObject *)state->types[CORE_TENSOR], state};
  Py_INCREF(function);
  Py_INCREF(context->type);
  return context;
}

/// Hands what a function returned to the library, and lets go of it.
static sg_status take_result(sg_tensor **out, core_state *state, PyObject *result, const char *what, sg_error *error) {
  sg_tensor *tensor = result ? core_handle(state, result, CORE_TENSOR, what) : NULL;
  *out = sg_tensor_retain(tensor);
  sg_status status = tensor ? SG_OK : core_callback_failed(error);
  Py_XDECREF(result);
  return status;
}

static PyObject *wrapped(core_state *state, const sg_tensor *tensor) {
  return tensor ? core_wrap_tensor(state, sg_tensor_retain((sg_tensor *)tensor)) : Py_NewRef(Py_None);
}

static sg_status run_objective(void *pointer, sg_tensor **loss, const char *player, const sg_tensor *real,
                               const sg_tensor *fake, sg_error *error) {
  own_context *context = pointer;
  PyGILState_STATE gil;
  if (!core_enter_python(&gil)) return SG_ERROR_INTERRUPTED;
  PyObject *real_object = wrapped(context->state, real), *fake_object = wrapped(context->state, fake), *result = NULL;
  if (real_object && fake_object) result = PyObject_CallFunction(context->function, "sOO", player, real_object, fake_object);
  Py_XDECREF(real_object);
  Py_XDECREF(fake_object);
  sg_status status = take_result(loss, context->state, result, "what an objective's loss returns", error);
  core_leave_python(gil);
  return status;
}

static sg_status run_penalty(void *pointer, sg_tensor **value, sg_layer *critic, const sg_tensor *real,
                             const sg_tensor *fake, const sg_tensor *key, sg_error *error) {
  own_context *context = pointer;
  PyGILState_STATE gil;
  if (!core_enter_python(&gil)) return SG_ERROR_INTERRUPTED;
  PyObject *objects[4] = {core_wrap(context->state, CORE_LAYER, sg_layer_retain(critic)), wrapped(context->state, real),
                          wrapped(context->state, fake), wrapped(context->state, key)};
  PyObject *result = NULL;
  if (objects[0] && objects[1] && objects[2] && objects[3])
    result = PyObject_CallFunction(context->function, "OOOO", objects[0], objects[1], objects[2], objects[3]);
  for (int index = 0; index < 4; index++) Py_XDECREF(objects[index]);
  sg_status status = take_result(value, context->state, result, "what a penalty returns", error);
  core_leave_python(gil);
  return status;
}

static PyObject *register_objective(PyObject *module, PyObject *arguments) {
  const char *name, *summary;
  PyObject *function;
  int sees_real;
  if (!PyArg_ParseTuple(arguments, "ssOp:register_objective", &name, &summary, &function, &sees_real)) return NULL;
  own_context *context = make_own(module, function);
  if (!context) return NULL;
  int failed;
  CORE_CALL(failed, sg_objective_register(name, summary, run_objective, sees_real, context, release_own, &error));
  if (failed) {
    release_own(context);
    return NULL;
  }
  Py_RETURN_NONE;
}

static PyObject *register_penalty(PyObject *module, PyObject *arguments) {
  const char *name, *summary;
  PyObject *function;
  if (!PyArg_ParseTuple(arguments, "ssO:register_penalty", &name, &summary, &function)) return NULL;
  own_context *context = make_own(module, function);
  if (!context) return NULL;
  int failed;
  CORE_CALL(failed, sg_penalty_register(name, summary, run_penalty, context, release_own, &error));
  if (failed) {
    release_own(context);
    return NULL;
  }
  Py_RETURN_NONE;
}

PyMethodDef core_objective_functions[] = {
    {"objective_loss", objective_loss, METH_VARARGS,
     "objective_loss(name, options, player, real, fake): sides are (output, samples, features), each a tensor or None."},
    {"penalty_value", penalty_value, METH_VARARGS, "penalty_value(name, options, critic, real, fake, key)."},
    {"register_objective", register_objective, METH_VARARGS,
     "register_objective(name, summary, function, sees_real): function(player, real or None, fake)."},
    {"register_penalty", register_penalty, METH_VARARGS,
     "register_penalty(name, summary, function): function(critic, real, fake, key)."},
    {NULL, NULL, 0, NULL},
};
