// What a fit reports on its way, and Ctrl-C in other long calls.
#include "core.h"

static PyObject *metrics_of(const sg_event *event) {
  PyObject *metrics = PyDict_New();
  for (size_t index = 0; metrics && event->metric_values && index < event->metric_count; index++) {
    PyObject *value = PyFloat_FromDouble(event->metric_values[index]);
    if (!value || PyDict_SetItemString(metrics, event->metric_names[index], value) < 0) Py_CLEAR(metrics);
    Py_XDECREF(value);
  }
  return metrics;
}

/// Calls the Python function: 1 when it asks to stop, 0 when not, -1 with an exception.
static int report(PyObject *function, const sg_event *event) {
  PyObject *metrics = metrics_of(event);
  if (!metrics) return -1;
  PyObject *answer = PyObject_CallFunction(function, "iLLO", (int)event->kind, (long long)event->step,
                                           (long long)event->epoch, metrics);
  Py_DECREF(metrics);
  if (!answer) return -1;
  int stop = PyObject_IsTrue(answer);
  Py_DECREF(answer);
  return stop;
}

int core_watch(void *context, const sg_event *event, sg_error *error) {
  const core_watcher *watcher = context;
  PyGILState_STATE gil;
  if (!core_enter_python(&gil)) return SG_ERROR_INTERRUPTED;
  // The step is complete here, so this is the moment at which Ctrl-C does no harm.
  int stop = PyErr_CheckSignals();
  if (stop == 0 && watcher->function != Py_None) stop = report(watcher->function, event);
  int answer = stop < 0 ? core_callback_failed(error) : stop ? SG_EVENT_STOP : SG_OK;
  core_leave_python(gil);
  return answer;
}

sg_status core_interrupted(void *context, sg_error *error) {
  (void)context;
  PyGILState_STATE gil;
  if (!core_enter_python(&gil)) return SG_ERROR_INTERRUPTED;
  sg_status status = PyErr_CheckSignals() < 0 ? core_callback_failed(error) : SG_OK;
  core_leave_python(gil);
  return status;
}
