/// swiftgan._core: the CPython extension between the Python package and the C interface of swiftgan.h.
///
/// It converts, checks and releases the GIL, and knows nothing of NumPy: arrays come and go through the buffer protocol
/// and DLPack. One file per idea; this header is what they share.
///
/// Conventions: limited API of CPython 3.11; a function that returns a PyObject * gives a new reference or NULL with an
/// exception set; one that returns int gives 0, or -1 with an exception set. Every call that may compute, wait or call
/// back runs without the GIL.
#ifndef SWIFTGAN_PYTHON_CORE_H
#define SWIFTGAN_PYTHON_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdlib.h>
#include <string.h>

#include "swiftgan.h"

// ------------------------------------------------------------------------------------------------------ module state

/// The handle types of the C interface, each a Python type of the same name.
typedef enum {
  CORE_TENSOR,
  CORE_OPERATION,
  CORE_GENERATOR,
  CORE_PARAMETER,
  CORE_LAYER,
  CORE_OPTIMIZER,
  CORE_GAME,
  CORE_TRAINER,
  CORE_MODEL,
  CORE_FUNCTION,
  CORE_PROFILE,
  CORE_KIND_COUNT
} core_kind;

/// A number that was an operand of an operator, as the tensor made of it. Loops use the same few again and again.
typedef struct {
  sg_tensor *tensor;  ///< NULL: the place is free
  uint64_t bits;      ///< of the double: 0 and -0 are two numbers, and NaN is one
  sg_dtype dtype;
} core_number;
enum { CORE_NUMBER_COUNT = 64 };

typedef struct core_state {
  PyTypeObject *types[CORE_KIND_COUNT];
  PyTypeObject *tensor_class;  ///< what tensors are made as: CORE_TENSOR's type or the package's subclass of it
  core_number numbers[CORE_NUMBER_COUNT];
  PyObject *explainer;  ///< (exception[, what is no operand]) -> the message for the user or None; NULL: none
} core_state;

/// An instance of any of the types: a handle that it owns one reference of.
typedef struct {
  PyObject_HEAD
  void *handle;
  core_state *state;  ///< lives as long as the type, which every instance keeps
} core_object;

extern PyType_Spec core_tensor_spec, core_operation_spec, core_generator_spec, core_parameter_spec, core_layer_spec,
    core_optimizer_spec, core_game_spec, core_trainer_spec, core_model_spec, core_function_spec,
    core_profile_spec;
extern PyMethodDef core_library_methods[], core_tensor_methods[], core_operation_methods[], core_gradient_methods[],
    core_random_methods[], core_layer_functions[], core_training_functions[],
    core_function_methods[], core_objective_functions[], core_instrument_methods[];

static inline core_state *core_state_of(PyObject *module) { return (core_state *)PyModule_GetState(module); }

// ------------------------------------------------------------------------------------------------------------ objects

/// A new Python object that takes over the handle, also (by freeing it) on failure.
PyObject *core_wrap(core_state *state, core_kind kind, void *handle);
static inline PyObject *core_wrap_tensor(core_state *state, sg_tensor *tensor) {
  return core_wrap(state, CORE_TENSOR, tensor);
}
/// Frees the handle and the object: the tp_dealloc of every type.
void core_dealloc(PyObject *self);
/// The handle in an object of the type, or NULL with a TypeError that names the argument.
void *core_handle(core_state *state, PyObject *object, core_kind kind, const char *argument);
/// As core_handle, with None allowed: 0, and *handle NULL for None.
int core_optional_handle(void **handle, core_state *state, PyObject *object, core_kind kind, const char *argument);

/// The handles in a sequence of objects, which it keeps alive until core_handles_clear.
typedef struct {
  void **items;
  size_t count;
  PyObject *objects;  ///< a tuple
} core_handles;
int core_handles_get(core_handles *handles, core_state *state, PyObject *sequence, core_kind kind, const char *argument);
void core_handles_clear(core_handles *handles);

/// A list of new tensors from `count` handles, all of which it takes over.
PyObject *core_tensor_list(core_state *state, sg_tensor **tensors, size_t count);
/// A str from text that the library gave out, which it frees.
PyObject *core_take_text(char *text);
/// UTF-8 of a str or None (NULL), valid while the object lives; -1 for anything else.
int core_optional_text(const char **text, PyObject *object, const char *argument);

