// Statuses become exceptions; exceptions of callbacks travel through the library unharmed.
#include "core.h"

// A callback's exception, on its way from the callback to the call of this thread that led to it. The C interface can
// carry a status and a text, but the user wants the very exception, with its traceback.
static _Thread_local PyObject *pending_type, *pending_value, *pending_traceback;

static void drop_pending(void) {
  Py_CLEAR(pending_type);
  Py_CLEAR(pending_value);
  Py_CLEAR(pending_traceback);
}

static PyObject *exception_for(sg_status status) {
  switch (status) {
    case SG_ERROR_VALUE:
    case SG_ERROR_SHAPE:
      return PyExc_ValueError;
    case SG_ERROR_TYPE:
      return PyExc_TypeError;
    case SG_ERROR_INDEX:
      return PyExc_IndexError;
    case SG_ERROR_MEMORY:
      return PyExc_MemoryError;
    case SG_ERROR_IO:
      return PyExc_OSError;
    case SG_ERROR_INTERRUPTED:
      return PyExc_KeyboardInterrupt;
    default:
      return PyExc_RuntimeError;
  }
}

/// The message without the name of the C function, which Python's users never called.
static const char *without_function(const char *message) {
  if (strncmp(message, "sg_", 3)) return message;
  size_t length = strspn(message, "abcdefghijklmnopqrstuvwxyz0123456789_");
  return message[length] == ':' && message[length + 1] == ' ' ? message + length + 2 : message;
}

PyObject *core_raise(const sg_error *error) {
  if (pending_type) {
    PyErr_Restore(pending_type, pending_value, pending_traceback);
    pending_type = pending_value = pending_traceback = NULL;
    return NULL;
  }
  const char *text = without_function(error->message);
  PyObject *message = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
  if (message) {
    PyErr_SetObject(exception_for(error->code), message);
    Py_DECREF(message);
  }
  return NULL;
}

int core_finish(sg_status status, const sg_error *error) {
  if (status == SG_OK) {
    if (pending_type) drop_pending();
    return 0;
  }
  core_raise(error);
  return -1;
}

sg_status core_callback_failed(sg_error *error) {
  drop_pending();
  PyErr_Fetch(&pending_type, &pending_value, &pending_traceback);
  PyErr_NormalizeException(&pending_type, &pending_value, &pending_traceback);
  int interrupted = pending_type && PyErr_GivenExceptionMatches(pending_type, PyExc_KeyboardInterrupt);
  error->code = interrupted ? SG_ERROR_INTERRUPTED : SG_ERROR_STATE;
  // Seen where the library goes on without the exception, as when an update cannot be traced.
  PyObject *text = pending_value ? PyObject_Str(pending_value) : NULL;
  const char *words = text ? PyUnicode_AsUTF8AndSize(text, NULL) : NULL;
  PyOS_snprintf(error->message, sizeof error->message, "%s", words && *words ? words : "a Python callback raised an exception");
  Py_XDECREF(text);
  PyErr_Clear();
  return error->code;
}

// ---------------------------------------------------------------------------------------------- foreign threads, the end

#include <pthread.h>

static int is_ending;
static pthread_t ending_thread;

PyObject *core_note_exit(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  ending_thread = pthread_self();
  is_ending = 1;
  Py_RETURN_NONE;
}

int core_enter_python(PyGILState_STATE *gil) {
  // Once the interpreter is ending, a thread that asks for the GIL may never return; only the ending one still may.
  if (!Py_IsInitialized() || (is_ending && !pthread_equal(pthread_self(), ending_thread))) return 0;
  *gil = PyGILState_Ensure();
  return 1;
}

void core_leave_python(PyGILState_STATE gil) { PyGILState_Release(gil); }

void core_release_object(void *context) {
  PyGILState_STATE gil;
  if (!core_enter_python(&gil)) return;
  // A deleter may run while an exception is on its way; freeing objects must not disturb it.
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  Py_DECREF((PyObject *)context);
  PyErr_Restore(type, value, traceback);
  core_leave_python(gil);
}
