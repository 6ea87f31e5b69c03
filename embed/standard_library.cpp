#include "embed/standard_library.hpp"

#include <sys/stat.h>

#include <climits>
#include <cstdio>
#include <cstring>
#include <new>
#include <utility>

#include "embed/bytecode_helper.hpp"
#include "embed/environment.hpp"
#include "store/base/mapped_file.hpp"

namespace pel {
namespace {

using standard_format::ModuleKind;
using standard_format::ModuleRecord;

enum State { kUnknown = 0, kBusy = 1, kReady = 2, kAbsent = 3 };

constexpr std::string_view kSource = ".py";
constexpr std::string_view kInit = "__init__";

std::uint64_t mtime_of(const struct stat& status) noexcept {
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  return status.st_mtim.tv_sec < 0
             ? 0
             : static_cast<std::uint64_t>(status.st_mtim.tv_sec) * kNanoseconds +
                   static_cast<std::uint64_t>(status.st_mtim.tv_nsec);
}

int length(std::string_view text) noexcept {
  return static_cast<int>(text.size());
}

}  // namespace

constinit StandardLibrary StandardLibrary::of_process_;

StandardLibrary& StandardLibrary::get() noexcept {
  return of_process_;
}

// Where the pack of that level is.
bool StandardLibrary::pack_path(char* buffer, std::size_t size) noexcept {
  const Environment& environment = Environment::get();
  const StandardPackId id(environment.base_executable());
  const std::string_view tag =
      environment.table().text(environment.table().environment().cache_tag);
  const unsigned optimization = optimization_level();
  char level[] = ".opt-0";
  level[sizeof level - 2] = static_cast<char>('0' + optimization);
  const int written =
      std::snprintf(buffer, size, "%.*s/bytecode/%.*s/%.*s%s.pack", length(environment.store()),
                    environment.store().data(), length(id.view()), id.view().data(), length(tag),
                    tag.data(), optimization == 0 ? "" : level);
  return written > 0 && static_cast<std::size_t>(written) < size;
}

bool StandardLibrary::open() noexcept {
  char path[PATH_MAX];
  if (!pack_path(path, sizeof path)) {
    return false;
  }
  int error = 0;
  MappedFile file = MappedFile::open(path, MappedFile::Trust::own_or_root, error);
  const char* reason = nullptr;
  const auto view =
      file ? StandardView::open(file.bytes(),
                                Environment::get().table().environment().bytecode_magic,
                                optimization_level(), reason)
           : std::nullopt;
  if (!view) {
    if (file) {
      Environment::get().discard_pack(path);
    }
    return false;
  }
  looked_ = new (std::nothrow) std::atomic<std::uint32_t>[view->directory_count()]();
  const auto* const kept = new (std::nothrow) MappedFile(std::move(file));
  view_ = *view;
  return looked_ != nullptr && kept != nullptr;
}

const StandardView* StandardLibrary::view() noexcept {
  const int state = state_.load(std::memory_order_acquire);
  if (state == kReady) {
    return &view_;
  }
  int expected = kUnknown;
  if (state == kAbsent ||
      !state_.compare_exchange_strong(expected, kBusy, std::memory_order_acq_rel)) {
    return nullptr;  // absent, or another thread is at it: this one asks importlib
  }
  const bool opened = open();
  state_.store(opened ? kReady : kAbsent, std::memory_order_release);
  return opened ? &view_ : nullptr;
}

std::optional<std::uint32_t> StandardLibrary::directory(std::string_view root,
                                                        std::string_view path) noexcept {
  const StandardView* const known = view();
  const auto number = known != nullptr ? known->directory(path) : std::nullopt;
  if (!number) {
    return std::nullopt;
  }
  const std::uint32_t now = generation_.load(std::memory_order_relaxed) * 2;
  std::uint32_t looked = looked_[*number].load(std::memory_order_relaxed);
  if ((looked & ~1U) != now) {
    char absolute[PATH_MAX];
    const int size = std::snprintf(absolute, sizeof absolute, "%.*s%s%.*s", length(root),
                                   root.data(), path.empty() ? "" : "/", length(path), path.data());
    struct stat status{};
    const std::uint64_t mtime = known->directory_record(*number).mtime_ns;
    const bool is_unchanged = size > 0 && static_cast<std::size_t>(size) < sizeof absolute &&
                              ::stat(absolute, &status) == 0 && S_ISDIR(status.st_mode) &&
                              mtime != 0 && mtime_of(status) == mtime;
    looked = now | (is_unchanged ? 1U : 0U);
    looked_[*number].store(looked, std::memory_order_relaxed);
  }
  return (looked & 1U) != 0 ? number : std::nullopt;
}

std::optional<ModuleRecord> StandardLibrary::module(std::uint32_t directory,
                                                    std::string_view name) noexcept {
  const auto number = view_.module(directory, name);
  return number ? std::optional(view_.module_record(*number)) : std::nullopt;
}

std::span<const std::byte> StandardLibrary::code(std::string_view text, std::size_t root_size,
                                                 const struct stat& status) noexcept {
  const StandardView* const known = view();
  if (known == nullptr || text.size() <= root_size + kSource.size() + 1 || text[root_size] != '/' ||
      !text.ends_with(kSource)) {
    return {};
  }
  // "json/__init__.py" is the module "json" of the library, "json/decoder.py" one of "json".
  std::string_view below = text.substr(root_size + 1);
  below.remove_suffix(kSource.size());
  std::size_t slash = below.rfind('/');
  ModuleKind wanted = ModuleKind::source;
  if (slash != std::string_view::npos && below.substr(slash + 1) == kInit) {
    wanted = ModuleKind::package;
    below = below.substr(0, slash);
    slash = below.rfind('/');
  }
  const bool at_top = slash == std::string_view::npos;
  const auto folder = known->directory(at_top ? std::string_view() : below.substr(0, slash));
  const auto number =
      folder ? known->module(*folder, at_top ? below : below.substr(slash + 1)) : std::nullopt;
  const ModuleRecord record = number ? known->module_record(*number) : ModuleRecord{};
  if (!number || record.kind != wanted || record.mtime_ns == 0 || !S_ISREG(status.st_mode) ||
      mtime_of(status) != record.mtime_ns ||
      static_cast<std::uint64_t>(status.st_size) != record.size) {
    return {};
  }
  std::span<const std::byte> bytes;
  if (known->code(*number, bytes) == PackView::Lookup::damaged) {
    char pack[PATH_MAX];
    if (pack_path(pack, sizeof pack)) {
      Environment::get().discard_pack(pack);
    }
  }
  return bytes;
}

}  // namespace pel
