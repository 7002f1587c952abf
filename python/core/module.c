// The module: its types, functions and state.
#include "core.h"

static PyType_Spec *const specs[CORE_KIND_COUNT] = {
    &core_tensor_spec,    &core_operation_spec, &core_generator_spec, &core_parameter_spec, &core_layer_spec,
    &core_optimizer_spec, &core_game_spec,      &core_trainer_spec,   &core_model_spec,
    &core_function_spec,  &core_profile_spec,
};

static PyMethodDef note_exit = {"_note_exit", core_note_exit, METH_NOARGS, "Note the thread that ends the interpreter."};

static int watch_exit(PyObject *module) {
  PyObject *function = PyCFunction_NewEx(&note_exit, module, NULL);
  PyObject *atexit = function ? PyImport_ImportModule("atexit") : NULL;
  PyObject *result = atexit ? PyObject_CallMethod(atexit, "register", "O", function) : NULL;
  Py_XDECREF(function);
  Py_XDECREF(atexit);
  Py_XDECREF(result);
  return result ? 0 : -1;
}

static int add_types(PyObject *module) {
  core_state *state = core_state_of(module);
  for (int kind = 0; kind < CORE_KIND_COUNT; kind++) {
    state->types[kind] = (PyTypeObject *)PyType_FromModuleAndSpec(module, specs[kind], NULL);
    if (!state->types[kind] || PyModule_AddType(module, state->types[kind]) < 0) return -1;
  }
  state->tensor_class = (PyTypeObject *)Py_NewRef((PyObject *)state->types[CORE_TENSOR]);
  return 0;
}

static int add_functions(PyObject *module) {
  PyMethodDef *const tables[] = {core_library_methods,  core_tensor_methods, core_operation_methods, core_gradient_methods,
                                 core_random_methods, core_layer_functions, core_training_functions, core_function_methods,
                                 core_objective_functions, core_instrument_methods};
  for (size_t table = 0; table < sizeof tables / sizeof *tables; table++) {
    if (PyModule_AddFunctions(module, tables[table]) < 0) return -1;
  }
  return 0;
}

static int execute(PyObject *module) {
  if (sg_abi_version() < SG_ABI_VERSION) {
    PyErr_Format(PyExc_ImportError, "libswiftgan has interface version %d, but this extension needs %d; reinstall swiftgan",
                 sg_abi_version(), SG_ABI_VERSION);
    return -1;
  }
  sg_error error;
  if (core_finish(sg_interrupt_set(core_interrupted, NULL, &error), &error) < 0) return -1;
  return add_types(module) < 0 || add_functions(module) < 0 || watch_exit(module) < 0 ? -1 : 0;
}

static int traverse(PyObject *module, visitproc visit, void *arg) {
  core_state *state = core_state_of(module);
  for (int kind = 0; kind < CORE_KIND_COUNT; kind++) Py_VISIT(state->types[kind]);
  Py_VISIT(state->tensor_class);
  Py_VISIT(state->explainer);
  return 0;
}

static int clear(PyObject *module) {
  core_state *state = core_state_of(module);
  for (int kind = 0; kind < CORE_KIND_COUNT; kind++) Py_CLEAR(state->types[kind]);
  Py_CLEAR(state->tensor_class);
  Py_CLEAR(state->explainer);
  return 0;
}

static void release(void *module) {
  core_state *state = core_state_of(module);
  for (int index = 0; state && index < CORE_NUMBER_COUNT; index++) {
    sg_tensor_free(state->numbers[index].tensor);
    state->numbers[index].tensor = NULL;
  }
  clear(module);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "swiftgan._core",
    .m_doc = "The C interface of swiftgan as Python objects; the package wraps it.",
    .m_size = sizeof(core_state),
    .m_slots = slots,
    .m_traverse = traverse,
    .m_clear = clear,
    .m_free = release,
};

PyMODINIT_FUNC PyInit__core(void) { return PyModuleDef_Init(&definition); }
