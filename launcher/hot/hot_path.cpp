#include "launcher/hot/hot_path.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "launcher/hot/broken_environment.hpp"
#include "launcher/hot/configuration.hpp"
#include "launcher/hot/executed_as.hpp"
#include "launcher/hot/hit.hpp"
#include "launcher/hot/locations.hpp"
#include "launcher/hot/manager.hpp"
#include "launcher/hot/open_environment.hpp"
#include "launcher/hot/phase_log.hpp"
#include "launcher/hot/python.hpp"
#include "launcher/hot/run_options.hpp"
#include "launcher/hot/script_call.hpp"
#include "launcher/hot/target.hpp"
#include "launcher/hot/use_descriptor.hpp"
#include "store/base/error.hpp"
#include "store/base/error_text.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/script_lock.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

constexpr int kUsageStatus = 2;
constexpr int kNotExecutableStatus = 126;  // as a shell reports them
constexpr int kNotFoundStatus = 127;
constexpr int kMakeAttempts = 10;
constexpr int kMaxNesting = 40;
constexpr std::size_t kCommand = 1;  // its place in argv

// A null-terminated argument vector over strings that outlive it.
std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  result.reserve(words.size() + 1);
  for (std::string& word : words) {
    result.push_back(word.data());
  }
  result.push_back(nullptr);
  return result;
}

[[noreturn]] void execute(const std::string& path, std::vector<std::string> arguments) {
  const std::vector<char*> words = pointers(arguments);
  ::execv(path.c_str(), words.data());
  const int error = errno;
  const std::string hint = error == EACCES ? mount_hint(path) : std::string();
  if (!hint.empty()) {
    throw Error(ErrorCode::io, concat("cannot execute ", path, ": permission denied"))
        .with_hint(hint);
  }
  errno = error;
  throw_errno("execute", path);
}

// argv with another name of the program; it may have come without any.
std::vector<std::string> arguments_as(const std::string& name, std::span<char*> argv) {
  std::vector<std::string> words{name};
  if (argv.size() > 1) {
    words.insert(words.end(), argv.begin() + 1, argv.end());
  }
  return words;
}

// A virtual environment of somebody else around a link to us: what made it took us for the base
// interpreter. It gets the real one, which finds that environment by argv[0].
int run_foreign_environment(const ExecutedAs& self, std::span<char*> argv) {
  const char* reason = nullptr;
  std::string prefix = directory_of(self.config.home);
  auto config = PyvenvConfig::read(concat(prefix, "/pyvenv.cfg"));
  // It may have been made inside another one that was made inside ours.
  for (int depth = 0; config && !config->ours && depth < kMaxNesting; ++depth) {
    prefix = directory_of(config->home);
    config = PyvenvConfig::read(concat(prefix, "/pyvenv.cfg"));
  }
  const auto table = config && config->ours ? open_prefix_table(prefix, reason) : std::nullopt;
  if (!table) {
    throw Error(ErrorCode::not_found, concat("cannot find the interpreter of ", self.prefix, ": ",
                                             self.config.home, " is no environment of pyenvlaunch"))
        .with_hint("make that virtual environment again");
  }
  execute(std::string(table->table.text(table->table.environment().base_executable)),
          arguments_as(self.path, argv));
}

int run_environment_python(ExecutedAs self, std::span<char*> argv) {
  if (!is_own_environment(self)) {
    return run_foreign_environment(self, argv);
  }
  int status = 0;
  const auto table = open_environment(self, status);
  if (!table) {
    return status;
  }
  std::vector<std::string> words = arguments_as(self.path, argv);
  if (!self.path_file_link.empty()) {
    words[0] = self.path_file_link;
    execute(std::string(table->table.text(table->table.environment().base_executable)),
            std::move(words));
  }
  const std::string folder = concat(self.config.store, "/launchers/", self.config.launcher_id);
  std::vector<char*> arguments = pointers(words);
  return run_python({.prefix = self.prefix,
                     .store = self.config.store,
                     .embed = concat(folder, "/embed.so"),
                     .manager = concat(folder, "/pyenvlaunch-manager"),
                     .table = table->table,
                     .table_bytes = table->file.bytes(),
                     .log = {}},
                    arguments);
}

// What an `activate` script does.
void activate(const ReadyEnvironment& environment) {
  const std::string& prefix = environment.record.prefix;
  const char* const path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): one thread
  const std::string new_path =
      path == nullptr ? concat(prefix, "/bin") : concat(prefix, "/bin:", path);
  bool ok = ::setenv("VIRTUAL_ENV", prefix.c_str(), 1) == 0 &&
            ::setenv("PATH", new_path.c_str(), 1) == 0 && ::unsetenv("PYTHONHOME") == 0 &&
            ::unsetenv("PYENVLAUNCH_RESUMED") == 0;  // the manager's note to itself
  const TableView& table = environment.table;
  for (std::size_t i = 0; i < table.variables().size(); ++i) {
    // The lock's variables are defaults: what the user has set stays.
    const std::string name(table.text(table.variables()[i].name));
    const std::string value(table.text(table.variables()[i].value));
    ok = ok && ::setenv(name.c_str(), value.c_str(), 0) == 0;
  }
  if (!ok) {
    throw_errno("set", "the variables of the environment");
  }
}

