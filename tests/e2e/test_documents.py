"""Every command block of README.md and docs/*.md does what it says."""

import os
import shutil
from pathlib import Path

import pytest
from support import real
from support.documents import Session, console_steps, documents, matches, read_document
from support.launcher import PROGRAM, ROOT, Launcher

# How to reach the package index; the rest of a tester's variables is none of a reader's.
INDEX = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_NATIVE", "UV_SYSTEM", "PIP_INDEX", "PIP_EXTRA")
INDEX += ("PIP_CERT", "PIP_DEFAULT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")

DOCUMENTS = documents(ROOT)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_form(path):
    document = read_document(path)
    assert not document.mistakes, f"{path}: see the top of docs/testing.md: {document.mistakes}"
    for block in document.left_out:
        assert len(block.reason_not_to_run.split()) >= 3, f"{path}:{block.line}: give a reason"


def test_there_are_commands():
    blocks = [block for path in DOCUMENTS for block in read_document(path).commands]
    left_out = [block for block in blocks if block.reason_not_to_run is not None]
    assert len(blocks) - len(left_out) >= 8
    assert len(left_out) < len(blocks)


@pytest.mark.network
@pytest.mark.parametrize(
    "path", [path for path in DOCUMENTS if read_document(path).commands], ids=name_of
)
def test_commands(path, tmp_path, python):
    """In an empty HOME, in a folder with app.lock (black and rich), from top to bottom."""
    user = Launcher(tmp_path / "user", python)
    folder = user.home / "work"
    folder.mkdir()
    source = real.real_lock("S", python)
    shutil.copyfile(source, folder / "app.lock")
    (folder / "wheelhouse").symlink_to(source.parent / "wheelhouse")
    tools = user.root / "bin"
    tools.mkdir()
    for program in (PROGRAM, real.UV):
        (tools / program.name).symlink_to(program)
    env = {name: value for name, value in os.environ.items() if name.startswith(INDEX)}
    # A reader has neither of these variables: the usual places are below HOME.
    own = ("PYENVLAUNCH_HOME", "PYENVLAUNCH_CACHE")
    env |= {name: value for name, value in user.env.items() if name not in own}
    env["PATH"] = f"{tools}:{Path(python.path).parent}:/usr/bin:/bin"
    session = Session(folder, env)
    for block in read_document(path).blocks:
        session.run(block, name_of(path))


def test_notes_and_blocks(tmp_path):
    path = tmp_path / "one.md"
    path.write_text(
        "<!-- run: echo hidden -->\n<!-- file: x.py -->\n```python\nprint(1)\n```\n\n"
        "<!-- not run: it needs the moon -->\n```sh\nfly\n```\n```\nno language\n```\n"
        "    $ indented\n<!-- exit: 3 -->\nnot a block\n"
    )
    document = read_document(path)
    assert [(block.line, block.language) for block in document.blocks] == [
        (1, "sh"),
        (3, "python"),
        (8, "sh"),
        (11, ""),
    ]
    assert document.blocks[1].notes == {"file": "x.py"}
    assert document.left_out == [document.blocks[2]]
    assert [mistake.split(":")[0] for mistake in document.mistakes] == [
        "line 11",
        "line 14",
        "line 16",
    ]


def test_console_blocks():
    text = "$ one \\\n  two\nshown\n$ three\n"
    assert console_steps(text) == [("one \\\n  two", "shown\n"), ("three", "")]
    assert matches("black, … (compiled: yes)\n…\n", "black, 26.1 (compiled: yes)\nPython 3\n")
    assert not matches("black\n", "black\nmore\n")


def test_a_wrong_block_fails(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    session = Session(folder, {"PATH": "/usr/bin:/bin"})
    path = tmp_path / "one.md"

    def run(text: str) -> None:
        path.write_text(text)
        for block in read_document(path).blocks:
            session.run(block, "one.md")

    run(
        "```sh\nmkdir sub && cd sub\nexport WORD=kept\n```\n```console\n$ echo $WORD ${PWD##*/}\nkept sub\n```\n"
    )
    run("<!-- exit: 3 -->\n```sh\nexit 3\n```\n")
    for wrong in ("```sh\nfalse\ntrue\n```\n", "```console\n$ echo a\nb\n```\n"):
        with pytest.raises(AssertionError, match=r"one\.md:1"):
            run(wrong)
