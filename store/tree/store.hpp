#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/sha256.hpp"
#include "store/tree/file_system_sync.hpp"
#include "store/tree/replacement_note.hpp"
#include "store/tree/store_layout.hpp"
#include "store/tree/stored_index.hpp"
#include "store/tree/stored_wheel.hpp"
#include "store/wheel/unpack.hpp"
#include "store/wheel/wheel_name.hpp"

namespace pel {

class TemporaryTree;

// Whether `text` can be the name of something in a store: one path component, not hidden.
[[nodiscard]] bool is_store_id(std::string_view text) noexcept;

// The store: every wheel unpacked once, immutable, under the name that its bytes give it.
//
// Any number of threads and processes may use one store at once; a store object may be shared by
// threads. What add() returns is complete, durable and stays until somebody removes it. A crash at
// any instant leaves a valid store.
class Store {
 public:
  explicit Store(const std::string& home, const UnpackLimits& limits = {});

  [[nodiscard]] const StoreLayout& layout() const noexcept { return layout_; }

  // Creates what is missing of the store's directories and its `generation`, and removes what
  // processes that died have left under tmp/. Throws Error(io) that names the directory which
  // cannot be made. Does nothing, without an error, to a complete store that is read-only.
  void prepare() const;

  // "<distribution>-<version>-<tags>-<16 digits>", less than 140 bytes; safe as a file name.
  [[nodiscard]] static std::string id_of(const WheelName& name, const Sha256& sha256);

  // The id, if the wheel is there completely. Finishes an add that was interrupted behind its
  // rename. A tree with a damaged INDEX, or of another wheel, counts as absent.
  [[nodiscard]] std::optional<std::string> find(const WheelName& name, const Sha256& sha256) const;

  struct Present {
    std::string id;
    std::shared_ptr<const StoredIndex> index;  // with a view
  };

  // The same as find(), and the INDEX that it has read.
  [[nodiscard]] std::optional<Present> look_up(const WheelName& name, const Sha256& sha256) const;

  struct Added {
    std::string id;
    bool already_there = false;
    std::vector<std::string> warnings;  // of the wheel, also when it was already there
  };

  // Puts a wheel file into the store. `expected` is what a lock says of its bytes: checked before
  // anything is unpacked. Thread-safe, and meant to be called from a few threads more than there
  // are processors, as each add waits for the disk at its end; adds that wait together share one
  // flush. Needs prepare().
  //
  // Throws Error(corrupt) when the hash differs or the wheel breaks a rule, Error(not_found) or
  // Error(io) when the file or the store cannot be had; nothing is left behind then.
  Added add(const std::string& wheel_file, const std::string& file_name,
            const std::optional<Sha256>& expected, Trust trust) const;

  // Puts the wheel file into the place of a tree that is damaged, at one instant; who runs with it
  // finds the right files at their places. Its bytecode goes, and composites that have its files
  // get the new ones, each at one instant, or go where that cannot be done. Says the same as add(),
  // whose contract it has otherwise; `already_there` means that another process was faster. Until
  // all composites are there again, `note` has to say so.
  Added replace(const std::string& wheel_file, const std::string& file_name, const Sha256& expected,
                Trust trust, ReplacementNote& note) const;

  // Finishes what an interrupted replace() has left of the wheel: its bytecode, made of its files
  // as they were before, goes, and composites that have those get the ones of now, or go as well.
  void renew_derived(std::string_view id) const;

  // All wheels, by id. A wheel with a damaged INDEX is listed with its damage. Empty if there is
  // no store.
  [[nodiscard]] std::vector<StoredWheel> list() const;

  // The ids alone, sorted.
  [[nodiscard]] std::vector<std::string> ids() const;

  // The ids that `text` names, sorted: the wheel of that id, or all of that package (in any
  // spelling). Empty if there is none.
  [[nodiscard]] std::vector<std::string> resolve(std::string_view text) const;

  // The same, but throws Error(not_found), with a hint, if there is none.
  [[nodiscard]] std::vector<std::string> resolve_or_throw(std::string_view text) const;

  // Nothing if there is no such wheel.
  [[nodiscard]] std::optional<StoredWheel> show(std::string_view id) const;

  enum class Depth {
    quick,  // presence, modes and sizes of all files, INDEX in full
    deep,   // and the content of every file
  };

  // What is wrong with these wheels, in the order of `ids`; empty if all is well.
  [[nodiscard]] std::vector<Finding> verify(std::span<const std::string> ids, Depth depth) const;

  // Sizes of these wheels, bytecode included, in the order of `ids`.
  [[nodiscard]] std::vector<WheelUsage> disk_usage(std::span<const std::string> ids) const;

  // Removes a wheel and its bytecode at once for every observer, whoever still uses it: callers
  // decide that. Replaces `generation`. False if there was no such wheel.
  bool remove(std::string_view id) const;

  // Removes a composite and its bytecode likewise; the environment that needs it makes it again.
  void remove_composite(const std::string& id) const;

  // Tells every environment that something has gone: the next hit checks what it needs.
  void replace_generation() const;

 private:
  void make_places() const;
  void write_environment_mark() const;
  void replace_file(const std::string& path, std::string_view text) const;

  [[nodiscard]] Added already_there(std::string id) const;
  void renew_derived(std::string_view id, const TemporaryTree& fresh) const;

  StoreLayout layout_;
  UnpackLimits limits_;
  std::unique_ptr<FileSystemSync> sync_;
};

}  // namespace pel
