#include "store/build/build_sources.hpp"

#include <sys/file.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "lock/display.hpp"
#include "lock/package_name.hpp"
#include "lock/wheel_choice.hpp"
#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/build/build_front_end.hpp"
#include "store/build/build_helper.hpp"
#include "store/build/built_wheels.hpp"
#include "store/build/direct_url.hpp"
#include "store/build/source_checkout.hpp"
#include "store/build/source_identity.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/lock_file.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/patient_lock.hpp"
#include "store/tree/temporary_tree.hpp"
#include "store/wheel/wheel_name.hpp"

namespace pel {
namespace {

constexpr std::chrono::milliseconds kPatience{30L * 60 * 1000};
constexpr std::size_t kShownLines = 12;

void fill(SelectedWheel& package, LockedArtifact wheel) {
  if (package.version.empty()) {
    package.version = WheelName::parse(wheel.file_name).version();
  }
  package.wheel = std::move(wheel);
}

// "foo from the directory /x"
std::string what_of(const SelectedWheel& package) {
  return concat(escaped(package.name), " from ", describe_source(*package.source));
}

// What was built, now or before, must be what the lock calls it.
void check_built(const SelectedWheel& package, const std::string& file_name,
                 const InterpreterFacts& facts) {
  const WheelName name = WheelName::parse(file_name);
  std::string reason;
  LockedArtifact artifact;
  artifact.file_name = name.file_name();
  const auto version = Version::parse(name.version());
  if (normalize_name(name.distribution()) != package.normalized_name) {
    reason = "it is the wheel of another package";
  } else if (!package.version.empty() &&
             !std::holds_alternative<LockedDirectory>(*package.source) && version &&
             *version != *Version::parse(package.version)) {
    reason = concat("the lock says version ", package.version);
  } else if (WheelChoice(facts).best({&artifact}) == nullptr) {
    reason = "it is not for this interpreter";
  }
  if (!reason.empty()) {
    throw Error(ErrorCode::incompatible, concat("cannot use what was built of ", what_of(package),
                                                ", ", quoted(name.file_name()), ": ", reason))
        .with_hint("lock again");
  }
}

bool is_editable(const LockedSource& source) {
  const auto* const directory = std::get_if<LockedDirectory>(&source);
  return directory != nullptr && directory->editable;
}

// The last lines that say something.
std::string end_of(std::string_view text) {
  std::string shown;
  for (std::size_t lines = 0; lines < kShownLines && !text.empty();) {
    const std::size_t begin = text.rfind('\n') + 1;  // 0 without one
    const std::string_view line = text.substr(begin);
    if (!line.empty()) {
      shown = concat("\n  | ", escaped(line), shown);
      ++lines;
    }
    text = text.substr(0, begin == 0 ? 0 : begin - 1);
  }
  return shown;
}

class SourceBuilder {
 public:
  SourceBuilder(const StoreLayout& layout, const InterpreterFacts& facts,
                const BuildOptions& options)
      : layout_(layout),
        facts_(facts),
        options_(options),
        front_end_options_{options.offline, options.find_links},
        built_(layout) {}

  // False if another process has built it meanwhile.
  bool build(SelectedWheel& package) {
    const LockedSource& source = *package.source;
    const std::string key = source_key(source);
    const UniqueFd lock = lock_key(key);
    if (auto wheel = built_.find(key, facts_)) {
      check_built(package, wheel->file_name, facts_);
      fill(package, *std::move(wheel));
      return false;
    }
    const std::string what = what_of(package);
    const BuildFrontEnd front_end(facts_, front_end_options_);
    if (options_.notify) {
      options_.notify(concat("building ", what, " with ", front_end.name(is_editable(source))));
    }
    const TemporaryTree work(layout_, "build");
    const std::string wheel = make_wheel(package, what, front_end, work.path());
    check_built(package, std::string(name_of(wheel)), facts_);
    fill(package, built_.publish(key, facts_, wheel));
    return true;
  }

