"""Every system call that changes the file system may fail, or be the last one of its process.

A part of them here; scripts/torture has all.
"""

import pytest
from support.torture import COMMANDS, FAULTS, Bench, Fault, some

# Rounds of each pair of command and fault.
ROUNDS = 8


@pytest.fixture
def bench(tmp_path, python):
    bench = Bench(tmp_path / "bench", python)
    yield bench
    bench.close()


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_faults(bench, command, kind, record_property):
    count = bench.count(command, kind)
    assert count > 0
    calls = [
        bench.round(Fault(command, kind, at))
        for at in some(count, ROUNDS, first=FAULTS.index(kind) + 1)
    ]
    assert [call for call in calls if call], "no fault was injected"
    record_property("faults", len([call for call in calls if call]))
