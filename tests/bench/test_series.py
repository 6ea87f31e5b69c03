import math

import pytest
from pelbench.series import Series, geometric_mean, ratio, slope


def test_median_minimum_and_spread_of_a_series():
    series = Series()
    for value in (4, 1, 3, 2, 100):
        series.add(value)
    assert (series.median, series.minimum) == (3, 1)
    assert series.spread == pytest.approx((4 - 2) / 3)


def test_few_values_have_no_spread():
    assert Series([1.0, 2.0, 9.0]).spread == 0
    assert Series([0.0, 0.0, 0.0, 0.0]).spread == 0


def test_ratio_to_nothing_is_infinite():
    assert ratio(1, 2) == 0.5
    assert ratio(1, 0) == math.inf


def test_geometric_mean_of_ratios():
    assert geometric_mean([0.5, 2.0]) == pytest.approx(1)
    with pytest.raises(ValueError, match="no values"):
        geometric_mean([])


def test_slope_is_what_one_more_costs():
    assert slope([(10, 105), (20, 205), (30, 305)]) == pytest.approx(10)
    assert slope([(10, 50)]) == 5
