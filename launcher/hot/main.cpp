#include <cstddef>
#include <span>

#include "launcher/hot/hot_path.hpp"

int main(int argc, char** argv) {
  return pel::hot_main(std::span<char*>(argv, static_cast<std::size_t>(argc)));
}
