#include "store/wheel/refusal.hpp"

#include <utility>

#include "store/base/text.hpp"
#include "store/wheel/foreign_text.hpp"

namespace pel {
namespace {

constexpr const char* kDamagedHint = "the file is damaged: delete it and download it again";
constexpr const char* kBrokenHint =
    "the wheel breaks the rules of its format: use another version of the package, or tell its "
    "authors";

[[noreturn]] void refuse(std::string_view wheel_path, std::string_view reason, std::string hint) {
  throw Error(ErrorCode::corrupt, concat("cannot unpack wheel ", wheel_path, ": ", reason))
      .with_hint(std::move(hint));
}

std::string of_member(std::string_view member, std::string_view reason) {
  return concat("member ", quote(member), ": ", reason);
}

}  // namespace

void Refusal::damaged(std::string_view reason) const {
  refuse(wheel_path_, reason, kDamagedHint);
}

void Refusal::damaged(std::string_view member, std::string_view reason) const {
  refuse(wheel_path_, of_member(member, reason), kDamagedHint);
}

void Refusal::broken(std::string_view reason) const {
  refuse(wheel_path_, reason, kBrokenHint);
}

void Refusal::broken(std::string_view member, std::string_view reason) const {
  refuse(wheel_path_, of_member(member, reason), kBrokenHint);
}

void Refusal::too_much(std::string_view reason, std::string_view variable) const {
  refuse(
      wheel_path_, reason,
      variable.empty()
          ? "this looks like an archive made to fill the memory: do not use it"
          : concat("this looks like an archive made to fill a disk; if you know its authors, set ",
                   variable, " to a higher limit"));
}

}  // namespace pel
