#include "launcher/command_line.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "launcher/output_file.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

// NO_COLOR (no-color.org) and FORCE_COLOR (force-color.org): any value but the empty one. The first
// wins over the second, as in other tools of the field.
bool terminal_takes_color() {
  const char* const no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
  const char* const term = std::getenv("TERM");          // NOLINT(concurrency-mt-unsafe)
  if (no_color != nullptr && *no_color != '\0') {
    return false;
  }
  const char* const force = std::getenv("FORCE_COLOR");  // NOLINT(concurrency-mt-unsafe)
  return (force != nullptr && *force != '\0') ||
         ((term == nullptr || std::string_view(term) != "dumb") && ::isatty(STDERR_FILENO) == 1);
}

}  // namespace

CommandLine::CommandLine(const Command& command) : command_(command) {
  options_.flag("help,h", help_, "print this help");
  options_.value("color", color_, "WHEN", "auto (the default), always or never");
  options_.flag("verbose,v", verbose_, "say more, and how long it takes");
}

std::optional<std::vector<std::string>> CommandLine::parse(CommandContext& context,
                                                           std::span<const std::string_view> args) {
  if (context.wanted_options != nullptr) {
    *context.wanted_options = options_.rows();
    return std::nullopt;
  }
  std::vector<std::string> operands = options_.parse(args);
  if (!finish(context)) {
    return std::nullopt;
  }
  return operands;
}

std::optional<std::vector<std::string>> CommandLine::parse_leading(
    CommandContext& context, std::span<const std::string_view> args) {
  if (context.wanted_options != nullptr) {
    return parse(context, args);
  }
  const std::size_t end = std::min(options_.first_operand(args), args.size());
  static_cast<void>(options_.parse(args.first(end)));
  if (!finish(context)) {
    return std::nullopt;
  }
  const auto rest = args.subspan(end);
  return std::vector<std::string>(rest.begin(), rest.end());
}

bool CommandLine::finish(CommandContext& context) {
  if (!color_.empty()) {
    apply_color(context.console, color_);
  }
  verbose_ = verbose_ || context.verbose;
  if (verbose_) {
    context.console.set_debug(true);
  }
  if (help_) {
    context.console.print(help_text(command_, &options_));
  }
  return !help_;
}

void expect_operands(std::span<const std::string> operands, std::size_t least, std::size_t most,
                     std::string_view what) {
  if (operands.size() < least) {
    throw Error(ErrorCode::usage, concat("no ", what, " given"));
  }
  if (operands.size() > most) {
    throw Error(ErrorCode::usage, concat("unexpected argument '", operands[most], "'"));
  }
  expect_no_empty(operands);
}

void expect_no_empty(std::span<const std::string> operands) {
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].empty()) {
      throw Error(ErrorCode::usage, concat("argument ", std::to_string(i + 1), " is empty"));
    }
  }
}

std::string path_of_new_lock(std::string_view output) {
  if (output == "-") {
    throw Error(ErrorCode::usage, "cannot write a lock to standard output")
        .with_hint("name a file with -o; ./- if it shall have that name");
  }
  return absolute_path(output);
}

void check_new_lock(const std::string& path) {
  check_output_file(concat("lock ", path), path, "name a file with -o",
                    "make it, or name another place with -o");
}

void apply_color(Console& console, std::string_view when) {
  if (when == "always") {
    console.set_color(Console::Color::on);
  } else if (when == "never") {
    console.set_color(Console::Color::off);
  } else if (when == "auto") {
    console.set_color(terminal_takes_color() ? Console::Color::on : Console::Color::off);
  } else {
    throw Error(ErrorCode::usage, concat("bad value '", when, "' of --color"))
        .with_hint("use auto, always or never");
  }
}

std::string help_text(const Command& command, const OptionSet* options) {
  std::string text = concat("usage: pyenvlaunch ", command.name, " ", command.usage, "\n\n",
                            command.summary, "\n");
  if (!command.children.empty()) {
    text += "\ncommands:\n";
    std::size_t width = 0;
    for (const Command* child : command.children) {
      width = std::max(width, child->name.size());
    }
    for (const Command* child : command.children) {
      text += concat("  ", child->name, std::string(width + 2 - child->name.size(), ' '),
                     child->summary, "\n");
    }
  }
  if (options != nullptr) {
    text += concat("\noptions:\n", options->help());
  }
  return text;
}

}  // namespace pel
