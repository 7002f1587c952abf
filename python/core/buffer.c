// Arrays in and out through the buffer protocol, with no copy.
#include "core.h"

#if SIZEOF_SIZE_T != 8
#error "swiftgan needs a 64-bit system"
#endif

// ------------------------------------------------------------------------------------------------------------------ in

typedef struct {
  char format;
  const char *name, *advice;
} format_row;

/// Element types that arrays may have and tensors do not, and what to do about each.
static const format_row unsupported[] = {
    {'e', "float16", "convert with x.astype('float32')"},
    {'g', "longdouble", "convert with x.astype('float64')"},
    {'b', "int8", "convert with x.astype('int32')"},
    {'h', "int16", "convert with x.astype('int32')"},
    {'H', "uint16", "convert with x.astype('int32')"},
    {'I', "uint32", "convert with x.astype('int64')"},
    {'L', "uint64", "convert with x.astype('int64') if the values fit"},
    {'Q', "uint64", "convert with x.astype('int64') if the values fit"},
    {'N', "uint64", "convert with x.astype('int64') if the values fit"},
    {'F', "complex64", "take x.real and x.imag, or abs(x)"},
    {'D', "complex128", "take x.real and x.imag, or abs(x)"},
    {'Z', "complex", "take x.real and x.imag, or abs(x)"},
    {'O', "object", "convert with x.astype('float32') if all elements are numbers"},
    {'s', "bytes", "turn the text into numbers first"},
    {'w', "str", "turn the text into numbers first"},
    {'T', "a structured type", "take one field, as in x['name']"},
};

static int refuse(const char *format, int is_swapped) {
  if (is_swapped) {
    PyErr_Format(PyExc_TypeError,
                 "arrays of foreign byte order (format '%s') are not supported; convert with "
                 "x.astype(x.dtype.newbyteorder('='))", format);
    return -1;
  }
  char last = *format ? format[strlen(format) - 1] : 0;
  for (size_t row = 0; row < sizeof unsupported / sizeof *unsupported; row++) {
    const format_row *known = &unsupported[row];
    if (*format == known->format || (known->format != 'T' && last == known->format)) {
      PyErr_Format(PyExc_TypeError,
                   "dtype %s is not supported; tensors are float32, float64, int32, int64, uint8 or bool: %s",
                   known->name, known->advice);
      return -1;
    }
  }
  PyErr_Format(PyExc_TypeError,
               "arrays of format '%s' are not supported; tensors are float32, float64, int32, int64, uint8 or bool", format);
  return -1;
}

/// The element type that a struct format stands for.
static int parse_format(sg_dtype *dtype, const char *given, Py_ssize_t item_size) {
  const char *format = given ? given : "B";
  const int one = 1;
  const int is_little = *(const char *)&one;
  int is_swapped = 0;
  if (*format && strchr("@=<>!", *format)) {
    is_swapped = item_size > 1 && (is_little ? *format == '>' || *format == '!' : *format == '<');
    format++;
  }
  if (is_swapped || !*format || format[1]) return refuse(format, is_swapped);
  // 'l' has 4 or 8 bytes by the prefix, so the size decides among the signed integers.
  switch (*format) {
    case 'f': *dtype = SG_FLOAT32; return 0;
    case 'd': *dtype = SG_FLOAT64; return 0;
    case 'i': case 'l': case 'q': case 'n': *dtype = item_size == 4 ? SG_INT32 : SG_INT64; return 0;
    case 'B': *dtype = SG_UINT8; return 0;
    case '?': *dtype = SG_BOOL; return 0;
    default: return refuse(format, 0);
  }
}

static void release_view(void *context) {
  PyGILState_STATE gil;
  if (!core_enter_python(&gil)) return;
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  PyBuffer_Release(context);
  PyMem_Free(context);
  PyErr_Restore(type, value, traceback);
  core_leave_python(gil);
}

sg_tensor *core_import_buffer(PyObject *object, int copy) {
  Py_buffer *view = PyMem_Malloc(sizeof *view);
  if (!view) {
    PyErr_NoMemory();
    return NULL;
  }
  if (PyObject_GetBuffer(object, view, PyBUF_STRIDES | PyBUF_FORMAT) < 0) {
    PyMem_Free(view);
    return NULL;
  }
  sg_buffer buffer = SG_BUFFER_INIT;
  sg_tensor *tensor = NULL;
  int failed = parse_format(&buffer.dtype, view->format, view->itemsize);
  if (!failed) {
    buffer.rank = view->ndim;
    buffer.read_only = view->readonly;
    buffer.data = view->buf;
    // Py_ssize_t and int64_t are both 64 bits wide here.
    buffer.shape = (const int64_t *)view->shape;
    buffer.strides = (const int64_t *)view->strides;
    buffer.deleter = release_view;
    buffer.context = view;
    if (copy) CORE_CALL(failed, sg_tensor_copy_in(&tensor, &buffer, &error));
    else CORE_CALL(failed, sg_tensor_borrow(&tensor, &buffer, &error));
  }
  if (failed || copy) release_view(view);
  return tensor;
}

