#include "store/prefix/activation_scripts.hpp"

#include <array>
#include <utility>

#include "store/base/text.hpp"

namespace pel {
namespace {

// @DIR@ and @PROMPT@ are replaced by literals of the shell.
constexpr std::string_view kPosix = R"(# Source this file: `. bin/activate`. For sh, bash and zsh.

deactivate () {
    if [ -n "${_OLD_VIRTUAL_PATH+set}" ] ; then
        PATH="$_OLD_VIRTUAL_PATH"
        export PATH
        unset _OLD_VIRTUAL_PATH
    fi
    if [ -n "${_OLD_VIRTUAL_PYTHONHOME+set}" ] ; then
        PYTHONHOME="$_OLD_VIRTUAL_PYTHONHOME"
        export PYTHONHOME
        unset _OLD_VIRTUAL_PYTHONHOME
    fi
    if [ -n "${_OLD_VIRTUAL_PS1+set}" ] ; then
        PS1="$_OLD_VIRTUAL_PS1"
        export PS1
        unset _OLD_VIRTUAL_PS1
    fi
    hash -r 2> /dev/null || true
    unset VIRTUAL_ENV
    unset VIRTUAL_ENV_PROMPT
    if [ "${1:-}" != "nondestructive" ] ; then
        unset -f deactivate
    fi
}

# Leaves another environment first.
deactivate nondestructive

VIRTUAL_ENV=@DIR@
export VIRTUAL_ENV
VIRTUAL_ENV_PROMPT=@PROMPT@
export VIRTUAL_ENV_PROMPT

_OLD_VIRTUAL_PATH="$PATH"
PATH="$VIRTUAL_ENV/bin:$PATH"
export PATH

if [ -n "${PYTHONHOME:-}" ] ; then
    _OLD_VIRTUAL_PYTHONHOME="$PYTHONHOME"
    unset PYTHONHOME
fi

if [ -z "${VIRTUAL_ENV_DISABLE_PROMPT:-}" ] ; then
    _OLD_VIRTUAL_PS1="${PS1:-}"
    PS1="($VIRTUAL_ENV_PROMPT) ${PS1:-}"
    export PS1
fi

hash -r 2> /dev/null || true
)";

constexpr std::string_view kFish = R"(# Source this file: `source bin/activate.fish`. For fish.

function deactivate -d "Leave the virtual environment"
    if set -q _OLD_VIRTUAL_PATH
        set -gx PATH $_OLD_VIRTUAL_PATH
        set -e _OLD_VIRTUAL_PATH
    end
    if set -q _OLD_VIRTUAL_PYTHONHOME
        set -gx PYTHONHOME $_OLD_VIRTUAL_PYTHONHOME
        set -e _OLD_VIRTUAL_PYTHONHOME
    end
    if functions -q _old_virtual_prompt
        functions -e fish_prompt
        functions -c _old_virtual_prompt fish_prompt
        functions -e _old_virtual_prompt
    end
    set -e VIRTUAL_ENV
    set -e VIRTUAL_ENV_PROMPT
    if test "$argv[1]" != nondestructive
        functions -e deactivate
    end
end

# Leaves another environment first.
deactivate nondestructive

set -gx VIRTUAL_ENV @DIR@
set -gx VIRTUAL_ENV_PROMPT @PROMPT@

set -gx _OLD_VIRTUAL_PATH $PATH
set -gx PATH "$VIRTUAL_ENV/bin" $PATH

if set -q PYTHONHOME
    set -gx _OLD_VIRTUAL_PYTHONHOME $PYTHONHOME
    set -e PYTHONHOME
end

if test -z "$VIRTUAL_ENV_DISABLE_PROMPT"; and functions -q fish_prompt
    functions -c fish_prompt _old_virtual_prompt
    function fish_prompt
        set -l last_status $status
        printf '(%s) ' $VIRTUAL_ENV_PROMPT
        # The prompt below shows the last command's status, not that of printf.
        echo "exit $last_status" | .
        _old_virtual_prompt
    end
end
)";

