"""Asks the same of both sides and judges the answers; keeps count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.allowed import reason
from harness.compare import Difference, compare
from harness.normal import normalizer
from harness.sides import Side

Probe = Callable[[Side], object]


@dataclass
class Verdict:
    """What comparing one probe's answers found."""

    probe: str
    compared: int = 0
    differences: list[Difference] = field(default_factory=list)
    allowed: Counter[str] = field(default_factory=Counter)
    unstable: list[str] = field(default_factory=list)  # where the venv contradicts itself


def judge(probe: str, ask: Probe, venv: Side, ours: Side, answer: object = None) -> Verdict:
    """`answer` is the venv's, normalized, where it is known already.

    Where the venv answers differently the second time, it is no oracle.
    """
    there = answer if answer is not None else ask_normalized(ask, venv)
    compared, found = compare(there, ask_normalized(ask, ours))
    verdict = Verdict(probe, compared)
    for difference in found:
        allowed = reason(probe, difference)
        if allowed is None:
            verdict.differences.append(difference)
        else:
            verdict.allowed[allowed.key] += 1
    if verdict.differences:
        again = {item.path for item in compare(there, ask_normalized(ask, venv))[1]}
        verdict.unstable = [item.path for item in verdict.differences if item.path in again]
        verdict.differences = [item for item in verdict.differences if item.path not in again]
    return verdict


def ask_normalized(ask: Probe, side: Side) -> object:
    return normalizer(side)(ask(side))
