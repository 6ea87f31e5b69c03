#include "launcher/completion.hpp"

#include <algorithm>
#include <iterator>

#include "launcher/environment_options.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/selection_key.hpp"
#include "store/shims/shims.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/store.hpp"

namespace pel {
namespace {

bool looks_like_a_lock(std::string_view file) {
  return file.ends_with(".lock") || (file.starts_with("pylock") && file.ends_with(".toml"));
}

// The operands of a command as its usage names them: "LOCK", "DIR", "NAME"; "..." repeats the last.
std::vector<std::string> operand_names(std::string_view usage) {
  std::vector<std::string> names;
  usage = usage.substr(0, usage.find('\n'));
  while (!usage.empty()) {
    const std::size_t space = usage.find(' ');
    std::string word(usage.substr(0, space));
    usage = space == std::string_view::npos ? std::string_view() : usage.substr(space + 1);
    std::erase_if(word, [](char c) { return c == '[' || c == ']'; });
    if (word != "OPTION..." && word != "--") {
      names.push_back(std::move(word));
    }
  }
  return names;
}

class Completer {
 public:
  Completer(CommandContext& context, std::span<const std::string_view> words)
      : context_(context), words_(words.first(words.size() - 1)), current_(words.back()) {}

  Completions run() {
    std::span<const Command* const> commands = all_commands();
    const Command* command = nullptr;
    std::size_t next = 0;
    while (next < words_.size()) {
      if (words_[next] == "--color") {
        next += 2;
        continue;
      }
      if (words_[next] == "--verbose" || words_[next] == "-v") {
        ++next;
        continue;
      }
      if (words_[next] == "help" && command == nullptr) {
        ++next;  // the words behind it name a command
        continue;
      }
      const auto found = std::ranges::find(
          commands, words_[next], [](const Command* each) { return last_word(each->name); });
      ++next;
      if (found == commands.end()) {
        return result_;
      }
      command = *found;
      if (command->children.empty()) {
        complete_arguments(*command, words_.subspan(next));
        return result_;
      }
      commands = command->children;
    }
    for (const Command* const each : commands) {
      add(last_word(each->name), each->summary);
    }
    if (command == nullptr && current_.starts_with('-')) {
      add("--help", "print help");
      add("--version", "print the version");
      add("--verbose", "say more, and how long it takes");
      add("--color", "auto, always or never");
    }
    return result_;
  }

 private:
  void add(std::string_view word, std::string_view description = {}) {
    if (word.starts_with(current_)) {
      result_.words.push_back({std::string(word), std::string(description)});
    }
  }

  // As `--help` has them.
  std::vector<OptionRow> options_of(const Command& command) {
    std::vector<OptionRow> rows;
    CommandContext asking{context_.console, context_.settings, &rows};
    static_cast<void>(command.run(asking, {}));
    return rows;
  }

  void complete_arguments(const Command& command, std::span<const std::string_view> words) {
    const std::vector<OptionRow> options = options_of(command);
    std::vector<std::string_view> operands;
    bool only_operands = false;
    const OptionRow* pending = nullptr;
    for (const std::string_view word : words) {
      if (pending != nullptr) {
        pending = nullptr;
      } else if (word == "--") {
        only_operands = true;
      } else if (!only_operands && word.starts_with('-')) {
        const auto row = std::ranges::find_if(options, [&](const OptionRow& each) {
          return word == concat("--", each.long_name) ||
                 (each.short_name != '\0' && word == concat("-", std::string(1, each.short_name)));
        });
        const bool takes_next =
            row != options.end() && !row->placeholder.empty() && !row->value_is_optional;
        pending = takes_next ? &*row : nullptr;
      } else {
        operands.push_back(word);
        only_operands = only_operands || takes_program(command);
      }
    }
    if (pending != nullptr) {
      complete_value(*pending);
    } else if (!only_operands && current_.starts_with('-')) {
      for (const OptionRow& row : options) {
        add(concat("--", row.long_name), row.help);
      }
    } else {
      complete_operand(command, operands);
    }
  }

