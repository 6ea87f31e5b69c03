"""Lets commands fail at one system call after the other, and looks at what they leave behind."""

from __future__ import annotations

import os
import random
import re
import shlex
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from support.interpreters import Python
from support.launcher import TEST_TOOLS, Launcher, Result, preload, remove_tree
from support.locks import write_lock
from support.power import lose_power
from support.wheels import Wheel, simple

INJECT = Path(os.environ.get("PEL_INJECT", TEST_TOOLS / "inject"))

FAULTS = ("kill", "ENOSPC", "EIO", "EMFILE", "EDQUOT", "EROFS")
# "mend" is a sync that finds a changed file in the store, "clear" is `venv --clear`, "reset" is
# `edit --reset`.
COMMANDS = (
    *("sync", "mend", "gc", "remove", "add", "venv", "clear", "edit", "reset"),
    *("shims", "uninstall", "export"),
)
# Of these the ordinary tests have fewer rounds.
RARE = ("clear", "reset", "shims", "uninstall", "export")

# Shows that everything is there: modules, a composite's, a script, data.
CHECK = (
    "import base.plugin, alpha, pathlib, sys;"
    "print(alpha.VERSION, base.VERSION, base.plugin.VALUE, pathlib.Path(sys.prefix, 'share/d.txt').read_text())"
)
EXPECTED = "1.0 1.0 plugin data\n"


def wheels() -> list[Wheel]:
    alpha = simple("alpha")
    alpha.files[f"{alpha.data}/data/share/d.txt"] = "data"
    alpha.entry_points = {"console_scripts": {"alpha": "alpha:main"}}
    plugin = Wheel("plugin", files={"base/plugin.py": "VALUE = 'plugin'\n"})
    return [alpha, simple("base"), plugin]


def flip(path: Path, chance: random.Random) -> str:
    """Another byte, the same size, mode and time."""
    status = path.stat()
    content = bytearray(path.read_bytes()) or bytearray(b"x")
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.chmod(0o600)
    path.write_bytes(content)
    path.chmod(status.st_mode)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return "flip"


def truncate(path: Path, chance: random.Random) -> str:
    path.chmod(0o644)
    os.truncate(path, chance.randrange(max(1, path.stat().st_size)))
    return "truncate"


def unlink(path: Path, chance: random.Random) -> str:
    del chance
    mode = path.parent.stat().st_mode
    path.parent.chmod(0o755)
    path.unlink()
    path.parent.chmod(mode)
    return "unlink"


DAMAGES = (flip, truncate, unlink)


class TreeCopier:
    """Copies trees with the hard links among them, as environments and composites have them."""

    def __init__(self) -> None:
        self.copies: dict[tuple[int, int], str] = {}

    def __call__(self, source: Path, target: Path) -> None:
        shutil.copytree(source, target, symlinks=True, copy_function=self.copy)

    def copy(self, source: str, target: str) -> None:
        status = os.lstat(source)
        key = (status.st_dev, status.st_ino)
        if key in self.copies:
            os.link(self.copies[key], target, follow_symlinks=False)
        else:
            shutil.copy2(source, target, follow_symlinks=False)
            self.copies[key] = target


# Temporary files and links.
LEFTOVER = re.compile(r"\.tmp-|\.pyenvlaunch-[0-9a-f]{16}$")


@dataclass(frozen=True)
class Fault:
    command: str
    kind: str
    at: int

    def __str__(self) -> str:
        return f"{self.command}: {self.kind} at call {self.at}"


@dataclass(frozen=True)
class PowerLoss:
    command: str
    model: str  # of support/power.py
    at: int
    seed: int = 0

    def __str__(self) -> str:
        return f"{self.command}: loss of power at call {self.at}, {self.model}, seed {self.seed}"


