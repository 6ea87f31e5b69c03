#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "frontend/lock_draft.hpp"
#include "frontend/lock_text.hpp"
#include "frontend/pip_report.hpp"
#include "store/base/error.hpp"
#include "tests/support/require.hpp"

using pel::test::require;

// What a direct_url.json (PEP 610) means can be written into a lock and be read from it, whatever
// it says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const pel::LockFolders folders{"/x", "/x"};
  pel::DraftPackage package;
  package.name = "x";
  package.version = "1.0";
  try {
    pel::set_direct_source(package, text, folders);
  } catch (const pel::Error& error) {
    require(error.code() == pel::ErrorCode::corrupt);
    return 0;
  }
  require(package.wheels.size() + (package.source_key.empty() ? 0U : 1U) == 1);
  pel::LockDraft draft;
  draft.packages.push_back(package);
  const std::string lock = pel::lock_text(draft);
  const pel::LockDraft again = pel::read_lock_draft(lock, "lock /x/l", folders);
  require(again.packages.size() == 1 && again.packages[0].name == "x");
  return 0;
}
