"""Programs at their work in both environments: the same output, status and files."""

from __future__ import annotations

import pytest
from harness.programs import PROGRAMS

pytestmark = [
    pytest.mark.network,
    pytest.mark.locks("TRAPS", always=True),
    pytest.mark.minors("3.13"),
]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.full] if program.long else [])
        for name, program in PROGRAMS.items()
    ],
)
def test_program(bench, parity, name):
    parity(f"programs.{name}", PROGRAMS[name].run)
