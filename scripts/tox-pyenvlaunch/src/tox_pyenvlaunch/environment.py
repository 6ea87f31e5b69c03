"""The environments: tox's own with another way to make them and to install into them."""

from __future__ import annotations

import shutil
from abc import ABC
from pathlib import Path

from tox.tox_env.errors import Fail
from tox.tox_env.python.virtual_env.api import VirtualEnv
from tox.tox_env.python.virtual_env.package.pyproject import Pep517VirtualEnvPackager
from tox.tox_env.python.virtual_env.runner import VirtualEnvRunner

from tox_pyenvlaunch.install import LockInstaller


class LockedEnvironment(VirtualEnv, ABC):
    """A directory that `pyenvlaunch venv` makes. virtualenv is only asked which interpreter is meant."""

    _lock_installer: LockInstaller | None = None

    def register_config(self) -> None:
        super().register_config()
        self.conf.add_config(
            keys=["pyenvlaunch"],
            of_type=str,
            default="pyenvlaunch",
            desc="the program that makes the environment",
        )
        self.conf.add_config(
            keys=["pyenvlaunch_options"],
            of_type=list[str],
            default=[],
            desc="options for `pyenvlaunch venv`, one a line (--extra=E, --offline, --seed)",
        )

    @property
    def installer(self) -> LockInstaller:
        if self._lock_installer is None:
            self._lock_installer = LockInstaller(self)
        return self._lock_installer

    @property
    def program(self) -> str:
        name = self.conf["pyenvlaunch"]
        found = shutil.which(name)
        if found is None:
            raise Fail(f"there is no program {name}: put pyenvlaunch on PATH, or set `pyenvlaunch`")
        return found

    def create_python_env(self) -> None:
        if self.conf["system_site_packages"]:
            raise Fail("system_site_packages is not for environments of pyenvlaunch")
        # The directory comes with its first lock, as soon as all that shall be in it is known.

    def _default_pass_env(self) -> list[str]:
        return [*super()._default_pass_env(), "PYENVLAUNCH_*"]


class LockedRunner(LockedEnvironment, VirtualEnvRunner):
    @staticmethod
    def id() -> str:
        return "pyenvlaunch"

    def register_config(self) -> None:
        super().register_config()
        self.conf.add_config(
            keys=["pyenvlaunch_lock"],
            of_type=str,
            default="",
            desc="the lock of the environment, instead of one that is made of deps",
        )

    @property
    def lock(self) -> Path | None:
        """The lock that the configuration names."""
        named = self.conf["pyenvlaunch_lock"]
        if not named:
            return None
        if self.conf["deps"].as_root_args or self.conf["dependency_groups"]:
            raise Fail("cannot use both pyenvlaunch_lock and deps or dependency_groups")
        path = self.core["tox_root"] / named
        if not path.is_file():
            raise Fail(f"there is no lock {path}")
        return path

    @property
    def default_pkg_type(self) -> str:
        # What tests an sdist, without a second environment in which an installer builds it.
        usual = super().default_pkg_type
        return "sdist-wheel" if usual == "sdist" else usual

    @property
    def _package_tox_env_type(self) -> str:
        return LockedPackager.id()

    def _setup_env(self) -> None:
        self.installer.begin(self.lock)
        super()._setup_env()

    def _run_extra_setup_commands(self) -> None:
        self.installer.make()
        super()._run_extra_setup_commands()


class LockedPackager(LockedEnvironment, Pep517VirtualEnvPackager):
    """Where packages are built. Build requirements come one after the other, and are needed at once."""

    @staticmethod
    def id() -> str:
        return "pyenvlaunch-pep-517"

    def _setup_env(self) -> None:
        self.installer.begin(None, make=self._make)
        super()._setup_env()

    def _make(self) -> None:
        # A backend that runs already would not see what has come.
        if self.installer.make() and self._frontend_ is not None:
            self._frontend_.backend_executor.close()
            self._frontend_ = None


__all__ = ["LockedPackager", "LockedRunner"]
