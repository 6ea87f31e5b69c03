#include "frontend/direct_source.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <boost/filesystem/operations.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "frontend/pip_report.hpp"
#include "lock/characters.hpp"
#include "store/base/error.hpp"
#include "store/base/sha256.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"
#include "store/tree/wheel_file.hpp"

namespace pel {
namespace {

namespace fs = boost::filesystem;
using Json = nlohmann::json;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json table_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? *found : Json();
}

bool exists(const std::string& path) {
  boost::system::error_code error;
  return fs::exists(path, error);
}

bool is_project(const std::string& directory) {
  return exists(directory + "/pyproject.toml") || exists(directory + "/setup.py");
}

// In full, as a lock has it.
bool is_git_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == text.npos;
}

// The sha256 that the installer has noted; empty if it has not.
std::string noted_sha256(const Json& archive) {
  const Json hashes = table_of(archive, "hashes");
  std::string sha256 = text_of(hashes, "sha256");
  constexpr std::string_view kOldForm = "sha256=";
  if (const std::string hash = text_of(archive, "hash");
      sha256.empty() && hash.starts_with(kOldForm)) {
    sha256 = hash.substr(kOldForm.size());
  }
  return Sha256::parse_hex(sha256) ? sha256 : std::string();
}

// Whether the archive is the file that uv has built, which notes no hash, but the time of the
// file's last change: that of its inode, which nobody can set.
bool is_as_uv_saw_it(const InstalledDistribution& installed, const std::string& path) {
  std::ifstream file(installed.metadata_directory + "/uv_cache.json");
  const Json cache = Json::parse(file, nullptr, false);
  const Json time = cache.is_object() ? table_of(cache, "timestamp") : Json();
  struct stat status{};
  return time.is_object() && ::stat(path.c_str(), &status) == 0 &&
         time.value("secs_since_epoch", Json()) == Json(status.st_ctim.tv_sec) &&
         time.value("nanos_since_epoch", Json()) == Json(status.st_ctim.tv_nsec);
}

// The first installed file that lies in the project, at the place that flat projects and those with
// `src` have it, with other content; empty if there is none.
std::string file_that_differs(const InstalledDistribution& installed,
                              const std::string& directory) {
  constexpr std::array<const char*, 2> kRoots{"/", "/src/"};
  const auto differs = [&](const auto& row) {
    bool any = false;
    for (const char* const root : kRoots) {
      const std::string digest = file_digest(concat(directory, root, row.first));
      if (digest == row.second) {
        return false;
      }
      any = any || !digest.empty();
    }
    return any;
  };
  const auto found = std::ranges::find_if(installed.record, differs);
  return found == installed.record.end() ? std::string() : found->first;
}

class Reader {
 public:
  Reader(const InstalledDistribution& installed, const LockFolders& folders)
      : installed_(installed), folders_(folders) {
    result_.package.name = installed.name;
    result_.package.version = installed.version;
  }

  [[nodiscard]] DirectSource read() && {
    const Json info = Json::parse(installed_.direct_url, nullptr, false);
    url_ = text_of(info, "url");
    if (url_.empty()) {
      return std::move(result_);
    }
    result_.known = true;
    if (const Json vcs = table_of(info, "vcs_info"); vcs.is_object()) {
      read_repository(vcs);
    } else if (const Json directory = table_of(info, "dir_info"); directory.is_object()) {
      read_directory(directory);
    } else if (const Json archive = table_of(info, "archive_info"); archive.is_object()) {
      read_archive(noted_sha256(archive));
    } else {
      result_.known = false;
    }
    if (without_credentials(url_) != url_ && result_.problem.empty()) {
      result_.note = concat("the lock has ", url_for_messages(url_), " without user and password");
    }
    return std::move(result_);
  }

 private:
  void take_source() { set_direct_source(result_.package, installed_.direct_url, folders_); }

  void read_repository(const Json& vcs) {
    const std::string kind = text_of(vcs, "vcs");
    const auto path = path_of_file_url(url_);
    if (kind != "git") {
      result_.problem = concat("it was built from the ", kind, " repository ",
                               url_for_messages(url_), ", and only git is known");
    } else if (!is_git_commit(text_of(vcs, "commit_id"))) {
      result_.problem = concat("it was built from the repository ", url_for_messages(url_),
                               ", and its installer has not noted the commit");
    } else if (path && !exists(*path)) {
      result_.problem =
          concat("the repository ", *path, ", which it was built from, is not there any more");
    } else {
      take_source();
    }
  }

  void read_directory(const Json& directory) {
    const auto path = path_of_file_url(url_);
    if (!path || !is_project(*path)) {
      result_.problem = concat("the project ", path.value_or(url_for_messages(url_)),
                               ", which it was installed from, is not there any more");
      return;
    }
    take_source();
    result_.package.version.clear();  // it may change with the directory
    const auto editable = directory.find("editable");
    if (editable != directory.end() && editable->is_boolean() && editable->get<bool>()) {
      return;
    }
    if (const std::string file = file_that_differs(installed_, *path); !file.empty()) {
      result_.note = concat(file, " differs in ", *path,
                            ", which it was built from: the lock has what is there now");
    }
  }

  // A place on this machine is looked at: it must still hold what was installed.
  void read_archive(const std::string& noted) {
    const auto path = path_of_file_url(url_);
    const std::string shown = path.value_or(url_for_messages(url_));
    const bool is_wheel = file_name_of_link(url_).ends_with(".whl");
    result_.is_wheel = is_wheel;
    if (path && !exists(*path)) {
      result_.problem =
          concat("the file ", *path, ", which it was installed from, is not there any more");
      return;
    }
    if (noted.empty() && !(path && (is_wheel || is_as_uv_saw_it(installed_, *path)))) {
      result_.problem =
          concat("its installer has not noted the sha256 of ", shown, ", which it came from");
      return;
    }
    IndexFile file;
    file.name = file_name_of_link(url_);
    file.url = url_;
    file.sha256 = noted;
    if (path) {
      const WheelFile local(*path);
      file.size = local.bytes().size();
      file.sha256 = local.sha256().hex();
    }
    if (!noted.empty() && file.sha256 != lowered(noted)) {
      result_.problem = concat("the file ", shown, " was changed since it was installed from it");
    } else if (is_wheel) {
      result_.wheel = std::move(file);
      result_.wheel_is_certain = !noted.empty();
    } else {
      Json info = Json::parse(installed_.direct_url);
      info["archive_info"]["hashes"]["sha256"] = file.sha256;
      set_direct_source(result_.package, info.dump(), folders_);
    }
  }

  const InstalledDistribution& installed_;
  const LockFolders& folders_;
  std::string url_;
  DirectSource result_;
};

}  // namespace

DirectSource direct_source_of(const InstalledDistribution& installed, const LockFolders& folders) {
  return Reader(installed, folders).read();
}

std::string unhashed_wheel_url(const InstalledDistribution& installed) {
  const Json info = Json::parse(installed.direct_url, nullptr, false);
  const Json archive = info.is_object() ? table_of(info, "archive_info") : Json();
  const std::string url = text_of(info, "url");
  const bool is_unhashed = archive.is_object() && noted_sha256(archive).empty();
  return is_unhashed && is_http_url(url) && file_name_of_link(url).ends_with(".whl")
             ? url
             : std::string();
}

}  // namespace pel
