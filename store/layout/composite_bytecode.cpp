#include "store/layout/composite_bytecode.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/format/index_view.hpp"
#include "store/format/pack_builder.hpp"
#include "store/format/pack_view.hpp"
#include "store/interpreter/bytecode.hpp"
#include "store/tree/make_directory.hpp"

namespace pel {
namespace {

constexpr unsigned kOptimization = 0;

// A pack on disk, mapped as long as it lives.
class StoredPack {
 public:
  StoredPack(const std::string& path, std::uint32_t magic) {
    int error = 0;
    file_ = MappedFile::open(path.c_str(), MappedFile::Trust::own_or_root, error);
    const char* reason = nullptr;
    view_ = file_ ? PackView::open(file_.bytes(), magic, kOptimization, reason) : std::nullopt;
  }

  [[nodiscard]] const std::optional<PackView>& view() const noexcept { return view_; }

 private:
  MappedFile file_;
  std::optional<PackView> view_;
};

std::string pack_path(const StoreLayout& layout, const InterpreterFacts& interpreter,
                      std::string_view id) {
  return concat(layout.bytecode(id), "/", pack_file_name(interpreter.cache_tag, kOptimization));
}

// The composite's own number of a file.
std::optional<std::uint32_t> number_of(const IndexView& index, std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const bool at_top = slash == std::string_view::npos;
  const auto directory = index.directory(0, at_top ? std::string_view() : path.substr(0, slash));
  const auto entry =
      directory ? index.entry(*directory, at_top ? path : path.substr(slash + 1)) : std::nullopt;
  return entry ? std::optional(entry->target) : std::nullopt;
}

// The bytes of the composite's pack; nothing when something that it needs cannot be read.
std::optional<std::string> copy_codes(const StoreLayout& layout,
                                      const InterpreterFacts& interpreter, const std::string& id,
                                      std::span<const MergeMember> members) {
  const std::string index_path = concat(layout.composite(id), "/", index_format::kFileName);
  int error = 0;
  const MappedFile file =
      MappedFile::open(index_path.c_str(), MappedFile::Trust::own_or_root, error);
  const char* reason = nullptr;
  const auto index = file ? IndexView::open(file.bytes(), reason) : std::nullopt;
  std::vector<StoredPack> packs;
  for (const MergeMember& member : members) {
    packs.emplace_back(pack_path(layout, interpreter, member.id), interpreter.bytecode_magic);
    if (!index || !packs.back().view()) {
      return std::nullopt;
    }
  }
  PackBuilder builder(interpreter.bytecode_magic, kOptimization);
  const TreeMerge merge(members);
  for (const TreeMerge::File& source : merge.files()) {
    std::span<const std::byte> code;
    const auto found = source.path.ends_with(".py")
                           ? packs[source.member].view()->find(source.number, code)
                           : PackView::Lookup::absent;
    if (found == PackView::Lookup::absent) {
      continue;  // no source, or one that cannot be compiled
    }
    const auto number = number_of(*index, source.path);
    if (found == PackView::Lookup::damaged || !number) {
      return std::nullopt;
    }
    builder.add(*number, {reinterpret_cast<const char*>(code.data()), code.size()});
  }
  return builder.finish();
}

}  // namespace

bool make_composite_bytecode(const StoreLayout& layout, const InterpreterFacts& interpreter,
                             const std::string& id, std::span<const MergeMember> members) {
  const std::string path = pack_path(layout, interpreter, id);
  if (StoredPack(path, interpreter.bytecode_magic).view()) {
    return false;
  }
  const auto pack = copy_codes(layout, interpreter, id, members);
  if (!pack) {
    const std::string ids[] = {id};
    compile_bytecode(interpreter, layout, ids, kOptimization, 0);
    return true;
  }
  make_directory(layout.bytecode(id), 0755);
  AtomicFile file(path, {.mode = 0444});
  file.write(std::string_view(*pack));
  file.commit();
  return true;
}

}  // namespace pel
