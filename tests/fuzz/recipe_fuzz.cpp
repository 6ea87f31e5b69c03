#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/environment/recipe.hpp"
#include "tests/support/require.hpp"

using pel::test::require;

// What is accepted says where everything is, by absolute paths, and comes back as it was written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto recipe = pel::parse_recipe(text);
  if (!recipe) {
    return 0;
  }
  for (const std::string& path :
       {recipe->prefix, recipe->store, recipe->cache, recipe->interpreter}) {
    require(path.starts_with('/'));
  }
  const std::string written = pel::write_recipe(*recipe);
  const auto again = pel::parse_recipe(written);
  require(again && pel::write_recipe(*again) == written);
  require(again->scripts.size() == recipe->scripts.size() && again->env == recipe->env);
  require(again->kind == recipe->kind && again->lock == recipe->lock);
  // A file that was cut short is none.
  require(!pel::parse_recipe(std::string_view(written).substr(0, written.size() - 1)));
  return 0;
}