  static bool takes_program(const Command& command) {
    return command.name == "run" || command.name == "exec";
  }

  void complete_value(const OptionRow& option) {
    if (option.placeholder == "WHEN") {
      for (const std::string_view when : {"auto", "always", "never"}) {
        add(when);
      }
    } else if (option.placeholder == "LOCK") {
      add_locks();
    } else {
      result_.files = true;
    }
  }

  void complete_operand(const Command& command, const std::vector<std::string_view>& operands) {
    const std::vector<std::string> names = operand_names(command.usage);
    if (names.empty()) {
      return;
    }
    std::string name = names[std::min(operands.size(), names.size() - 1)];
    const bool repeats = name.ends_with("...");
    if (operands.size() >= names.size() && !repeats && !takes_program(command)) {
      return;
    }
    if (command.name == "completion") {
      for (const std::string_view shell : {"bash", "zsh", "fish"}) {
        add(shell);
      }
      return;
    }
    if (name.find("LOCK") != std::string::npos) {
      add_locks();
    }
    if (command.name.starts_with("store ") && operand_is_wheel(name)) {
      add_wheels();
    } else if (command.name == "shims uninstall") {
      add_shims();
    } else if (takes_program(command) || command.name == "shims install") {
      if (operands.size() == 1) {
        add_scripts(std::string(operands.front()), takes_program(command));
      }
      result_.files = takes_program(command) && !operands.empty();
    } else if (name.find("LOCK") == std::string::npos) {
      result_.files = true;
    }
  }

  // What is in the store already; `store add` takes files.
  static bool operand_is_wheel(std::string_view name) {
    return name.find("NAME") != std::string_view::npos || name.find("ID") != std::string_view::npos;
  }

  // Runs a look-up that may fail: then there is nothing to offer.
  template <typename Function>
  static void quietly(const Function& function) {
    try {
      function();
    } catch (const Error&) {
      return;
    }
  }

  void add_locks() {
    const std::size_t slash = current_.rfind('/');
    const std::string_view folder =
        slash == std::string_view::npos ? std::string_view() : current_.substr(0, slash + 1);
    quietly([&] {
      for (const DirectoryEntry& entry :
           read_directory(folder.empty() ? "." : std::string(folder))) {
        if (entry.is_directory && !entry.name.starts_with('.')) {
          add(concat(folder, entry.name, "/"));
        } else if (looks_like_a_lock(entry.name)) {
          add(concat(folder, entry.name));
        }
      }
    });
  }

  void add_scripts(const std::string& lock, bool with_python) {
    quietly([&] {
      if (with_python) {
        add("python");
      }
      const EnvironmentOptions options;
      for (const std::string& name :
           describe_environment(options.request(context_.settings, lock)).scripts) {
        add(name);
      }
    });
  }

  void add_wheels() {
    quietly([&] {
      const Store store(context_.settings.locations().home);
      std::string last;
      for (const StoredWheel& wheel : store.list()) {
        if (wheel.name != last) {
          add(wheel.name);
          last = wheel.name;
        }
        if (current_.find('-') != std::string_view::npos) {
          add(wheel.id);
        }
      }
    });
  }

  void add_shims() {
    quietly([&] {
      for (const ListedShims& listed : list_shims(context_.settings.locations())) {
        for (const auto& shim : listed.shims) {
          add(shim.name, listed.record.lock);
        }
      }
    });
  }

  CommandContext& context_;
  std::span<const std::string_view> words_;
  std::string_view current_;
  Completions result_;
};

}  // namespace

Completions complete(CommandContext& context, std::span<const std::string_view> words) {
  constexpr std::string_view kNothing[] = {""};
  return Completer(context, words.empty() ? std::span(kNothing) : words).run();
}

}  // namespace pel
