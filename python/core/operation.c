// Operations: found by name once, applied often. The hot path of everything that Python code computes.
#include "core.h"

// ------------------------------------------------------------------------------------------------------------ operands

static sg_dtype dtype_of(const sg_tensor *tensor) {
  sg_tensor_info info;
  return sg_tensor_info_get(&info, tensor, NULL) == SG_OK ? info.dtype : SG_FLOAT32;
}

static int is_integer(sg_dtype dtype) { return dtype == SG_INT32 || dtype == SG_INT64 || dtype == SG_UINT8; }

/// A tensor of one number. With `kept`, it may be one that was made before: only for operations whose result is never on
/// the memory of an operand, for the user may write into a result.
static sg_status make_number(sg_tensor **tensor, core_state *kept, double value, sg_dtype dtype, sg_error *error) {
  if (!kept) return sg_tensor_scalar(tensor, value, dtype, error);
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  core_number *place = &kept->numbers[((bits * 0x9e3779b97f4a7c15u >> 32) + (uint64_t)dtype) % CORE_NUMBER_COUNT];
  if (!place->tensor || place->bits != bits || place->dtype != dtype) {
    sg_tensor *made;
    sg_status status = sg_tensor_scalar(&made, value, dtype, error);
    if (status != SG_OK) return status;
    sg_tensor_free(place->tensor);
    *place = (core_number){made, bits, dtype};
  }
  *tensor = sg_tensor_retain(place->tensor);
  return SG_OK;
}

static sg_tensor *whole_number(PyObject *object, const sg_dtype *like, core_state *kept) {
  int overflow;
  int64_t value = PyLong_AsLongLongAndOverflow(object, &overflow);
  if (overflow) {
    PyErr_Format(PyExc_OverflowError, "%R does not fit 64 bits", object);
    return NULL;
  }
  sg_dtype dtype = like && *like != SG_BOOL ? *like : SG_INT64;
  sg_tensor *tensor = NULL;
  sg_error error;
  sg_status status;
  if (dtype == SG_INT64) {  // a double could not hold them all
    sg_buffer buffer = SG_BUFFER_INIT;
    buffer.dtype = SG_INT64;
    buffer.data = &value;
    status = sg_tensor_copy_in(&tensor, &buffer, &error);
  } else {
    status = make_number(&tensor, kept, (double)value, dtype, &error);
    if (status == SG_ERROR_VALUE && is_integer(dtype)) {
      PyErr_Format(PyExc_OverflowError, "%R does not fit the tensor's %s; convert the tensor with astype first", object,
                   dtype == SG_UINT8 ? "uint8" : "int32");
      return NULL;
    }
  }
  core_finish(status, &error);
  return tensor;
}

// A Python number is weak: it takes the tensor's type as far as it fits the number's kind.
static sg_tensor *number(PyObject *object, const sg_dtype *like, core_state *kept) {
  if (PyLong_Check(object) && !PyBool_Check(object)) return whole_number(object, like, kept);
  double value = PyFloat_AsDouble(object);
  if (value == -1 && PyErr_Occurred()) return NULL;
  sg_dtype dtype = PyBool_Check(object) ? (like ? *like : SG_BOOL) : like && !is_integer(*like) && *like != SG_BOOL ? *like : SG_FLOAT32;
  sg_tensor *tensor = NULL;
  sg_error error;
  core_finish(make_number(&tensor, kept, value, dtype, &error), &error);
  return tensor;
}

sg_tensor *core_operand(core_state *state, PyObject *object, const sg_dtype *like, int *foreign) {
  if (PyObject_TypeCheck(object, state->types[CORE_TENSOR])) return sg_tensor_retain(((core_object *)object)->handle);
  if (PyLong_Check(object) || PyFloat_Check(object)) return number(object, like, NULL);
  if (core_can_import(object)) return core_import(state, object, 0);
  if (foreign) {
    *foreign = 1;
  } else {
    PyErr_Format(PyExc_TypeError, "expected a tensor, an array or a number, not %R", Py_TYPE(object));
  }
  return NULL;
}

// ---------------------------------------------------------------------------------------------------------- attributes

