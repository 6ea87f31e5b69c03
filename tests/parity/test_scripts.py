"""Every console script's --help: the same text and status."""

from __future__ import annotations

import pytest
from harness.imports import sample

pytestmark = pytest.mark.network

BATCHES = 2
PATIENCE = 60

# As many scripts of a lock as an ordinary run asks.
SOME = 10

NAMES = """
import importlib.metadata, json
print(json.dumps(sorted({point.name for distribution in importlib.metadata.distributions()
    for point in distribution.entry_points if point.group in ("console_scripts", "gui_scripts")})))
"""


def without_layout(text: str) -> list[str]:
    """The text without white space, where no path is broken; and its words, in no order."""
    words = text.split()
    return ["".join(words), *sorted(words)]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_help(bench, parity, pytestconfig, batch):
    names = bench.venv().json("-c", NAMES)
    if not pytestconfig.getoption("--full"):
        names = sample(names, SOME)
    mine = names[batch::BATCHES]

    def ask(side) -> object:
        found = {}
        for name in mine:
            outcome = side.command([side.bin / name, "--help"], patience=PATIENCE)
            found[name] = {
                "status": outcome.status,
                "out": without_layout(outcome.out),
                "err": without_layout(outcome.err),
            }
        return found

    parity(f"scripts.{batch}", ask, lambda answer: {"scripts": len(answer)})
