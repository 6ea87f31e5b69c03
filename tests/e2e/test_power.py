"""Loss of power in the middle of a command: what was not synced is gone (support/power.py).

A part of the moments here; scripts/torture has all.
"""

import pytest
from support.power import MODELS
from support.torture import COMMANDS, RARE, Bench, PowerLoss, some

# Moments of each pair of command and model.
ROUNDS = 10
ROUNDS_OF_RARE = 2


@pytest.fixture(scope="module")
def bench(tmp_path_factory, python):
    bench = Bench(tmp_path_factory.mktemp("bench") / "bench", python)
    yield bench
    bench.close()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("command", COMMANDS)
def test_loss_of_power(bench, command, model, record_property):
    count = bench.count(command, "kill")
    assert count > 0
    rounds = ROUNDS_OF_RARE if command in RARE else ROUNDS
    moments = list(some(count, rounds, first=1 + MODELS.index(model)))
    # The last one is when the command has ended already.
    losses = [
        bench.power_round(PowerLoss(command, model, at)) for at in (*moments, count + 1, count + 2)
    ]
    assert [call for call, _ in losses if call], "the command was never interrupted"
    record_property("losses", len(losses))