class Bench:
    """A user whose commands fail. What each round starts from is copied from a template."""

    def __init__(self, root: Path, python: Python) -> None:
        self.root = root
        self.house = house = root / "wheelhouse"
        self.lock = write_lock(root / "app.lock", [wheel.build(house) for wheel in wheels()])
        other = simple("other").build(house)
        self.other = write_lock(root / "other.lock", [other])
        self.user = Launcher(root / "user", python)
        self.venv = self.user.work / "venv"
        self.bin = self.user.home / ".local/bin"
        self.exported = self.user.work / "exported"
        self.templates = {}
        # The interpreter has been asked; nothing else is there.
        self.user("env", "show", self.lock).ok()
        self.user.data.mkdir(exist_ok=True)
        asked = self.keep("asked")
        self.templates |= dict.fromkeys(("sync", "add", "venv"), asked)
        # Two environments, one of which is not wanted any more.
        self.user("sync", self.lock, self.other).ok()
        self.other.unlink()
        self.templates |= dict.fromkeys(
            ("mend", "gc", "remove", "shims", "export"), self.keep("full")
        )
        self.user("venv", self.venv, self.lock).ok()
        self.templates |= dict.fromkeys(("edit", "clear"), self.keep("made"))
        self.user("edit", self.venv, "alpha").ok()
        self.templates["reset"] = self.keep("edited")
        remove_tree(self.venv)
        self.user("shims", "install", self.lock).ok()
        self.templates["uninstall"] = self.keep("shimmed")

    def keep(self, name: str) -> Path:
        template = self.root / name
        copy = TreeCopier()
        copy(self.user.data, template / "data")
        copy(self.user.cache, template / "cache")
        for place in (self.venv, self.bin):
            if place.exists():
                copy(place, template / place.name)
        return template

    def restore(self, command: str) -> None:
        self.user.forget()
        self.user.env.pop("LD_PRELOAD", None)
        for place in (self.venv, self.bin, *self.user.work.glob(".*"), *self.user.work.glob("*")):
            remove_tree(place)
        template = self.templates[command]
        places = {"data": self.user.data, "cache": self.user.cache, "venv": self.venv}
        places["bin"] = self.bin
        copy = TreeCopier()
        for name, place in places.items():
            if (template / name).exists():
                copy(template / name, place)
        # All copies have just been made: no file has changed since its INDEX was written.
        for index in self.user.store.glob("[wc]*/*/INDEX"):
            os.utime(index)
        if command == "mend":
            self.change_file()

    def change_file(self) -> None:
        """One that a composite shares, so that what is imported tells; size and times stay."""
        (path,) = self.user.store.glob("wheels/base-*/**/base/__init__.py")
        before, status = path.read_text(), path.stat()
        assert status.st_nlink > 1
        time.sleep(0.02)  # the kernel's clock of files has ticked
        path.chmod(0o644)
        path.write_text(before.replace("1.0", "6.6"))
        path.chmod(stat.S_IMODE(status.st_mode))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert path.read_text() != before

    def arguments(self, command: str) -> list[object]:
        return {
            "sync": ["sync", self.lock],
            "mend": ["sync", self.lock],
            "gc": ["store", "gc"],
            "remove": ["env", "remove", self.lock],
            "add": ["store", "add", *self.house.glob("*.whl")],
            "venv": ["venv", self.venv, self.lock],
            "clear": ["venv", "--clear", self.venv, self.lock],
            "edit": ["edit", self.venv, "alpha"],
            "reset": ["edit", "--reset", self.venv, "alpha"],
            "shims": ["shims", "install", self.lock],
            "uninstall": ["shims", "uninstall", "alpha"],
            "export": ["export", self.lock, self.exported],
        }[command]

    def inject(self, fault: Fault, *options: object) -> tuple[Result, int, str]:
        """The result, the number of calls that were counted, and the one that failed."""
        log = self.root / "inject.log"
        prefix = (str(INJECT), "--below", str(self.user.root), "--at", str(fault.at))
        prefix += ("--fault", fault.kind, "--log", str(log), *map(str, options), "--")
        result = self.user(*self.arguments(fault.command), prefix=prefix)
        count, _, call = log.read_text().strip().partition(" ")
        return result, int(count), call

    def count(self, command: str, kind: str) -> int:
        """How many calls there are to fail."""
        self.restore(command)
        result, count, _ = self.inject(Fault(command, "kill" if kind == "power" else kind, 10**9))
        result.ok()
        return count

    def round(self, fault: Fault) -> str:
        """One fault, and all that must hold behind it. Returns the call that failed, or nothing."""
        self.restore(fault.command)
        result, _, call = self.inject(fault)
        story = f"{fault} ({call})\n{result}"
        if fault.kind != "kill" and result.returncode != 0:
            assert result.returncode == 1, story
            assert "pyenvlaunch: error: cannot " in result.stderr, story
        for word in ("terminate called", "internal error", "what():"):
            assert word not in result.stderr, story
        verified = self.user("store", "verify")
        if fault.command == "mend" and result.returncode != 0:
            # What is damaged is the changed file at most; that it is not mended yet is known.
            assert self.only_changed(verified), f"{story}\n{verified}"
            self.mend(story)
            verified = self.user("store", "verify")
        assert verified.returncode == 0, f"{story}\n{verified}"
        if fault.command in ("add", "venv", "clear", "shims"):
            again = self.user(*self.arguments(fault.command))
            assert again.returncode == 0, f"{story}\n{again}"
        self.check_command(fault.command, story)
        self.go_on(story)
        self.clear(story)
        return call

    @staticmethod
    def only_changed(verified: Result) -> bool:
        """Of the wheel, and of the composite that shares the file."""
        named = re.findall(r"^(/.*?): ", verified.stdout, re.MULTILINE)
        return all(path.endswith("/base/__init__.py") for path in named)

    def mend(self, story: str) -> None:
        """Whatever befell the sync that saw the changed file: the next one replaces it."""
        again = self.user(*self.arguments("mend"))
        assert again.returncode == 0, f"{story}\n{again}"

    def check_edit(self, story: str) -> None:
        """The directory works, the package can be edited, and is the store's again afterwards."""
        self.check_venv(story, made=True)
        again = self.user(*self.arguments("edit"))
        assert again.returncode == 0 or "it is being edited" in again.stderr, f"{story}\n{again}"
        self.check_venv(story, made=True)
        listed = self.user("edit", "--list", self.venv)
        assert "alpha 1.0: " in listed.stdout, f"{story}\n{listed}"
        assert ", 0 changed" in listed.stdout, f"{story}\n{listed}"
        reset = self.user("edit", "--reset", self.venv, "alpha")
        assert reset.returncode == 0, f"{story}\n{reset}"
        self.check_venv(story, made=True)

    def check_command(self, command: str, story: str) -> None:
        """What is wanted of the command is there, or can be had."""
        if command in ("venv", "clear"):
            self.check_venv(story, made=True)
        elif command == "edit":
            self.check_edit(story)
        elif command == "reset":
            self.check_reset(story)
        elif command in ("shims", "uninstall"):
            self.check_shims(story)
        elif command == "export":
            self.check_export(story)

    def check_reset(self, story: str) -> None:
        again = self.user(*self.arguments("reset"))
        assert again.returncode == 0 or ": it is not\n" in again.stderr, f"{story}\n{again}"
        self.check_venv(story, made=True)
        assert self.user("edit", "--list", self.venv).ok() == "", story

    def check_shims(self, story: str) -> None:
        """They work, and can be taken away without a trace."""
        installed = self.user("shims", "install", self.lock)
        assert installed.returncode == 0, f"{story}\n{installed}"
        ran = subprocess.run([self.bin / "alpha"], capture_output=True, text=True, check=False)
        assert "cannot import name" in ran.stderr or "no attribute" in ran.stderr, f"{story}{ran}"
        removed = self.user("shims", "uninstall", "alpha")
        assert removed.returncode == 0, f"{story}\n{removed}"
        left = [*self.bin.iterdir(), *(self.user.data / "shims").iterdir()]
        assert [path.name for path in left] == [".lock"], f"{story}\n{left}"

    def check_export(self, story: str) -> None:
        """It is there in full, or not at all."""
        if not self.exported.exists():
            again = self.user(*self.arguments("export"))
            assert again.returncode == 0, f"{story}\n{again}"
        command = [self.exported / "bin/python", "-c", CHECK]
        assert command[0].exists(), story
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ran.stdout == EXPECTED, f"{story}\n{ran}"
        # What an interruption has left goes with the next export.
        again = self.user("export", self.lock, f"{self.exported}.2")
        assert again.returncode == 0, f"{story}\n{again}"
        names = sorted(path.name for path in self.user.work.iterdir())
        assert names == ["exported", "exported.2"], story

    def go_on(self, story: str) -> None:
        """The next commands do what they would have done, and see nothing half-written."""
        ran = self.user.run(self.lock, "python", "-c", CHECK)
        assert (ran.returncode, ran.stdout) == (0, EXPECTED), f"{story}\n{ran}"
        script = self.user.run(self.lock, "alpha")
        assert (
            "has no attribute 'main'" in script.stderr or "cannot import name" in script.stderr
        ), f"{story}\n{script}"

    def clear(self, story: str) -> None:
        cleared = self.user("store", "gc")
        assert cleared.returncode == 0, f"{story}\n{cleared}"
        assert self.leftovers() == [], f"{story}\n{cleared}"
        verified = self.user("store", "verify")
        assert verified.returncode == 0, f"{story}\n{verified}"

    def power_round(self, loss: PowerLoss) -> tuple[str, bool]:
        """The call in front of which the power went, if any, and whether verify found anything."""
        self.restore(loss.command)
        journal, save = self.root / "journal", self.root / "save"
        remove_tree(save)
        save.mkdir()
        fault = Fault(loss.command, "kill", loss.at)
        _, _, call = self.inject(fault, "--journal", journal, "--save", save)
        lost = lose_power(journal, self.user.root, loss.model, random.Random(str(loss)))
        story = f"{loss} ({call})\nlost: {', '.join(lost)}\n"
        self.user.env |= preload(PEL_TEST_BOOT_ID=self.another_boot())
        if loss.command == "venv":
            self.check_venv(story, made=call == "")
            self.user("venv", self.venv, self.lock).ok()
            self.check_venv(story, made=True)
        if loss.command == "clear":
            self.user(*self.arguments("clear")).ok()
        if loss.command != "venv":
            self.check_command(loss.command, story)
        if loss.command == "mend":
            self.mend(story)
        self.go_on(story)
        verified = self.user("store", "verify")
        if verified.returncode != 0:
            assert "lib/python3" not in verified.stdout, f"{story}\n{verified}"
            repaired = self.user("store", "repair", "--find-links", self.house)
            assert repaired.returncode == 0, f"{story}\n{verified}\n{repaired}"
            self.go_on(story)
        self.clear(story)
        return call, verified.returncode != 0

    def another_boot(self) -> Path:
        file = self.root / "boot_id"
        file.write_text("00000000-0000-4000-8000-000000000000\n")
        return file

    def check_venv(self, story: str, *, made: bool) -> None:
        """What lies in the directory works, or fails; it must work once it was `made`."""
        code = shlex.join([str(self.venv / "bin/python"), "-c", CHECK])
        ran = subprocess.run(
            code, shell=True, env=self.user.env, capture_output=True, text=True, check=False
        )
        story = f"{story}{code}: {ran}"
        assert (ran.returncode != 0 and not made) or ran.stdout == EXPECTED, story
        script = shlex.quote(str(self.venv / "bin/alpha"))  # it fails, unless it is empty
        assert subprocess.run(script, shell=True, capture_output=True, check=False).returncode, (
            story
        )

    def damage_round(self, seed: int) -> str:
        """Changes some files of a full store by chance, and mends it."""
        self.restore("gc")
        chance = random.Random(seed)
        files = [path for path in self.user.store.glob("[wcb]*/**/*") if path.is_file()]
        done, damaged = [], False
        for path in chance.sample(files, chance.randint(1, 6)):
            if path.exists():  # a link to it may have gone
                how = chance.choice(DAMAGES)(path, chance)
                done.append(f"{how} {path.name}")
                # A pack that is not there is no damage: it is made when it is needed.
                damaged = damaged or how != "unlink" or path.suffix != ".pack"
        story = f"damage {seed}: {', '.join(done)}"
        found = self.user("store", "verify")
        assert found.returncode == int(damaged), f"{story}\n{found}"
        repaired = self.user("store", "repair", "--find-links", self.root / "wheelhouse")
        assert repaired.returncode == 0, f"{story}\n{repaired}"
        verified = self.user("store", "verify")
        assert verified.returncode == 0, f"{story}\n{verified}"
        ran = self.user.run(self.lock, "python", "-c", CHECK)
        assert (ran.returncode, ran.stdout) == (0, EXPECTED), f"{story}\n{ran}"
        return story

    def leftovers(self) -> list[str]:
        """Temporary things, and what belongs to the environment that is gone."""
        store, cache = self.user.store, self.user.cache / "v1"
        found = [*(store / "tmp").iterdir(), *(cache / "tmp").iterdir()]
        found += [path for path in (store / "roots").iterdir() if path.name.startswith("add-")]
        found += store.glob("wheels/other-*")
        found += store.glob("bytecode/other-*")
        found += list((cache / "envs").iterdir())[1:]
        for folder, _, names in os.walk(self.user.root):
            found += [Path(folder) / name for name in names if LEFTOVER.match(name)]
        return sorted(str(path) for path in found)

    def close(self) -> None:
        remove_tree(self.root)


def some(count: int, most: int, *, first: int = 1) -> Iterator[int]:
    """At most so many of the numbers from 1 to `count`, evenly spread; other ones for each `first`."""
    step = max(1, -(-count // most))
    yield from range(1 + (first - 1) % step, count + 1, step)
