// Arrays in and out through DLPack (https://dmlc.github.io/dlpack), for those without the buffer protocol: the tensors of
// other libraries. The structures below are DLPack's, in its versions 0.x and 1.x.
#include "core.h"

typedef struct { int32_t type, id; } dl_device;
typedef struct { uint8_t code, bits; uint16_t lanes; } dl_type;
typedef struct {
  void *data;
  dl_device device;
  int32_t rank;
  dl_type dtype;
  int64_t *shape, *strides;  // in elements; NULL strides: row-major
  uint64_t byte_offset;
} dl_tensor;
typedef struct dl_managed {
  dl_tensor tensor;
  void *context;
  void (*deleter)(struct dl_managed *);
} dl_managed;
typedef struct dl_managed_versioned {
  uint32_t major, minor;
  void *context;
  void (*deleter)(struct dl_managed_versioned *);
  uint64_t flags;
  dl_tensor tensor;
} dl_managed_versioned;

enum { DL_CPU = 1, DL_INT = 0, DL_UINT = 1, DL_FLOAT = 2, DL_BFLOAT = 4, DL_COMPLEX = 5, DL_BOOL = 6 };
enum { DL_READ_ONLY = 1 };
static const char plain_name[] = "dltensor", versioned_name[] = "dltensor_versioned";

static const dl_type types[] = {{DL_FLOAT, 32, 1}, {DL_FLOAT, 64, 1}, {DL_INT, 32, 1},
                                {DL_INT, 64, 1},   {DL_UINT, 8, 1},   {DL_BOOL, 8, 1}};

// ------------------------------------------------------------------------------------------------------------------ in

/// What was taken out of a capsule: one of the two structures, and the tensor in it.
typedef struct {
  dl_managed *plain;
  dl_managed_versioned *versioned;
} taken;

static void release_taken(void *context) {
  taken *both = context;
  PyGILState_STATE gil;
  // A deleter of Python's own objects needs the GIL; one of another library does not mind it.
  if (!core_enter_python(&gil)) return;
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  if (both->plain && both->plain->deleter) both->plain->deleter(both->plain);
  if (both->versioned && both->versioned->deleter) both->versioned->deleter(both->versioned);
  PyMem_Free(both);
  PyErr_Restore(type, value, traceback);
  core_leave_python(gil);
}

static PyObject *call_dlpack(PyObject *object) {
  PyObject *method = PyObject_GetAttrString(object, "__dlpack__");
  PyObject *none = PyTuple_New(0);
  PyObject *version = Py_BuildValue("{s(ii)}", "max_version", 1, 0);
  PyObject *capsule = method && none && version ? PyObject_Call(method, none, version) : NULL;
  if (!capsule && method && none && PyErr_ExceptionMatches(PyExc_TypeError)) {
    PyErr_Clear();  // an exporter from before versions
    capsule = PyObject_Call(method, none, NULL);
  }
  Py_XDECREF(method);
  Py_XDECREF(none);
  Py_XDECREF(version);
  return capsule;
}

/// Takes the structure over from the capsule, so that the capsule will not free it.
static taken *take(PyObject *capsule) {
  taken *both = PyMem_Calloc(1, sizeof *both);
  if (!both) {
    PyErr_NoMemory();
    return NULL;
  }
  if (PyCapsule_IsValid(capsule, versioned_name)) {
    both->versioned = PyCapsule_GetPointer(capsule, versioned_name);
    if (PyCapsule_SetName(capsule, "used_dltensor_versioned") == 0) return both;
  } else if (PyCapsule_IsValid(capsule, plain_name)) {
    both->plain = PyCapsule_GetPointer(capsule, plain_name);
    if (PyCapsule_SetName(capsule, "used_dltensor") == 0) return both;
  } else {
    PyErr_Format(PyExc_TypeError, "__dlpack__ returned %R, which is no unused DLPack capsule", Py_TYPE(capsule));
  }
  PyMem_Free(both);
  return NULL;
}