ReadyEnvironment make_ready(const RunOptions& options, const std::optional<Script>& script,
                            const std::string& manager, PhaseLog& log, int& status) {
  const Configuration configuration = read_configuration(manager, status);
  if (status != 0) {
    return {};
  }
  if (options.verbose || configuration.get("PYENVLAUNCH_LOG", "log") == "debug") {
    log.turn_on();
  }
  log.end("settings");
  const EnvironmentLookup first(options, script, configuration);
  log.end("lock");
  if (auto found = first.find()) {
    log.end("environment", found->record.prefix);
    return *std::move(found);
  }
  log.end("environment", "not there");
  std::vector<std::string> words{manager, "sync", "--for-run"};
  words.insert(words.end(), options.option_words.begin(), options.option_words.end());
  if (!options.script.empty()) {
    words.emplace_back("--script");
  }
  words.insert(words.end(), {"--", options.script.empty() ? options.lock : options.script});
  // Another process may change the store between the manager's answer and our look at it, so that
  // the answer does not hold any more. Then the question is asked again.
  for (int attempt = 0; attempt < kMakeAttempts; ++attempt) {
    status = run_manager(manager, words);
    if (status != 0) {
      return {};
    }
    const EnvironmentLookup lookup(options, script,
                                   configuration);  // a script's lock may be known only now
    if (auto found = lookup.find()) {
      log.end("environment made", found->record.prefix);
      return *std::move(found);
    }
  }
  throw Error(ErrorCode::io,
              concat("the environment of ", options.script.empty() ? options.lock : options.script,
                     " was made, but cannot be used"))
      .with_hint("something changes it at this moment; `pyenvlaunch sync -v LOCK` tells more");
}

// What ends as it does for a program that cannot be executed.
int not_run(const Error& error) {
  write_error(error);
  return error.code() == ErrorCode::not_found ? kNotFoundStatus : kNotExecutableStatus;
}

int run_program(const std::string& prefix, const std::string& path,
                std::vector<std::string> arguments) {
  try {
    hand_on_use(prefix);
    execute(path, std::move(arguments));
  } catch (const Error& error) {
    return not_run(error);
  }
}

// As `python FILE ARGUMENT...` in the environment.
Target script_target(const RunOptions& options, const std::string& prefix) {
  Target target;
  target.arguments = {concat(prefix, "/bin/python"), options.script.starts_with('-')
                                                         ? concat("./", options.script)
                                                         : options.script};
  target.arguments.insert(target.arguments.end(), options.command.begin(), options.command.end());
  return target;
}

enum class Runs { anything, only_programs };

int enter(const RunOptions& options, Runs runs, const Companions& companions) {
  PhaseLog log;
  std::optional<Script> script;
  try {
    script = options.script.empty() ? std::nullopt : std::optional(read_script(options.script));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::corrupt) {
      throw;
    }
    return not_run(error);
  }
  int status = 0;
  ReadyEnvironment environment = make_ready(options, script, companions.manager, log, status);
  if (status != 0) {
    return status;
  }
  activate(environment);
  const std::string& prefix = environment.record.prefix;
  Target target;
  try {
    if (runs == Runs::only_programs) {
      target.kind = Target::Kind::program;
      target.arguments.assign(options.command.begin(), options.command.end());
      const std::string path = find_program(environment.table, target.arguments[0]);
      log.end("target", path);
      return run_program(prefix, path, std::move(target.arguments));
    }
    target = script ? script_target(options, prefix)
                    : resolve_target(environment.table, prefix, options.command);
  } catch (const Error& error) {
    return not_run(error);
  }
  log.end("target", target.arguments[0]);
  if (target.kind == Target::Kind::program) {
    const std::string path = target.arguments[0];
    return run_program(prefix, path, std::move(target.arguments));
  }
  // For `ps`, `pgrep` and supervisors; cut to the kernel's 15 bytes.
  static_cast<void>(::prctl(PR_SET_NAME, target.process_name.c_str()));
  std::vector<char*> arguments = pointers(target.arguments);
  return run_python({.prefix = prefix,
                     .store = environment.record.store,
                     .embed = companions.embed,
                     .manager = companions.manager,
                     .table = environment.table,
                     .table_bytes = environment.table_file.bytes(),
                     .log = log},
                    arguments);
}

int run_command_line(std::span<char*> argv) {
  const Companions companions = find_companions(program_file());
  const std::string_view command = argv.size() > 1 ? argv[1] : "";
  if (command == "run" || command == "exec") {
    const auto options = parse_run_options(argv.subspan(2));
    if (options && (command == "run" || options->script.empty())) {
      return enter(*options, command == "exec" ? Runs::only_programs : Runs::anything, companions);
    }
  } else if (const auto options = as_script_call(argv.subspan(std::min(argv.size(), kCommand)))) {
    return enter(*options, Runs::anything, companions);
  }
  become_manager(companions.manager, argv);
}

int dispatch(std::span<char*> argv) {
  if (auto self = executed_as(argv.empty() ? nullptr : argv[0])) {
    return run_environment_python(*std::move(self), argv);
  }
  if (auto words = split_first_argument(argv)) {
    std::vector<char*> split = pointers(*words);
    return run_command_line(std::span(split).first(words->size()));
  }
  return run_command_line(argv);
}

}  // namespace

int hot_main(std::span<char*> argv) noexcept {
  try {
    return dispatch(argv);
  } catch (const Error& error) {
    write_error(error);
    return error.code() == ErrorCode::usage ? kUsageStatus : EXIT_FAILURE;
  } catch (const std::exception& error) {
    write_error(Error(ErrorCode::io, concat("internal error: ", error.what())));
    return EXIT_FAILURE;
  }
}

}  // namespace pel
