"""The probes of probes/*.py: functions that run inside of both environments."""

from __future__ import annotations

import ast
import json
import tempfile
from pathlib import Path

import pytest
from harness.cases import PROBES
from harness.sides import Side

pytestmark = pytest.mark.network

# Driven by tests of their own.
OTHERS = {"run", "importing", "child"}


# What a lock's packages have little to do with; and what takes long.
ONLY_SMALL = ("shadows.", "nested.", "state.")
ONLY_FULL = (
    "packages.missing_members",
    "nested.venv_with_pip",
    "nested.venv_in_a_venv",
    "nested.venv_with_copies",
)
FOR_TRAPS = ("nested.virtualenv", "state.path", "state.site", "state.prefix", "state.executables")


def marked(probe: str) -> object:
    marks = []
    if probe in ONLY_FULL:
        marks.append(pytest.mark.full)
    if probe.startswith(ONLY_SMALL) and not probe.startswith(FOR_TRAPS):
        marks.append(pytest.mark.locks("S"))
    return pytest.param(probe, marks=marks)


def functions() -> list[str]:
    """FILE.FUNCTION of each probe: public functions without a parameter."""
    found = []
    for file in sorted(PROBES.glob("*.py")):
        if file.stem in OTHERS:
            continue
        for node in ast.parse(file.read_text()).body:
            if (
                isinstance(node, ast.FunctionDef)
                and not node.name.startswith("_")
                and not node.args.args
                and not node.args.vararg
            ):
                found.append(f"{file.stem}.{node.name}")
    return found


def ask_inside(side: Side, probes: Path, probe: str, *arguments: str) -> object:
    """What a probe returns, and how its process ended."""
    file, function = probe.split(".")
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer"
        outcome = side.run(probes / "run.py", answer, file, function, *arguments)
        # A probe that fails alike in both has compared nothing.
        if side.name == "venv" and not answer.exists():
            pytest.fail(f"{probe} has no answer in a venv: {outcome.err}", pytrace=False)
        found = json.loads(answer.read_text()) if answer.exists() else None
    # The answer's place is in argv.
    texts = [text.replace(folder, "<answer>") for text in (outcome.out, outcome.err)]
    return {
        "answer": json.loads(json.dumps(found).replace(folder, "<answer>")),
        "status": outcome.status,
        "out": texts[0],
        "err": texts[1],
    }


@pytest.mark.parametrize("probe", [marked(probe) for probe in functions()])
def test_probe(bench, parity, probe):
    probes = bench.probes()
    parity(probe, lambda side: ask_inside(side, probes, probe))