 private:
  // Who builds the same waits. A courtesy, as AddLock is.
  [[nodiscard]] UniqueFd lock_key(const std::string& key) const {
    const std::string path = concat(layout_.locks(), "/build-", key.substr(0, 2));
    UniqueFd fd = open_lock_file(path);
    if (fd) {
      static_cast<void>(lock_patiently(fd.get(), LOCK_EX, {kPatience, options_.cancelled}));
    }
    return fd;
  }

  std::string make_wheel(const SelectedWheel& package, const std::string& what,
                         const BuildFrontEnd& front_end, const std::string& work) const {
    const LockedSource& source = *package.source;
    const BuildHelper helper(facts_);
    const std::string direct_url = direct_url_text(source);
    const std::string out = concat(work, "/out");
    const std::string last = concat(work, "/wheel");
    make_directory(last, 0755);
    if (is_editable(source)) {
      const std::string project = project_directory(source, std::get<LockedDirectory>(source).path);
      const ProcessResult result = front_end.install_editable(project, out);
      demand_success(package, what, front_end.name(true), result);
      return helper.pack(out, last, direct_url);
    }
    const std::string root = check_out_source(
        source, {.label = concat(package.name, package.version.empty() ? "" : " ", package.version),
                 .folder = work,
                 .download_dir = options_.download_dir,
                 .downloads = options_.downloads,
                 .find_links = options_.find_links,
                 .offline = options_.offline,
                 .cancelled = options_.cancelled,
                 .helper = &helper});
    make_directory(out, 0755);
    const ProcessResult result = front_end.build_wheel(project_directory(source, root), out);
    demand_success(package, what, front_end.name(false), result);
    for (const DirectoryEntry& file : read_directory(out)) {
      if (file.name.ends_with(".whl")) {
        const std::string wheel = concat(out, "/", file.name);
        return direct_url.empty() ? wheel : helper.with_direct_url(wheel, last, direct_url);
      }
    }
    fail(package, what, concat(front_end.name(false), " has made no wheel"), result);
  }

  void demand_success(const SelectedWheel& package, const std::string& what,
                      const std::string& front_end, const ProcessResult& result) const {
    if (options_.cancelled != nullptr && *options_.cancelled) {
      throw Error(ErrorCode::interrupted, "interrupted");
    }
    if (!result.ok()) {
      fail(package, what,
           concat(front_end, " ended with status ", std::to_string(result.exit_code)), result);
    }
  }

  [[noreturn]] void fail(const SelectedWheel& package, const std::string& what,
                         const std::string& reason, const ProcessResult& result) const {
    const std::string output = concat(result.out, result.err);
    const std::string path = concat(options_.log_dir, "/build-", package.normalized_name, ".log");
    make_directory(options_.log_dir, 0755);
    AtomicFile log(path);
    log.write(output);
    log.commit();
    throw Error(ErrorCode::incompatible,
                concat("cannot build ", what, ": ", reason, end_of(output)))
        .with_hint(concat("all of its output is in ", path));
  }

  const StoreLayout& layout_;
  const InterpreterFacts& facts_;
  const BuildOptions& options_;
  BuildFrontEndOptions front_end_options_;
  BuiltWheels built_;
};

}  // namespace

bool find_built(const StoreLayout& layout, const InterpreterFacts& facts, Selection& selection) {
  const BuiltWheels built(layout);
  bool all = true;
  for (SelectedWheel& package : selection.wheels) {
    if (!package.source) {
      continue;
    }
    auto wheel = with_context([&] { return concat("looking for the wheel of ", package.name); },
                              [&] { return built.find(source_key(*package.source), facts); });
    if (wheel) {
      check_built(package, wheel->file_name, facts);
      fill(package, *std::move(wheel));
    }
    all = all && !package.wheel.file_name.empty();
  }
  return all;
}

std::size_t build_sources(const StoreLayout& layout, const InterpreterFacts& facts,
                          Selection& selection, const BuildOptions& options) {
  if (find_built(layout, facts, selection)) {
    return 0;
  }
  std::size_t count = 0;
  SourceBuilder builder(layout, facts, options);
  for (SelectedWheel& package : selection.wheels) {
    if (package.wheel.file_name.empty()) {
      count += builder.build(package) ? 1U : 0U;
    }
  }
  return count;
}

}  // namespace pel
