#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/base/mapped_file.hpp"
#include "store/format/index_view.hpp"
#include "store/tree/store_layout.hpp"
#include "store/tree/stored_wheel.hpp"

namespace pel {

// The INDEX of a stored tree, mapped. Movable; the view stays valid.
class StoredIndex {
 public:
  // Throws nothing: what is wrong is in damage().
  StoredIndex(const StoreLayout& layout, std::string_view id);

  // By the path of the file, which may be a composite's.
  explicit StoredIndex(const std::string& path);

  // Null when the INDEX is missing or damaged.
  [[nodiscard]] const IndexView* view() const noexcept { return view_ ? &*view_ : nullptr; }

  // Whether nobody but this user and root can have changed the file.
  [[nodiscard]] bool is_trusted() const noexcept { return file_.is_trusted(); }

  // Why there is no view, for people; empty if there is one.
  [[nodiscard]] const std::string& damage() const noexcept { return damage_; }

 private:
  MappedFile file_;
  std::optional<IndexView> view_;
  std::string damage_;
};

// What the INDEX says, or its damage.
[[nodiscard]] StoredWheel describe_wheel(const StoreLayout& layout, std::string_view id);

}  // namespace pel
