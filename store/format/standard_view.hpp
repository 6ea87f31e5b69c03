#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "store/format/pack_view.hpp"
#include "store/format/standard_format.hpp"

namespace pel {

// Reads the pack of a standard library that lies in memory, which must outlive the view. Never
// throws. Immutable: any number of threads.
class StandardView {
 public:
  StandardView() noexcept = default;

  [[nodiscard]] static std::optional<StandardView> open(std::span<const std::byte> bytes,
                                                        std::uint32_t bytecode_magic,
                                                        std::uint32_t optimization,
                                                        const char*& reason) noexcept;

  // Number of the directory of this path below the library.
  [[nodiscard]] std::optional<std::uint32_t> directory(std::string_view path) const noexcept;

  // Number of a module in it. A directory that is not known has none.
  [[nodiscard]] std::optional<std::uint32_t> module(std::uint32_t directory,
                                                    std::string_view name) const noexcept;

  [[nodiscard]] std::size_t directory_count() const noexcept { return directories_.size(); }

  [[nodiscard]] standard_format::DirectoryRecord directory_record(
      std::uint32_t directory) const noexcept {
    return directories_[directory];
  }

  [[nodiscard]] standard_format::ModuleRecord module_record(std::uint32_t module) const noexcept {
    return modules_[module];
  }

  [[nodiscard]] std::string_view text(StringRef ref) const noexcept {
    return resolve(strings_, ref);
  }

  // The marshalled code of a module, its hash checked; `code` is set only when found.
  [[nodiscard]] PackView::Lookup code(std::uint32_t module,
                                      std::span<const std::byte>& code) const noexcept {
    return pack_.find(module, code);
  }

 private:
  PackView pack_;
  std::string_view strings_;
  RecordSpan<standard_format::DirectoryRecord> directories_;
  RecordSpan<standard_format::ModuleRecord> modules_;
};

}  // namespace pel
