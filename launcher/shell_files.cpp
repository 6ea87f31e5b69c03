#include "launcher/shell_files.hpp"

#include "store/base/atomic_file.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/base/text_file.hpp"
#include "store/tree/make_directory.hpp"

namespace pel {
namespace {

// The user's own files may have set PATH and the prompt anew.
constexpr std::string_view kActivate = R"(
case "$PATH" in
  "$VIRTUAL_ENV/bin" | "$VIRTUAL_ENV/bin:"*) ;;
  *) PATH="$VIRTUAL_ENV/bin:$PATH" ;;
esac
export PATH
if [ -z "${VIRTUAL_ENV_DISABLE_PROMPT:-}" ]; then
  PS1="($VIRTUAL_ENV_PROMPT) ${PS1:-}"
fi
)";

constexpr std::string_view kBash = R"(if [ -r /etc/bash.bashrc ]; then . /etc/bash.bashrc; fi
if [ -r ~/.bashrc ]; then . ~/.bashrc; fi
)";

constexpr std::string_view kPosix = R"(if [ -n "${_PYENVLAUNCH_ENV:-}" ]; then
  ENV=$_PYENVLAUNCH_ENV
  export ENV
  if [ -r "$ENV" ]; then . "$ENV"; fi
else
  unset ENV
fi
unset _PYENVLAUNCH_ENV
)";

constexpr std::string_view kZshEnv = R"(_pyenvlaunch_folder=$ZDOTDIR
ZDOTDIR=${_PYENVLAUNCH_ZDOTDIR:-$HOME}
if [ -r "$ZDOTDIR/.zshenv" ]; then . "$ZDOTDIR/.zshenv"; fi
_PYENVLAUNCH_ZDOTDIR=$ZDOTDIR
ZDOTDIR=$_pyenvlaunch_folder
unset _pyenvlaunch_folder
)";

constexpr std::string_view kZsh = R"(ZDOTDIR=$_PYENVLAUNCH_ZDOTDIR
unset _PYENVLAUNCH_ZDOTDIR
if [ "$ZDOTDIR" = "$HOME" ]; then _pyenvlaunch_unset=1; fi
if [ -r "$ZDOTDIR/.zshrc" ]; then . "$ZDOTDIR/.zshrc"; fi
if [ -n "${_pyenvlaunch_unset:-}" ]; then unset ZDOTDIR _pyenvlaunch_unset; fi
)";

constexpr std::string_view kFish = R"(
if test "$PATH[1]" != "$VIRTUAL_ENV/bin"
    set -gx PATH "$VIRTUAL_ENV/bin" $PATH
end
if test -z "$VIRTUAL_ENV_DISABLE_PROMPT"; and functions -q fish_prompt
    functions -c fish_prompt _pyenvlaunch_prompt
    function fish_prompt
        set -l last_status $status
        printf '(%s) ' $VIRTUAL_ENV_PROMPT
        echo "exit $last_status" | .
        _pyenvlaunch_prompt
    end
end
)";

void write_file(const std::string& path, const std::string& text) {
  std::string present;
  if (read_text_file(path, text.size(), present) != 0 || present != text) {
    AtomicFile file(path);
    file.write(text);
    file.commit();
  }
}

std::string_view without_suffix(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

}  // namespace

ShellStart interactive_start(std::string_view shell, const std::string& folder,
                             const std::string& zdotdir, const std::string& env) {
  const std::string_view name = name_of(shell);
  if (name == "bash") {
    return {{"--rcfile", concat(folder, "/bashrc"), "-i"}, {}};
  }
  if (name == "zsh") {
    return {{"-i"}, {{"_PYENVLAUNCH_ZDOTDIR", zdotdir}, {"ZDOTDIR", concat(folder, "/zsh")}}};
  }
  if (name == "fish") {
    return {{"-i", "--init-command", std::string(kFish)}, {}};
  }
  if (name == "sh" || name == "dash" || name == "ksh" || name == "mksh" || name == "ash") {
    return {{"-i"}, {{"_PYENVLAUNCH_ENV", env}, {"ENV", concat(folder, "/shrc")}}};
  }
  return {};
}

void write_shell_files(const std::string& folder) {
  make_directories(concat(folder, "/zsh"));
  write_file(concat(folder, "/bashrc"), concat(kBash, kActivate));
  write_file(concat(folder, "/shrc"), concat(kPosix, kActivate));
  write_file(concat(folder, "/zsh/.zshenv"), std::string(kZshEnv));
  write_file(concat(folder, "/zsh/.zshrc"), concat(kZsh, kActivate));
}

std::string prompt_of_lock(std::string_view lock) {
  const std::string_view file = name_of(lock);
  if (file == "pylock.toml") {
    const std::string folder = directory_of(lock);
    return folder == "/" ? "pylock" : std::string(name_of(folder));
  }
  std::string_view stem = without_suffix(without_suffix(file, ".toml"), ".lock");
  if (stem.starts_with("pylock.")) {
    stem.remove_prefix(std::string_view("pylock.").size());
  }
  return std::string(stem.empty() ? file : stem);
}

}  // namespace pel
