// The Tensor type: what a tensor is, and reading it. Operations on tensors are in operation.c, arrays in and out in
// buffer.c and dlpack.c.
#include "core.h"

static int get_info(PyObject *self, sg_tensor_info *info) {
  sg_error error;
  return core_finish(sg_tensor_info_get(info, ((core_object *)self)->handle, &error), &error);
}

static PyObject *integers(const int64_t *values, int32_t count) {
  PyObject *tuple = PyTuple_New(count);
  for (int32_t index = 0; tuple && index < count; index++) {
    PyObject *value = PyLong_FromLongLong(values[index]);
    if (!value || PyTuple_SetItem(tuple, index, value) < 0) Py_CLEAR(tuple);
  }
  return tuple;
}

static PyObject *get_shape(PyObject *self, void *unused) {
  (void)unused;
  sg_tensor_info info;
  return get_info(self, &info) < 0 ? NULL : integers(info.shape, info.rank);
}

static PyObject *get_strides(PyObject *self, void *unused) {
  (void)unused;
  sg_tensor_info info;
  return get_info(self, &info) < 0 ? NULL : integers(info.strides, info.rank);
}

static PyObject *get_code(PyObject *self, void *unused) {
  (void)unused;
  sg_tensor_info info;
  return get_info(self, &info) < 0 ? NULL : PyLong_FromLong(info.dtype);
}

static PyObject *get_rank(PyObject *self, void *unused) {
  (void)unused;
  sg_tensor_info info;
  return get_info(self, &info) < 0 ? NULL : PyLong_FromLong(info.rank);
}

static PyObject *get_size(PyObject *self, void *unused) {
  (void)unused;
  sg_tensor_info info;
  return get_info(self, &info) < 0 ? NULL : PyLong_FromLongLong(info.count);
}

static PyObject *get_nbytes(PyObject *self, void *unused) {
  (void)unused;
  sg_tensor_info info;
  return get_info(self, &info) < 0 ? NULL : PyLong_FromLongLong(info.byte_count);
}

static PyObject *get_address(PyObject *self, void *unused) {
  (void)unused;
  void *address;
  sg_error error;
  if (core_finish(sg_tensor_address(&address, ((core_object *)self)->handle, &error), &error) < 0) return NULL;
  return PyLong_FromVoidPtr(address);
}

static PyObject *get_read_only(PyObject *self, void *unused) {
  (void)unused;
  sg_tensor_info info;
  return get_info(self, &info) < 0 ? NULL : PyBool_FromLong(info.read_only);
}

static PyObject *set_name(PyObject *self, PyObject *name) {
  const char *text;
  if (core_optional_text(&text, name, "the name") < 0) return NULL;
  sg_error error;
  if (core_finish(sg_tensor_set_name(((core_object *)self)->handle, text, &error), &error) < 0) return NULL;
  Py_RETURN_NONE;
}

static PyObject *get_traced(PyObject *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(sg_tensor_is_traced(((core_object *)self)->handle));
}

static PyObject *get_contiguous(PyObject *self, void *unused) {
  (void)unused;
  sg_tensor_info info;
  return get_info(self, &info) < 0 ? NULL : PyBool_FromLong(info.contiguous);
}

// int64 does not fit a double, so the element is copied out in its own type.
static PyObject *item(PyObject *self, PyObject *unused) {
  (void)unused;
  sg_tensor_info info;
  if (get_info(self, &info) < 0) return NULL;
  if (info.count != 1) {
    return PyErr_Format(PyExc_ValueError, "item() is for tensors of one element; this one has %lld",
                        (long long)info.count);
  }
  union { float f32; double f64; int32_t i32; int64_t i64; uint8_t u8; } value;
  int failed;
  CORE_CALL(failed, sg_tensor_copy_out(&value, (size_t)info.byte_count, ((core_object *)self)->handle, &error));
  if (failed) return NULL;
  switch (info.dtype) {
    case SG_FLOAT32: return PyFloat_FromDouble(value.f32);
    case SG_FLOAT64: return PyFloat_FromDouble(value.f64);
    case SG_INT32: return PyLong_FromLong(value.i32);
    case SG_INT64: return PyLong_FromLongLong(value.i64);
    case SG_UINT8: return PyLong_FromLong(value.u8);
    default: return PyBool_FromLong(value.u8);
  }
}

