#include "launcher/hot/hit.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <utility>

#include "launcher/hot/locations.hpp"
#include "launcher/hot/pyvenv_config.hpp"
#include "store/base/boot_id.hpp"
#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/lock_text.hpp"
#include "store/format/script_block.hpp"
#include "store/format/script_lock.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

// In hosted mode there is none to compare.
bool library_is_the_same(const SelectionRecord& record) {
  return record.libpython.empty() ||
         identify(record.libpython.c_str()) == record.libpython_identity;
}

// What was written before a loss of power may be incomplete. Nobody but who can write the record
// could mend it.
bool was_written_since_start(const SelectionRecord& record, const std::string& record_path) {
  return record.boot.empty() || record.boot == boot_id() ||
         ::access(record_path.c_str(), W_OK) != 0;
}

// CPython reads this file before anything of ours runs, and stops at one that is damaged.
bool configuration_is_intact(const SelectionRecord& record, const TableView& table) {
  const auto config = PyvenvConfig::read(concat(record.prefix, "/pyvenv.cfg"));
  return config && config->ours && config->store == record.store && !config->launcher_id.empty() &&
         config->home == directory_of(table.text(table.environment().base_executable));
}

// What an earlier run has found out about a block that may name a lock. Nothing when there was
// none.
std::optional<std::string> known_answer(const Script& script, const std::string& cache) {
  const std::string path = concat(cache, "/v1/scripts/", script_answer_key(script));
  int error = 0;
  const MappedFile file = MappedFile::open(path.c_str(), MappedFile::Trust::own_or_root, error);
  return file ? read_script_answer(
                    {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()})
              : std::nullopt;
}

// Empty when only the manager can tell.
std::string lock_of(const Script& script, const std::string& cache) {
  if (may_mention_us(script.block)) {
    const auto answer = known_answer(script, cache);
    if (!answer || (!answer->empty() && ::access(answer->c_str(), F_OK) != 0)) {
      return {};
    }
    if (!answer->empty()) {
      return *answer;
    }
  }
  auto beside = lock_beside(script.path);
  if (!beside) {
    throw_no_lock(script);
  }
  return *std::move(beside);
}

// Garbage collection wants to know which environments are in use. Once a day is enough, and that it
// fails (a file system that may only be read) is no failure of this run.
void note_use(const std::string& path, const MappedFile& table) {
  timespec now{};
  if (::clock_gettime(CLOCK_REALTIME, &now) == 0 &&
      table_format::must_be_touched(table.modified(), now.tv_sec)) {
    const timespec times[2] = {{0, UTIME_OMIT}, {0, UTIME_NOW}};
    static_cast<void>(::utimensat(AT_FDCWD, path.c_str(), times, 0));
  }
}

}  // namespace

EnvironmentLookup::EnvironmentLookup(const RunOptions& options, const std::optional<Script>& script,
                                     const Configuration& configuration)
    : cache_(cache_home(configuration)),
      store_(concat(store_home(configuration), "/store/v1")),
      lock_path_(script ? lock_of(*script, cache_) : absolute_path(options.lock)) {
  if (!lock_path_.empty()) {
    ask(options, script ? std::string_view(script->block) : std::string_view(), configuration);
  }
}

void EnvironmentLookup::ask(const RunOptions& options, std::string_view script_block,
                            const Configuration& configuration) {
  const std::string text = read_lock_text(lock_path_);
  const std::string python_version = read_python_version_file(lock_path_);
  const std::string env_python = trusted_variable("PYENVLAUNCH_PYTHON");
  const std::string configured_python =
      env_python.empty() ? configuration.get("PYENVLAUNCH_PYTHON", "python") : std::string();
  const std::string mode = configuration.get("PYENVLAUNCH_MODE", "mode");
  const std::string path = trusted_variable("PATH");
  const std::string key = selection_key({.lock_text = text,
                                         .lock_path = lock_path_,
                                         .extras = options.extras,
                                         .groups = options.groups,
                                         .default_groups = options.default_groups,
                                         .python_spec = options.python,
                                         .env_python = env_python,
                                         .configured_python = configured_python,
                                         .mode = mode,
                                         .path_variable = path,
                                         .python_version_file_text = python_version,
                                         .script_block = script_block});
  record_path_ = concat(cache_, "/v1/selections/", key);
}

std::optional<ReadyEnvironment> EnvironmentLookup::find() const {
  if (record_path_.empty()) {
    return std::nullopt;
  }
  int error = 0;
  const MappedFile file =
      MappedFile::open(record_path_.c_str(), MappedFile::Trust::own_or_root, error);
  if (!file) {
    return std::nullopt;
  }
  auto record = SelectionRecord::parse(file.bytes());
  if (!record || record->build_id != kBuildId || record->store != store_ ||
      identify(record->interpreter.c_str()) != record->interpreter_identity ||
      !library_is_the_same(*record) ||
      identify(concat(record->store, "/generation").c_str()) != record->generation ||
      !was_written_since_start(*record, record_path_)) {
    return std::nullopt;
  }
  const char* reason = nullptr;
  auto table = open_prefix_table(record->prefix, reason);
  if (!table || table->table.text(table->table.environment().build_id) != kBuildId ||
      !configuration_is_intact(*record, table->table)) {
    return std::nullopt;
  }
  return ReadyEnvironment{*std::move(record), std::move(table->file), table->table};
}

std::optional<PrefixTable> open_prefix_table(const std::string& prefix, const char*& reason) {
  const std::string path = concat(prefix, "/", table_format::kFileName);
  int error = 0;
  MappedFile file = MappedFile::open(path.c_str(), MappedFile::Trust::own_or_root, error);
  if (!file) {
    reason =
        error == EPERM ? "it belongs to another user, or others may write it" : "it cannot be read";
    return std::nullopt;
  }
  const auto view = TableView::open(file.bytes(), reason);
  if (!view) {
    return std::nullopt;
  }
  note_use(path, file);
  return PrefixTable{std::move(file), *view};
}

}  // namespace pel
