#include "store/interpreter/standard_bytecode.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <string>

#include "store/base/fd.hpp"
#include "store/base/file_identity.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/format/standard_view.hpp"
#include "store/interpreter/pack_file.hpp"
#include "store/interpreter/standard_listing.hpp"

namespace pel {
namespace {

using standard_format::ModuleKind;
using Module = StandardBuilder::Module;

constexpr std::size_t kHeaderSize = 16;  // PEP 552: magic, flags, time, size
constexpr off_t kLargest = 64L * 1024 * 1024;
constexpr std::uint64_t kNanoseconds = 1'000'000'000;

bool is_unchanged(const std::string& path, const StandardView& view, std::string_view below) {
  const auto number = view.directory(below);
  const auto identity = identify(path.c_str());
  return number && identity && identity->mtime_ns == view.directory_record(*number).mtime_ns;
}

bool is_up_to_date(const std::string& pack, const InterpreterFacts& interpreter,
                   unsigned optimization) {
  int error = 0;
  const MappedFile file = MappedFile::open(pack.c_str(), MappedFile::Trust::own_or_root, error);
  const char* reason = nullptr;
  const auto view =
      file ? StandardView::open(file.bytes(), interpreter.bytecode_magic, optimization, reason)
           : std::nullopt;
  constexpr std::string_view kExtensionModules = "lib-dynload";
  return view && is_unchanged(interpreter.stdlib, *view, "") &&
         (!view->directory(kExtensionModules) ||
          is_unchanged(concat(interpreter.stdlib, "/", kExtensionModules), *view,
                       kExtensionModules));
}

std::uint32_t number_at(const std::string& bytes, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// Empty when it cannot be read.
std::string read_whole(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_size < static_cast<off_t>(kHeaderSize) || status.st_size > kLargest) {
    return {};
  }
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  return ::read(fd.get(), bytes.data(), bytes.size()) == status.st_size ? bytes : std::string();
}

// The code that importlib would take from the .pyc of a module, as long as the source stays what it
// is. Empty when it would do anything else.
std::string cached_code(const InterpreterFacts& interpreter, unsigned optimization,
                        const std::string& directory, const Module& module) {
  const bool is_package = module.kind == ModuleKind::package;
  const std::string bytes = read_whole(concat(
      directory, is_package ? concat("/", module.name) : "", "/__pycache__/",
      is_package ? "__init__" : module.name, ".", interpreter.cache_tag,
      optimization == 0 ? std::string() : concat(".opt-", std::to_string(optimization)), ".pyc"));
  if (bytes.size() < kHeaderSize || number_at(bytes, 0) != interpreter.bytecode_magic ||
      number_at(bytes, 4) != 0 ||
      number_at(bytes, 8) != static_cast<std::uint32_t>(module.mtime_ns / kNanoseconds) ||
      number_at(bytes, 12) != static_cast<std::uint32_t>(module.size)) {
    return {};
  }
  return bytes.substr(kHeaderSize);
}

}  // namespace

void make_standard_pack(const InterpreterFacts& interpreter, const StoreLayout& layout,
                        unsigned optimization) {
  const StandardPackId id(interpreter.executable);
  const std::string file_name = pack_file_name(interpreter.cache_tag, optimization);
  const std::string pack = concat(layout.bytecode(id.view()), "/", file_name);
  if (is_up_to_date(pack, interpreter, optimization)) {
    return;
  }
  StandardBuilder builder(interpreter.bytecode_magic, optimization);
  auto directories = list_standard_library(interpreter);
  if (directories.empty()) {
    return;
  }
  for (auto& [path, directory] : directories) {
    const std::string absolute =
        path.empty() ? interpreter.stdlib : concat(interpreter.stdlib, "/", path);
    for (Module& module : directory.modules) {
      if (module.mtime_ns != 0) {
        module.code = cached_code(interpreter, optimization, absolute, module);
      }
    }
    builder.add(path, directory.mtime_ns, directory.modules);
    directory.modules.clear();
  }
  write_pack_file(layout, id.view(), file_name, builder.finish());
}

}  // namespace pel
