#include "store/layout/tree_start_files.hpp"

#include <cstddef>
#include <cstdint>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/records/file_system.hpp"

namespace pel {

bool is_start_file(std::string_view name) noexcept {
  return name.ends_with(kPathStartFile) || name.ends_with(kEntryPointStartFile);
}

StartFiles start_files_kind(const InterpreterFacts& interpreter) noexcept {
  constexpr int kFirstMinor = 15;
  return interpreter.major > 3 || interpreter.minor >= kFirstMinor ? StartFiles::in_steps
                                                                   : StartFiles::one_by_one;
}

std::vector<std::string_view> start_files_of(const EnvironmentTree& tree, StartFiles kind) {
  const IndexView& index = tree.index;
  std::vector<std::string_view> names;
  const auto of_paths = index.start_files();
  for (std::size_t i = 0; i < of_paths.size(); ++i) {
    names.push_back(index.text(of_paths[i]));
  }
  if (kind == StartFiles::one_by_one) {
    return names;
  }
  if (const auto top = index.directory(0, index_format::kSitePackages)) {
    for (const IndexView::EntryRecord entry : index.entries(*top)) {
      if (const std::string_view name = index.text(entry.name);
          entry.kind == index_format::EntryKind::file && name.ends_with(kEntryPointStartFile)) {
        names.push_back(name);
      }
    }
  }
  return names;
}

std::string read_start_file(const EnvironmentTree& tree, std::string_view name) {
  const std::string path = concat(site_packages_of(tree), "/", name);
  auto text = read_file_if_any(path);
  if (!text) {
    throw Error(ErrorCode::not_found, concat("cannot read ", path, ": no such file"))
        .with_hint("the wheel has left the store: try again");
  }
  return *std::move(text);
}

}  // namespace pel
