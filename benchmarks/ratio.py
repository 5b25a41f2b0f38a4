"""Pairs of runs and what they say: every ratio, and their least, median, greatest."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Handrail over the peer, pair by pair."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def each(self) -> list[float]:
        return [a / b for a, b in zip(self.ours, self.theirs, strict=True)]

    @override
    def __str__(self) -> str:
        each = sorted(self.each)
        median = statistics.median(each)
        return f"{median:.2f} ({each[0]:.2f}-{each[-1]:.2f}, n={len(each)})"

    def as_json(self) -> dict[str, object]:
        return {
            "ours": self.ours,
            "theirs": self.theirs,
            "ratios": self.each,
            "median": statistics.median(self.each),
            "min": min(self.each),
            "max": max(self.each),
        }


def quantile(values: Sequence[float], share: float) -> float:
    """Return the order statistic at that share."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)
