#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/lock_draft.hpp"
#include "frontend/project_file.hpp"
#include "store/fetch/fetch.hpp"

namespace pel {

// What is to be resolved. All paths are absolute.
struct ResolveRequest {
  std::vector<std::string> requirements;       // PEP 508, paths or URLs, as a front end reads them
  std::vector<std::string> editables;          // directories, with "[extra]" behind them or not
  std::vector<std::string> requirement_files;  // requirements.txt
  std::vector<std::string> constraint_files;
  std::string project;  // a pyproject.toml, or empty
  ProjectSelection selection;
  std::string script;  // with a PEP 723 block, or empty

  std::string python;         // the interpreter
  bool universal = false;     // for all systems and interpreters
  std::string lowest_python;  // with `universal`: the oldest version to lock for, or empty

  std::string index_url;
  std::vector<std::string> extra_index_urls;
  std::vector<std::string> find_links;
  bool any_tool = false;  // nobody has chosen uv or pip: what either is set up with counts
  bool offline = false;
  DownloadLimits downloads{};  // of pages of indexes that are read here
  bool wheels_only = false;
  bool pre = false;                   // prereleases of everything
  bool without_dependencies = false;  // of what is asked for; uv only

  // The lock that is there: its versions are preferred, but for those of `upgrade_packages`
  // (normalised). Null: everything is to be the newest.
  const LockDraft* preferences = nullptr;
  std::vector<std::string> upgrade_packages;

  LockFolders folders;  // `from` is set by the front end
  const std::atomic<bool>* cancelled = nullptr;
  std::function<void(std::string_view line)> tell;  // for what people should see, line by line
};

// A program that resolves requirements. Resolving is never our own business.
class FrontEnd {
 public:
  FrontEnd() = default;
  virtual ~FrontEnd() = default;
  FrontEnd(const FrontEnd&) = delete;
  FrontEnd& operator=(const FrontEnd&) = delete;

  [[nodiscard]] virtual std::string name() const = 0;  // "uv 0.9.1"

  // What the requirements come to. Throws Error(io) that says what was run when the front end
  // fails, after its own messages went to request.tell; Error(interrupted).
  [[nodiscard]] virtual LockDraft resolve(const ResolveRequest& request) const = 0;
};

// The front end called `wanted` ("uv" or "pip"), or the first of them that there is, uv first.
// `python` is the absolute path of an interpreter, whose own pip counts. Throws Error(not_found)
// that says what to install; Error(usage) for another name.
[[nodiscard]] std::unique_ptr<FrontEnd> find_front_end(std::string_view wanted,
                                                       const std::string& python);

// Nothing when there is none that writes a PEP 751 lock; then `reason` says why, for people.
[[nodiscard]] std::unique_ptr<FrontEnd> find_uv(std::string& reason);
[[nodiscard]] std::unique_ptr<FrontEnd> find_pip(const std::string& python, std::string& reason);

// What uv makes of its own lock: `uv export` of `lock` (a uv.lock, or the SCRIPT.lock of a script).
// Without the project itself. Throws as resolve() does, and Error(not_found) without uv.
[[nodiscard]] LockDraft export_uv_lock(const std::string& lock, const ResolveRequest& request);

}  // namespace pel