static int find_dtype(sg_dtype *dtype, dl_type type) {
  for (size_t code = 0; code < sizeof types / sizeof *types; code++) {
    if (type.code == types[code].code && type.bits == types[code].bits && type.lanes == 1) {
      *dtype = (sg_dtype)code;
      return 0;
    }
  }
  const char *name = type.code == DL_INT      ? "int"
                     : type.code == DL_UINT   ? "uint"
                     : type.code == DL_FLOAT  ? "float"
                     : type.code == DL_BFLOAT ? "bfloat"
                     : type.code == DL_COMPLEX ? "complex"
                                               : "type code with bits ";
  PyErr_Format(PyExc_TypeError,
               "dtype %s%d%s is not supported; tensors are float32, float64, int32, int64, uint8 or bool: convert first",
               name, type.bits, type.lanes == 1 ? "" : " (several lanes)");
  return -1;
}

static sg_tensor *borrow_taken(taken *both, int copy) {
  const dl_tensor *source = both->versioned ? &both->versioned->tensor : &both->plain->tensor;
  if (both->versioned && both->versioned->major > 1) {
    PyErr_Format(PyExc_BufferError, "DLPack version %u is newer than 1, which is understood here", both->versioned->major);
    return NULL;
  }
  if (source->device.type != DL_CPU) {
    PyErr_Format(PyExc_BufferError, "the array is on DLPack device type %d; copy it to the CPU (1) first",
                 source->device.type);
    return NULL;
  }
  sg_buffer buffer = SG_BUFFER_INIT;
  if (find_dtype(&buffer.dtype, source->dtype) < 0) return NULL;
  if (source->rank < 0 || source->rank > SG_MAX_RANK) {
    PyErr_Format(PyExc_ValueError, "the array has %d axes; tensors have at most %d", source->rank, SG_MAX_RANK);
    return NULL;
  }
  int64_t strides[SG_MAX_RANK];
  for (int axis = 0; source->strides && axis < source->rank; axis++) {
    strides[axis] = source->strides[axis] * (source->dtype.bits / 8);
  }
  buffer.rank = source->rank;
  buffer.shape = source->shape;
  buffer.strides = source->strides ? strides : NULL;
  buffer.data = source->data ? (char *)source->data + source->byte_offset : NULL;
  buffer.read_only = both->versioned && (both->versioned->flags & DL_READ_ONLY);
  buffer.deleter = release_taken;
  buffer.context = both;
  sg_tensor *tensor = NULL;
  int failed;
  if (copy) CORE_CALL(failed, sg_tensor_copy_in(&tensor, &buffer, &error));
  else CORE_CALL(failed, sg_tensor_borrow(&tensor, &buffer, &error));
  (void)failed;
  return tensor;
}

sg_tensor *core_import_dlpack(PyObject *object, int copy) {
  PyObject *capsule = call_dlpack(object);
  taken *both = capsule ? take(capsule) : NULL;
  Py_XDECREF(capsule);
  if (!both) return NULL;
  sg_tensor *tensor = borrow_taken(both, copy);
  if (!tensor || copy) release_taken(both);
  return tensor;
}

// ----------------------------------------------------------------------------------------------------------------- out

/// A tensor on its way out: the structure that the consumer sees, and what it points into. The handle keeps the memory,
/// so that a consumer may let go on any thread, without Python.
typedef struct {
  union { dl_managed plain; dl_managed_versioned versioned; } managed;
  sg_tensor *tensor;
  int64_t shape[SG_MAX_RANK], strides[SG_MAX_RANK];
} export;

static void delete_export(export *out) {
  sg_tensor_free(out->tensor);
  free(out);
}
static void delete_plain(dl_managed *managed) { delete_export(managed->context); }
static void delete_versioned(dl_managed_versioned *managed) { delete_export(managed->context); }

