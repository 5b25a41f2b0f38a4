"""Ratios are told pair by pair: a busy minute weighs on both programs of a pair."""

import pytest
from benchmarks.ratio import Ratio, median, quantile


def test_a_ratio_is_of_pairs_not_of_sums() -> None:
    ratio = Ratio(ours=(10.0, 1.0, 6.0), theirs=(5.0, 2.0, 2.0))

    assert ratio.each == [2.0, 0.5, 3.0]
    assert str(ratio) == "2.00 (0.50-3.00, n=3)"


def test_a_ratio_keeps_every_figure() -> None:
    kept = Ratio(ours=(4.0, 2.0), theirs=(2.0, 2.0)).as_json()

    assert kept == {
        "ours": (4.0, 2.0),
        "theirs": (2.0, 2.0),
        "ratios": [2.0, 1.0],
        "median": 1.5,
        "min": 1.0,
        "max": 2.0,
    }


def test_runs_without_a_partner_are_refused() -> None:
    ratio = Ratio(ours=(1.0,), theirs=(1.0, 2.0))

    with pytest.raises(ValueError, match="longer"):
        _ = ratio.each


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 1.0), (0.5, 51.0), (0.99, 100.0), (1.0, 100.0)]
)
def test_a_quantile_is_a_value_that_was_measured(share: float, value: float) -> None:
    values = [float(number) for number in range(100, 0, -1)]

    assert quantile(values, share) == value


def test_the_median_of_two_lies_between_them() -> None:
    assert median([1.0, 2.0]) == 1.5
