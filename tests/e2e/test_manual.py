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
