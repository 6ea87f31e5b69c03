#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "lock/lockfile.hpp"
#include "lock/package_name.hpp"
#include "lock/selection.hpp"
#include "lock/wheel_file_name.hpp"
#include "store/base/error.hpp"
#include "tests/support/require.hpp"

namespace {

using pel::test::require;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
}

void check_error(const pel::Error& error) {
  require(error.code() == pel::ErrorCode::corrupt || error.code() == pel::ErrorCode::incompatible);
  require(error.message().find("/x/app.lock: ") != std::string::npos);
  require(is_printable(error.message()) && is_printable(error.hint()));
}

void check_artifact(const pel::LockedArtifact& artifact) {
  require(pel::is_file_name(artifact.file_name));
  require(!artifact.url.empty() || !artifact.path.empty());
  require(artifact.path.empty() || artifact.path.starts_with('/'));
  require(is_printable(artifact.path) && is_printable(artifact.url));
  require(artifact.sha256.has_value());
  require(artifact.line >= 1);
}

void check_package(const pel::LockedPackage& package) {
  require(pel::is_valid_name(package.name));
  require(package.normalized_name == pel::normalize_name(package.name));
  std::ranges::for_each(package.wheels, check_artifact);
  if (package.sdist) {
    check_artifact(*package.sdist);
  }
  if (package.archive) {
    check_artifact(package.archive->file);
  }
  const int sources = (!package.wheels.empty() || package.sdist ? 1 : 0) +
                      (package.archive ? 1 : 0) + (package.directory ? 1 : 0) +
                      (package.vcs ? 1 : 0);
  require(sources == 1);
  require(!package.vcs || !package.vcs->commit_id.empty());
}

pel::InterpreterFacts facts() {
  pel::InterpreterFacts facts;
  facts.implementation = "cpython";
  facts.major = 3;
  facts.minor = 11;
  facts.full_version = "3.11.7";
  facts.platform = "linux-x86_64";
  facts.glibc_version = "2.36";
  for (const char* const name :
       {"os_name", "platform_machine", "platform_python_implementation", "platform_release",
        "platform_system", "platform_version", "sys_platform", "implementation_name"}) {
    facts.markers[name] = "linux";
  }
  for (const char* const name :
       {"python_version", "python_full_version", "implementation_version"}) {
    facts.markers[name] = "3.11.7";
  }
  return facts;
}

void check_selection(const pel::Lock& lock) {
  static const pel::InterpreterFacts interpreter = facts();
  std::set<std::string> names;
  for (const auto& selected : pel::select_wheels(lock, interpreter, {}).wheels) {
    require(names.insert(selected.normalized_name).second);
    if (selected.source) {
      require(selected.wheel.file_name.empty());  // it is built first
      continue;
    }
    require(!selected.version.empty());
    require(pel::WheelFileName::parse(selected.wheel.file_name).has_value());
    check_artifact(selected.wheel);
  }
}

}  // namespace

// An accepted lock holds only what is well formed, and so does what is chosen from it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const pel::Lock lock = pel::parse_lock(text, "/x/app.lock");
    require(lock.directory == "/x");
    std::ranges::for_each(lock.packages, check_package);
    for (const std::string& path : lock.source_paths) {
      require(path.starts_with('/'));
    }
    for (const auto& [name, value] : lock.env) {
      require(!name.empty() && name.find('=') == std::string::npos);
      require(value.find('\0') == std::string::npos);
    }
    check_selection(lock);
  } catch (const pel::Error& error) {
    check_error(error);
  }
  return 0;
}
