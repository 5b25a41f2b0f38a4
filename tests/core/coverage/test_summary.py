"""Many findings are summed up: their time, when, and what has a part in them."""

from datetime import UTC, datetime, timedelta

from handrail.core.coverage.fault import Fault, FaultKind
from handrail.core.coverage.proof import Finding
from handrail.core.coverage.summary import summed_up

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
GAP = Fault(kind=FaultKind.GAP, target="schedule:office")
LATE = Fault(kind=FaultKind.TOO_FEW, detail="1 of 2 people in time")


def finding(start: int, end: int, *faults: Fault) -> Finding:
    return Finding(
        starts_at=MIDNIGHT + start * HOUR,
        ends_at=MIDNIGHT + end * HOUR,
        people=(),
        faults=faults,
        met_after=None,
    )


def test_findings_that_meet_are_one_stretch_and_a_fault_counts_its_whole_time() -> None:
    found = summed_up(
        [finding(0, 2, LATE), finding(2, 3, GAP, LATE), finding(5, 9, GAP)]
    )

    assert (found.total, found.lasts) == (3, 7 * HOUR)
    assert [(start.hour, end.hour) for start, end in found.stretches] == [
        (0, 3),
        (5, 9),
    ]
    assert [(one.fault, one.lasts / HOUR) for one in found.causes] == [
        (GAP, 5),
        (LATE, 3),
    ]


def test_nothing_found_comes_to_nothing() -> None:
    found = summed_up([])

    assert (found.total, found.lasts) == (0, timedelta())
    assert (found.stretches, found.causes) == ((), ())
