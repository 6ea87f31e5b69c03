#include "embed/object_layout.hpp"

#include <cstring>

namespace pel {

constinit ObjectLayout object_layout;

void read_object_layout() noexcept {
  if (std::strstr(Py_GetVersion(), "free-threading") != nullptr) {
    object_layout = {.head = kLongestHead, .free_threaded = true};
  }
}

}  // namespace pel
