from itertools import count

from pelbench.group import Contender, Group, measure_group


def group(*contenders, rounds=3, seconds=1000.0):
    return Group("key", "title", list(contenders), rounds, seconds)


def recorder(log, name, values):
    numbers = iter(values)
    return Contender(
        name,
        measure=lambda: (log.append(name), next(numbers))[1],
        setup=lambda: log.append(f"set {name} up"),
        prepare=lambda: log.append(f"prepare {name}"),
    )


def test_contenders_take_turns_and_another_one_begins_each_round():
    log = []
    result = measure_group(group(recorder(log, "a", [1, 2, 3]), recorder(log, "b", [4, 5, 6])))
    assert log[:2] == ["set a up", "set b up"]
    assert [name for name in log if len(name) == 1] == ["a", "b", "b", "a", "a", "b"]
    assert log[2:4] == ["prepare a", "a"]
    assert {name: series.values for name, series in result.series.items()} == {
        "a": [1, 2, 3],
        "b": [4, 5, 6],
    }
    assert result.failures == {}


def test_a_failure_drops_one_contender_and_keeps_the_reason():
    log = []
    broken = Contender("broken", measure=lambda: 1 / 0)
    unset = Contender("unset", measure=lambda: 1, setup=lambda: {}["x"])
    result = measure_group(group(unset, broken, recorder(log, "a", [1, 2, 3])))
    assert list(result.series) == ["a"]
    assert result.failures == {
        "unset": "KeyError: 'x'",
        "broken": "ZeroDivisionError: division by zero",
    }


def test_one_round_always_and_no_further_one_when_the_time_is_up():
    log = []
    seconds = count(step=10)
    result = measure_group(
        group(recorder(log, "a", [1, 2, 3]), seconds=5), clock=lambda: next(seconds)
    )
    assert result.rounds == 1
    assert result.series["a"].values == [1]


def test_without_anybody_left_nothing_is_measured():
    result = measure_group(group(Contender("broken", measure=lambda: 1 / 0)))
    assert result.series == {}
    assert result.rounds == 1
