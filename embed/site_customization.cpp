#include "embed/site_customization.hpp"

#include "embed/environment.hpp"
#include "embed/module_lookup.hpp"
#include "embed/optional_api.hpp"
#include "embed/path_hook.hpp"
#include "embed/user_base.hpp"

namespace pel {
namespace {

bool is_frame_of(PyObject* frame, std::string_view function) noexcept {
  const PyRef code = PyRef::steal(PyObject_GetAttrString(frame, "f_code"));
  const PyRef name = code ? PyRef::steal(PyObject_GetAttrString(code.get(), "co_name")) : PyRef();
  const TextView text(name.get());
  return !text.empty() && text.view() == function;
}

// Whether an import statement of `site` asks, which takes no for an answer by ModuleNotFoundError;
// importlib.util.find_spec() wants None.
bool is_import_of_site() noexcept {
  auto* const innermost = reinterpret_cast<PyObject*>(PyEval_GetFrame());
  PyRef frame = PyRef::borrow(innermost);
  for (const std::string_view function :
       {"_find_spec", "_find_and_load_unlocked", "_find_and_load"}) {
    if (!frame || !is_frame_of(frame.get(), function)) {
      PyErr_Clear();
      return false;
    }
    frame = PyRef::steal(PyObject_GetAttrString(frame.get(), "f_back"));
  }
  const bool is_site = frame && is_frame_of(frame.get(), "execsitecustomize");
  PyErr_Clear();
  return is_site;
}

}  // namespace

// The roots are behind site-packages, whose finder answers for them.
PyObject* find_site_customization(InterpreterState& state, PyObject* self,
                                  PyObject* name) noexcept {
  const bool is_missing = Environment::get().table().source_paths().size() == 0 &&
                          is_import_of_site() && is_nowhere(state, self, name);
  insert_roots(state);
  tell_user_base_from_store();
  if (!is_missing) {
    return PyRef::borrow(Py_None).release();
  }
  const PyRef message = PyRef::steal(PyUnicode_FromFormat("No module named %R", name));
  return message
             ? PyErr_SetImportErrorSubclass(PyExc_ModuleNotFoundError, message.get(), name, nullptr)
             : nullptr;
}

}  // namespace pel
