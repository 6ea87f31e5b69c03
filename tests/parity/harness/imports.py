"""Which modules are imported, and how: many in one process, which may die."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

from harness.sides import Side

# A batch that takes longer has a module that waits for something.
PATIENCE = 240


def names_of(side: Side, probes: Path) -> dict[str, list[str]]:
    """All modules of the environment by their top-level name, as pkgutil lists them."""
    trees = side.json("-c", LIST, str(probes))
    assert isinstance(trees, dict)
    return trees


LIST = """
import json, sys
sys.path.insert(0, sys.argv[1])
import packages
trees = packages.trees()
found = {}
for name in packages._top_level():
    found[name] = [name]
for package, members in trees.items():
    found[package.partition(".")[0]] += [member.rpartition(" ")[0] for member in members]
print(json.dumps(found))
"""


def sample(names: list[str], limit: int) -> list[str]:
    """At most so many of them, the same ones each time, spread by their hash; in order."""
    chosen = sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())[:limit]
    return sorted(set(chosen), key=lambda name: (name.count("."), name))


def import_all(side: Side, probes: Path, names: list[str]) -> dict[str, object]:
    """What became of each: module, exception, or the end of the process."""
    found: dict[str, object] = {}
    rest = list(names)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        while rest:
            out.write_text("")
            outcome = side.run(
                probes / "importing.py",
                out,
                *rest,
                patience=PATIENCE,
                env={"MPLBACKEND": "Agg", "DISPLAY": None},
            )
            last = None
            for line in out.read_text(errors="replace").splitlines():
                last, answer = json.loads(line)
                if answer is not None:
                    found[last] = answer
            if last is None:
                found[rest[0]] = f"nothing was imported: {outcome}"
                rest = rest[1:]
                continue
            if last not in found:
                found[last] = f"the process ended with {outcome.status}"
            rest = rest[rest.index(last) + 1 :]
    return found
