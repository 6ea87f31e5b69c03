#include "embed/user_base.hpp"

#include <string_view>
#include <utility>

#include "embed/environment.hpp"
#include "embed/optional_api.hpp"
#include "store/base/path.hpp"

namespace pel {
namespace {

constexpr const char* kName = "USER_BASE";

bool is_below(std::string_view path, std::string_view directory) noexcept {
  return path != directory && is_within(path, directory);
}

// Whether programs would take what is stored for the user's own, and what is in the environment's
// directory not.
bool is_mistaken(PyObject* user_base) noexcept {
  const TextView text(user_base);
  const Environment& environment = Environment::get();
  return text.view().starts_with('/') && !text.view().starts_with("//") &&
         is_below(environment.store(), text.view()) && !is_below(environment.prefix(), text.view());
}

bool is_asked_by_stored_code() noexcept {
  auto* const frame = reinterpret_cast<PyObject*>(PyEval_GetFrame());
  const PyRef code =
      frame != nullptr ? PyRef::steal(PyObject_GetAttrString(frame, "f_code")) : PyRef();
  const PyRef file =
      code ? PyRef::steal(PyObject_GetAttrString(code.get(), "co_filename")) : PyRef();
  PyErr_Clear();
  return is_below(TextView(file.get()).view(), Environment::get().store());
}

PyObject* get_user_base(PyObject* site, void* /*unused*/) {
  PyRef value = PyRef::borrow(PyDict_GetItemString(PyModule_GetDict(site), kName));
  if (!value) {
    PyErr_SetString(PyExc_AttributeError, "module 'site' has no attribute 'USER_BASE'");
    return nullptr;
  }
  return is_text(value.get()) && is_mistaken(value.get()) && is_asked_by_stored_code()
             ? PyUnicode_FromFormat("/%U", value.get())
             : value.release();
}

int set_user_base(PyObject* site, PyObject* value, void* /*unused*/) {
  PyObject* const names = PyModule_GetDict(site);
  if (value != nullptr) {
    return PyDict_SetItemString(names, kName, value);
  }
  if (PyDict_DelItemString(names, kName) != 0) {
    PyErr_Clear();
    PyErr_SetString(PyExc_AttributeError, kName);
    return -1;
  }
  return 0;
}

// A class of modules as every other, but for this attribute.
PyRef make_module_type() noexcept {
  static PyGetSetDef properties[] = {
      {kName, get_user_base, set_user_base, nullptr, nullptr},
      {nullptr, nullptr, nullptr, nullptr, nullptr},
  };
  PyType_Slot slots[] = {{Py_tp_getset, properties}, {0, nullptr}};
  PyType_Spec spec{"builtins.module", 0, 0, Py_TPFLAGS_DEFAULT, slots};
  const PyRef bases = PyRef::steal(PyTuple_Pack(1, reinterpret_cast<PyObject*>(&PyModule_Type)));
  PyRef type = bases ? PyRef::steal(PyType_FromSpecWithBases(&spec, bases.get())) : PyRef();
  // The name of the specification has to have a dot.
  const PyRef name = type ? PyRef::steal(PyUnicode_FromString("module")) : PyRef();
  return name && PyObject_SetAttrString(type.get(), "__name__", name.get()) == 0 ? std::move(type)
                                                                                 : PyRef();
}

}  // namespace

void tell_user_base_from_store() noexcept {
  PyObject* const modules = PySys_GetObject("modules");
  PyObject* const site = modules != nullptr ? PyDict_GetItemString(modules, "site") : nullptr;
  if (site == nullptr || PyModule_CheckExact(site) == 0) {
    return;
  }
  PyObject* const user_base = PyDict_GetItemString(PyModule_GetDict(site), kName);
  if (user_base == nullptr || !is_text(user_base) || !is_mistaken(user_base)) {
    return;
  }
  const PyRef type = make_module_type();
  if (!type || PyObject_SetAttrString(site, "__class__", type.get()) != 0) {
    clear_ordinary_error();
  }
}

}  // namespace pel
