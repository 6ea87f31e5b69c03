"""nox sessions in environments out of locks: `session = nox_pyenvlaunch.use(session, "app.lock")`.

The session needs no environment of nox's own: `@nox.session(venv_backend="none")`.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any


class LockedSession:
    """A nox session whose run() runs programs of a lock's environment.

    Everything else is the session's own. `bin`, `python` and `env` are as nox has them.
    """

    def __init__(self, session: Any, directory: Path) -> None:
        self._session = session
        self.directory = directory
        self.bin = str(directory / "bin")
        self.env = {
            "VIRTUAL_ENV": str(directory),
            "PATH": os.pathsep.join([self.bin, os.environ.get("PATH", os.defpath)]),
        }

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def run(self, *args: Any, env: dict[str, str | None] | None = None, **options: Any) -> Any:
        """session.run(), with the environment activated."""
        own = shutil.which(str(args[0]), path=self.bin) if args else None
        command = (own, *args[1:]) if own else args
        return self._session.run(
            *command, env={**self.env, **(env or {})}, **{"external": True, **options}
        )

    run_always = run_install = run

    def install(self, *args: str, **options: Any) -> None:
        raise RuntimeError(f"cannot install {' '.join(args)}: the lock says what is there")


def use(
    session: Any,
    lock: str | os.PathLike[str],
    *options: str,
    python: str | None = None,
    program: str = "pyenvlaunch",
) -> LockedSession:
    """Makes the environment of `lock` for this session, or brings it up to date, in milliseconds.

    `options` are those of `pyenvlaunch venv`, such as "--extra=test".
    """
    name = session.name.replace("/", "-").replace(" ", "-")
    directory = Path(session.cache_dir).resolve().parent / f"pyenvlaunch-{name}"
    command = [program, "venv", "-q", *options]
    if python is not None:
        command += ["--python", python]
    session.run(*command, str(directory), os.fspath(lock), external=True, silent=True)
    return LockedSession(session, directory)
