"""shell LOCK: an interactive shell in the environment of a lock."""

import shutil

import pytest
from support.launcher import PROGRAM
from support.terminal import Terminal
from support.wheels import Wheel


def tool() -> Wheel:
    return Wheel(
        "alpha",
        "2.0",
        {"alpha.py": "def main():\n    print('he' + 'llo')\n"},
        {"console_scripts": {"go": "alpha:main"}},
    )


def environment(pel, shell: str) -> dict[str, str]:
    program = shutil.which(shell)
    assert program, f"{shell} is not installed: run scripts/setup"
    return pel.env | {"SHELL": program, "TERM": "dumb"}


@pytest.mark.parametrize(
    ("shell", "file", "text"),
    [
        ("bash", ".bashrc", "PATH=/usr/bin:/bin\nPS1='mine> '\nMINE=yes\n"),
        ("dash", ".shinit", "PATH=/usr/bin:/bin\nPS1='mine> '\nMINE=yes\n"),
        ("zsh", ".zshrc", "PATH=/usr/bin:/bin\nPS1='mine> '\nMINE=yes\nunsetopt zle\n"),
        (
            "fish",
            ".config/fish/config.fish",
            "set -gx PATH /usr/bin /bin\nfunction fish_prompt\n  echo -n 'mine> '\nend\nset MINE yes\n",
        ),
    ],
)
def test_interactive(pel, lock_of, shell, file, text):
    lock = lock_of(tool())
    start = pel.home / file
    start.parent.mkdir(parents=True, exist_ok=True)
    start.write_text(text)
    env = environment(pel, shell) | {"ENV": str(pel.home / ".shinit")}
    terminal = Terminal([PROGRAM, "shell", lock], env, pel.work)
    terminal.wait_for("(app) mine> ")  # the user's own prompt, with the lock's name before it
    terminal.send("go\n")
    terminal.wait_for("hello")
    terminal.send("echo is-$MINE\n")
    terminal.wait_for("is-yes")
    terminal.send("exit 7\n")
    assert terminal.finish() == 7


def test_zsh_gets_its_folder_back(pel, lock_of):
    folder = pel.home / "zsh"
    folder.mkdir()
    (folder / ".zshenv").write_text("FROM_ENV=yes\n")
    (folder / ".zshrc").write_text("PS1='mine> '\nunsetopt zle\n")
    env = environment(pel, "zsh") | {"ZDOTDIR": str(folder)}
    terminal = Terminal([PROGRAM, "shell", lock_of(tool())], env, pel.work)
    terminal.wait_for("(app) mine> ")
    terminal.send("echo $FROM_ENV-$ZDOTDIR-end\n")
    terminal.wait_for(f"yes-{folder}-end")
    terminal.send("exit\n")
    assert terminal.finish() == 0


def test_without_a_terminal_it_reads_commands(pel, lock_of):
    env = environment(pel, "bash")
    result = pel("shell", lock_of(tool()), stdin="go\necho $VIRTUAL_ENV\nexit 3\n", env=env)
    assert result.returncode == 3
    hello, prefix = result.stdout.splitlines()
    assert hello == "hello"
    assert prefix.startswith(str(pel.cache))
    assert result.stderr == ""


def test_sh_when_no_shell_is_named(pel, lock_of):
    result = pel("shell", lock_of(tool()), stdin="go\n", env={"SHELL": None})
    assert result.ok() == "hello\n"


def test_nested_shell_is_told(pel, lock_of):
    lock = lock_of(tool())
    result = pel("shell", lock, stdin=f"{PROGRAM} shell {lock} </dev/null\n")
    assert result.ok() == ""
    assert f"this is a shell inside that of {lock}" in result.stderr


def test_mistakes(pel, lock_of, tmp_path):
    assert "no lock given" in pel("shell").failed(2)
    pel("shell", tmp_path / "none.lock").failed(1)
    lock = lock_of(tool())
    assert "/nowhere/zsh" in pel("shell", lock, env={"SHELL": "/nowhere/zsh"}).failed(127)
