#include "store/tree/stored_index.hpp"

#include <algorithm>

#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

std::string reason_of(int error, const std::string& path) {
  try {
    errno = error;
    throw_errno("read", path);
  } catch (const Error& failure) {
    return failure.message();
  }
}

}  // namespace

StoredIndex::StoredIndex(const StoreLayout& layout, std::string_view id)
    : StoredIndex(layout.index(id)) {}

StoredIndex::StoredIndex(const std::string& path) {
  int error = 0;
  file_ = MappedFile::open(path.c_str(), MappedFile::Trust::anybody, error);
  if (!file_) {
    damage_ = reason_of(error, path);
    return;
  }
  const char* reason = "";
  view_ = IndexView::open(file_.bytes(), reason);
  if (!view_) {
    damage_ = concat("cannot read ", path, ": ", reason);
  }
}

StoredWheel describe_wheel(const StoreLayout& layout, std::string_view id) {
  StoredWheel wheel;
  wheel.id = id;
  const StoredIndex index(layout, id);
  const IndexView* const view = index.view();
  if (view == nullptr) {
    wheel.damage = index.damage();
    return wheel;
  }
  const index_format::TreeRecord tree = view->tree();
  wheel.name = view->text(tree.name);
  wheel.normalized_name = view->text(tree.normalized_name);
  wheel.version = view->text(tree.version);
  wheel.wheel_file = view->text(tree.wheel_file);
  wheel.requires_python = view->text(tree.requires_python);
  std::ranges::copy(tree.sha256, wheel.sha256.bytes.begin());
  wheel.installed_size = tree.installed_size;
  wheel.file_count = view->files().size();
  wheel.root_is_purelib = tree.root_is_purelib != 0;
  const auto points = view->entry_points();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto point = points[i];
    wheel.entry_points.push_back({std::string(view->text(point.group)),
                                  std::string(view->text(point.name)),
                                  std::string(view->text(point.value))});
  }
  const auto scripts = view->scripts();
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    wheel.scripts.emplace_back(view->text(scripts[i].name));
  }
  if (!view->cold_is_intact()) {
    wheel.damage = concat("cannot read ", layout.index(id), ": its second part is damaged");
    return wheel;
  }
  const auto warnings = view->warnings();
  for (std::size_t i = 0; i < warnings.size(); ++i) {
    wheel.warnings.emplace_back(view->cold_text(warnings[i]));
  }
  return wheel;
}

}  // namespace pel
