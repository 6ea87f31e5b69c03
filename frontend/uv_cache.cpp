#include "frontend/uv_cache.hpp"

#include <unistd.h>

#include <array>
#include <boost/filesystem/operations.hpp>
#include <optional>
#include <vector>

#include "frontend/direct_source.hpp"
#include "frontend/front_end.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/base/text_file.hpp"
#include "store/fetch/url.hpp"
#include "store/interpreter/process.hpp"

namespace pel {
namespace {

namespace fs = boost::filesystem;

constexpr std::size_t kMaxRecord = 64UL * 1024 * 1024;

// The folder of unpacked wheels in uv's cache; empty if there is none.
std::string archives_of_uv() {
  const std::array<std::string, 3> command{"uv", "cache", "dir"};
  const ProcessResult result = run_process(command);
  const std::string path = result.out.substr(0, result.out.find('\n'));
  return result.ok() && path.starts_with('/') ? path + "/archive-v0" : std::string();
}

// Whether one of the unpacked wheels has the files that are installed.
bool is_unpacked(const std::vector<std::string>& archives, const InstalledDistribution& installed) {
  const std::string record = concat("/", name_of(installed.metadata_directory), "/RECORD");
  for (const std::string& archive : archives) {
    std::string text;
    const std::string path = archive + record;
    if (::access(path.c_str(), R_OK) == 0 && read_text_file(path, kMaxRecord, text) == 0 &&
        comes_from(installed.record, read_record_digests(text))) {
      return true;
    }
  }
  return false;
}

std::string requirement_of(const InstalledDistribution& installed) {
  const std::string url = unhashed_wheel_url(installed);
  return url.empty() ? concat(installed.name, "==", installed.version)
                     : concat(installed.name, " @ ", url);
}

// What uv says of these versions; nothing if it does not know one of them.
std::optional<LockDraft> ask(const FrontEnd& uv, std::vector<std::string> requirements,
                             const std::string& python, const std::atomic<bool>* cancelled) {
  ResolveRequest request;
  request.requirements = std::move(requirements);
  request.python = python;
  request.offline = true;
  request.without_dependencies = true;
  request.folders = {"/", "/"};
  request.cancelled = cancelled;
  try {
    return uv.resolve(request);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    return std::nullopt;
  }
}

void take(const LockDraft& draft, const InstalledDistribution& installed,
          std::map<std::string, IndexFile>& found) {
  for (const DraftPackage& package : draft.packages) {
    for (const DraftFile& wheel : package.wheels) {
      const std::string name = wheel.name.empty() ? file_name_of_link(wheel.url) : wheel.name;
      if (package.name == installed.name && !wheel.url.empty() && has_tags_of(installed, name)) {
        found[installed.name] = {.name = name,
                                 .url = wheel.url,
                                 .size = wheel.size,
                                 .sha256 = std::string(hash_of(wheel, "sha256")),
                                 .metadata_sha256 = {}};
      }
    }
  }
}

}  // namespace

std::map<std::string, IndexFile> find_in_uv_cache(
    std::span<const InstalledDistribution* const> wanted, const std::string& directory,
    const std::atomic<bool>* cancelled) {
  std::map<std::string, IndexFile> found;
  std::string reason;
  const auto uv = wanted.empty() ? nullptr : find_uv(reason);
  const std::string folder = uv == nullptr ? std::string() : archives_of_uv();
  if (folder.empty()) {
    return found;
  }
  std::vector<std::string> archives;
  boost::system::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    archives.push_back(entry.path().native());
  }
  std::vector<const InstalledDistribution*> there;
  std::vector<std::string> requirements;
  for (const InstalledDistribution* const installed : wanted) {
    if (is_unpacked(archives, *installed)) {
      there.push_back(installed);
      requirements.push_back(requirement_of(*installed));
    }
  }
  const std::string python = directory + "/bin/python";
  const auto all = there.empty() ? std::nullopt : ask(*uv, requirements, python, cancelled);
  for (const InstalledDistribution* const installed : there) {
    const auto one = all ? all : ask(*uv, {requirement_of(*installed)}, python, cancelled);
    if (one) {
      take(*one, *installed, found);
    }
  }
  return found;
}

}  // namespace pel