constexpr std::string_view kCsh =
    R"(# Source this file: `source bin/activate.csh`. For csh and tcsh.

alias deactivate 'test $?_OLD_VIRTUAL_PATH != 0 && setenv PATH "$_OLD_VIRTUAL_PATH" && unset _OLD_VIRTUAL_PATH; rehash; test $?_OLD_VIRTUAL_PROMPT != 0 && set prompt="$_OLD_VIRTUAL_PROMPT" && unset _OLD_VIRTUAL_PROMPT; unsetenv VIRTUAL_ENV; unsetenv VIRTUAL_ENV_PROMPT; test "\!:*" != "nondestructive" && unalias deactivate'

# Leaves another environment first.
deactivate nondestructive

setenv VIRTUAL_ENV @DIR@
setenv VIRTUAL_ENV_PROMPT @PROMPT@

set _OLD_VIRTUAL_PATH="$PATH"
setenv PATH "$VIRTUAL_ENV/bin:$PATH"

if (! $?VIRTUAL_ENV_DISABLE_PROMPT) then
    if ($?prompt) then
        set _OLD_VIRTUAL_PROMPT="$prompt"
        set prompt = "($VIRTUAL_ENV_PROMPT) $prompt"
    endif
endif

rehash
)";

// Paths of functions and variables are written as venv and virtualenv write them, without a scope:
// those forms are in use everywhere. What deactivate restores is kept twice: their scripts replace
// that function by their own before they call it, and venv's reads env:, virtualenv's variable:.
constexpr std::string_view kPowerShell = R"(# Run this file: `. bin/Activate.ps1`. For PowerShell.
# Another directory and another prompt can be given, as to the script of Python's venv.
param([string]$VenvDir, [string]$Prompt)

# Leaves another environment first, in the way of the tool that made it.
if (Test-Path function:deactivate) {
    deactivate -NonDestructive
}

function global:deactivate ([switch]$NonDestructive) {
    if (Test-Path variable:_OLD_VIRTUAL_PATH) {
        $env:PATH = $global:_OLD_VIRTUAL_PATH
        Remove-Variable -Name _OLD_VIRTUAL_PATH -Scope Global
        Remove-Item -Path env:_OLD_VIRTUAL_PATH -ErrorAction SilentlyContinue
    }
    if (Test-Path variable:_OLD_VIRTUAL_PYTHONHOME) {
        $env:PYTHONHOME = $global:_OLD_VIRTUAL_PYTHONHOME
        Remove-Variable -Name _OLD_VIRTUAL_PYTHONHOME -Scope Global
        Remove-Item -Path env:_OLD_VIRTUAL_PYTHONHOME -ErrorAction SilentlyContinue
    }
    if (Test-Path function:_OLD_VIRTUAL_PROMPT) {
        Copy-Item -Path function:_OLD_VIRTUAL_PROMPT -Destination function:prompt
        Remove-Item -Path function:_OLD_VIRTUAL_PROMPT
    }
    Remove-Item -Path env:VIRTUAL_ENV -ErrorAction SilentlyContinue
    Remove-Item -Path env:VIRTUAL_ENV_PROMPT -ErrorAction SilentlyContinue
    if (-not $NonDestructive) {
        Remove-Item -Path function:deactivate
    }
}

$env:VIRTUAL_ENV = @DIR@
$env:VIRTUAL_ENV_PROMPT = @PROMPT@
if ($VenvDir) {
    $env:VIRTUAL_ENV = $VenvDir
    $env:VIRTUAL_ENV_PROMPT = Split-Path -Path $VenvDir -Leaf
}
if ($Prompt) {
    $env:VIRTUAL_ENV_PROMPT = $Prompt
}

