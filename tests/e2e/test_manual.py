"""man pyenvlaunch: the page that scripts/manual makes of docs/man."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.launcher import PROGRAM, ROOT

PAGE = PROGRAM.parents[1] / "share/man/man1/pyenvlaunch.1"
SOURCE = ROOT / "docs/man/pyenvlaunch.1.md"


def run(*words: object, **env: str) -> subprocess.CompletedProcess:
    program = shutil.which(str(words[0]))
    assert program, f"{words[0]} is not installed: run scripts/setup"
    return subprocess.run(
        [program, *map(str, words[1:])],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **env},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def shown() -> str:
    done = run("man", "--warnings", "-l", PAGE, MANWIDTH="100", MAN_KEEP_FORMATTING="")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_it_is_found_beside_the_program():
    done = run("man", "-w", "pyenvlaunch", PATH=f"{PROGRAM.parent}:/usr/bin:/bin")
    assert done.stdout == f"{PAGE}\n", done


def test_it_is_well_formed():
    lines = run("mandoc", "-Tlint", "-Wall", PAGE).stdout.splitlines()
    assert [line for line in lines if "missing date" not in line] == []


def test_it_says_what_the_source_says(pel, shown):
    words = " ".join(re.sub(r"[`*|]", " ", SOURCE.read_text()).split())
    text = " ".join(shown.split())
    for part in ("~/.netrc is read for passwords", "`pyenvlaunch completion fish | source`"):
        assert part.replace("`", "") in text
    for heading in re.findall(r"^## (.*)$", SOURCE.read_text(), re.MULTILINE):
        assert f"\n{heading.upper()}\n" in shown
    assert len(text) > 0.8 * len(words)
    assert not re.search(r"\*\*|\]\(|\\[a-z(]", shown)
    for line in pel("help").ok().splitlines():
        if match := re.match(r"  ([a-z][a-z-]+) ", line):
            assert f"pyenvlaunch {match[1]}" in text


@pytest.mark.parametrize(
    "wrong", ["# no page\n", "# a(1)\n\n### deep\n", "# a(1)\n\n```sh\nx\n```\n"]
)
def test_what_it_cannot_convert_is_an_error(tmp_path, wrong):
    (tmp_path / "a.md").write_text(wrong)
    done = run(sys.executable, ROOT / "scripts/manual", tmp_path / "a.md", tmp_path / "a.1", "1")
    assert done.returncode == 1
    assert done.stderr.startswith("scripts/manual: ")
    assert not Path(tmp_path / "a.1").exists()


GROUPS = ("shims", "env", "store", "python")


def commands_of(pel) -> list[str]:
    """All of them, `store add` and the like one by one."""
    found = []
    for name in re.findall(r"^  ([a-z][a-z-]+) ", pel("help").ok(), re.MULTILINE):
        parts = re.findall(rf"^  ({name} [a-z]+) ", pel("help", name).ok(), re.MULTILINE)
        assert bool(parts) == (name in GROUPS)
        found += parts or [name]
    return found


def options_of(pel, command: str) -> set[str]:
    text = pel("help", *command.split()).ok()
    return set(re.findall(r"^ +(?:-[a-zA-Z], )?(--[a-z-]+)", text, re.MULTILINE))


def test_it_has_every_option(pel):
    commands = commands_of(pel)
    assert {"store verify", "shims install", "env explain", "python find", "lock"} <= set(commands)
    text = SOURCE.read_text()
    for command in commands:
        for option in options_of(pel, command):
            assert re.search(rf"{option}(?![a-z-])", text), f"{command} {option}"


def test_commands_have_the_options_that_it_gives_them(pel):
    """Sentences such as: Of `run`, `exec` and `sync`: `-v`, or a table."""
    section = SOURCE.read_text().split("\n## Options\n")[1].split("\n## ")[0]
    said = re.findall(r"^Of ((?:[^:]|\n)*?):((?:.|\n)*?)(?=^Of |\Z)", section, re.MULTILINE)
    checked = 0
    for commands, text in said:
        if commands == "every command":
            continue
        for option in set(
            re.findall(r"^\| `(?:-., )?(--[a-z-]+)|`(--[a-z-]+)`", text, re.MULTILINE)
        ):
            name = option[0] or option[1]
            for command in re.findall(r"`([a-z -]+)`", commands):
                assert name in options_of(pel, command), f"{command} {name}"
                checked += 1
    assert checked > 60


def test_its_options_are_those_of_commands(pel):
    known = {"--version", *(o for c in commands_of(pel) for o in options_of(pel, c))}
    said = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", SOURCE.read_text()))
    assert said - known == set()
    assert len(said) > 40


def section(name: str) -> str:
    return SOURCE.read_text().split(f"\n## {name}\n")[1].split("\n## ")[0]


# What one of our programs tells another.
INNER = {"GIT_PASSWORD", "GIT_USER", "IMPORT_TIMES", "RESTORING", "RESUMED", "SHELL", "TRACE"}
# What a shell, a terminal and pyenv's own shims mean by them.
OF_EVERY_PROGRAM = {
    "ENV",
    "HOME",
    "PATH",
    "PYENV_DIR",
    "PYENV_VERSION",
    "SHELL",
    "TERM",
    "TMPDIR",
    "ZDOTDIR",
}


def test_it_has_every_variable():
    read = set()
    for folder in ("launcher", "store", "embed", "frontend", "lock"):
        for file in (ROOT / folder).rglob("*.cpp"):
            text = re.sub(r'R"(\w*)\((.|\n)*?\)\1"', "", file.read_text())  # sysconfig's are others
            read |= set(re.findall(r'(?:getenv|variable)\("([A-Z][A-Z_]+)"', text))
            read |= set(re.findall(r'"(PYENVLAUNCH_[A-Z_]+)"', text))
    inner = {f"PYENVLAUNCH_{name}" for name in INNER}
    assert inner | OF_EVERY_PROGRAM <= read
    text = SOURCE.read_text() + (ROOT / "docs/locks.md").read_text()
    text = re.sub(r"`(\w+)_SIZE`, `_FILES`, `_RATIO`", r"`\1_SIZE`, `\1_FILES`, `\1_RATIO`", text)
    said = set(re.findall(r"`([A-Z][A-Z_]+)`", text))
    assert read - inner - OF_EVERY_PROGRAM - said == set()
    assert {name for name in said if name.startswith("PYENVLAUNCH_")} <= read


def test_it_has_every_setting():
    source = (ROOT / "launcher/config_file.cpp").read_text()
    known = set(re.findall(r'Key\{"([a-z-]+)", Form', source))
    rows = [
        line.split("|")[1] for line in section("Settings").splitlines() if line.startswith("| `")
    ]
    assert {name for row in rows for name in re.findall(r"`([a-z-]+)`", row)} == known
    assert len(known) > 8
