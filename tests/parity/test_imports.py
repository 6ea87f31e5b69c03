"""Importing every top-level module, and a sample of those below: the same modules, or errors."""

from __future__ import annotations

import json

import pytest
from harness.imports import import_all, names_of, sample
from support.real import locked

pytestmark = pytest.mark.network

# Tests of one case, which share its modules by their top-level names.
BATCHES = 4


def modules(bench) -> dict[str, list[str]]:
    """From the venv, once for all workers."""
    file = bench.folder / "modules.json"
    with locked(bench.folder):
        if not file.exists():
            file.write_text(json.dumps(names_of(bench.venv(), bench.probes())))
    return json.loads(file.read_text())


@pytest.mark.parametrize("batch", range(BATCHES))
def test_modules(bench, parity, pytestconfig, batch):
    limit = 40 if pytestconfig.getoption("--full") else 2
    probes = bench.probes()
    tops = modules(bench)
    mine = [name for number, name in enumerate(sorted(tops)) if number % BATCHES == batch]

    def ask(side) -> object:
        found = {}
        for name in mine:
            below = [module for module in tops[name] if module != name]
            found |= import_all(side, probes, [name, *sample(below, limit)])
        return found

    parity(f"imports.{batch}", ask, lambda answer: {"modules": len(answer)})


def test_same_modules_are_listed(bench, parity):
    probes = bench.probes()
    parity("imports.names", lambda side: names_of(side, probes))