$global:_OLD_VIRTUAL_PATH = $env:PATH
$env:_OLD_VIRTUAL_PATH = $env:PATH
$env:PATH = "$env:VIRTUAL_ENV/bin" + [System.IO.Path]::PathSeparator + $env:PATH

if (Test-Path env:PYTHONHOME) {
    $global:_OLD_VIRTUAL_PYTHONHOME = $env:PYTHONHOME
    $env:_OLD_VIRTUAL_PYTHONHOME = $env:PYTHONHOME
    Remove-Item -Path env:PYTHONHOME
}

if (-not $env:VIRTUAL_ENV_DISABLE_PROMPT) {
    function global:_OLD_VIRTUAL_PROMPT { "" }
    Copy-Item -Path function:prompt -Destination function:_OLD_VIRTUAL_PROMPT
    function global:prompt {
        Write-Host -NoNewline "($env:VIRTUAL_ENV_PROMPT) "
        _OLD_VIRTUAL_PROMPT
    }
}
)";

std::string replaced(std::string_view text, char what, std::string_view by) {
  std::string result;
  for (const char c : text) {
    if (c == what) {
      result += by;
    } else {
      result += c;
    }
  }
  return result;
}

std::string posix_literal(std::string_view text) {
  return concat("'", replaced(text, '\'', "'\\''"), "'");
}

// Inside quotes fish takes a backslash for itself before a quote or another backslash.
std::string fish_literal(std::string_view text) {
  return concat("'", replaced(replaced(text, '\\', "\\\\"), '\'', "\\'"), "'");
}

// History substitution works inside quotes.
std::string csh_literal(std::string_view text) {
  return concat("'", replaced(replaced(text, '\'', "'\\''"), '!', "\\!"), "'");
}

// PowerShell takes typographic quotes (U+2018 to U+201B) for the plain one; two of a kind are one.
std::string power_shell_literal(std::string_view text) {
  constexpr std::string_view kStart = "\xE2\x80";
  constexpr std::string_view kLast = "\x98\x99\x9A\x9B";
  std::string result = "'";
  while (!text.empty()) {
    const bool is_typographic = text.size() > kStart.size() && text.starts_with(kStart) &&
                                kLast.find(text[kStart.size()]) != std::string_view::npos;
    const std::string_view character = text.substr(0, is_typographic ? kStart.size() + 1 : 1);
    result += character;
    if (is_typographic || character == "'") {
      result += character;
    }
    text.remove_prefix(character.size());
  }
  return concat(result, "'");
}

std::string filled_in(std::string_view text, const std::string& directory,
                      const std::string& prompt) {
  std::string result;
  for (;;) {
    const std::size_t at = text.find('@');
    result += text.substr(0, at);
    if (at == std::string_view::npos) {
      return result;
    }
    text.remove_prefix(at);
    for (const auto& [name, value] :
         {std::pair<std::string_view, const std::string&>("@DIR@", directory),
          std::pair<std::string_view, const std::string&>("@PROMPT@", prompt)}) {
      if (text.starts_with(name)) {
        result += value;
        text.remove_prefix(name.size());
        break;
      }
    }
  }
}

struct Shell {
  const char* file;
  std::string_view text;
  std::string (*literal)(std::string_view);
};

constexpr std::array kShells = {
    Shell{"bin/activate", kPosix, posix_literal},
    Shell{"bin/activate.fish", kFish, fish_literal},
    Shell{"bin/activate.csh", kCsh, csh_literal},
    Shell{"bin/Activate.ps1", kPowerShell, power_shell_literal},
};

}  // namespace

void add_activation_scripts(PrefixPlan& plan, std::string_view directory, std::string_view prompt) {
  for (const Shell& shell : kShells) {
    if (!plan.has(shell.file)) {
      plan.add(shell.file, {PrefixEntry::Kind::text, filled_in(shell.text, shell.literal(directory),
                                                               shell.literal(prompt))});
    }
  }
}

}  // namespace pel
