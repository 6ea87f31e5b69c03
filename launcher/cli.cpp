#include "launcher/cli.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <new>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/hot/locations.hpp"
#include "launcher/interrupt.hpp"
#include "launcher/options.hpp"
#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

// In the order that help shows them. A new command is one line here and one file in commands/.
constexpr const Command* kCommands[] = {
    &run_command,    &exec_command,      &lock_command,   &adopt_command,
    &shell_command,  &sync_command,      &venv_command,   &edit_command,
    &shims_command,  &env_command,       &store_command,  &python_command,
    &export_command, &cache_key_command, &doctor_command, &completion_command,
};

// What the other program and the finder ask for; not for people, hence in no help.
constexpr const Command* kInternalCommands[] = {&complete_bytecode_command,
                                                &compile_settings_command, &complete_words_command,
                                                &restore_command};

constexpr Command kProgram{
    .name = "COMMAND",
    .summary = "Python environments out of lockfiles, without installing them.",
    .usage = "[OPTION]... [ARGUMENT]...",
    .children = kCommands,
};

constexpr int kUsageStatus = 2;
constexpr int kSignalStatus = 128;
constexpr int kInterruptedStatus = 130;  // 128 + SIGINT, as a shell reports it

int exit_status(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::usage:
      return kUsageStatus;
    case ErrorCode::interrupted:
      return kInterruptedStatus;
    case ErrorCode::not_found:
    case ErrorCode::io:
    case ErrorCode::corrupt:
    case ErrorCode::incompatible:
    case ErrorCode::busy:
      return EXIT_FAILURE;
  }
  return EXIT_FAILURE;
}

bool is_help(std::string_view word) noexcept {
  return word == "help" || word == "--help" || word == "-h";
}

std::string program_help() {
  return concat(help_text(kProgram, nullptr),
                "\noptions:\n"
                "  -h, --help        print this help; of a command behind its name\n"
                "  -V, --version     print the version\n"
                "  -v, --verbose     say more, and how long it takes\n"
                "      --color WHEN  auto (the default), always or never\n");
}

// What a word means that is no command: a file, or a command of a group.
std::string meant_by(std::string_view word) {
  if (is_file(std::string(word))) {
    return word.ends_with(".py")
               ? concat("to run a script that has a lock of its own: pyenvlaunch run --script ",
                        word)
               : concat("to run a program in the environment of a lock: pyenvlaunch run ", word,
                        " -- PROGRAM");
  }
  std::string meant;
  for (const Command* const group : kCommands) {
    for (const Command* const command : group->children) {
      if (last_word(command->name) == word) {
        meant += concat(meant.empty() ? "did you mean '" : ", '", command->name, "'");
      }
    }
  }
  return meant.empty() ? meant : meant + "?";
}

const Command& find_command(std::span<const Command* const> commands, std::string_view group,
                            std::string_view word) {
  const auto found =
      std::ranges::find(commands, word, [](const Command* c) { return last_word(c->name); });
  if (found != commands.end()) {
    return **found;
  }
  std::vector<std::string_view> names;
  for (const Command* command : commands) {
    names.push_back(command->name);
  }
  if (group.empty()) {
    names.emplace_back("help");
    if (std::string meant = meant_by(word); !meant.empty()) {
      throw Error(ErrorCode::usage, concat("unknown command '", word, "'"))
          .with_hint(std::move(meant));
    }
  }
  throw_unknown("command", group.empty() ? std::string(word) : concat(group, " ", word), names,
                concat("try 'pyenvlaunch help", group.empty() ? "" : " ", group, "'"));
}

int run_command_line(CommandContext& context, const Command& command,
                     std::span<const std::string_view> args) {
  if (command.children.empty()) {
    const auto start = std::chrono::steady_clock::now();
    try {
      const int status = command.run(context, args);
      const std::chrono::duration<double, std::milli> time =
          std::chrono::steady_clock::now() - start;
      context.console.debug(concat(command.name, ": ", human_time(time.count())));
      return status;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::usage || !error.hint().empty()) {
        throw;
      }
      throw Error(error.code(), error.message())
          .with_hint(concat("try 'pyenvlaunch help ", command.name, "'"));
    }
  }
  if (args.empty()) {
    throw Error(ErrorCode::usage, concat("no command given behind '", command.name, "'"))
        .with_hint(concat("try 'pyenvlaunch help ", command.name, "'"));
  }
  if (is_help(args[0])) {
    context.console.print(help_text(command, nullptr));
    return EXIT_SUCCESS;
  }
  return run_command_line(context, find_command(command.children, command.name, args[0]),
                          args.subspan(1));
}

