#include "store/interpreter/bytecode_tree.hpp"

#include <cerrno>
#include <optional>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/format/index_view.hpp"

namespace pel {
namespace {

using index_format::EntryKind;

struct Tree {
  std::string root;
  MappedFile index;
};

Tree open_tree(const StoreLayout& layout, const std::string& id) {
  for (std::string root : {layout.wheel(id), concat(layout.composites(), "/", id)}) {
    const std::string path = concat(root, "/", index_format::kFileName);
    int error = 0;
    MappedFile index = MappedFile::open(path.c_str(), MappedFile::Trust::anybody, error);
    if (index) {
      return {std::move(root), std::move(index)};
    }
    if (error != ENOENT) {
      errno = error;
      throw_errno("read", path);
    }
  }
  throw Error(ErrorCode::not_found,
              concat("cannot compile '", id, "': it is not in the store ", layout.root()));
}

// A damaged INDEX whose checksum is right could still have a loop: deeper than this no path is.
constexpr int kDeepest = 128;

void collect(const IndexView& index, std::uint32_t directory, const std::string& path, int depth,
             std::vector<SourceFile>& sources) {
  const auto files = index.files();
  for (const IndexView::EntryRecord entry : index.entries(directory)) {
    const std::string_view name = index.text(entry.name);
    if (entry.kind == EntryKind::directory) {
      if (depth < kDeepest) {
        collect(index, entry.target, concat(path, "/", name), depth + 1, sources);
      }
    } else if (name.ends_with(".py")) {
      sources.push_back({entry.target, files[entry.target].size, concat(path, "/", name)});
    }
  }
}

}  // namespace

std::vector<SourceFile> sources_of_tree(const StoreLayout& layout, const std::string& id) {
  const Tree tree = open_tree(layout, id);
  const char* reason = nullptr;
  const auto index = IndexView::open(tree.index.bytes(), reason);
  if (!index) {
    throw Error(ErrorCode::corrupt,
                concat("cannot read ", tree.root, "/", index_format::kFileName, ": ", reason))
        .with_hint("`pyenvlaunch store repair` makes it anew");
  }
  std::vector<SourceFile> sources;
  if (const std::uint32_t top = index->tree().site_packages; top != index_format::kNone) {
    collect(*index, top, concat(tree.root, "/", index_format::kSitePackages), 0, sources);
  }
  return sources;
}

}  // namespace pel