int core_can_import(PyObject *object) {
  return PyObject_CheckBuffer(object) || PyObject_HasAttrString((PyObject *)Py_TYPE(object), "__dlpack__");
}

sg_tensor *core_import(core_state *state, PyObject *object, int copy) {
  if (PyObject_TypeCheck(object, state->types[CORE_TENSOR]) && !copy) {
    return sg_tensor_retain(((core_object *)object)->handle);
  }
  if (PyObject_CheckBuffer(object)) return core_import_buffer(object, copy);
  if (core_can_import(object)) return core_import_dlpack(object, copy);
  PyErr_Format(PyExc_TypeError,
               "cannot make a tensor of %R: it has neither the buffer protocol nor __dlpack__", Py_TYPE(object));
  return NULL;
}

// ----------------------------------------------------------------------------------------------------------------- out

// The names that NumPy gives to its own types: 'q' would come back as another type of the same width.
static char *const formats[] = {"f", "d", "i", sizeof(long) == 8 ? "l" : "q", "B", "?"};

static int is_column_major(const sg_tensor_info *info, int64_t item_size) {
  int64_t expected = item_size;
  for (int axis = 0; axis < info->rank; axis++) {
    if (info->shape[axis] == 0) return 1;
    if (info->shape[axis] != 1 && info->strides[axis] != expected) return 0;
    expected *= info->shape[axis];
  }
  return 1;
}

static const char *refusal(const sg_tensor_info *info, int64_t item_size, int flags) {
  if ((flags & PyBUF_WRITABLE) && info->read_only) return "the tensor's memory is read-only";
  int rows = info->contiguous, columns = is_column_major(info, item_size);
  if ((flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS && !rows) return "the tensor is not contiguous in row-major order";
  if ((flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS && !columns) return "the tensor is not contiguous in column-major order";
  if ((flags & PyBUF_ANY_CONTIGUOUS) == PyBUF_ANY_CONTIGUOUS && !rows && !columns) return "the tensor is not contiguous";
  if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES && !rows) return "the tensor is not contiguous, and strides were not asked for";
  return NULL;
}

int core_get_buffer(PyObject *self, Py_buffer *view, int flags) {
  view->obj = NULL;
  sg_tensor_info info;
  sg_error error;
  if (core_finish(sg_tensor_info_get(&info, ((core_object *)self)->handle, &error), &error) < 0) return -1;
  // A value of a function that is being traced has no memory.
  void *address;
  if (core_finish(sg_tensor_address(&address, ((core_object *)self)->handle, &error), &error) < 0) return -1;
  static const int64_t item_sizes[] = {4, 8, 4, 8, 1, 1};
  int64_t item_size = item_sizes[info.dtype];
  const char *reason = refusal(&info, item_size, flags);
  if (reason) {
    PyErr_SetString(PyExc_BufferError, reason);
    return -1;
  }
  Py_ssize_t *numbers = PyMem_Malloc((size_t)(2 * info.rank + 1) * sizeof *numbers);
  if (!numbers) {
    PyErr_NoMemory();
    return -1;
  }
  for (int axis = 0; axis < info.rank; axis++) {
    numbers[axis] = (Py_ssize_t)info.shape[axis];
    numbers[info.rank + axis] = (Py_ssize_t)info.strides[axis];
  }
  *view = (Py_buffer){
      .buf = address, .obj = self, .len = (Py_ssize_t)info.byte_count, .itemsize = (Py_ssize_t)item_size,
      .readonly = info.read_only != 0, .ndim = info.rank, .internal = numbers,
      .format = (flags & PyBUF_FORMAT) ? formats[info.dtype] : NULL,
      .shape = (flags & PyBUF_ND) ? numbers : NULL,
      .strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? numbers + info.rank : NULL,
  };
  Py_INCREF(self);
  return 0;
}

void core_release_buffer(PyObject *self, Py_buffer *view) {
  (void)self;
  PyMem_Free(view->internal);
}
