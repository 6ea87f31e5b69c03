#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/prefix/entry_point.hpp"
#include "store/shims/shim_record.hpp"
#include "tests/support/require.hpp"

using pel::test::require;

// What is accepted names absolute places and no file outside of its directory, and comes back as it
// was written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto record = pel::parse_shim_record(text);
  if (!record) {
    return 0;
  }
  require(record->lock.starts_with('/') && record->directory.starts_with('/'));
  require(std::ranges::all_of(record->names, [](const std::string& name) {
    return pel::script_name_problem(name) == nullptr && name.find('/') == std::string::npos;
  }));
  const std::string written = pel::write_shim_record(*record);
  const auto again = pel::parse_shim_record(written);
  require(again.has_value() && pel::write_shim_record(*again) == written);
  require(again->lock == record->lock && again->names == record->names);
  const std::string prefix = pel::shim_prefix("/h", record->lock, record->directory);
  require(prefix.starts_with("/h/shims/") && prefix.find("..") == std::string::npos);
  return 0;
}
