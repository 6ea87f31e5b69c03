#include "embed/shutil_support.hpp"

#include "embed/environment.hpp"
#include "embed/module_support.hpp"

namespace pel {
namespace {

// `places` are the store and the prefix, each with a slash behind it.
constexpr const char* kSource = R"(
def execute(execute_module, module, places):
    execute_module(module)
    os, kept = module.os, module.stat.S_IMODE

    def is_ours(path, place):
        return os.path.abspath(os.fsdecode(path)).startswith(place)

    def make_writable(src, dst):
        if not (is_ours(src, places[0]) or
                is_ours(src, places[1]) and os.stat(src).st_nlink > 1 and os.path.isfile(src)):
            return
        mode = os.stat(dst).st_mode
        if not mode & 0o200 and not is_ours(dst, places[0]):
            os.chmod(dst, kept(mode) | 0o200)

    def around(original):
        def copy(src, dst, *, follow_symlinks=True):
            original(src, dst, follow_symlinks=follow_symlinks)
            if follow_symlinks or not os.path.islink(dst):
                make_writable(src, dst)

        for name in ("__module__", "__name__", "__qualname__", "__doc__"):
            setattr(copy, name, getattr(original, name))
        copy.__wrapped__ = original
        return copy

    module.copymode = around(module.copymode)
    module.copystat = around(module.copystat)
)";

PyRef places() noexcept {
  const Environment& environment = Environment::get();
  const PyRef store = make_path({environment.store(), "/"});
  const PyRef prefix = make_path({environment.prefix(), "/"});
  return store && prefix ? PyRef::steal(PyTuple_Pack(2, store.get(), prefix.get())) : PyRef();
}

PyObject* exec_module(PyObject* loader, PyObject* module) {
  const PyRef original = original_exec_module(loader);
  const PyRef execute = original ? compile_execute_function(kSource) : PyRef();
  const PyRef given = execute ? places() : PyRef();
  if (!given) {
    return nullptr;
  }
  return PyObject_CallFunctionObjArgs(execute.get(), original.get(), module, given.get(), nullptr);
}

PyMethodDef exec_module_method = {"exec_module", exec_module, METH_O, nullptr};

}  // namespace

PyObject* find_shutil(const InterpreterState& state, PyObject* full_name,
                      PyObject* search_path) noexcept {
  return find_supported_module(state, full_name, search_path, &exec_module_method);
}

}  // namespace pel