// The consumer renames a capsule whose structure it has taken over.
static void close_capsule(PyObject *capsule) {
  const char *name = PyCapsule_GetName(capsule);
  if (!name) {
    PyErr_Clear();
  } else if (!strcmp(name, plain_name)) {
    dl_managed *managed = PyCapsule_GetPointer(capsule, plain_name);
    if (managed) managed->deleter(managed);
  } else if (!strcmp(name, versioned_name)) {
    dl_managed_versioned *managed = PyCapsule_GetPointer(capsule, versioned_name);
    if (managed) managed->deleter(managed);
  }
}

static int check_request(PyObject *stream, PyObject *device, PyObject *copy) {
  if (stream != Py_None) {
    PyErr_SetString(PyExc_BufferError, "stream must be None: the tensor is on the CPU");
    return -1;
  }
  if (device != Py_None) {
    int type, id;
    if (!PyArg_ParseTuple(device, "ii;dl_device must be a pair of integers", &type, &id)) return -1;
    if (type != DL_CPU || id != 0) {
      PyErr_Format(PyExc_BufferError, "the tensor is on the CPU (1, 0), not on device (%d, %d)", type, id);
      return -1;
    }
  }
  if (copy != Py_None && PyObject_IsTrue(copy)) {
    PyErr_SetString(PyExc_BufferError, "the tensor is exported without a copy; copy it first with x.copy()");
    return -1;
  }
  return PyErr_Occurred() ? -1 : 0;
}

static int wants_version(PyObject *version) {
  if (version == Py_None) return 0;
  int major, minor;
  if (!PyArg_ParseTuple(version, "ii;max_version must be a pair of integers", &major, &minor)) return -1;
  return major >= 1;
}

PyObject *core_tensor_dlpack(PyObject *self, PyObject *arguments, PyObject *keywords) {
  static char *names[] = {"stream", "max_version", "dl_device", "copy", NULL};
  PyObject *stream = Py_None, *version = Py_None, *device = Py_None, *copy = Py_None;
  if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|$OOOO:__dlpack__", names, &stream, &version, &device, &copy)) {
    return NULL;
  }
  int versioned = wants_version(version);
  if (versioned < 0 || check_request(stream, device, copy) < 0) return NULL;
  sg_tensor_info info;
  sg_error error;
  if (core_finish(sg_tensor_info_get(&info, ((core_object *)self)->handle, &error), &error) < 0) return NULL;
  // A value of a function that is being traced has no memory.
  void *address;
  if (core_finish(sg_tensor_address(&address, ((core_object *)self)->handle, &error), &error) < 0) return NULL;
  if (info.read_only && !versioned) {
    PyErr_SetString(PyExc_BufferError, "the tensor is read-only, which DLPack before 1.0 cannot say; use max_version=(1, 0)");
    return NULL;
  }
  export *out = calloc(1, sizeof *out);
  if (!out) return PyErr_NoMemory();
  dl_tensor *tensor = versioned ? &out->managed.versioned.tensor : &out->managed.plain.tensor;
  out->tensor = sg_tensor_retain(((core_object *)self)->handle);
  for (int axis = 0; axis < info.rank; axis++) {
    out->shape[axis] = info.shape[axis];
    out->strides[axis] = info.strides[axis] / (types[info.dtype].bits / 8);
  }
  *tensor = (dl_tensor){address, {DL_CPU, 0}, info.rank, types[info.dtype], out->shape, out->strides, 0};
  if (versioned) {
    out->managed.versioned.major = 1;
    out->managed.versioned.context = out;
    out->managed.versioned.deleter = delete_versioned;
    out->managed.versioned.flags = info.read_only ? DL_READ_ONLY : 0;
  } else {
    out->managed.plain.context = out;
    out->managed.plain.deleter = delete_plain;
  }
  PyObject *capsule = PyCapsule_New(&out->managed, versioned ? versioned_name : plain_name, close_capsule);
  if (!capsule) delete_export(out);
  return capsule;
}

PyObject *core_tensor_dlpack_device(PyObject *self, PyObject *unused) {
  (void)self, (void)unused;
  return Py_BuildValue("(ii)", DL_CPU, 0);
}