static PyObject *copy_to(PyObject *self, PyObject *target) {
  Py_buffer view;
  if (PyObject_GetBuffer(target, &view, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS) < 0) return NULL;
  int failed;
  CORE_CALL(failed, sg_tensor_copy_out(view.buf, (size_t)view.len, ((core_object *)self)->handle, &error));
  PyBuffer_Release(&view);
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"item", item, METH_NOARGS, "The one element, as a Python number."},
    {"_set_name", set_name, METH_O, "What messages call it, where it is a value of a function that is being traced."},
    {"_copy_to", copy_to, METH_O, "Write the elements in row-major order into a contiguous, writable buffer."},
    {"__dlpack__", (PyCFunction)(void (*)(void))core_tensor_dlpack, METH_VARARGS | METH_KEYWORDS,
     "A DLPack capsule of the tensor's memory."},
    {"__dlpack_device__", core_tensor_dlpack_device, METH_NOARGS, "The DLPack device: (1, 0), the CPU."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"shape", get_shape, NULL, "The extents of the axes.", NULL},
    {"strides", get_strides, NULL, "Bytes between neighbours along each axis.", NULL},
    {"ndim", get_rank, NULL, "The number of axes.", NULL},
    {"size", get_size, NULL, "The number of elements.", NULL},
    {"nbytes", get_nbytes, NULL, "The bytes of all elements.", NULL},
    {"_dtype", get_code, NULL, "The element type as a number of the C interface.", NULL},
    {"_address", get_address, NULL, "The address of element (0, ..., 0).", NULL},
    {"_read_only", get_read_only, NULL, "Whether the memory must not be written.", NULL},
    {"_traced", get_traced, NULL, "Whether it is a value of a function that is being traced: it has no elements.", NULL},
    {"_contiguous", get_contiguous, NULL, "Whether elements lie in row-major order without gaps.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "An n-dimensional array that never changes; the base of swiftgan.Tensor."},
    {Py_tp_dealloc, core_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_getset, properties},
    {Py_bf_getbuffer, core_get_buffer},
    {Py_bf_releasebuffer, core_release_buffer},
    {0, NULL},
};

PyType_Spec core_tensor_spec = {
    "swiftgan._core.Tensor", sizeof(core_object), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots,
};

// ------------------------------------------------------------------------------------------------------------ functions

static PyObject *from_array(PyObject *module, PyObject *arguments) {
  PyObject *object;
  int copy;
  if (!PyArg_ParseTuple(arguments, "Op:from_array", &object, &copy)) return NULL;
  sg_tensor *tensor = core_import(core_state_of(module), object, copy);
  return tensor ? core_wrap_tensor(core_state_of(module), tensor) : NULL;
}

static PyObject *set_tensor_class(PyObject *module, PyObject *class) {
  core_state *state = core_state_of(module);
  if (!PyType_Check(class) || !PyType_IsSubtype((PyTypeObject *)class, state->types[CORE_TENSOR])) {
    PyErr_SetString(PyExc_TypeError, "the tensor class must be a subclass of _core.Tensor");
    return NULL;
  }
  PyObject *old = (PyObject *)state->tensor_class;
  Py_INCREF(class);
  state->tensor_class = (PyTypeObject *)class;
  Py_XDECREF(old);
  Py_RETURN_NONE;
}

PyMethodDef core_tensor_methods[] = {
    {"from_array", from_array, METH_VARARGS,
     "from_array(object, copy): a tensor on the memory of an object with the buffer protocol or DLPack."},
    {"set_tensor_class", set_tensor_class, METH_O, "The class that tensors are made as from now on."},
    {NULL, NULL, 0, NULL},
};
