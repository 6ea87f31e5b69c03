"""What tox sees of this plugin."""

from __future__ import annotations

from tox.config.cli.parser import ToxParser
from tox.plugin import impl
from tox.tox_env.register import ToxEnvRegister

from tox_pyenvlaunch.environment import LockedPackager, LockedRunner


@impl
def tox_register_tox_env(register: ToxEnvRegister) -> None:
    register.add_run_env(LockedRunner)
    register.add_package_env(LockedPackager)


@impl
def tox_add_option(parser: ToxParser) -> None:
    parser.add_argument(
        "--relock",
        action="store_true",
        help="resolve the deps of pyenvlaunch environments again, instead of the locks of them",
    )
