"""The benchmark runs: one round of the smallest lock."""

import json
import os
import subprocess
import sys

import pytest
from support.launcher import ROOT


@pytest.mark.network
def test_a_round_of_the_smallest_lock(tmp_path):
    env = dict(os.environ, PYTHONPATH="bench:tests/e2e")
    scenarios = ("noise", "start", "create", "first-run", "growth", "disk", "imports")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pelbench", "--smoke"),
            *("--work", ROOT / "build/bench", "--results", tmp_path, *scenarios),
        ],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "bench.json").read_text())
    assert "## Goals" in done.stdout
    assert done.stdout.strip() == (tmp_path / "bench.md").read_text().strip()
    assert (tmp_path / "bench.svg").read_text().startswith("<svg")
    for key in ("start/S", "create/S", "first-run/black", "growth/table", "disk-bytes/S"):
        series = found["groups"][key]["series"]
        ours = [values for name, values in series.items() if name.startswith("pyenvlaunch")]
        assert ours and all(value > 0 for values in ours for value in values), (key, found)
    failures = {key: group["failures"] for key, group in found["groups"].items()}
    assert not any("pyenvlaunch" in names for names in failures.values()), failures
    for what in ("venv", "uv run --frozen"):
        assert what in found["groups"]["start/S"]["series"], failures
