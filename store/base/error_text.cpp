#include "store/base/error_text.hpp"

#include <unistd.h>

#include <cerrno>
#include <exception>

#include "store/base/terminal_text.hpp"
#include "store/base/text.hpp"

namespace pel {

std::string render_error(const Error& error) {
  std::string text = concat("pyenvlaunch: error: ", error.message(), "\n");
  for (const std::string& frame : error.context()) {
    text += concat("  while ", frame, "\n");
  }
  if (!error.hint().empty()) {
    text += concat("  hint: ", error.hint(), "\n");
  }
  return terminal_text(text);
}

void write_error(const Error& error) noexcept {
  try {
    const std::string text = render_error(error);
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t written = ::write(STDERR_FILENO, text.data() + done, text.size() - done);
      if (written < 0 && errno != EINTR) {
        return;
      }
      done += written < 0 ? 0 : static_cast<std::size_t>(written);
    }
  } catch (const std::exception&) {
    return;  // out of memory while saying so
  }
}

}  // namespace pel
