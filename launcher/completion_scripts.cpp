#include "launcher/completion.hpp"

namespace pel {
namespace {

// A line of the answer is "WORD<tab>DESCRIPTION"; ":" alone asks for file names.
constexpr std::string_view kBash =
    R"sh(# Completion of pyenvlaunch for bash: source <(pyenvlaunch completion bash)
_pyenvlaunch() {
    local word rest program=${COMP_WORDS[0]/#\~/$HOME}
    COMPREPLY=()
    while IFS=$'\t' read -r word rest; do
        if [[ $word == : ]]; then
            compopt -o default -o bashdefault 2>/dev/null
        elif [[ -n $word ]]; then
            COMPREPLY+=("$(printf '%q' "$word")")
        fi
    done < <("$program" complete-words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -F _pyenvlaunch pyenvlaunch
)sh";

constexpr std::string_view kZsh = R"sh(#compdef pyenvlaunch
# Completion of pyenvlaunch for zsh: source <(pyenvlaunch completion zsh), behind compinit; or this
# text as a file _pyenvlaunch in a folder of $fpath.
_pyenvlaunch() {
    local word rest files=
    local -a described folders
    while IFS=$'\t' read -r word rest; do
        if [[ $word == : ]]; then
            files=1
        elif [[ $word == */ ]]; then
            folders+=("$word")
        elif [[ -n $word ]]; then
            described+=("${word//:/\\:}${rest:+:$rest}")
        fi
    done < <("${(Q)words[1]}" complete-words -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    (( $#folders )) && compadd -S '' -- $folders
    (( $#described )) && _describe pyenvlaunch described
    [[ -n $files ]] && _files
}
if [[ ${funcstack[1]-} == _pyenvlaunch ]]; then
    _pyenvlaunch "$@"
else
    compdef _pyenvlaunch pyenvlaunch
fi
)sh";

constexpr std::string_view kFish =
    R"sh(# Completion of pyenvlaunch for fish: pyenvlaunch completion fish | source
function __pyenvlaunch_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    for line in ($program complete-words -- $words (commandline -ct) 2>/dev/null)
        if test "$line" = :
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c pyenvlaunch -f -a '(__pyenvlaunch_complete)'
)sh";

}  // namespace

std::string_view completion_script(std::string_view shell) noexcept {
  return shell == "bash"   ? kBash
         : shell == "zsh"  ? kZsh
         : shell == "fish" ? kFish
                           : std::string_view();
}

}  // namespace pel
