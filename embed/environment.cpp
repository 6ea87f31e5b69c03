#include "embed/environment.hpp"

#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <new>

#include "store/base/hash.hpp"

namespace pel {
namespace {

enum PackState { kPackUnknown = 0, kPackBusy = 1, kPackReady = 2, kPackAbsent = 3 };

constexpr std::string_view kWheels = "wheels";
constexpr std::string_view kComposites = "composites";

int length(std::string_view text) noexcept {
  return static_cast<int>(text.size());
}

// False when the text did not fit.
template <class... Arguments>
bool print_path(char* buffer, std::size_t size, const char* format, Arguments... arguments) {
  const int written = std::snprintf(buffer, size, format, arguments...);
  return written > 0 && static_cast<std::size_t>(written) < size;
}

// Python would only say that there is no such module. Once: what is gone is seldom gone alone. A
// program that has used up its descriptors or memory has lost nothing.
void warn_of_index(const char* path, const char* reason) noexcept {
  static std::atomic_flag warned;
  if (!warned.test_and_set()) {
    std::fprintf(
        stderr,
        "pyenvlaunch: warning: cannot use %s: %s\n"
        "  hint: `pyenvlaunch store verify` says what is missing; `pyenvlaunch sync LOCK`, "
        "or `pyenvlaunch venv DIR LOCK` for a directory, gets it again\n",
        path, reason);
  }
}

}  // namespace

Environment& Environment::get() noexcept {
  return Environment::of_process_;
}

constinit Environment Environment::of_process_;

bool Environment::start(const EmbedRequest& request) noexcept {
  Environment& self = get();
  const char* reason = nullptr;
  const auto table = TableView::open({request.table, request.table_size}, reason);
  if (!table) {
    return false;
  }
  const std::size_t count = table->trees().size();
  self.trees_ = new (std::nothrow) std::atomic<MappedTree*>[count + 1]();
  if (self.trees_ == nullptr) {
    return false;
  }
  self.table_ = *table;
  self.prefix_ = request.prefix;
  self.store_ = request.store;
  self.manager_ = request.manager;
  self.slot_count_ = static_cast<std::uint32_t>(count * 2 + 1);
  return true;
}

std::string_view Environment::tree_folder(std::uint32_t tree) const noexcept {
  return table_.trees()[tree].kind == table_format::TreeKind::composite ? kComposites : kWheels;
}

std::string_view Environment::tree_id(std::uint32_t tree) const noexcept {
  return table_.text(table_.trees()[tree].id);
}

const std::uint32_t* Environment::tree_slots() const noexcept {
  if (std::uint32_t* const ready = slots_.load(std::memory_order_acquire); ready != nullptr) {
    return ready;
  }
  auto* const slots = new (std::nothrow) std::uint32_t[slot_count_]();
  if (slots == nullptr) {
    return nullptr;
  }
  for (std::uint32_t tree = 0; tree < table_.trees().size(); ++tree) {
    std::size_t slot = hash64(tree_id(tree)) % slot_count_;
    while (slots[slot] != 0) {
      slot = (slot + 1) % slot_count_;
    }
    slots[slot] = tree + 1;
  }
  std::uint32_t* expected = nullptr;
  if (!slots_.compare_exchange_strong(expected, slots, std::memory_order_acq_rel)) {
    delete[] slots;
    return expected;
  }
  return slots;
}

Environment::Place Environment::locate(std::string_view path) const noexcept {
  if (!path.starts_with(store_) || path.size() <= store_.size() || path[store_.size()] != '/') {
    return {};
  }
  path.remove_prefix(store_.size() + 1);
  const std::size_t folder_end = path.find('/');
  if (folder_end == std::string_view::npos) {
    return {};
  }
  const std::string_view folder = path.substr(0, folder_end);
  if (folder != kWheels && folder != kComposites) {
    return {};
  }
  path.remove_prefix(folder_end + 1);
  const std::size_t id_end = path.find('/');
  const std::string_view id = path.substr(0, id_end);
  const std::uint32_t* const slots = tree_slots();
  if (slots == nullptr) {
    return {};
  }
  for (std::size_t slot = hash64(id) % slot_count_; slots[slot] != 0;
       slot = (slot + 1) % slot_count_) {
    const std::uint32_t tree = slots[slot] - 1;
    if (tree_id(tree) == id && tree_folder(tree) == folder) {
      return {tree,
              id_end == std::string_view::npos ? std::string_view() : path.substr(id_end + 1)};
    }
  }
  return {};
}

MappedTree* Environment::tree(std::uint32_t number) noexcept {
  if (number >= table_.trees().size()) {
    return nullptr;
  }
  std::atomic<MappedTree*>& slot = trees_[number];
  if (MappedTree* const ready = slot.load(std::memory_order_acquire); ready != nullptr) {
    return ready;
  }
  char path[PATH_MAX];
  const std::string_view folder = tree_folder(number);
  const std::string_view id = tree_id(number);
  if (!print_path(path, sizeof path, "%.*s/%.*s/%.*s/INDEX", length(store_), store_.data(),
                  length(folder), folder.data(), length(id), id.data())) {
    return nullptr;
  }
  int error = 0;
  MappedFile file = MappedFile::open(path, MappedFile::Trust::own_or_root, error);
  if (!file) {
    if (error != EMFILE && error != ENFILE && error != ENOMEM) {
      // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's is safe
      warn_of_index(path, error == EPERM ? "it belongs to another user, or others may write it"
                                         : std::strerror(error));
    }
    return nullptr;
  }
  const char* reason = nullptr;
  const auto index = IndexView::open(file.bytes(), reason);
  if (!index) {
    warn_of_index(path, reason);
  }
  auto* const made = index ? new (std::nothrow) MappedTree : nullptr;
  if (made == nullptr) {
    return nullptr;
  }
  made->index_file_ = std::move(file);
  made->index_ = *index;
  MappedTree* expected = nullptr;
  if (!slot.compare_exchange_strong(expected, made, std::memory_order_acq_rel)) {
    delete made;
    return expected;
  }
  return made;
}

bool Environment::pack_path(std::uint32_t number, std::uint32_t optimization, char* buffer,
                            std::size_t size) const noexcept {
  const std::string_view id = tree_id(number);
  const std::string_view tag = table_.text(table_.environment().cache_tag);
  if (optimization == 0) {
    return print_path(buffer, size, "%.*s/bytecode/%.*s/%.*s.pack", length(store_), store_.data(),
                      length(id), id.data(), length(tag), tag.data());
  }
  return print_path(buffer, size, "%.*s/bytecode/%.*s/%.*s.opt-%u.pack", length(store_),
                    store_.data(), length(id), id.data(), length(tag), tag.data(), optimization);
}

const PackView* Environment::pack(std::uint32_t number, std::uint32_t optimization) noexcept {
  MappedTree* const owner = tree(number);
  if (owner == nullptr) {
    return nullptr;
  }
  const int state = owner->pack_state_.load(std::memory_order_acquire);
  if (state == kPackReady) {
    return &owner->pack_;
  }
  int expected = kPackUnknown;
  if (state == kPackAbsent ||
      !owner->pack_state_.compare_exchange_strong(expected, kPackBusy, std::memory_order_acq_rel)) {
    return nullptr;  // absent, or another thread is at it: this one takes the source
  }
  char path[PATH_MAX];
  int error = 0;
  if (pack_path(number, optimization, path, sizeof path)) {
    MappedFile file = MappedFile::open(path, MappedFile::Trust::own_or_root, error);
    const char* reason = nullptr;
    const auto view =
        PackView::open(file.bytes(), table_.environment().bytecode_magic, optimization, reason);
    if (view) {
      owner->pack_file_ = std::move(file);
      owner->pack_ = *view;
      owner->pack_state_.store(kPackReady, std::memory_order_release);
      return &owner->pack_;
    }
    if (file) {
      report_damaged_pack(number, optimization);
    }
  }
  owner->pack_state_.store(kPackAbsent, std::memory_order_release);
  return nullptr;
}

void Environment::report_damaged_pack(std::uint32_t number, std::uint32_t optimization) noexcept {
  char path[PATH_MAX];
  if (pack_path(number, optimization, path, sizeof path)) {
    discard_pack(path);
  }
}

void Environment::discard_pack(const char* pack) noexcept {
  if (::unlink(pack) != 0) {
    return;  // somebody else's store: its owner's `store verify` finds it
  }
  char path[PATH_MAX];
  // Without this file no answer of the hot path holds: the next run looks at everything again.
  if (print_path(path, sizeof path, "%.*s/generation", length(store_), store_.data())) {
    ::unlink(path);
  }
}

}  // namespace pel