static int add_integer(core_attributes *attributes, PyObject *key, PyObject *value) {
  if (attributes->integer_count == CORE_MAX_INTEGERS) {
    PyErr_Format(PyExc_ValueError, "%U: more than %d integers", key, CORE_MAX_INTEGERS);
    return -1;
  }
  PyObject *index = PyNumber_Index(value);
  if (!index) {
    if (PyErr_ExceptionMatches(PyExc_TypeError)) PyErr_Format(PyExc_TypeError, "%U must be an integer, or integers, not %R", key, value);
    return -1;
  }
  int overflow;
  int64_t integer = PyLong_AsLongLongAndOverflow(index, &overflow);
  if (overflow) PyErr_Format(PyExc_OverflowError, "%U: %R does not fit 64 bits", key, index);
  Py_DECREF(index);
  if (overflow) return -1;
  attributes->integers[attributes->integer_count++] = integer;
  return 0;
}

static int add_integers(core_attributes *attributes, sg_attribute *target, PyObject *key, PyObject *sequence) {
  PyObject *tuple = PySequence_Tuple(sequence);
  if (!tuple) return -1;
  const int64_t *first = attributes->integers + attributes->integer_count;
  Py_ssize_t count = PyTuple_Size(tuple);
  int failed = 0;
  for (Py_ssize_t index = 0; index < count && !failed; index++) {
    failed = add_integer(attributes, key, PyTuple_GetItem(tuple, index));
  }
  Py_DECREF(tuple);
  *target = sg_attribute_integers(target->key, first, (size_t)count);
  return failed;
}

int core_attributes_add(core_attributes *attributes, PyObject *key, PyObject *value) {
  if (value == Py_None) return 0;  // not given: the operation's default
  if (attributes->count == CORE_MAX_ATTRIBUTES) {
    PyErr_Format(PyExc_ValueError, "more than %d attributes", CORE_MAX_ATTRIBUTES);
    return -1;
  }
  sg_attribute *target = &attributes->items[attributes->count];
  const char *name = PyUnicode_AsUTF8AndSize(key, NULL);
  if (!name) return -1;
  target->key = name;
  attributes->count++;
  if (PyBool_Check(value)) {
    *target = sg_attribute_bool(name, value == Py_True);
  } else if (PyIndex_Check(value)) {
    if (add_integer(attributes, key, value) < 0) return -1;
    *target = sg_attribute_integer(name, attributes->integers[--attributes->integer_count]);
  } else if (PyUnicode_Check(value)) {
    const char *text = PyUnicode_AsUTF8AndSize(value, NULL);
    if (!text) return -1;
    *target = sg_attribute_text(name, text);
  } else if (PySequence_Check(value)) {
    return add_integers(attributes, target, key, value);
  } else {
    double number = PyFloat_AsDouble(value);
    if (number == -1 && PyErr_Occurred()) {
      PyErr_Format(PyExc_TypeError, "%U must be a number, a str or a sequence of integers, not %R", key, Py_TYPE(value));
      return -1;
    }
    *target = sg_attribute_number(name, number);
  }
  return 0;
}

// --------------------------------------------------------------------------------------------------------------- apply

enum { INPUTS_ON_STACK = 8 };

/// Puts the exception that is set in the words of the function that the user called. `offender` (may be NULL) is what should
/// have been a tensor.
static void explain(core_state *state, PyObject *offender) {
  PyObject *type, *value, *traceback;
  if (!state->explainer) return;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  PyObject *message = PyObject_CallFunctionObjArgs(state->explainer, value, offender, NULL);
  if (message && PyUnicode_Check(message)) {
    PyErr_SetObject(type, message);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
  } else {
    PyErr_Clear();
    PyErr_Restore(type, value, traceback);
  }
  Py_XDECREF(message);
}

/// Numbers take their type from the first operand that is no number. `foreign` is NULL but for operators: their results
/// are on memory of their own. On failure *offender is the object that is no operand.
static int get_inputs(sg_tensor **inputs, core_state *state, PyObject *const *objects, Py_ssize_t count, int *foreign,
                      PyObject **offender) {
  const sg_tensor *first = NULL;
  Py_ssize_t numbers = 0;
  for (Py_ssize_t index = 0; index < count; index++) {
    if (PyLong_Check(objects[index]) || PyFloat_Check(objects[index])) {
      numbers++;
      continue;
    }
    inputs[index] = core_operand(state, objects[index], NULL, foreign);
    if (!inputs[index]) {
      *offender = objects[index];
      return -1;
    }
    if (!first) first = inputs[index];
  }
  if (!numbers) return 0;
  sg_dtype dtype = first ? dtype_of(first) : SG_FLOAT32;
  for (Py_ssize_t index = 0; index < count; index++) {
    if (inputs[index]) continue;
    inputs[index] = number(objects[index], first ? &dtype : NULL, foreign ? state : NULL);
    if (!inputs[index]) return -1;
  }
  return 0;
}

