#include "lock/selection.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "lock/display.hpp"
#include "lock/package_name.hpp"
#include "lock/wheel_choice.hpp"
#include "lock/wheel_file_name.hpp"
#include "store/base/error.hpp"
#include "store/base/nearest.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::size_t kShownNames = 20;
constexpr std::size_t kShownEnvironments = 5;

std::string describe(const InterpreterFacts& facts) {
  const std::string_view name = facts.implementation == "cpython"
                                    ? std::string_view("CPython")
                                    : std::string_view(facts.implementation);
  return concat(name, " ", facts.full_version, facts.gil_disabled ? " (free-threaded)" : "", " on ",
                facts.platform);
}

class Selector {
 public:
  Selector(const Lock& lock, const InterpreterFacts& facts, const SelectionRequest& request)
      : lock_(lock), facts_(facts), choice_(facts) {
    context_.variables = &facts.markers;
    context_.extras = requested("extra", request.extras, {&lock.extras});
    context_.dependency_groups = requested("dependency group", request.groups,
                                           {&lock.dependency_groups, &lock.default_groups});
    if (request.default_groups) {
      context_.dependency_groups.insert(lock.default_groups.begin(), lock.default_groups.end());
    }
  }

  Selection select() {
    check_interpreter();
    Selection selection;
    for (const LockedPackage& package : lock_.packages) {
      if (is_active(package)) {
        check_unique(package);
        selection.wheels.push_back(wheel_of(package));
      }
    }
    return selection;
  }

 private:
  [[noreturn]] void fail(std::string_view reason, std::string_view hint,
                         ErrorCode code = ErrorCode::incompatible) const {
    throw Error(code, concat("cannot use lock ", lock_.path, ": ", reason))
        .with_hint(std::string(hint));
  }

  [[noreturn]] void fail(const LockedPackage& package, std::string_view reason,
                         std::string_view hint) const {
    fail(concat("line ", std::to_string(package.line), ": package ", quoted(package.name), ": ",
                reason),
         hint);
  }

  std::set<std::string> requested(std::string_view kind, const std::vector<std::string>& names,
                                  std::initializer_list<const std::vector<std::string>*> lists) {
    std::vector<std::string_view> known;
    for (const auto* const list : lists) {
      known.insert(known.end(), list->begin(), list->end());
    }
    std::set<std::string> result;
    for (const std::string& name : names) {
      std::string normalized = normalize_name(name);
      if (std::ranges::find(known, normalized) == known.end()) {
        const std::string_view near = nearest(normalized, known);
        fail(concat("it has no ", kind, " ", quoted(name)),
             !near.empty()   ? concat("did you mean ", quoted(near), "?")
             : known.empty() ? concat("it has none at all")
                             : concat("it has ", listed({known.begin(), known.end()}, kShownNames)),
             ErrorCode::usage);
      }
      result.insert(std::move(normalized));
    }
    return result;
  }

  bool runs_on_this(const SpecifierSet& requires_python) const {
    // Interpreters built from a working copy call themselves "3.14.0a1+", which is no version.
    return requires_python.contains(
        facts_.full_version.ends_with('+') ? facts_.full_version + "local" : facts_.full_version);
  }

  void check_interpreter() const {
    if (lock_.requires_python && !runs_on_this(*lock_.requires_python)) {
      fail(concat("it requires Python ", escaped(lock_.requires_python->text()), ", and this is ",
                  describe(facts_)),
           "choose another interpreter with --python, or lock again for this one");
    }
    if (lock_.environments.empty()) {
      return;
    }
    std::vector<std::string> environments;
    for (const Marker& environment : lock_.environments) {
      if (evaluate(environment, "key 'environments'")) {
        return;
      }
      environments.push_back(environment.text());
    }
    fail(concat("it is not for ", describe(facts_), ", but for ",
                listed(environments, kShownEnvironments, Quotes::yes)),
         "choose another interpreter with --python, or lock again for this one");
  }

  bool evaluate(const Marker& marker, std::string_view place) const {
    try {
      return marker.evaluate(context_);
    } catch (const Error& error) {
      fail(concat(place, ": ", error.message()), error.hint(), error.code());
    }
  }

  bool is_active(const LockedPackage& package) const {
    if (package.marker) {
      try {
        if (!package.marker->evaluate(context_)) {
          return false;
        }
      } catch (const Error& error) {
        fail(package, concat("key 'marker': ", error.message()), error.hint());
      }
    }
    if (package.requires_python && !runs_on_this(*package.requires_python)) {
      fail(package,
           concat("it requires Python ", escaped(package.requires_python->text()), ", and this is ",
                  describe(facts_)),
           "choose another interpreter with --python, or lock again for this one");
    }
    return true;
  }

  void check_unique(const LockedPackage& package) {
    const auto [other, is_first] = active_.emplace(package.normalized_name, package.line);
    if (!is_first) {
      fail(package, concat("it is active twice, here and at line ", std::to_string(other->second)),
           "the markers of both entries hold for this interpreter and these extras and groups: "
           "lock again, or choose fewer of them");
    }
  }

  SelectedWheel wheel_of(const LockedPackage& package) const {
    // A direct reference to a wheel is written as an archive.
    std::vector<const LockedArtifact*> candidates;
    candidates.reserve(package.wheels.size() + 1);
    for (const LockedArtifact& wheel : package.wheels) {
      candidates.push_back(&wheel);
    }
    if (package.archive && package.archive->file.file_name.ends_with(".whl")) {
      candidates.push_back(&package.archive->file);
    }
    const LockedArtifact* const best = choice_.best(candidates);
    if (best == nullptr) {
      if (auto source = source_of(package)) {
        return {package.name,
                package.normalized_name,
                package.version ? package.version->text() : std::string(),
                {},
                std::move(source)};
      }
      fail_without_wheel(package, candidates);
    }
    const auto name = WheelFileName::parse(best->file_name);
    const std::string version = package.version ? package.version->text()
                                : name          ? std::string(name->version_text)
                                                : std::string();
    return {package.name, package.normalized_name, version, *best};
  }

  static std::optional<LockedSource> source_of(const LockedPackage& package) {
    if (package.sdist) {
      return LockedSdist{*package.sdist};
    }
    if (package.archive && !package.archive->file.file_name.ends_with(".whl")) {
      return *package.archive;
    }
    if (package.directory) {
      return *package.directory;
    }
    return package.vcs ? std::optional<LockedSource>(*package.vcs) : std::nullopt;
  }

  [[noreturn]] void fail_without_wheel(const LockedPackage& package,
                                       const std::vector<const LockedArtifact*>& wheels) const {
    const std::string tags = choice_.describe_tags(wheels);
    const std::string wanted = concat(", and this interpreter takes ", choice_.describe_wanted());
    const std::string reason =
        tags.empty()
            ? concat("no name of its wheels can be read: ", quoted(wheels.front()->file_name),
                     wheels.size() > 1 ? ", ..." : "")
            : concat("it has no wheel for ", describe(facts_), ": the lock has ", tags, wanted);
    fail(package, reason, "choose another interpreter with --python, or lock again for this one");
  }

  const Lock& lock_;
  const InterpreterFacts& facts_;
  WheelChoice choice_;
  MarkerContext context_;
  std::map<std::string, std::size_t> active_;  // normalised name -> line
};

}  // namespace

Selection select_wheels(const Lock& lock, const InterpreterFacts& facts,
                        const SelectionRequest& request) {
  return Selector(lock, facts, request).select();
}

}  // namespace pel
