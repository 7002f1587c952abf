// Random keys, and generators that give them out.
#include "core.h"

static sg_generator *handle_of(PyObject *self) { return ((core_object *)self)->handle; }

static PyObject *next_key(PyObject *self, PyObject *unused) {
  (void)unused;
  sg_tensor *key;
  int failed;
  CORE_CALL(failed, sg_generator_next(&key, handle_of(self), &error));
  return failed ? NULL : core_wrap_tensor(((core_object *)self)->state, key);
}

static PyObject *get_state(PyObject *self, PyObject *unused) {
  (void)unused;
  uint64_t seed, counter;
  int failed;
  CORE_CALL(failed, sg_generator_get_state(&seed, &counter, handle_of(self), &error));
  return failed ? NULL : Py_BuildValue("(KK)", (unsigned long long)seed, (unsigned long long)counter);
}

static PyObject *set_state(PyObject *self, PyObject *arguments) {
  unsigned long long seed, counter;
  if (!PyArg_ParseTuple(arguments, "KK:set_state", &seed, &counter)) return NULL;
  int failed;
  CORE_CALL(failed, sg_generator_set_state(handle_of(self), seed, counter, &error));
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"next", next_key, METH_NOARGS, "A key that was not given out before."},
    {"get_state", get_state, METH_NOARGS, "(seed, counter)."},
    {"set_state", set_state, METH_VARARGS, "set_state(seed, counter)."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "A source of fresh random keys."},
    {Py_tp_dealloc, core_dealloc},
    {Py_tp_methods, methods},
    {0, NULL},
};

PyType_Spec core_generator_spec = {
    "swiftgan._core.Generator", sizeof(core_object), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots,
};

static PyObject *create(PyObject *module, PyObject *seed_object) {
  unsigned long long seed = PyLong_AsUnsignedLongLong(seed_object);
  if (seed == (unsigned long long)-1 && PyErr_Occurred()) return NULL;
  sg_generator *generator;
  int failed;
  CORE_CALL(failed, sg_generator_create(&generator, seed, &error));
  return failed ? NULL : core_wrap(core_state_of(module), CORE_GENERATOR, generator);
}

static PyObject *make_key(PyObject *module, PyObject *arguments) {
  unsigned long long seed, stream;
  if (!PyArg_ParseTuple(arguments, "KK:random_key", &seed, &stream)) return NULL;
  sg_tensor *key;
  int failed;
  CORE_CALL(failed, sg_random_key(&key, seed, stream, &error));
  return failed ? NULL : core_wrap_tensor(core_state_of(module), key);
}

static PyObject *split(PyObject *module, PyObject *arguments) {
  core_state *state = core_state_of(module);
  PyObject *key_object;
  Py_ssize_t count;
  if (!PyArg_ParseTuple(arguments, "On:random_split", &key_object, &count)) return NULL;
  sg_tensor *key = core_handle(state, key_object, CORE_TENSOR, "the key");
  if (!key) return NULL;
  if (count < 0 || count > 1 << 20) return PyErr_Format(PyExc_ValueError, "cannot split a key in %zd", count);
  sg_tensor **keys = PyMem_Calloc((size_t)count + 1, sizeof *keys);
  if (!keys) return PyErr_NoMemory();
  int failed;
  CORE_CALL(failed, sg_random_split(keys, (size_t)count, key, &error));
  PyObject *list = failed ? NULL : core_tensor_list(state, keys, (size_t)count);
  PyMem_Free(keys);
  return list;
}

static PyObject *fold(PyObject *module, PyObject *arguments) {
  core_state *state = core_state_of(module);
  PyObject *key_object;
  unsigned long long index;
  if (!PyArg_ParseTuple(arguments, "OK:random_fold", &key_object, &index)) return NULL;
  sg_tensor *key = core_handle(state, key_object, CORE_TENSOR, "the key");
  if (!key) return NULL;
  sg_tensor *folded;
  int failed;
  CORE_CALL(failed, sg_random_fold(&folded, key, index, &error));
  return failed ? NULL : core_wrap_tensor(state, folded);
}

PyMethodDef core_random_methods[] = {
    {"generator", create, METH_O, "generator(seed): a Generator."},
    {"random_key", make_key, METH_VARARGS, "random_key(seed, stream): a key, an int64 tensor of shape (2,)."},
    {"random_split", split, METH_VARARGS, "random_split(key, count): independent keys."},
    {"random_fold", fold, METH_VARARGS, "random_fold(key, index): the key number `index` derived from a key."},
    {NULL, NULL, 0, NULL},
};
