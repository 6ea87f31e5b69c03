"""Every option of the command line, every variable, every way to say what to run and to end."""

from __future__ import annotations

import shutil

import pytest
from harness.commands import commands

pytestmark = [pytest.mark.network, pytest.mark.locks("S")]

GROUPS = sorted({name.partition(" ")[0] for name, _ in commands()})


@pytest.mark.parametrize("group", GROUPS)
def test_commands(bench, parity, group):
    mine = [(name, command) for name, command in commands() if name.partition(" ")[0] == group]

    def ask(side) -> object:
        found = {}
        for name, command in mine:
            folder = side.folder / "commands"
            shutil.rmtree(folder, ignore_errors=True)
            found[name.replace(".", "·")] = command.run(side, folder)
        return found

    parity(f"commands.{group}", ask)
