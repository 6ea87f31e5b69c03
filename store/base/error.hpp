#pragma once

#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pel {

// What went wrong, coarse enough that each value has one exit status and one kind of advice.
enum class ErrorCode {
  usage,         // the command line is wrong; nothing was touched
  not_found,     // a named environment, wheel or interpreter does not exist
  io,            // the operating system refused
  corrupt,       // bytes on disk lack the form or the hash they must have
  incompatible,  // well formed, but not for this interpreter or platform
  busy,          // another process holds a lock that we were told not to wait for
  interrupted,   // SIGINT or SIGTERM
};

// The exception that every module throws when it cannot do what it was asked.
//
// message() says what failed: lower case, no final stop, no program name, user data in full.
// context() says what the program was doing, innermost frame first.
// hint() is one thing that the user can do about it, or empty.
//
// Absence is not an Error: a lookup that may miss returns std::optional.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message);

  [[nodiscard]] ErrorCode code() const noexcept;
  [[nodiscard]] const std::string& message() const noexcept;
  [[nodiscard]] const std::string& hint() const noexcept;
  [[nodiscard]] std::span<const std::string> context() const noexcept;
  [[nodiscard]] const char* what() const noexcept override;

  void add_context(std::string frame);

  // For use in a throw expression: throw Error(...).with_hint("...").
  [[nodiscard]] Error with_hint(std::string hint) &&;

 private:
  struct State {
    ErrorCode code;
    std::string message;
    std::string hint;
    std::vector<std::string> context;
  };

  std::shared_ptr<State> state_;  // shared, because copying an exception must not throw
};

// Throws Error(io) reading "cannot <action> <subject>: <reason>". Reads errno before anything
// else, so call it straight after the failed call and pass no argument that allocates.
[[noreturn]] void throw_errno(const char* action, std::string_view subject);

// The same with a hint, if it is not empty and there is no better one.
[[noreturn]] void throw_errno(const char* action, std::string_view subject, std::string_view hint);

// Runs `body`; an Error that leaves it gains the frame made by `describe`, which is called only
// then. Frames read as "while ...": with_context([&] { return "reading " + p.native(); }, ...).
template <class Describe, class Body>
decltype(auto) with_context(Describe&& describe, Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (Error& error) {
    error.add_context(std::forward<Describe>(describe)());
    throw;
  }
}

// Runs `body`; an Error that leaves it without a hint gets this one.
template <class Body>
decltype(auto) with_default_hint(std::string_view hint, Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (Error& error) {
    if (!error.hint().empty()) {
      throw;
    }
    throw std::move(error).with_hint(std::string(hint));
  }
}

}  // namespace pel
