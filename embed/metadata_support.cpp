#include "embed/metadata_support.hpp"

#include "embed/metadata_question.hpp"
#include "embed/module_support.hpp"
#include "embed/stored_distributions.hpp"

namespace pel {
namespace {

constexpr std::string_view kName = "importlib.metadata";
constexpr std::string_view kBackport = "importlib_metadata";

// `stored` is find_stored_distributions() of this module. The context stays as it is: whoever has
// made it may ask again.
constexpr const char* kSource = R"(
def execute(execute_module, module, stored, answered):
    execute_module(module)
    finder, kind = (getattr(module, name, None)
                    for name in ("MetadataPathFinder", "DistributionFinder"))
    method = vars(finder).get("find_distributions") if isinstance(finder, type) else None
    if not isinstance(method, classmethod) or kind is None:
        return  # something else of that name
    original, new_context = method.__func__, kind.Context

    def find_distributions(cls, context=new_context()):
        members = getattr(context, "__dict__", None)
        if members is None or members.get(answered, (None,))[0] is context.path:
            return original(cls, context)
        asked = new_context()
        vars(asked).update(members)
        found = list(stored(asked))
        return iter([*found, *original(cls, asked)])

    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(find_distributions, name, getattr(original, name))
    find_distributions.__wrapped__ = original
    finder.find_distributions = classmethod(find_distributions)
)";

PyObject* stored(PyObject* module, PyObject* context) {
  return find_stored_distributions(context, module);
}

PyMethodDef stored_method = {"stored", stored, METH_O, nullptr};

PyObject* exec_module(PyObject* loader, PyObject* module) {
  const PyRef original = original_exec_module(loader);
  const PyRef execute = original ? compile_execute_function(kSource) : PyRef();
  const PyRef asked =
      execute ? PyRef::steal(PyCFunction_NewEx(&stored_method, module, nullptr)) : PyRef();
  const PyRef answered = asked ? PyRef::steal(PyUnicode_FromString(kAnsweredMember)) : PyRef();
  return answered ? PyObject_CallFunctionObjArgs(execute.get(), original.get(), module, asked.get(),
                                                 answered.get(), nullptr)
                  : nullptr;
}

PyMethodDef exec_module_method = {"exec_module", exec_module, METH_O, nullptr};

}  // namespace

bool is_metadata(std::string_view full_name) noexcept {
  return full_name == kName || (full_name.ends_with(kBackport) &&
                                (full_name.size() == kBackport.size() ||
                                 full_name[full_name.size() - kBackport.size() - 1] == '.'));
}

PyObject* find_metadata(const InterpreterState& state, PyObject* full_name,
                        PyObject* search_path) noexcept {
  return find_supported_module(state, full_name, search_path, &exec_module_method);
}

}  // namespace pel