// ------------------------------------------------------------------------------------------------------------- errors

/// Raises what a failed call reported: the Python exception of a callback behind it, else the status's exception.
/// Always NULL.
PyObject *core_raise(const sg_error *error);
/// Ends a call: 0 for SG_OK; else raises and gives -1. A callback's exception that the call overcame is dropped.
int core_finish(sg_status status, const sg_error *error);
/// For a callback that ends with a Python exception: keeps the exception for the call that led here, and tells the
/// library. The GIL must be held.
sg_status core_callback_failed(sg_error *error);

/// Runs a call of the C interface without the GIL and finishes it. `call` may use `error`, an sg_error.
#define CORE_CALL(failed, call)                     \
  do {                                              \
    sg_error error;                                 \
    PyThreadState *core_thread = PyEval_SaveThread(); \
    sg_status core_status = (call);                 \
    PyEval_RestoreThread(core_thread);              \
    failed = core_finish(core_status, &error);      \
  } while (0)

// ---------------------------------------------------------------------------------------------- foreign threads, the end

/// Takes the GIL on any thread. 0 when that is impossible for good because the interpreter is ending: the caller must
/// then let its Python objects go, as the interpreter does.
int core_enter_python(PyGILState_STATE *gil);
void core_leave_python(PyGILState_STATE gil);
/// Notes the thread that ends the interpreter. Registered with atexit.
PyObject *core_note_exit(PyObject *module, PyObject *unused);
/// An sg_deleter for a context that is a strong reference to a Python object.
void core_release_object(void *context);

// ------------------------------------------------------------------------------------------------------------ exchange

/// A tensor on the memory of any object with the buffer protocol or DLPack; with `copy`, on a copy of it.
sg_tensor *core_import(core_state *state, PyObject *object, int copy);
/// Whether core_import would try: the object exports a buffer or has __dlpack__.
int core_can_import(PyObject *object);
sg_tensor *core_import_buffer(PyObject *object, int copy);
sg_tensor *core_import_dlpack(PyObject *object, int copy);
/// The buffer protocol's side of a tensor.
int core_get_buffer(PyObject *self, Py_buffer *view, int flags);
void core_release_buffer(PyObject *self, Py_buffer *view);
PyObject *core_tensor_dlpack(PyObject *self, PyObject *arguments, PyObject *keywords);
PyObject *core_tensor_dlpack_device(PyObject *self, PyObject *unused);

// ----------------------------------------------------------------------------------------------------------- arguments

/// A tensor from an operand: a tensor (retained), a Python number (which takes the type of `like` where it can), or any
/// array. NULL with an exception; with Py_NotImplemented semantics left to the caller, *foreign is set for other objects
/// and no exception raised when `foreign` is not NULL.
sg_tensor *core_operand(core_state *state, PyObject *object, const sg_dtype *like, int *foreign);

/// Attributes of an operation, from keyword arguments.
enum { CORE_MAX_ATTRIBUTES = 8, CORE_MAX_INTEGERS = 128 };
typedef struct {
  sg_attribute items[CORE_MAX_ATTRIBUTES];
  size_t count;
  int64_t integers[CORE_MAX_INTEGERS];
  size_t integer_count;
} core_attributes;
int core_attributes_add(core_attributes *attributes, PyObject *key, PyObject *value);

// ------------------------------------------------------------------------------------------------------------ gradients

/// How many gradient scopes are open on this thread.
int core_gradient_depth(void);
void core_gradient_depth_add(int change);

// -------------------------------------------------------------------------------------------------------------- events

/// An sg_event_function whose context is a core_watcher: lets Ctrl-C end the fit at this step, then calls the function.
typedef struct {
  PyObject *function;  ///< borrowed: (kind, step, epoch, metrics) -> true to stop; or None
} core_watcher;
int core_watch(void *context, const sg_event *event, sg_error *error);
/// The sg_interrupt_function of Python: lets Ctrl-C end a long call.
sg_status core_interrupted(void *context, sg_error *error);

#endif
