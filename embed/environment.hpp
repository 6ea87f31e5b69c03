#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "store/base/mapped_file.hpp"
#include "store/format/embed_request.hpp"
#include "store/format/index_view.hpp"
#include "store/format/pack_view.hpp"
#include "store/format/table_view.hpp"

namespace pel {

// One stored tree, mapped. Lives until the process ends.
class MappedTree {
 public:
  [[nodiscard]] const IndexView& index() const noexcept { return index_; }

  // Number of the directory that stands for site-packages; index_format::kNone when it has none.
  [[nodiscard]] std::uint32_t site_packages() const noexcept { return index_.tree().site_packages; }

 private:
  friend class Environment;

  MappedFile index_file_;
  IndexView index_;
  MappedFile pack_file_;
  PackView pack_;
  std::atomic<int> pack_state_{0};
};

// The environment that this process runs in: its table, and the stored trees as far as they have
// been needed. Made once, before Python starts; shared by all interpreters and threads, which take
// no lock: a tree that two threads map at once is mapped twice, and one of the two lets go.
class Environment {
 public:
  // False if the table cannot be read. Must be called once, before any other function here.
  [[nodiscard]] static bool start(const EmbedRequest& request) noexcept;

  // The one of this process.
  [[nodiscard]] static Environment& get() noexcept;

  constexpr Environment() noexcept = default;

  [[nodiscard]] const TableView& table() const noexcept { return table_; }

  [[nodiscard]] std::string_view prefix() const noexcept { return prefix_; }

  [[nodiscard]] std::string_view store() const noexcept { return store_; }

  // The real interpreter.
  [[nodiscard]] std::string_view base_executable() const noexcept {
    return table_.text(table_.environment().base_executable);
  }

  [[nodiscard]] const char* manager() const noexcept { return manager_; }

  // Where a path lies in the trees of this environment. Lexical; no system call.
  struct Place {
    std::uint32_t tree = TableView::kNoTree;
    std::string_view below;  // of the tree's root, "lib/python3/site-packages/x"; may be empty

    explicit operator bool() const noexcept { return tree != TableView::kNoTree; }
  };

  [[nodiscard]] Place locate(std::string_view path) const noexcept;

  // "wheels" or "composites", and the id: what a tree's path is made of, below store().
  [[nodiscard]] std::string_view tree_folder(std::uint32_t tree) const noexcept;
  [[nodiscard]] std::string_view tree_id(std::uint32_t tree) const noexcept;

  // Maps the tree's INDEX at first use. Null when it is missing, damaged, or not to be trusted.
  [[nodiscard]] MappedTree* tree(std::uint32_t number) noexcept;

  // The tree's code for this interpreter and optimisation level, mapped at first use; null when
  // there is none that can be used.
  [[nodiscard]] const PackView* pack(std::uint32_t number, std::uint32_t optimization) noexcept;

  // Code that fails its checksum: removes the pack, so that the next sync makes it anew.
  void report_damaged_pack(std::uint32_t number, std::uint32_t optimization) noexcept;

  // The same for any pack, by its path.
  void discard_pack(const char* pack) noexcept;

 private:
  [[nodiscard]] const std::uint32_t* tree_slots() const noexcept;
  [[nodiscard]] bool pack_path(std::uint32_t number, std::uint32_t optimization, char* buffer,
                               std::size_t size) const noexcept;

  static Environment of_process_;

  TableView table_;
  std::string_view prefix_;
  std::string_view store_;
  const char* manager_ = nullptr;
  std::atomic<MappedTree*>* trees_ = nullptr;  // one per tree of the table
  std::uint32_t slot_count_ = 0;
  mutable std::atomic<std::uint32_t*> slots_{nullptr};  // id -> number of the tree plus one
};

}  // namespace pel
