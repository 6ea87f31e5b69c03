"""Command blocks of the documentation: what they are, and how they are run.

The conventions stand at the top of docs/testing.md. Run as a program, this counts the blocks.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

COMMANDS = {"sh", "bash", "console"}  # blocks of these languages are run
FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})\s*(\S*)\s*$")
NOTE = re.compile(r"<!--\s*(run|not run|file|exit):\s*(.*?)\s*-->", re.DOTALL)
INDENTED_COMMAND = re.compile(
    r"^ {4,}(\$ |(pyenvlaunch|pip|uv|tox|nox|scripts/\w+|\.venv/bin/\w+) )"
)
SHELL = ("bash", "--norc", "--noprofile", "-euo", "pipefail", "-c")


@dataclass
class Block:
    """A fenced block, or the commands of a `run:` note, which no reader sees."""

    line: int
    language: str
    text: str
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def is_commands(self) -> bool:
        return self.language in COMMANDS

    @property
    def reason_not_to_run(self) -> str | None:
        return self.notes.get("not run")


@dataclass
class Document:
    path: Path
    blocks: list[Block] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    @property
    def commands(self) -> list[Block]:
        return [block for block in self.blocks if block.is_commands]

    @property
    def left_out(self) -> list[Block]:
        return [block for block in self.commands if block.reason_not_to_run is not None]


def read_note(lines: list[str], start: int) -> tuple[re.Match | None, int]:
    """The note that begins in this line, and the line behind it."""
    end = start
    while end < len(lines) and "-->" not in lines[end]:
        end += 1
    return NOTE.match("\n".join(lines[start : end + 1]).strip()), end + 1


def read_document(path: Path) -> Document:
    document = Document(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    notes: dict[str, str] = {}
    number = 0
    while number < len(lines):
        line = lines[number]
        if line.lstrip().startswith("<!--"):
            note, behind = read_note(lines, number)
            if note and note[1] == "run":
                document.blocks.append(Block(number + 1, "sh", note[2]))
            elif note:
                notes[note[1]] = note[2]
            number = behind
            continue
        if opening := FENCE.match(line):
            indent, fence, language = opening.groups()
            end = number + 1
            while end < len(lines) and lines[end].strip() != fence:
                end += 1
            text = "\n".join(text.removeprefix(indent) for text in lines[number + 1 : end])
            document.blocks.append(Block(number + 1, language, text + "\n", notes))
            if not language:
                document.mistakes.append(f"line {number + 1}: a block without a language")
            notes = {}
            number = end + 1
            continue
        if INDENTED_COMMAND.match(line):
            document.mistakes.append(f"line {number + 1}: commands stand in fenced blocks")
        if line.strip() and notes:
            document.mistakes.append(f"line {number + 1}: a note belongs to the block behind it")
            notes = {}
        number += 1
    return document


def console_steps(text: str) -> list[tuple[str, str]]:
    """Commands of a console block, each with the output that it shows."""
    steps: list[tuple[str, str]] = []
    continued = False
    for line in text.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], ""))
        elif not steps:
            raise AssertionError(f"a console block begins with a command, not with: {line}")
        elif continued:
            steps[-1] = (f"{steps[-1][0]}\n{line.removeprefix('> ')}", "")
        else:
            steps[-1] = (steps[-1][0], f"{steps[-1][1]}{line}\n")
        continued = line.endswith("\\") and not steps[-1][1]
    return steps


def matches(shown: str, output: str) -> bool:
    """Whether the output is what the document shows; "…" stands for anything, also for lines."""
    parts = [re.escape(part) for part in shown.rstrip().split("…")]
    return re.fullmatch(".*?".join(parts), output.rstrip(), re.DOTALL) is not None


class Session:
    """One reader who types all blocks of a document, from the top, into one shell."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.env = env
        self.state = folder.parent / "state.sh"
        self.state.write_text(f"cd '{folder}'\n")

    def shell(self, commands: str, wanted: int, where: str) -> str:
        """Standard output and error, together; what was exported and where it ended stay."""
        script = f'set -a\n. \'{self.state}\'\ntrap \'{{ export -p; printf "cd %q\\n" "$PWD"; }} > "{self.state}"\' EXIT\n'
        done = subprocess.run(
            [*SHELL, script + commands],
            cwd=self.folder.parent,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        said = f"{where}: exit status {done.returncode}\n$ {commands}\n{done.stdout}"
        assert done.returncode == wanted, said
        return done.stdout

    def run(self, block: Block, where: str) -> None:
        where = f"{where}:{block.line}"
        if "file" in block.notes:
            file = self.folder / block.notes["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text)
        if not block.is_commands or block.reason_not_to_run is not None:
            return
        wanted = int(block.notes.get("exit", "0"))
        if block.language != "console":
            self.shell(block.text, wanted, where)
            return
        steps = console_steps(block.text)
        for number, (command, shown) in enumerate(steps, 1):
            output = self.shell(command, wanted if number == len(steps) else 0, where)
            if shown:
                said = f"{where}: $ {command}\nshows\n{shown}\nbut it says\n{output}"
                assert matches(shown, output), said


def documents(root: Path) -> list[Path]:
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").glob("*.md"))]


def main() -> None:
    total = left_out = 0
    root = Path(__file__).resolve().parents[3]
    for path in documents(root):
        document = read_document(path)
        if document.commands:
            run = len(document.commands) - len(document.left_out)
            print(f"{path.relative_to(root)}: {run} run, {len(document.left_out)} not run")
        for block in document.left_out:
            print(f"  line {block.line} is not run: {block.reason_not_to_run}")
        total += len(document.commands)
        left_out += len(document.left_out)
    print(f"{total - left_out} command blocks run, {left_out} not run")


if __name__ == "__main__":
    sys.exit(main())
