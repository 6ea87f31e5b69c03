#include "embed/relaxed_collection.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "embed/interpreter_state.hpp"
#include "embed/optional_api.hpp"

namespace pel {
namespace {

constexpr const char* kVariable = "PYENVLAUNCH_RELAX_GC";
constexpr const char* kExecute = "exec";
constexpr long kYoungest = 50'000;  // objects; CPython's own are 700 to 2,000
// In collections of the generation before; CPython's own are 10 and 10. The middle generation is
// seen each 300,000 objects, the oldest each 600,000 (as often as CPython thinks it worthwhile).
constexpr long kMiddle = 5;
constexpr long kOldest = 1;

// gc's own functions, which take a module that they do not look at.
PyCFunction original_get = nullptr;
PyCFunction original_set = nullptr;

CollectionState* state_of_interpreter() noexcept {
  InterpreterState* const state = InterpreterState::get();
  return state == nullptr ? nullptr : &state->collection;
}

// Back to the program's own numbers.
void restore(CollectionState& state) noexcept {
  const PyRef own = PyRef::steal(std::exchange(state.own_thresholds, nullptr));
  const PyRef done = own ? PyRef::steal(original_set(Py_None, own.get())) : PyRef();
  if (own && !done) {
    PyErr_Clear();
  }
}

PyObject* get_threshold(PyObject* module, PyObject* unused) {
  const CollectionState* const state = state_of_interpreter();
  return state != nullptr && state->own_thresholds != nullptr
             ? PyRef::borrow(state->own_thresholds).release()
             : original_get(module, unused);
}

PyObject* set_threshold(PyObject* module, PyObject* arguments) {
  if (CollectionState* const state = state_of_interpreter(); state != nullptr) {
    restore(*state);
  }
  return original_set(module, arguments);
}

PyMethodDef* find_method(PyMethodDef* methods, const char* name, int flags) noexcept {
  for (; methods != nullptr && methods->ml_name != nullptr; ++methods) {
    if (std::strcmp(methods->ml_name, name) == 0) {
      return methods->ml_flags == flags ? methods : nullptr;
    }
  }
  return nullptr;
}

// The definition of a built-in module. Nothing of the module that some versions make for the
// question remains.
PyModuleDef* definition_of(const char* name) noexcept {
  for (InittabEntry* entry = inittab(); entry != nullptr && entry->name != nullptr; ++entry) {
    if (std::strcmp(entry->name, name) != 0) {
      continue;
    }
    PyObject* const made = entry->initialize();
    if (made == nullptr) {
      PyErr_Clear();
      return nullptr;
    }
    if (is_of_type(made, &PyModuleDef_Type)) {
      return reinterpret_cast<PyModuleDef*>(made);
    }
    const PyRef module = PyRef::steal(made);
    return PyModule_GetDef(made);
  }
  return nullptr;
}

// In place, so that the functions of every `gc` that there is or will be are the same objects, with
// the same names and texts, and call ours.
bool replace_functions() noexcept {
  const char* const value = std::getenv(kVariable);  // NOLINT(concurrency-mt-unsafe): only read
  if (value != nullptr && std::strcmp(value, "0") == 0) {
    return false;
  }
  PyModuleDef* const definition = definition_of("gc");
  PyMethodDef* const methods =
      definition != nullptr ? definition_members(definition).methods : nullptr;
  PyMethodDef* const get = find_method(methods, "get_threshold", METH_NOARGS);
  PyMethodDef* const set = find_method(methods, "set_threshold", METH_VARARGS);
  if (get == nullptr || set == nullptr) {
    return false;
  }
  original_get = std::exchange(get->ml_meth, get_threshold);
  original_set = std::exchange(set->ml_meth, set_threshold);
  return true;
}

// Once for all interpreters of the process; another one that comes meanwhile does without.
bool is_possible() noexcept {
  enum State { unknown, busy, impossible, possible };

  static std::atomic<State> state{unknown};
  State expected = unknown;
  if (state.compare_exchange_strong(expected, busy)) {
    state.store(replace_functions() ? possible : impossible);
  }
  return state.load() == possible;
}

void relax(CollectionState& state) noexcept {
  PyRef own = PyRef::steal(original_get(Py_None, nullptr));
  long numbers[3] = {};
  for (Py_ssize_t i = 0; i < 3 && own; ++i) {
    PyObject* const number = PyTuple_GetItem(own.get(), i);
    numbers[i] = number != nullptr ? PyLong_AsLong(number) : 0;
  }
  // 0 means that there is no automatic collection.
  if (PyErr_Occurred() == nullptr && numbers[0] > 0 && numbers[0] < kYoungest) {
    const PyRef raised = PyRef::steal(Py_BuildValue(
        "(lll)", kYoungest, std::min(numbers[1], kMiddle), std::min(numbers[2], kOldest)));
    const PyRef done = raised ? PyRef::steal(original_set(Py_None, raised.get())) : PyRef();
    if (done) {
      state.own_thresholds = own.release();
    }
  }
  PyErr_Clear();
}

// What a thread is executing, a counter and no list: greenlets end in any order.
thread_local int executions_of_thread = 0;

// In a child that was forked there is only the thread that has done so, and what the others were
// executing never ends.
PyObject* forget_other_threads(PyObject* /*self*/, PyObject* /*unused*/) {
  CollectionState* const state = state_of_interpreter();
  if (state != nullptr) {
    state->depth = std::min(state->depth, executions_of_thread);
    if (state->depth == 0) {
      restore(*state);
    }
  }
  return PyRef::borrow(Py_None).release();
}

PyMethodDef fork_function = {"forget_other_threads", forget_other_threads, METH_NOARGS, nullptr};

// os.register_at_fork(after_in_child=...). False with an exception set on failure.
bool watch_forks() noexcept {
  const PyRef posix = PyRef::steal(PyImport_ImportModule("posix"));
  const PyRef watch =
      posix ? PyRef::steal(PyObject_GetAttrString(posix.get(), "register_at_fork")) : PyRef();
  const PyRef ours =
      watch ? PyRef::steal(PyCFunction_NewEx(&fork_function, nullptr, nullptr)) : PyRef();
  const PyRef none = ours ? PyRef::steal(PyTuple_New(0)) : PyRef();
  const PyRef keywords =
      none ? PyRef::steal(Py_BuildValue("{s:O}", "after_in_child", ours.get())) : PyRef();
  return keywords &&
         static_cast<bool>(PyRef::steal(PyObject_Call(watch.get(), none.get(), keywords.get())));
}

// exec(code, globals), as SourceFileLoader.exec_module() calls it.
PyObject* execute(PyObject* /*self*/, PyObject* args) {
  InterpreterState* const state = InterpreterState::get();
  if (state == nullptr) {
    PyErr_SetString(PyExc_ImportError, "the interpreter is ending");
    return nullptr;
  }
  const CollectionState& own = state->collection;
  PyObject* const builtins = PyEval_GetBuiltins();
  const PyRef now = PyRef::borrow(PyDict_GetItemWithError(builtins, own.execute_name));
  if (!now) {
    if (PyErr_Occurred() == nullptr) {
      PyErr_Format(PyExc_NameError, "name '%s' is not defined", kExecute);
    }
    return nullptr;
  }
  PyObject* const code = PyTuple_Size(args) == 2 ? PyTuple_GetItem(args, 0) : nullptr;
  PyObject* const globals = code != nullptr ? PyTuple_GetItem(args, 1) : nullptr;
  if (globals == nullptr || now.get() != own.usual_execute || !is_of_type(code, state->code_type) ||
      !is_of_type(globals, &PyDict_Type)) {
    return PyObject_CallObject(now.get(), args);
  }
  const bool is_known = PyDict_GetItemWithError(globals, own.builtins_name) != nullptr;
  if (PyErr_Occurred() != nullptr ||
      (!is_known && PyDict_SetItem(globals, own.builtins_name, builtins) != 0) ||
      !audit_exec(code)) {
    return nullptr;
  }
  const RelaxedCollection relaxed(state->collection);
  const PyRef done = PyRef::steal(PyEval_EvalCode(code, globals, globals));
  return done ? PyRef::borrow(Py_None).release() : nullptr;
}

PyMethodDef execute_function = {kExecute, execute, METH_VARARGS, nullptr};

}  // namespace

bool relax_imports(CollectionState& state, PyObject* external) noexcept {
  const PyRef builtins = PyRef::steal(PyImport_ImportModule("builtins"));
  const PyRef name = PyRef::steal(PyUnicode_FromString("builtins"));
  state.execute_name = PyUnicode_InternFromString(kExecute);
  state.builtins_name = PyUnicode_InternFromString("__builtins__");
  state.usual_execute = builtins ? PyObject_GetAttrString(builtins.get(), kExecute) : nullptr;
  const PyRef ours =
      state.usual_execute != nullptr && state.execute_name != nullptr &&
              state.builtins_name != nullptr && name
          ? PyRef::steal(PyCFunction_NewEx(&execute_function, builtins.get(), name.get()))
          : PyRef();
  return ours && PyObject_SetAttrString(external, kExecute, ours.get()) == 0 &&
         (is_free_threaded() || watch_forks());
}

RelaxedCollection::RelaxedCollection(CollectionState& state) noexcept : state_(state) {
  if (is_free_threaded()) {
    return;
  }
  ++executions_of_thread;
  if (++state_.depth == 1 && is_possible()) {
    relax(state_);
  }
}

RelaxedCollection::~RelaxedCollection() {
  if (is_free_threaded()) {
    return;
  }
  --executions_of_thread;
  if (--state_.depth == 0 && state_.own_thresholds != nullptr) {
    PyObject* type = nullptr;
    PyObject* value = nullptr;
    PyObject* traceback = nullptr;
    PyErr_Fetch(&type, &value, &traceback);
    restore(state_);
    PyErr_Restore(type, value, traceback);
  }
}

}  // namespace pel
