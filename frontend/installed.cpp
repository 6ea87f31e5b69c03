#include "frontend/installed.hpp"

#include <algorithm>
#include <array>
#include <boost/filesystem/operations.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <sstream>

#include "frontend/scratch_directory.hpp"
#include "lock/characters.hpp"
#include "lock/package_name.hpp"
#include "lock/tag.hpp"
#include "lock/version.hpp"
#include "lock/wheel_file_name.hpp"
#include "store/base/error.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/path.hpp"
#include "store/base/sha256.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"
#include "store/tree/wheel_file.hpp"
#include "store/wheel/archive_stream.hpp"
#include "store/wheel/entry_points.hpp"
#include "store/wheel/foreign_text.hpp"
#include "store/wheel/header_fields.hpp"
#include "store/wheel/record.hpp"
#include "store/wheel/refusal.hpp"
#include "store/wheel/sha256_hasher.hpp"
#include "store/wheel/wheel_name.hpp"
#include "store/wheel/wheel_plan.hpp"
#include "store/wheel/zip_directory.hpp"

namespace pel {
namespace {

namespace fs = boost::filesystem;

bool same_version(std::string_view a, std::string_view b) {
  const auto first = Version::parse(a);
  const auto second = Version::parse(b);
  return first && second ? *first == *second : a == b;
}

// The text, or empty when there is no such file.
std::string text_of(const std::string& path) {
  return fs::exists(path) ? read_file(path) : std::string();
}

// Some builders write a compressed set ("py2.py3-none-any") where a line for each tag belongs.
void add_tags(const std::string& text, std::set<std::string>& tags) {
  const std::size_t first = std::min(text.find('-'), text.size());
  const std::size_t second = std::min(text.find('-', first + 1), text.size());
  const std::string_view view = text;
  if (second == text.size()) {
    return;
  }
  for (const Tag& tag :
       parse_tag_set(view.substr(0, first), view.substr(first + 1, second - first - 1),
                     view.substr(second + 1))) {
    tags.insert(tag.text());
  }
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
      add_tags(value, result.tags);
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

// "name", "name-1.0" or "name-1.0-py3.11", with the ending of what setuptools has left.
InstalledDistribution read_legacy(const fs::path& entry) {
  InstalledDistribution result;
  const std::string stem = entry.stem().native();
  const std::size_t name_end = std::min(stem.find('-'), stem.size());
  result.name = normalize_name(stem.substr(0, name_end));
  if (name_end < stem.size()) {
    const std::string rest = stem.substr(name_end + 1);
    result.version = rest.substr(0, rest.find('-'));
  }
  result.metadata_directory = entry.native();
  result.problem = "it was installed by setuptools, without a wheel";
  return result;
}

// What `setup.py develop` has left names the folder that is on sys.path, and from there the one of
// the project, whose files are used as they lie there.
InstalledDistribution read_egg_link(const fs::path& entry) {
  InstalledDistribution result = read_legacy(entry);
  std::istringstream lines(text_of(entry.native()));
  std::string folder;
  std::string setup;
  std::getline(lines, folder);
  std::getline(lines, setup);
  const std::string path(trim(folder));
  if (!path.starts_with('/')) {
    return result;
  }
  const std::string project = lexically_normal(concat(path, "/", trim(setup)));
  const nlohmann::json reference{{"url", file_url(project)}, {"dir_info", {{"editable", true}}}};
  result.direct_url = reference.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  result.problem.clear();
  return result;
}

// Names at the top of site-packages that are nobody's: what a user has put there.
void find_own_files(const std::set<std::string>& owned, const fs::path& site,
                    std::vector<std::string>& own_files) {
  boost::system::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(site, error)) {
    const std::string name = entry.path().filename().native();
    const bool is_metadata = name.ends_with(".dist-info") || name.ends_with(".egg-info") ||
                             name.ends_with(".egg-link") || name.ends_with(".egg");
    if (!is_metadata && !name.ends_with(".virtualenv") && !name.starts_with('~') &&
        !owned.contains(name)) {
      own_files.push_back(name);
    }
  }
}

// The programs that an installer makes of entry points, which the wheel does not have. Some tools
// change their first lines later.
std::set<std::string> launchers_of(const InstalledDistribution& installed) {
  std::set<std::string> paths;
  try {
    for (const EntryPoint& entry :
         parse_entry_points(text_of(installed.metadata_directory + "/entry_points.txt"))) {
      if (entry.group == "console_scripts" || entry.group == "gui_scripts") {
        paths.insert(concat("../../../bin/", entry.name));
      }
    }
  } catch (const Error&) {
    return {};  // the lock's wheel will be refused for it
  }
  return paths;
}

void read_site(const fs::path& site, InstalledEnvironment& result) {
  // What virtualenv, uv and setuptools put beside packages.
  std::set<std::string> owned{"__pycache__", "_virtualenv.py", "_virtualenv.pth",
                              "easy-install.pth"};
  boost::system::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(site, error)) {
    const std::string name = entry.path().filename().native();
    if (name.starts_with('~')) {
      continue;
    }
    if (name.ends_with(".dist-info")) {
      result.distributions.push_back(read_distribution(entry.path().native()));
      for (const auto& [path, digest] : result.distributions.back().record) {
        owned.insert(path.substr(0, path.find('/')));
      }
    } else if (name.ends_with(".egg-link")) {
      result.distributions.push_back(read_egg_link(entry.path()));
    } else if (name.ends_with(".egg-info") || name.ends_with(".egg")) {
      result.distributions.push_back(read_legacy(entry.path()));
      std::istringstream names(text_of(entry.path().native() + "/top_level.txt"));
      for (std::string module; std::getline(names, module);) {
        owned.insert({module, module + ".py"});
      }
    }
  }
  find_own_files(owned, site, result.own_files);
}

}  // namespace

