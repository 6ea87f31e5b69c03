#include "store/base/error.hpp"

#include <cerrno>
#include <system_error>

#include "store/base/text.hpp"

namespace pel {

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
  const int saved_errno = errno;
  const std::string reason = std::generic_category().message(saved_errno);
  const ErrorCode code = saved_errno == ENOENT ? ErrorCode::not_found : ErrorCode::io;
  throw Error(code, concat("cannot ", action, " ", subject, ": ", reason));
}

}  // namespace pel
