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


def test_contenders_take_turns_each_round_in_an_order_of_chance():
    log = []
    result = measure_group(group(recorder(log, "a", [1, 2, 3]), recorder(log, "b", [4, 5, 6])))
    assert log[:2] == ["set a up", "set b up"]
    measured = [name for name in log if len(name) == 1]
    assert [sorted(measured[i : i + 2]) for i in (0, 2, 4)] == [["a", "b"]] * 3
    assert log[2:4] == [f"prepare {measured[0]}", measured[0]]
    assert {name: series.values for name, series in result.series.items()} == {
        "a": [1, 2, 3],
        "b": [4, 5, 6],
    }
    assert result.failures == {}


def test_each_follows_each_and_every_run_is_alike():
    def order():
        log = []
        members = [recorder(log, name, count()) for name in "abc"]
        measure_group(group(*members, rounds=40))
        return [name for name in log if len(name) == 1]

    first = order()
    assert len(set(zip(first, first[1:], strict=False))) == 9  # over the edge of a round: itself
    assert order() == first


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
