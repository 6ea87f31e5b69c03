#include "frontend/make_lock.hpp"

#include <algorithm>

#include "frontend/foreign_lock.hpp"
#include "frontend/scratch_directory.hpp"
#include "lock/display.hpp"
#include "lock/specifier.hpp"
#include "store/base/error.hpp"
#include "store/base/nearest.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/interpreter/interpreter.hpp"

namespace pel {
namespace {

// What the project or the script demands of its interpreter.
std::string requires_python_of(const ResolveRequest& request) {
  if (!request.script.empty()) {
    return read_script_requirements(request.script).requires_python;
  }
  return request.project.empty()
             ? std::string()
             : read_requires_python(read_file(request.project), request.project);
}

InterpreterFacts interpreter_for(const LockRequest& request, const std::string& requires_python) {
  InterpreterQuery query;
  query.requires_python = requires_python;
  query.requirer = request.resolve.script.empty() ? "project" : "script";
  query.cache_dir = request.interpreters_cache;
  if (!request.python_spec.empty()) {
    query.spec = request.python_spec;
    query.spec_source = "--python";
  } else if (!request.default_python.empty()) {
    query.spec = request.default_python;
    query.spec_source = request.default_python_source;
  } else if (const auto pinned = find_python_version_file(directory_of(request.output))) {
    query.spec = pinned->spec;
    query.spec_source = pinned->file;
  }
  return find_interpreter(query);
}

// The oldest version of a set with a clause ">=" or "~=": "3.9" of ">=3.9,<4".
std::string lowest_version(const std::string& requires_python) {
  const SpecifierSet set = SpecifierSet::parse(requires_python);
  for (const Specifier& clause : set.specifiers()) {
    const std::string text = clause.text();
    if (text.starts_with(">=") || text.starts_with("~=")) {
      return text.substr(2);
    }
  }
  return {};
}

// "==3.11.*": a lock for one interpreter holds for its minor version.
std::string minor_version_of(const InterpreterFacts& facts) {
  const auto found = facts.markers.find("python_version");
  return found == facts.markers.end() ? std::string() : concat("==", found->second, ".*");
}

void check_upgrades(const std::vector<std::string>& packages, const LockDraft& before,
                    const std::string& path) {
  std::vector<std::string_view> known;
  for (const DraftPackage& package : before.packages) {
    known.push_back(package.name);
  }
  for (const std::string& name : packages) {
    if (std::ranges::find(known, name) == known.end()) {
      throw Error(ErrorCode::usage,
                  concat("cannot upgrade '", name, "': ", path, " has no such package"))
          .with_hint(nearest_hint(name, known));
    }
  }
}

[[noreturn]] void throw_would_change(const std::string& path, const LockChanges& changes,
                                     bool exists) {
  std::string what;
  constexpr std::size_t kShown = 5;
  for (std::size_t i = 0; i < std::min(kShown, changes.lines.size()); ++i) {
    what += concat(what.empty() ? "" : ", ", changes.lines[i]);
  }
  if (changes.lines.size() > kShown) {
    what += concat(", and ", std::to_string(changes.lines.size() - kShown), " more");
  }
  throw Error(ErrorCode::incompatible,
              exists ? concat("the lock ", path, " would change: ",
                              what.empty() ? "files or markers of its packages" : what)
                     : concat("the lock ", path, " would change: there is none"))
      .with_hint("run the command without --locked, and keep the lock that it writes");
}

}  // namespace

LockResult make_lock(LockRequest request) {
  ResolveRequest& resolve = request.resolve;
  const std::optional<ExistingLock> before = read_existing_lock(request.output);
  resolve.folders = {{}, directory_of(request.output)};
  if (!request.from.empty()) {
    return finish_lock(convert_lock(request.from, resolve), request.output, request.mode,
                       resolve.cancelled);
  }
  if (before && request.mode != LockMode::upgrade) {
    resolve.preferences = &before->draft;
    check_upgrades(resolve.upgrade_packages, before->draft, request.output);
  }
  const std::string requires_python = requires_python_of(resolve);
  const InterpreterFacts facts = interpreter_for(request, requires_python);
  resolve.python = facts.executable;
  if (resolve.universal && !requires_python.empty()) {
    resolve.lowest_python = lowest_version(requires_python);
  }
  resolve.any_tool = request.resolver.empty();
  const auto front_end = find_front_end(request.resolver, resolve.python);
  if (resolve.tell && !request.quiet) {
    resolve.tell(concat("resolving with ", front_end->name(),
                        resolve.universal ? ", for all interpreters"
                                          : concat(", for Python ", facts.full_version)));
  }
  LockDraft draft = front_end->resolve(resolve);
  for (const std::string& file : resolve.requirement_files) {
    keep_hashed_files(draft, read_requirements(file).requirements);
  }
  if (!resolve.universal) {
    draft.requires_python = minor_version_of(facts);
  }
  if (resolve.preferences != nullptr) {
    keep_known_files(draft, before->draft);
  }
  return finish_lock(std::move(draft), request.output, request.mode, resolve.cancelled);
}

LockResult finish_lock(LockDraft draft, const std::string& path, LockMode mode,
                       const std::atomic<bool>* cancelled) {
  const std::optional<ExistingLock> before = read_existing_lock(path);
  if (before) {
    draft.own = before->draft.own;
  }
  LockResult result;
  result.packages = draft.packages.size();
  result.created = !before;
  result.changes = compare_locks(before ? before->draft : LockDraft{}, draft);
  const std::string text = checked_lock_text(draft, path);
  if (mode == LockMode::check) {
    if (!before || !result.changes.same) {
      throw_would_change(path, result.changes, before.has_value());
    }
    return result;
  }
  if (cancelled != nullptr && *cancelled) {
    throw Error(ErrorCode::interrupted, "interrupted");
  }
  if (!before || before->text != text) {
    write_lock_file(path, text);
    result.written = true;
  }
  return result;
}

}  // namespace pel