static PyObject *apply(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names, int may_decline) {
  core_state *state = core_state_of(module);
  if (count < 1) {
    PyErr_SetString(PyExc_TypeError, "apply needs an operation");
    return NULL;
  }
  const sg_operation *operation = core_handle(state, arguments[0], CORE_OPERATION, "the first argument");
  if (!operation) return NULL;
  core_attributes attributes;
  attributes.count = attributes.integer_count = 0;
  for (Py_ssize_t index = 0; names && index < PyTuple_Size(names); index++) {
    if (core_attributes_add(&attributes, PyTuple_GetItem(names, index), arguments[count + index]) < 0) {
      explain(state, NULL);
      return NULL;
    }
  }
  Py_ssize_t input_count = count - 1;
  sg_tensor *few[INPUTS_ON_STACK] = {NULL};
  sg_tensor **inputs = input_count <= INPUTS_ON_STACK ? few : PyMem_Calloc((size_t)input_count, sizeof *inputs);
  if (!inputs) return PyErr_NoMemory();
  int foreign = 0;
  PyObject *offender = NULL;
  int failed = get_inputs(inputs, state, arguments + 1, input_count, may_decline ? &foreign : NULL, &offender);
  sg_tensor *out = NULL;
  if (!failed) {
    CORE_CALL(failed, sg_apply(&out, operation, (const sg_tensor *const *)inputs, (size_t)input_count, attributes.items,
                               attributes.count, &error));
  }
  for (Py_ssize_t index = 0; index < input_count; index++) sg_tensor_free(inputs[index]);
  if (inputs != few) PyMem_Free(inputs);
  if (foreign) Py_RETURN_NOTIMPLEMENTED;
  if (failed) explain(state, offender);
  return failed ? NULL : core_wrap_tensor(state, out);
}

static PyObject *apply_method(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
  return apply(module, arguments, count, names, 0);
}

static PyObject *binary_method(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
  return apply(module, arguments, count, NULL, 1);
}

static PyObject *set_explainer(PyObject *module, PyObject *function) {
  core_state *state = core_state_of(module);
  PyObject *previous = state->explainer;
  state->explainer = Py_NewRef(function);
  Py_XDECREF(previous);
  Py_RETURN_NONE;
}

static PyObject *find(PyObject *module, PyObject *name) {
  const char *text;
  if (core_optional_text(&text, name, "the name") < 0) return NULL;
  const sg_operation *operation;
  sg_error error;
  if (core_finish(sg_operation_find(&operation, text, &error), &error) < 0) return NULL;
  return core_wrap(core_state_of(module), CORE_OPERATION, (void *)operation);
}

static PyObject *represent(PyObject *self) {
  return PyUnicode_FromFormat("<operation '%s'>", sg_operation_name(((core_object *)self)->handle));
}

static PyType_Slot slots[] = {
    {Py_tp_doc, "A function of tensors, found by name."},
    {Py_tp_dealloc, core_dealloc},
    {Py_tp_repr, represent},
    {0, NULL},
};

PyType_Spec core_operation_spec = {
    "swiftgan._core.Operation", sizeof(core_object), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots,
};

PyMethodDef core_operation_methods[] = {
    {"operation", find, METH_O, "operation(name): the operation of that name."},
    {"set_explainer", set_explainer, METH_O,
     "set_explainer(f): f(exception[, what is no operand]) gives the message for the user when an operation fails."},
    {"apply", (PyCFunction)(void (*)(void))apply_method, METH_FASTCALL | METH_KEYWORDS,
     "apply(operation, *inputs, **attributes): a new tensor. Attributes that are None are left out."},
    {"binary", (PyCFunction)(void (*)(void))binary_method, METH_FASTCALL,
     "binary(operation, a, b): as apply, but NotImplemented for operands that are no tensors, arrays or numbers."},
    {NULL, NULL, 0, NULL},
};
