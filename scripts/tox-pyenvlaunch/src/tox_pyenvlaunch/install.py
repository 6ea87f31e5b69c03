"""What tox calls to install: requirements become a lock, packages become files."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tox.execute.request import StdinSource
from tox.tox_env.errors import Fail
from tox.tox_env.python.package import (
    EditableLegacyPackage,
    EditablePackage,
    SdistPackage,
    WheelPackage,
)
from tox.tox_env.python.pip.pip_install import Pip
from tox.tox_env.python.pip.req_file import PythonDeps
from tox.tox_env.python.pylock import Pylock

from tox_pyenvlaunch.locks import LockError, Requirements, Step, locked
from tox_pyenvlaunch.wheel import Places, install_wheel

if TYPE_CHECKING:
    from tox_pyenvlaunch.environment import LockedEnvironment

# Options of an `install_command` that change nothing of what is installed.
HARMLESS = {
    "-I",
    "-E",
    "-s",
    "-m",
    "-U",
    "--upgrade",
    "-q",
    "--quiet",
    "-v",
    "--verbose",
    "--no-input",
}
HARMLESS |= {"--disable-pip-version-check", "--no-cache-dir", "--no-cache", "--no-compile"}
HARMLESS |= {"--no-warn-script-location"}

PACKAGES = (WheelPackage, SdistPackage, EditablePackage, EditableLegacyPackage)

LIST = (
    "from importlib.metadata import distributions as d; "
    "print(*sorted({f'{i.name}=={i.version}' for i in d()}), sep='\\n')"
)


class LockInstaller(Pip):
    """Collects what shall be in an environment, and lets `pyenvlaunch venv` make it of one lock.

    tox installs in steps (deps, groups, the package's own deps); they are resolved together, so that
    one lock says all. The package itself is installed into the directory, as any installer does.
    """

    _env: LockedEnvironment

    def __init__(self, tox_env: LockedEnvironment) -> None:
        self._steps: dict[tuple[str, str], Step] = {}
        self._lock: Path | None = None
        self._make: Callable[[], object] | None = None
        super().__init__(tox_env)

    def freeze_cmd(self) -> list[str]:
        return ["python", "-I", "-c", LIST]

    def begin(self, lock: Path | None, make: Callable[[], object] | None = None) -> None:
        """A set-up starts; `make` is called after each step."""
        self._steps.clear()
        self._lock = lock
        self._make = make

    def install(self, arguments: object, section: str, of_type: str) -> None:
        packages: list[object] = []
        if isinstance(arguments, PythonDeps):
            self._steps[section, of_type] = self._requirements(arguments)
        elif isinstance(arguments, Pylock):
            self._lock = arguments.path
        elif isinstance(arguments, Sequence):
            packages = [item for item in arguments if isinstance(item, PACKAGES)]
            lines = tuple(self._lines_of(arguments))
            of_package = bool(packages) or of_type == "package_deps"
            self._steps[section, of_type] = Step(lines, lines, of_package)
        else:
            raise Fail(f"cannot install {arguments!r}")
        if packages:
            self.make()
            for package in packages:
                self._install_package(package)
        elif self._make is not None:
            self._make()

    def _lines_of(self, arguments: Sequence[object]) -> Iterator[str]:
        """Requirements, and what packages depend on, where --force-dep does not say otherwise."""
        forced = {
            canonicalize_name(item.name): item
            for item in getattr(self._env.options, "force_dep", None) or []
        }
        for item in arguments:
            if isinstance(item, Requirement):
                yield str(item)
            elif isinstance(item, PACKAGES):
                for dependency in item.deps:
                    yield str(forced.get(canonicalize_name(dependency.name), dependency))
            else:
                raise Fail(f"cannot install {item!r}")

    def _requirements(self, arguments: PythonDeps) -> Step:
        words, content = [], []
        for name, part in (("deps", arguments), ("constraints", self.constraints)):
            try:
                words += part.as_root_args
                content += [line for kind in part.unroll() for line in kind]
            except (ValueError, OSError) as error:
                raise Fail(f"{part.redact(str(error))} in {name}") from None
        extra = ["--pre"] if self._env.conf["pip_pre"] else []
        return Step((*words, *extra), tuple(content))

    # ----------------------------------------------------------------- the directory

    @property
    def _marker(self) -> Path:
        return self._env.env_dir / ".tox-pyenvlaunch"

    def make(self) -> bool:
        """Brings the directory to what was asked for since begin(); False when it is that already."""
        options = self._env.options
        before = self._read_marker()
        there = bool(before) and self._env.env_python().exists()
        if there and getattr(options, "skip_env_install", False):
            return False
        if there and getattr(options, "skip_pkg_install", False):
            # What the package needs, of which nothing is said in such a run, stays.
            for section, of_type, lines in before["steps"]:
                self._steps.setdefault((section, of_type), Step(tuple(lines), tuple(lines), True))
        lock = self._lock or self._derived_lock()
        words = [os.fsencode(word) for word in self._selection()]
        state = hashlib.sha256(b"\0".join([*words, lock.read_bytes()])).hexdigest()
        if there and before["state"] == state:
            return False
        python = str(self._env.base_python.extra["executable"])
        command = [self._env.program, "venv", "-q", "--python", python, *self._selection()]
        # tox keeps files of its own there, some before the environment is made.
        command += ["--allow-existing", "--prompt", self._env.conf.name]
        command += [str(self._env.env_dir), str(lock)]
        logging.info("%s", " ".join(command))
        self._marker.unlink(missing_ok=True)
        self._run(command)
        steps = [[*key, step.arguments] for key, step in self._steps.items() if step.of_package]
        self._marker.write_text(json.dumps({"state": state, "steps": steps}))
        return True

    def _read_marker(self) -> dict[str, Any]:
        """What make() has written; nothing when it was interrupted, or was another release's."""
        try:
            found = json.loads(self._marker.read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _selection(self) -> list[str]:
        return [*self._env.conf["pyenvlaunch_options"], *self._lock_selection()]

    def _lock_selection(self) -> list[str]:
        """Extras and groups of a lock that tox's own `pylock` names."""
        conf = self._env.conf
        if self._lock is None or "pylock" not in conf or not conf["pylock"]:
            return []
        extras = [f"--extra={name}" for name in sorted(conf["extras"])]
        groups = sorted(conf["dependency_groups"])
        if groups:
            extras += ["--no-default-groups", *(f"--group={name}" for name in groups)]
        return extras

    @property
    def _environment(self) -> dict[str, str]:
        """This process's, with what `set_env` adds: an index, say, that pip would be told so."""
        added = self._env.conf["set_env"]
        return os.environ | {name: added.load(name) for name in added}

    def _check_install_command(self) -> None:
        """Nothing is installed by that command: what it says must not be passed over."""
        harmless = HARMLESS | ({"--pre"} if self._env.conf["pip_pre"] else set())
        for word in self._env.conf["install_command"].args:
            if word.startswith("-") and word not in harmless:
                raise Fail(
                    f"{word.partition('=')[0]} of install_command is not for environments of pyenvlaunch: "
                    "write it into deps, or what it means into set_env"
                )

    def _derived_lock(self) -> Path:
        self._check_install_command()
        python = self._env.base_python
        requirements = Requirements(
            steps=tuple(self._steps.values()),
            root=self._env.core["toxinidir"],
            python=str(python.extra["executable"]),
            version=python.version,
            environment=self._environment,
        )
        folder = self._env.core["work_dir"] / ".pyenvlaunch"
        again = getattr(self._env.options, "relock", False)
        try:
            return locked(requirements, folder, self._env.program, again=again)
        except LockError as error:
            raise Fail(f"cannot make a lock of {requirements.text}\n{error}") from None

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.stderr.strip():
            logging.warning("%s", done.stderr.strip())
        if done.returncode != 0:
            raise Fail(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()}")

    # ----------------------------------------------------------------- the package

    def _install_package(self, package: object) -> None:
        path = Path(package.path)
        if isinstance(package, EditableLegacyPackage):
            self._install_editable(path)
            return
        with tempfile.TemporaryDirectory() as folder:
            if isinstance(package, SdistPackage):
                path = self._build(path, Path(folder))
            logging.info("install %s", path.name)
            places = Places(
                prefix=self._env.env_dir,
                site_packages=self._env.env_site_package_dir(),
                scripts=self._env.env_bin_dir(),
                python=self._env.env_python(),
            )
            install_wheel(path, places)

    def _install_editable(self, project: Path) -> None:
        """A project whose backend makes no editable wheels: an installer does what it can."""
        logging.info("install %s, editable", project)
        python = str(self._env.env_python())
        if uv := shutil.which("uv"):
            command = [uv, "pip", "install", "--quiet", "--python", python]
        else:
            command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
        self._run([*command, "--no-deps", "--editable", str(project)])

    def _build(self, sdist: Path, folder: Path) -> Path:
        python = str(self._env.base_python.extra["executable"])
        if uv := shutil.which("uv"):
            options = ["--quiet", "--wheel", "--python", python, "--out-dir", str(folder)]
            self._run([uv, "build", *options, str(sdist)])
        else:
            options = ["--quiet", "--no-deps", "--wheel-dir", str(folder)]
            self._run([sys.executable, "-m", "pip", "wheel", *options, str(sdist)])
        return next(folder.glob("*.whl"))

    def installed(self) -> list[str]:
        done = self._env.execute(
            self._env.conf["list_dependencies_command"].args,
            stdin=StdinSource.OFF,
            run_id="freeze",
            show=False,
        )
        done.assert_success()
        return done.out.splitlines()
