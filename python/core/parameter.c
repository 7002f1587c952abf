// Parameters: named tensors that training changes.
#include "core.h"

static sg_parameter *handle_of(PyObject *self) { return ((core_object *)self)->handle; }

static PyObject *get_name(PyObject *self, void *unused) {
  (void)unused;
  const char *name;
  sg_error error;
  if (core_finish(sg_parameter_name(&name, handle_of(self), &error), &error) < 0) return NULL;
  return PyUnicode_FromString(name);
}

static PyObject *get_trainable(PyObject *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(sg_parameter_is_trainable(handle_of(self)));
}

static PyObject *get_value(PyObject *self, void *unused) {
  (void)unused;
  sg_tensor *value;
  int failed;
  CORE_CALL(failed, sg_parameter_get_value(&value, handle_of(self), &error));
  return failed ? NULL : core_wrap_tensor(((core_object *)self)->state, value);
}

static int set_value(PyObject *self, PyObject *object, void *unused) {
  (void)unused;
  if (!object) {
    PyErr_SetString(PyExc_AttributeError, "a parameter's value cannot be deleted");
    return -1;
  }
  sg_tensor *value = core_handle(((core_object *)self)->state, object, CORE_TENSOR, "a parameter's value");
  if (!value) return -1;
  int failed;
  CORE_CALL(failed, sg_parameter_set_value(handle_of(self), value, &error));
  return failed;
}

static PyObject *represent(PyObject *self) {
  PyObject *name = get_name(self, NULL), *value = name ? get_value(self, NULL) : NULL, *text = NULL;
  PyObject *shape = value ? PyObject_GetAttrString(value, "shape") : NULL;
  PyObject *dtype = shape ? PyObject_GetAttrString(value, "dtype") : NULL;
  if (dtype) {
    const char *kind = sg_parameter_is_trainable(handle_of(self)) ? "" : ", trainable=False";
    text = PyUnicode_FromFormat("Parameter(%R, shape=%R, dtype=%S%s)", name, shape, dtype, kind);
  }
  Py_XDECREF(name);
  Py_XDECREF(value);
  Py_XDECREF(shape);
  Py_XDECREF(dtype);
  return text;
}

static PyObject *compare(PyObject *self, PyObject *other, int operation) {
  core_state *state = ((core_object *)self)->state;
  if ((operation != Py_EQ && operation != Py_NE) || !PyObject_TypeCheck(other, state->types[CORE_PARAMETER])) {
    Py_RETURN_NOTIMPLEMENTED;
  }
  int same = sg_parameter_is_same(handle_of(self), handle_of(other));
  return PyBool_FromLong((operation == Py_EQ) == same);
}

static PyGetSetDef properties[] = {
    {"name", get_name, NULL, "Its name; read from a layer, the dotted path from there.", NULL},
    {"trainable", get_trainable, NULL, "False for a buffer, such as a running mean.", NULL},
    {"value", get_value, set_value, "Its present value.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "A named tensor that training changes, or (not trainable) a buffer. Equal to another when it is the same."},
    {Py_tp_dealloc, core_dealloc},
    {Py_tp_getset, properties},
    {Py_tp_repr, represent},
    {Py_tp_richcompare, compare},
    {Py_tp_hash, PyObject_HashNotImplemented},
    {0, NULL},
};

PyType_Spec core_parameter_spec = {
    "swiftgan._core.Parameter", sizeof(core_object), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots,
};
