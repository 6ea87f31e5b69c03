#include "frontend/installed.hpp"

#include <algorithm>
#include <boost/filesystem/operations.hpp>

#include "frontend/scratch_directory.hpp"
#include "lock/package_name.hpp"
#include "store/base/error.hpp"
#include "store/base/sha256.hpp"
#include "store/base/text.hpp"
#include "store/tree/wheel_file.hpp"
#include "store/wheel/archive_stream.hpp"
#include "store/wheel/header_fields.hpp"
#include "store/wheel/record.hpp"
#include "store/wheel/zip_directory.hpp"

namespace pel {
namespace {

namespace fs = boost::filesystem;

// The text, or empty when there is no such file.
std::string text_of(const std::string& path) {
  return fs::exists(path) ? read_file(path) : std::string();
}

InstalledDistribution read_distribution(const std::string& directory) {
  InstalledDistribution result;
  result.metadata_directory = directory;
  const HeaderFields metadata = HeaderFields::parse(text_of(directory + "/METADATA"));
  result.name = normalize_name(metadata.first("Name"));
  result.version = metadata.first("Version");
  result.direct_url = text_of(directory + "/direct_url.json");
  const HeaderFields wheel = HeaderFields::parse(text_of(directory + "/WHEEL"));
  for (const auto& [name, value] : wheel.all()) {
    if (name == "Tag") {
      result.tags.insert(value);
    }
  }
  result.record = read_record_digests(text_of(directory + "/RECORD"));
  if (result.name.empty() || result.version.empty()) {
    result.name = normalize_name(fs::path(directory).stem().native());
    result.problem = "its METADATA is missing or damaged";
  } else if (result.record.empty()) {
    result.problem = "it has no RECORD: its installer did not say which files are its own";
  }
  return result;
}

void read_site(const fs::path& site, std::vector<InstalledDistribution>& result) {
  boost::system::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(site, error)) {
    const std::string name = entry.path().filename().native();
    if (name.ends_with(".dist-info")) {
      result.push_back(read_distribution(entry.path().native()));
    } else if (name.ends_with(".egg-info") || name.ends_with(".egg-link")) {
      InstalledDistribution legacy;
      legacy.name = normalize_name(name.substr(0, name.find_first_of("-.")));
      legacy.metadata_directory = entry.path().native();
      legacy.problem = "it was installed by setuptools, without a wheel";
      result.push_back(std::move(legacy));
    }
  }
}

}  // namespace

InstalledEnvironment read_installed(const std::string& directory) {
  if (!fs::exists(fs::path(directory) / "pyvenv.cfg")) {
    throw Error(ErrorCode::not_found,
                concat("cannot adopt ", directory, ": it is no virtual environment"))
        .with_hint("give the directory with pyvenv.cfg in it");
  }
  InstalledEnvironment result;
  std::set<std::string> seen;
  for (const char* const library : {"lib", "lib64"}) {
    boost::system::error_code error;
    for (const fs::directory_entry& entry :
         fs::directory_iterator(fs::path(directory) / library, error)) {
      const std::string name = entry.path().filename().native();
      const fs::path site = entry.path() / "site-packages";
      if (name.starts_with("python") && fs::is_directory(site) &&
          seen.insert(fs::canonical(site).native()).second) {
        result.python = name.substr(6);
        read_site(site, result.distributions);
      }
    }
  }
  std::ranges::sort(result.distributions, {}, &InstalledDistribution::name);
  return result;
}

RecordDigests read_record_digests(std::string_view text) {
  RecordDigests result;
  for (const RecordRow& row : parse_record(text).rows) {
    if (row.algorithm == "sha256") {
      result[row.path] = decode_digest(row.digest, sizeof(Sha256::bytes)).value_or(row.digest);
    }
  }
  return result;
}

RecordDigests read_wheel_record(const std::string& wheel) {
  const WheelFile file(wheel);
  const Refusal refusal(file.path());
  const std::vector<ZipMember> members = read_zip_directory(file.bytes(), refusal);
  ArchiveStream stream(file.bytes(), members, refusal);
  while (const ZipMember* const member = stream.next()) {
    const std::string_view name = member->name;
    if (!name.ends_with(".dist-info/RECORD") || std::ranges::count(name, '/') != 1) {
      continue;
    }
    std::string text;
    for (auto block = stream.read(); !block.empty(); block = stream.read()) {
      text.append(reinterpret_cast<const char*>(block.data()), block.size());
    }
    return read_record_digests(text);
  }
  refusal.broken("it has no RECORD");
}

bool comes_from(const RecordDigests& installed, const RecordDigests& wheel) {
  bool any = false;
  for (const auto& [path, digest] : wheel) {
    const std::string_view top = std::string_view(path).substr(0, path.find('/'));
    if (top.ends_with(".data")) {
      continue;
    }
    const auto found = installed.find(path);
    if (found == installed.end() || found->second != digest) {
      return false;
    }
    any = true;
  }
  return any;
}

}  // namespace pel
