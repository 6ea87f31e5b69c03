#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "frontend/foreign_lock.hpp"
#include "frontend/pip_report.hpp"
#include "frontend/requirements_file.hpp"
#include "lock/dependency_specifier.hpp"
#include "lock/package_name.hpp"
#include "lock/wheel_file_name.hpp"
#include "store/base/path.hpp"
#include "store/base/sha256.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

constexpr const char* kHint =
    "each line has to name one version (foo==1.0) or one file, with --hash=sha256:...; "
    "`pyenvlaunch lock -r FILE -o LOCK` resolves what does not";

// The project that a file is of, by its name, normalised; empty for what is neither a wheel nor an
// sdist.
std::string project_of(const std::string& file) {
  if (const auto wheel = WheelFileName::parse(file)) {
    return normalize_name(wheel->distribution);
  }
  const bool is_sdist = file.ends_with(".tar.gz") || file.ends_with(".zip");
  const std::size_t dash = file.rfind('-');
  return is_sdist && dash != std::string::npos ? normalize_name(file.substr(0, dash))
                                               : std::string();
}

// What a line asks for: a version of a project, or a file by its URL.
struct Wanted {
  std::string name;
  std::string version;
  std::string marker;
  std::string url;
};

std::optional<Wanted> wanted_by(const RequirementLine& line) {
  if (line.editable) {
    return std::nullopt;
  }
  if (const auto known = DependencySpecifier::try_parse(line.text)) {
    Wanted wanted{known->normalized_name, known->pinned_version(), known->marker_text, known->url};
    const bool is_file = is_http_url(wanted.url) || path_of_file_url(wanted.url);
    return wanted.version.empty() && !is_file ? std::nullopt : std::optional(wanted);
  }
  // The path of a file, which pip and uv take from the directory that they are started in.
  const std::string project = project_of(std::string(name_of(line.text)));
  if (project.empty() || !names_local_path(line.text)) {
    return std::nullopt;
  }
  const std::string path = path_of_file_url(line.text).value_or(line.text);
  return Wanted{project, "", "", file_url(absolute_path(path))};
}

class HashedRequirements {
 public:
  explicit HashedRequirements(const LockFolders& folders) : folders_(folders) {
    lock_.hint = kHint;
  }

  [[nodiscard]] ForeignLock read(const std::string& path) && {
    const RequirementsFile file = read_requirements(path);
    for (const RequirementLine& line : file.requirements) {
      add(line);
    }
    for (const std::string& url : file.requirement_files) {
      lock_.problems.push_back(concat(path, ": -r ", url, " is no file of this machine"));
    }
    if (!file.index_url.empty()) {
      lock_.indexes.push_back(file.index_url);
    }
    lock_.indexes.insert(lock_.indexes.end(), file.extra_index_urls.begin(),
                         file.extra_index_urls.end());
    lock_.find_links = file.find_links;
    return std::move(lock_);
  }

 private:
  void add(const RequirementLine& line) {
    const auto wanted = wanted_by(line);
    if (!wanted) {
      complain(line, concat("'", line.editable ? "-e " : "", line.text, "' is not pinned by =="));
      return;
    }
    const auto hashes = hashes_of(line);
    if (!hashes) {
      return;
    }
    ForeignPackage foreign;
    foreign.package.name = wanted->name;
    foreign.package.version = wanted->version;
    foreign.package.marker = wanted->marker;
    if (wanted->url.empty()) {
      for (const std::string& hash : *hashes) {
        DraftFile file;
        file.hashes.emplace_back("sha256", hash);
        foreign.files.push_back(std::move(file));
      }
    } else if (hashes->size() == 1) {
      set_file(foreign.package, *wanted, hashes->front());
    } else {
      complain(line, concat("'", line.text, "' has several hashes, and is one file"));
      return;
    }
    merge(std::move(foreign));
  }

  void complain(const RequirementLine& line, std::string_view what) {
    lock_.problems.push_back(concat(line.place(), ": ", what));
  }

  // The sha256 of a line: of several hashes of one file it is the one that locks have.
  std::optional<std::vector<std::string>> hashes_of(const RequirementLine& line) {
    std::vector<std::string> hashes;
    for (const auto& [algorithm, digest] : line.hashes) {
      if (algorithm != "sha256") {
        continue;
      }
      if (!Sha256::parse_hex(digest)) {
        complain(line, concat("'", digest, "' is no sha256: it has 64 hexadecimal digits"));
        return std::nullopt;
      }
      hashes.push_back(digest);
    }
    if (hashes.empty()) {
      complain(line, concat("'", line.text, "' has no --hash",
                            line.hashes.empty() ? "" : "=sha256:..., which locks need"));
      return std::nullopt;
    }
    return hashes;
  }

  void set_file(DraftPackage& package, const Wanted& wanted, const std::string& hash) const {
    const std::size_t end = std::min(wanted.url.find('#'), wanted.url.size());
    nlohmann::json reference{{"url", wanted.url.substr(0, end)},
                             {"archive_info", {{"hashes", {{"sha256", hash}}}}}};
    constexpr std::string_view kSubdirectory = "subdirectory=";
    const std::string_view fragment = std::string_view(wanted.url).substr(end);
    if (const std::size_t at = fragment.find(kSubdirectory); at != std::string_view::npos) {
      const std::string_view value = fragment.substr(at + kSubdirectory.size());
      reference["subdirectory"] = value.substr(0, std::min(value.find('&'), value.size()));
    }
    set_direct_source(package, reference.dump(), folders_);
    if (!package.wheels.empty()) {
      const std::string file = file_name_of_link(wanted.url);
      const auto name = WheelFileName::parse(file);
      package.version = name ? std::string(name->version_text) : package.version;
    }
  }

  // The same again, which another file of requirements may say, is one package with all hashes.
  void merge(ForeignPackage&& foreign) {
    const auto same = std::ranges::find_if(lock_.packages, [&](const ForeignPackage& known) {
      return known.package.name == foreign.package.name &&
             known.package.version == foreign.package.version &&
             known.package.marker == foreign.package.marker;
    });
    if (same == lock_.packages.end()) {
      lock_.packages.push_back(std::move(foreign));
      return;
    }
    for (DraftFile& file : foreign.files) {
      if (std::ranges::find(same->files, file.hashes, &DraftFile::hashes) == same->files.end()) {
        same->files.push_back(std::move(file));
      }
    }
  }

  const LockFolders& folders_;
  ForeignLock lock_;
};

}  // namespace

ForeignLock read_hashed_requirements(const std::string& path, const LockFolders& folders) {
  return HashedRequirements(folders).read(path);
}

}  // namespace pel
