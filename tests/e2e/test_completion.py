"""completion: asked by the real shells."""

import os
import shutil
import subprocess

import pytest
from support.launcher import PROGRAM
from support.terminal import Terminal
from support.wheels import Wheel, simple


@pytest.fixture
def here(pel, lock_of):
    """A user in a folder with a lock, whose environment is made."""
    lock = lock_of(
        Wheel(
            "alpha",
            "2.0",
            {"alpha.py": "def main(): pass\n"},
            {"console_scripts": {"al-run": "alpha:main", "al-stop": "alpha:main"}},
        ),
        simple("beta"),
        name="application.lock",
    )
    shutil.copy(lock, pel.work / "application.lock")
    shutil.copy(lock, pel.work / "pylock.toml")
    (pel.work / "sub folder").mkdir()
    (pel.work / "other.txt").write_text("")
    pel("sync", "application.lock").ok()
    pel.env["PATH"] = f"{PROGRAM.parent}:{pel.env['PATH']}"
    return pel


def words(pel, *line: str) -> list[str]:
    out = pel("complete-words", "--", *line).ok()
    return [text.split("\t")[0] for text in out.splitlines()]


def test_commands(here):
    assert words(here, "sy") == ["sync"]
    assert words(here, "store", "p") == ["path", "pin"]
    assert words(here, "help", "store", "unp") == ["unpin"]
    assert words(here, "help", "comp") == ["completion"]
    assert words(here, "--color", "never", "syn") == ["sync"]
    assert words(here, "nonsense", "") == []
    assert "run" in words(here, "")
    assert words(here) == words(here, "")
    assert words(here, "-v", "--verbose", "syn") == ["sync"]
    assert words(here, "--ver") == ["--version", "--verbose"]


def test_options_are_those_of_help(here):
    commands = [line.split()[0] for line in here("help").ok().split("commands:\n")[1].split("\noptions")[0].splitlines()
                if line.startswith("  ") and not line.startswith("  -")]  # fmt: skip
    assert "export" in commands
    for command in commands:
        text = here(command, "--help").ok()
        if "\ncommands:\n" in text:
            continue
        options = {
            word.rstrip(",").split("[")[0]
            for line in text.split("\noptions:\n")[1].splitlines()
            for word in line.split("  ")[1 if line.startswith("  -") else 3].split()[:2]
            if word.startswith("--")
        }
        assert options, text
        assert set(words(here, command, "--")) == options, command


def test_locks_and_folders(here):
    assert words(here, "run", "") == ["application.lock", "pylock.toml", "sub folder/"]
    assert words(here, "sync", "application.lock", "app") == ["application.lock"]
    assert words(here, "env", "show", "--extra", "x", "py") == ["pylock.toml"]
    (here.work / "sub folder/in.lock").write_text("")
    assert words(here, "run", "sub folder/") == ["sub folder/in.lock"]
    assert words(here, "store", "gc", "--keep", "app") == ["application.lock"]


def test_scripts_of_the_environment(here):
    for line in (["run", "application.lock", "--", "al"], ["run", "application.lock", "al"]):
        assert words(here, *line) == ["al-run", "al-stop", ":"]
    assert words(here, "shims", "install", "pylock.toml", "al-s") == ["al-stop"]
    assert words(here, "run", "application.lock", "--", "al-run", "--x") == [":"]
    assert words(here, "run", "none.lock", "--", "al") == [":"]


def test_wheels_shims_and_values(here):
    assert words(here, "store", "path", "al") == ["alpha"]
    assert words(here, "store", "show", "beta-1") == here("store", "list").ok().splitlines()[1:]
    assert words(here, "store", "add", "") == [":"]
    assert words(here, "sync", "--color", "a") == ["auto", "always"]
    assert words(here, "sync", "--python", "") == [":"]
    here("shims", "install", "application.lock", "--dir", here.work / "bin").ok()
    assert words(here, "shims", "uninstall", "al-r") == ["al-run"]
    assert words(here, "completion", "") == ["bash", "zsh", "fish"]
    assert words(here, "completion", "bash", "") == []


def test_nothing_is_printed_to_the_terminal(here):
    broken = here.work / "broken.lock"
    broken.write_text("no lock")
    result = here("complete-words", "--", "run", "broken.lock", "--", "")
    assert (result.ok(), result.stderr) == ("python\n:\n", "")


def test_unknown_shell(pel):
    assert "bash, zsh and fish" in pel("completion", "tcsh").failed(2)
    pel("completion").failed(2)


def test_bash(here):
    script = here.work / "script.bash"
    script.write_text(here("completion", "bash").ok())
    code = (
        f"source {script}; complete -p pyenvlaunch\n"
        "COMP_WORDS=(pyenvlaunch run application.lock -- al); COMP_CWORD=4; _pyenvlaunch\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
        "COMP_WORDS=(pyenvlaunch run sub); COMP_CWORD=2; _pyenvlaunch\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", code], env=here.env, cwd=here.work, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == [
        "complete -F _pyenvlaunch pyenvlaunch",
        "al-run",
        "al-stop",
        "sub\\ folder/",
    ], done


def test_fish(here):
    code = (
        "pyenvlaunch completion fish | source\n"
        "complete -C 'pyenvlaunch syn'\n"
        "complete -C 'pyenvlaunch run application.lock -- al-'\n"
    )
    fish = shutil.which("fish")
    done = subprocess.run(
        [fish, "--no-config", "-c", code],
        env=here.env | {"HOME": str(here.home)},
        cwd=here.work,
        capture_output=True,
        text=True,
    )
    lines = [line.split("\t")[0] for line in done.stdout.splitlines()]
    assert lines == ["sync", "al-run", "al-stop"], done


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_keys_typed_at_a_terminal(here, shell):
    env = here.env | {"TERM": "dumb", "PS1": "ready> ", "PROMPT": "ready> "}
    command = ["bash", "--norc", "--noprofile", "-i"] if shell == "bash" else ["zsh", "-f", "-i"]
    terminal = Terminal([shutil.which(shell), *command[1:]], env, here.work)
    terminal.wait_for("ready> ")
    if shell == "zsh":
        terminal.send("autoload -Uz compinit; compinit -u -D\n")
    terminal.send(f"source <(pyenvlaunch completion {shell}); echo so''urced\n")
    terminal.wait_for("sourced")
    terminal.send("pyenvlaunch syn\tapplic\t; echo status-$?-\n")
    terminal.wait_for("status-0-")
    terminal.send("pyenvlaunch run app\t-- al-r\t; echo second-$?-\n")
    terminal.wait_for("second-0-")
    terminal.send("exit 0\n")
    assert terminal.finish() == 0
    assert os.path.exists(here.cache)
