"""What is known of one quantity that was measured several times."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class Series:
    """Values of one unit, in the order in which they were measured."""

    values: list[float] = field(default_factory=list)

    def add(self, value: float) -> None:
        self.values.append(value)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def minimum(self) -> float:
        return min(self.values)

    @property
    def spread(self) -> float:
        """The interquartile range as a part of the median; 0 where too few values say nothing."""
        if len(self.values) < 4 or self.median == 0:
            return 0.0
        low, _, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return (high - low) / self.median


def ratio(ours: float, theirs: float) -> float:
    """Ours as a multiple of theirs; infinite against nothing."""
    return ours / theirs if theirs else math.inf


def geometric_mean(values: Iterable[float]) -> float:
    logarithms = [math.log(value) for value in values]
    if not logarithms:
        raise ValueError("no values")
    return math.exp(sum(logarithms) / len(logarithms))


def slope(points: Sequence[tuple[float, float]]) -> float:
    """By how much y grows with x, by least squares; of one point: y over x."""
    if len(points) == 1:
        return points[0][1] / points[0][0]
    mean_x = statistics.fmean(x for x, _ in points)
    mean_y = statistics.fmean(y for _, y in points)
    over = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return over / sum((x - mean_x) ** 2 for x, _ in points)
