// pyenvlaunch completion: what shells need to complete command lines; and the command that their
// scripts ask.

#include "launcher/completion.hpp"

#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

int run(CommandContext& context, std::span<const std::string_view> args) {
  CommandLine line(completion_command);
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 1, 1, "shell");
  const std::string_view script = completion_script(operands->front());
  if (script.empty()) {
    throw Error(ErrorCode::usage, concat("unknown shell '", operands->front(), "'"))
        .with_hint("there is completion for bash, zsh and fish");
  }
  context.console.print(script);
  return EXIT_SUCCESS;
}

// "complete-words -- WORD...": the last word is the one that is being typed.
int run_words(CommandContext& context, std::span<const std::string_view> args) {
  const auto words = args.empty() || args[0] != "--" ? args : args.subspan(1);
  const Completions found = complete(context, words);
  for (const Completion& completion : found.words) {
    // A line break would be two words to the shells.
    if (completion.word.find('\n') == std::string::npos) {
      context.console.print(concat(completion.word, completion.description.empty() ? "" : "\t",
                                   completion.description, "\n"));
    }
  }
  context.console.print(found.files ? ":\n" : "");
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command completion_command{
    .name = "completion",
    .summary = "print the completion script for a shell: bash, zsh or fish",
    .usage = "SHELL",
    .run = run,
};

constinit const Command complete_words_command{
    .name = "complete-words",
    .summary = "",
    .usage = "",
    .run = run_words,
};

}  // namespace pel