InstalledEnvironment read_installed(const std::string& directory) {
  if (!fs::exists(fs::path(directory) / "pyvenv.cfg")) {
    const bool is_conda = fs::is_directory(fs::path(directory) / "conda-meta");
    throw Error(ErrorCode::not_found,
                concat("cannot adopt ", directory,
                       is_conda ? ": it is an environment of conda, whose packages are no wheels"
                                : ": it is no virtual environment"))
        .with_hint(is_conda ? "lock what it was made for: pyenvlaunch lock REQUIREMENT... -o LOCK"
                            : "give the directory with pyvenv.cfg in it");
  }
  const std::string settings = concat("\n", lowered(text_of(directory + "/pyvenv.cfg")));
  if (settings.find("\npyenvlaunch = ") != std::string::npos) {
    throw Error(ErrorCode::usage, concat("cannot adopt ", directory, ": it was made of a lock"))
        .with_hint("`pyenvlaunch env list` shows of which");
  }
  InstalledEnvironment result;
  result.uses_system_packages =
      settings.find("\ninclude-system-site-packages = true") != std::string::npos;
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
        read_site(site, result);
      }
    }
  }
  std::ranges::sort(result.distributions, {}, &InstalledDistribution::name);
  std::ranges::sort(result.own_files);
  return result;
}

std::string file_digest(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return {};
  }
  Sha256Hasher hasher;
  std::array<char, 64 * 1024> buffer{};
  while (file.read(buffer.data(), buffer.size()) || file.gcount() > 0) {
    hasher.update(std::as_bytes(std::span(buffer.data(), static_cast<std::size_t>(file.gcount()))));
  }
  const Sha256 digest = hasher.finish();
  return {reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()};
}

std::string changed_file(const InstalledDistribution& installed) {
  const std::set<std::string> launchers = launchers_of(installed);
  const std::string site = concat(directory_of(installed.metadata_directory), "/");
  const std::string metadata = concat(name_of(installed.metadata_directory), "/");
  const auto found = std::ranges::find_if(installed.record, [&](const auto& row) {
    return !row.first.ends_with(".pyc") && !row.first.starts_with(metadata) &&
           !launchers.contains(row.first) && file_digest(concat(site, row.first)) != row.second;
  });
  return found == installed.record.end() ? std::string() : found->first;
}

bool has_tags_of(const InstalledDistribution& installed, const std::string& file) {
  const auto parts = WheelFileName::parse(file);
  if (!parts || normalize_name(file.substr(0, file.find('-'))) != installed.name ||
      !same_version(parts->version_text, installed.version)) {
    return false;
  }
  try {
    std::set<std::string> tags;
    for (const Tag& tag : WheelName::parse(file).tags()) {
      tags.insert(tag.text());
    }
    return tags == installed.tags;
  } catch (const Error&) {
    return false;  // a name that no installer takes
  }
}

std::string wheel_name_of(const InstalledDistribution& installed) {
  std::array<std::set<std::string>, 3> parts;
  for (const std::string& tag : installed.tags) {
    const std::size_t first = std::min(tag.find('-'), tag.size() - 1);
    const std::size_t second = std::min(tag.find('-', first + 1), tag.size() - 1);
    parts[0].insert(tag.substr(0, first));
    parts[1].insert(tag.substr(first + 1, second - first - 1));
    parts[2].insert(tag.substr(second + 1));
  }
  std::string name = fs::path(installed.metadata_directory).stem().native();
  for (const std::set<std::string>& part : parts) {
    std::string joined;
    for (const std::string& word : part) {
      joined += concat(joined.empty() ? "-" : ".", word);
    }
    name += joined;
  }
  return name + ".whl";
}

std::string metadata_folder_of_wheel(const std::string& wheel) {
  int error = 0;
  const MappedFile file = MappedFile::open(wheel.c_str(), MappedFile::Trust::anybody, error);
  const Refusal refusal(wheel);
  for (const ZipMember& member : read_zip_directory(file.bytes(), refusal)) {
    const std::string_view name = member.name;
    if (name.ends_with(".dist-info/RECORD") && std::ranges::count(name, '/') == 1) {
      return std::string(name.substr(0, name.find('/')));
    }
  }
  refusal.broken("it has no RECORD");
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
    if (member->size > kLargestMetadata) {
      refusal.too_much(
          concat("member ", quote(name), " has ", std::to_string(member->size), " bytes"));
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
