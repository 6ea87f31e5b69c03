#include "embed/pkg_resources_support.hpp"

#include <cstdint>

#include "embed/environment.hpp"
#include "embed/module_support.hpp"
#include "embed/tree_finder.hpp"

namespace pel {
namespace {

constexpr std::string_view kName = "pkg_resources";

// Python, because all of it is calls of Python functions, once in a process that asks for it.
// Distributions come in the order of one directory's names, as from a real site-packages. A
// requirement in __main__ (old console scripts) waits until there is something to find.
constexpr const char* kSource = R"(
def execute(execute_module, module, tree_finder, site_finder, roots):
    import os, sys

    main = getattr(sys.modules.get("__main__"), "__dict__", {})
    required = [main.pop("__requires__")] if "__requires__" in main else []
    try:
        execute_module(module)
    finally:
        if required:
            main["__requires__"] = required[0]
    needed = ("find_on_path", "file_ns_handler", "register_finder",
              "register_namespace_handler", "_initialize_master_working_set")
    if not all(hasattr(module, name) for name in needed):
        return  # something else of that name
    find_on_path = module.find_on_path
    find_portion = module.file_ns_handler

    def find_in_environment(importer, path_item, only=False):
        stored = [dist for root in roots for dist in find_on_path(importer, root, only)]
        names = {place(dist) for dist in stored}
        found = [
            dist for dist in find_on_path(importer, path_item, only)
            if place(dist) not in names or
            os.path.exists(os.path.join(dist.egg_info, "RECORD"))
        ]
        found += stored
        found.sort(key=place)
        return found

    def place(dist):
        return os.path.basename(getattr(dist, "egg_info", None) or "")

    def find_real_portion(importer, path_item, package_name, package):
        if os.path.isdir(os.path.join(path_item, package_name.rpartition(".")[2])):
            return find_portion(importer, path_item, package_name, package)

    module.register_finder(tree_finder, find_on_path)
    module.register_finder(site_finder, find_in_environment)
    module.register_namespace_handler(tree_finder, find_portion)
    module.register_namespace_handler(site_finder, find_real_portion)
    module._initialize_master_working_set()
)";

PyRef tree_roots() noexcept {
  const std::size_t count = Environment::get().table().trees().size();
  PyRef list = PyRef::steal(PyList_New(0));
  for (std::uint32_t tree = 0; list && tree < count; ++tree) {
    const PyRef root = tree_root(tree);
    if (!root || PyList_Append(list.get(), root.get()) != 0) {
      return {};
    }
  }
  return list;
}

PyObject* exec_module(PyObject* loader, PyObject* module) {
  const InterpreterState* const state = InterpreterState::get();
  if (state == nullptr) {
    PyErr_SetString(PyExc_ImportError, "the interpreter is ending");
    return nullptr;
  }
  const PyRef original = original_exec_module(loader);
  const PyRef execute = original ? compile_execute_function(kSource) : PyRef();
  const PyRef roots = execute ? tree_roots() : PyRef();
  if (!roots) {
    return nullptr;
  }
  return PyObject_CallFunctionObjArgs(execute.get(), original.get(), module,
                                      state->tree_finder_type, state->site_finder_type, roots.get(),
                                      nullptr);
}

PyMethodDef exec_module_method = {"exec_module", exec_module, METH_O, nullptr};

}  // namespace

bool is_pkg_resources(std::string_view full_name) noexcept {
  return full_name.ends_with(kName) && (full_name.size() == kName.size() ||
                                        full_name[full_name.size() - kName.size() - 1] == '.');
}

PyObject* find_pkg_resources(const InterpreterState& state, PyObject* full_name,
                             PyObject* search_path) noexcept {
  return find_supported_module(state, full_name, search_path, &exec_module_method);
}

}  // namespace pel
