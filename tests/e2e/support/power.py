"""Loss of power: what a program had written but not synced is taken back.

The model. A program is killed in front of a system call that changes the file system. What it had
done until then is on the disk, but for what was not synced (tests/torture/journal.hpp): the content
of files may be gone, in whole or in part, with or without their size; and changes of directories may
be undone. A journalling file system undoes them in their order, the last ones first; worse ones keep
any of them. A rename, a link or an unlink itself is never half done, and what fsync or syncfs has
returned from stays.
"""

from __future__ import annotations

import os
import random
import shutil
import stat
from contextlib import contextmanager
from pathlib import Path

# ordered: the last changes of directories are undone; any: some of them; none: all stay.
MODELS = ("none", "ordered", "any")


@contextmanager
def writable(folder: Path):
    """Directories of a store are read-only for their owner too."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    folder.chmod(mode | 0o700)
    yield
    folder.chmod(mode)


def move(source: Path, target: Path) -> None:
    """Whatever modes say: nobody but root can move a read-only directory."""
    mode = stat.S_IMODE(source.lstat().st_mode)
    moves_directory = source.is_dir() and not source.is_symlink()
    with writable(source.parent), writable(target.parent):
        if moves_directory:
            source.chmod(mode | 0o700)
        source.rename(target)
        if moves_directory:
            target.chmod(mode)


def remove(path: Path) -> None:
    with writable(path.parent):
        if path.is_dir() and not path.is_symlink():
            for folder, _, _ in os.walk(path):
                os.chmod(folder, 0o700)
            shutil.rmtree(path)
        else:
            path.unlink()


def lies_there(path: Path) -> bool:
    return os.path.lexists(path)


def undo(kind: str, words: list[str]) -> None:
    """Takes one change back, if what came later has left a way to do so."""
    paths = [Path(word) for word in words if word.startswith("/")]
    if not all(lies_there(path.parent) for path in paths):
        return
    if kind in ("create", "mkdir"):
        if lies_there(paths[0]):
            remove(paths[0])
    elif kind == "rmdir":
        if not lies_there(paths[0]):
            with writable(paths[0].parent):
                paths[0].mkdir()
    elif kind == "unlink":
        if not lies_there(paths[0]) and words[1]:
            with writable(paths[0].parent):
                os.link(words[1], paths[0], follow_symlinks=False)
    elif kind == "rename":
        source, target = paths[:2]
        if not lies_there(target) or lies_there(source):
            return
        move(target, source)
        if words[2]:
            with writable(target.parent):
                os.link(words[2], target, follow_symlinks=False)
    elif kind == "chmod":
        if lies_there(paths[0]) and not paths[0].is_symlink():
            paths[0].chmod(int(words[1], 8))
    elif kind == "exchange":
        source, target = paths[:2]
        if lies_there(source) and lies_there(target):
            aside = target.with_name(target.name + ".aside")
            move(target, aside)
            move(source, target)
            move(aside, source)


def lose_content(path: Path, chance: random.Random) -> str:
    """Of a file that was written and not synced: empty, shorter, or zeros of the same size."""
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    path.chmod(0o600)
    how = chance.choice(("empty", "empty", "half", "zeros"))
    keep = {"empty": 0, "half": status.st_size // 2, "zeros": 0}[how]
    os.truncate(path, keep)
    if how == "zeros":
        os.truncate(path, status.st_size)
    path.chmod(mode)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return f"{how} {path.name}"


def lose_power(journal: Path, root: Path, model: str, chance: random.Random) -> list[str]:
    """Makes what lies below `root` what the disk could hold. Says what was lost."""
    lines = [line.split("\t") for line in journal.read_text().splitlines()]
    inodes = {int(words[0]) for kind, *words in lines if kind == "data"}
    changes = [(kind, words) for kind, *words in lines if kind != "data"]
    lost = []
    undone = {"none": 0, "ordered": chance.randint(0, len(changes)), "any": len(changes)}[model]
    for kind, words in reversed(changes[len(changes) - undone :]):
        if model == "ordered" or chance.random() < 0.5:
            undo(kind, words)
            lost.append(f"{kind} {words[0]}")
    files = [Path(folder, name) for folder, _, names in os.walk(root) for name in names]
    seen = set()
    for path in sorted(files):
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_ino in seen:
            continue
        seen.add(status.st_ino)
        if status.st_ino in inodes and (model == "none" or chance.random() < 0.7):
            lost.append(lose_content(path, chance))
    return lost
