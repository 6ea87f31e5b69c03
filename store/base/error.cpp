#include "store/base/error.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include "store/base/text.hpp"

namespace pel {
namespace {

bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}

// The system's text in the form of ours: "No space left on device" begins in lower case, "RPC
// version wrong" stays.
std::string reason_of(int error) {
  std::string reason = std::generic_category().message(error);
  if (reason.size() > 1 && (is_lower(reason[1]) || reason[1] == ' ')) {
    reason[0] =
        static_cast<char>(reason[0] >= 'A' && reason[0] <= 'Z' ? reason[0] | 0x20 : reason[0]);
  }
  return reason;
}

}  // namespace

Error::Error(ErrorCode code, std::string message)
    : state_(std::make_shared<State>(State{code, std::move(message), {}, {}})) {}

ErrorCode Error::code() const noexcept {
  return state_->code;
}

const std::string& Error::message() const noexcept {
  return state_->message;
}

const std::string& Error::hint() const noexcept {
  return state_->hint;
}

std::span<const std::string> Error::context() const noexcept {
  return state_->context;
}

const char* Error::what() const noexcept {
  return state_->message.c_str();
}

void Error::add_context(std::string frame) {
  state_->context.push_back(std::move(frame));
}

Error Error::with_hint(std::string hint) && {
  state_->hint = std::move(hint);
  return std::move(*this);
}

void throw_errno(const char* action, const std::string_view subject) {
  throw_errno(action, subject, {});
}

void throw_errno(const char* action, const std::string_view subject, const std::string_view hint) {
  const int saved_errno = errno;
  const std::string reason = reason_of(saved_errno);
  const ErrorCode code = saved_errno == ENOENT ? ErrorCode::not_found : ErrorCode::io;
  const bool is_full = saved_errno == ENOSPC || saved_errno == EDQUOT;
  throw Error(code, concat("cannot ", action, " ", subject, ": ", reason))
      .with_hint(is_full ? "make room there, and run it again" : std::string(hint));
}

}  // namespace pel