// "help", "help store", "help store add"; "help help" as well.
int print_help(CommandContext& context, std::span<const std::string_view> words) {
  if (words.size() == 1 && is_help(words[0])) {
    words = {};
  }
  const Command* command = &kProgram;
  std::string_view group;
  for (const std::string_view word : words) {
    command = &find_command(command->children, group, word);
    group = command->name;
  }
  if (command == &kProgram) {
    context.console.print(program_help());
    return EXIT_SUCCESS;
  }
  constexpr std::string_view kHelp = "--help";
  return run_command_line(context, *command, {&kHelp, 1});
}

// Takes the options before the command. True when one of them was all there was to do.
bool take_global_options(CommandContext& context, std::span<const std::string_view>& args) {
  while (!args.empty() && args[0].starts_with('-') && args[0] != "-" && args[0] != "-h") {
    const std::string_view option = args[0];
    constexpr std::string_view kColor = "--color=";
    if (option == "--version" || option == "-V") {
      context.console.print(concat("pyenvlaunch ", kVersion, "\n"));
      return true;
    }
    if (option == "--color" && args.size() > 1) {
      apply_color(context.console, args[1]);
      args = args.subspan(2);
    } else if (option.starts_with(kColor)) {
      apply_color(context.console, option.substr(kColor.size()));
      args = args.subspan(1);
    } else if (option == "--verbose" || option == "-v") {
      context.verbose = true;
      args = args.subspan(1);
    } else if (is_help(option)) {
      return false;
    } else {
      constexpr std::string_view kKnown[] = {"--version", "--verbose", "--color", "--help"};
      throw_unknown("option", option, kKnown,
                    "the options of a command go behind its name; try 'pyenvlaunch help'");
    }
  }
  return false;
}

int run_guarded(Console& console, std::span<char* const> argv) {
  try {
    const Settings settings = read_settings();
    console.set_debug(settings.debug);
    apply_color(console, "auto");
    CommandContext context{console, settings};
    const std::vector<std::string_view> args(argv.begin() + (argv.empty() ? 0 : 1), argv.end());
    return dispatch(context, args);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::interrupted && interrupt_signal() == 0) {
      console.report(error);
    }
    return exit_status(error.code());
  } catch (const std::bad_alloc&) {
    console.report(Error(ErrorCode::io, "out of memory"));
  } catch (const std::exception& error) {
    console.report_bug(error.what());
  }
  return EXIT_FAILURE;
}

}  // namespace

std::span<const Command* const> all_commands() noexcept {
  return kCommands;
}

std::string_view last_word(std::string_view name) noexcept {
  const std::size_t space = name.rfind(' ');
  return space == std::string_view::npos ? name : name.substr(space + 1);
}

int dispatch(CommandContext& context, std::span<const std::string_view> args) {
  if (take_global_options(context, args)) {
    return EXIT_SUCCESS;
  }
  if (args.empty()) {
    throw Error(ErrorCode::usage, "no command given").with_hint("try 'pyenvlaunch help'");
  }
  if (is_help(args[0])) {
    return print_help(context, args.subspan(1));
  }
  for (const Command* const command : kInternalCommands) {
    if (command->name == args[0]) {
      return command->run(context, args.subspan(1));
    }
  }
  return run_command_line(context, find_command(kCommands, "", args[0]), args.subspan(1));
}

namespace {

void report_write_error(Console& console) noexcept {
  try {
    errno = console.write_error();
    throw_errno("write to", "standard output");
  } catch (const Error& error) {
    console.report(error);
  } catch (...) {  // no memory: the exit status says it
  }
}

}  // namespace

int cli_main(std::span<char* const> argv) noexcept {
  handle_interrupts();
  Console console(stdout, stderr);
  int status = EXIT_FAILURE;
  try {
    status = run_guarded(console, argv);
  } catch (...) {  // reporting itself failed: there is nobody left to tell
    return EXIT_FAILURE;
  }
  if (!console.flush() && status == EXIT_SUCCESS) {
    report_write_error(console);
    status = EXIT_FAILURE;
  }
  return interrupt_signal() != 0 ? kSignalStatus + interrupt_signal() : status;
}

}  // namespace pel
