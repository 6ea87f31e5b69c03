#include "embed/stored_distributions.hpp"

#include <string_view>
#include <utility>

#include "embed/environment.hpp"
#include "embed/metadata_question.hpp"
#include "embed/optional_api.hpp"
#include "embed/path_hook.hpp"
#include "embed/site_finder.hpp"

namespace pel {
namespace {

using table_format::DistributionRecord;

// PEP 503 with no allocation: runs of "-", "_", "." are one "-", letters are lower case.
bool same_name(std::string_view name, std::string_view normalized) noexcept {
  std::size_t at = 0;
  for (std::size_t i = 0; i < name.size();) {
    char c = name[i++];
    if (c == '-' || c == '_' || c == '.') {
      while (i < name.size() && (name[i] == '-' || name[i] == '_' || name[i] == '.')) {
        ++i;
      }
      c = '-';
    } else if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
    if (at >= normalized.size() || normalized[at++] != c) {
      return false;
    }
  }
  return at == normalized.size();
}

// Whether a distribution is of the metadata that `venv` puts into site-packages for other tools.
// Otherwise false; with an exception set if one came up that is not to be swallowed.
bool is_of_stand_in(PyObject* distribution) noexcept {
  const PyRef path = PyRef::steal(PyObject_GetAttrString(distribution, "_path"));
  const PyRef text = path ? PyRef::steal(PyObject_Str(path.get())) : PyRef();
  if (!text) {
    clear_ordinary_error();
    return false;
  }
  const TextView view(text.get());
  const std::size_t slash = view.view().rfind('/');
  return slash != std::string_view::npos &&
         is_stand_in(view.view().substr(0, slash), view.view().substr(slash + 1));
}

// What the standard finder finds in the real directory: a list; empty without a look when nothing
// is installed there.
PyRef real_distributions(const MetadataQuestion& question, PyObject* entry,
                         PyObject* site_finder) noexcept {
  const PyRef path = PyRef::steal(PyList_New(0));
  PyRef real = PyRef::steal(PyList_New(0));
  if (!path || !real || !has_real_distributions(site_finder)) {
    return real;
  }
  const PyRef found =
      PyList_Append(path.get(), entry) == 0 ? question.standard_answer(path.get()) : PyRef();
  for (Py_ssize_t i = 0; found && i < PyList_Size(found.get()); ++i) {
    PyObject* const distribution = PyList_GetItem(found.get(), i);
    if (!is_of_stand_in(distribution) &&
        (PyErr_Occurred() != nullptr || PyList_Append(real.get(), distribution) != 0)) {
      return {};
    }
  }
  return found ? std::move(real) : PyRef();
}

// Whether a distribution that really lies in site-packages replaces the stored one; -1 with an
// exception set if one came up that is not to be swallowed.
int is_replaced(PyObject* real, std::string_view normalized) noexcept {
  for (Py_ssize_t i = 0; i < PyList_Size(real); ++i) {
    const PyRef metadata =
        PyRef::steal(PyObject_GetAttrString(PyList_GetItem(real, i), "metadata"));
    const PyRef name =
        metadata ? PyRef::steal(PyMapping_GetItemString(metadata.get(), "Name")) : PyRef();
    if (!name) {
      clear_ordinary_error();  // a broken directory replaces nothing
      if (PyErr_Occurred() != nullptr) {
        return -1;
      }
      continue;
    }
    const TextView text(name.get());
    if (!text.empty() && same_name(text.view(), normalized)) {
      return 1;
    }
  }
  return 0;
}

// What distributions are made of.
struct DistributionTypes {
  PyRef store;         // its pathlib.Path: only what is below it has to be parsed for each
  PyRef distribution;  // PathDistribution of the module that asks

  [[nodiscard]] bool read(PyObject* metadata) noexcept {
    const PyRef pathlib = PyRef::steal(PyImport_ImportModule("pathlib"));
    const PyRef text = pathlib ? make_path({Environment::get().store()}) : PyRef();
    store =
        text ? PyRef::steal(PyObject_CallMethod(pathlib.get(), "Path", "O", text.get())) : PyRef();
    distribution =
        store ? PyRef::steal(PyObject_GetAttrString(metadata, "PathDistribution")) : PyRef();
    return static_cast<bool>(distribution);
  }
};

PyRef stored_distribution(const DistributionTypes& types,
                          const DistributionRecord& record) noexcept {
  const Environment& environment = Environment::get();
  const PyRef text =
      make_path({environment.tree_folder(record.tree), "/", environment.tree_id(record.tree), "/",
                 index_format::kSitePackages, "/", environment.table().text(record.dist_info)});
  const PyRef path =
      text ? PyRef::steal(PyObject_CallMethod(types.store.get(), "joinpath", "O", text.get()))
           : PyRef();
  return path ? PyRef::steal(
                    PyObject_CallFunctionObjArgs(types.distribution.get(), path.get(), nullptr))
              : PyRef();
}

bool append_stored(PyObject* metadata, PyObject* name, PyObject* real, PyObject* list) noexcept {
  const TableView& table = Environment::get().table();
  const TextView wanted(name);
  DistributionTypes types;
  if (!types.read(metadata)) {
    return false;
  }
  const auto distributions = table.distributions();
  for (std::size_t i = 0; i < distributions.size(); ++i) {
    const DistributionRecord record = distributions[i];
    const std::string_view normalized = table.text(record.normalized_name);
    if (record.dist_info.size == 0 || (!wanted.empty() && !same_name(wanted.view(), normalized))) {
      continue;
    }
    if (const int replaced = is_replaced(real, normalized); replaced != 0) {
      if (replaced < 0) {
        return false;
      }
      continue;
    }
    const PyRef distribution = stored_distribution(types, record);
    if (!distribution || PyList_Append(list, distribution.get()) != 0) {
      return false;
    }
  }
  return true;
}

bool extend(PyObject* list, PyObject* more) noexcept {
  const Py_ssize_t end = PyList_Size(list);
  return more != nullptr && PyList_SetSlice(list, end, end, more) == 0;
}

}  // namespace

PyObject* find_stored_distributions(PyObject* context, PyObject* metadata) noexcept {
  InterpreterState* const state = InterpreterState::get();
  const PyRef result = PyRef::steal(PyList_New(0));
  if (state == nullptr || !result) {
    return result ? PyObject_GetIter(result.get()) : nullptr;  // the interpreter is ending
  }
  MetadataQuestion question;
  if (!question.read(*state, context, metadata)) {
    return nullptr;
  }
  if (PyList_Size(question.sites.get()) == 0) {
    return PyObject_GetIter(result.get());
  }
  if (!extend(result.get(), question.standard_answer(question.before.get()).get())) {
    return nullptr;
  }
  for (Py_ssize_t i = 0; i < PyList_Size(question.sites.get()); ++i) {
    PyObject* const entry = PyList_GetItem(question.sites.get(), i);
    const PyRef finder = find_site_finder(*state, entry);
    if (!finder) {
      continue;  // the directory has gone since
    }
    const PyRef real = real_distributions(question, entry, finder.get());
    if (!extend(result.get(), real.get()) ||
        !append_stored(question.metadata.get(), question.name.get(), real.get(), result.get())) {
      return nullptr;
    }
  }
  question.answered();
  return PyObject_GetIter(result.get());
}

}  // namespace pel
