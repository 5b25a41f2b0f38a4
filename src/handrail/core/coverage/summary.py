"""Many findings in few words: how long, when, and what has the largest part in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.coverage.fault import Fault
from handrail.core.coverage.proof import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A fault, and for how long it has a part in what is missed."""

    fault: Fault
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What several findings come to.

    Attributes:
        total: How many there are.
        lasts: Their time in all.
        stretches: Their times as ``[start, end)``, UTC, in order; those that meet are
            one, whatever their reasons.
        causes: What has a part in them, the longest first; the same fault once.
    """

    total: int
    lasts: timedelta
    stretches: tuple[tuple[datetime, datetime], ...]
    causes: tuple[Cause, ...]


def summed_up(findings: Sequence[Finding]) -> Summary:
    """Return what findings come to; they are in order and disjoint."""
    stretches: list[tuple[datetime, datetime]] = []
    by_fault: dict[Fault, timedelta] = {}
    total = timedelta()
    for one in findings:
        lasts = one.ends_at - one.starts_at
        total += lasts
        if stretches and stretches[-1][1] == one.starts_at:
            stretches[-1] = stretches[-1][0], one.ends_at
        else:
            stretches.append((one.starts_at, one.ends_at))
        for fault in one.faults:
            by_fault[fault] = by_fault.get(fault, timedelta()) + lasts
    causes = [Cause(fault=fault, lasts=lasts) for fault, lasts in by_fault.items()]
    causes.sort(key=lambda cause: -cause.lasts)
    return Summary(
        total=len(findings),
        lasts=total,
        stretches=tuple(stretches),
        causes=tuple(causes),
    )
