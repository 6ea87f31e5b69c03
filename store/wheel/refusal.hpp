#pragma once

#include <string>
#include <string_view>

#include "store/base/error.hpp"

namespace pel {

// Says why a wheel is not unpacked. All throw Error(corrupt) that names the wheel's file:
// "cannot unpack wheel /x/a-1-py3-none-any.whl: member 'a/b': its CRC is wrong".
class Refusal {
 public:
  // `wheel_path` must outlive it.
  explicit Refusal(std::string_view wheel_path) noexcept : wheel_path_(wheel_path) {}

  // The file is not what its author made: cut short, or bytes have changed.
  [[noreturn]] void damaged(std::string_view reason) const;
  [[noreturn]] void damaged(std::string_view member, std::string_view reason) const;

  // The file breaks a rule.
  [[noreturn]] void broken(std::string_view reason) const;
  [[noreturn]] void broken(std::string_view member, std::string_view reason) const;

  // The file may be right, but asks for more than is allowed. The variable sets that limit; empty
  // for one that is fixed.
  [[noreturn]] void too_much(std::string_view reason, std::string_view variable = {}) const;

 private:
  std::string_view wheel_path_;
};

}  // namespace pel
