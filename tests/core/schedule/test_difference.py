"""What differs between two schedules is the symmetric difference of their shifts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.schedule.rotas import schedules, zones

from handrail.core import wall_clock
from handrail.core.ids import Slug
from handrail.core.schedule.clock_change import (
    clock_changes,
    is_repeated,
    is_skipped,
)
from handrail.core.schedule.difference import Place, difference, minus
from handrail.core.schedule.on_call import shifts
from handrail.core.schedule.restriction import Stretch, joined
from handrail.core.schedule.schedule import Override, Schedule

WINDOW = timedelta(days=20)
HOUR = timedelta(hours=1)


def _shifts(
    schedule: Schedule, start: datetime, end: datetime
) -> dict[Place, list[Stretch]]:
    """Return everybody's time on call, the way the calendar tells it."""
    found: dict[Place, list[Stretch]] = {}
    for one in shifts(schedule, start, end):
        if one.user is not None:
            place = Place(one.user, one.is_shadow)
            found.setdefault(place, []).append((one.starts_at, one.ends_at))
    return {place: joined(spans) for place, spans in found.items()}


@settings(deadline=None)
@given(schedules(), schedules())
def test_what_is_gained_and_lost_is_the_symmetric_difference_of_shifts(
    first: tuple[Schedule, datetime], second: tuple[Schedule, datetime]
) -> None:
    before, around = first
    after = replace(
        second[0], revisions=(*before.revisions[:1], *second[0].revisions[1:])
    )
    start, end = around - WINDOW / 2, around + WINDOW / 2
    found = difference(before, after, start, end)
    was, will = _shifts(before, start, end), _shifts(after, start, end)
    for place in {*was, *will}:
        mine, theirs = was.get(place, []), will.get(place, [])
        gained, lost = found.gained.get(place, []), found.lost.get(place, [])
        assert joined([*mine, *gained]) == joined([*theirs, *lost])
        assert minus(gained, mine) == gained
        assert minus(lost, theirs) == lost
        assert minus(gained, theirs) == []
        assert minus(lost, mine) == []


@given(schedules())
def test_a_schedule_does_not_differ_from_itself(
    drawn: tuple[Schedule, datetime],
) -> None:
    schedule, around = drawn
    found = difference(schedule, schedule, around - WINDOW, around + WINDOW)
    assert found.is_empty
    assert found.moved == ()
    assert found.gaps_opened == []


@given(schedules(), st.integers(-2000, 2000), st.integers(1, 2000))
def test_an_override_changes_nothing_outside_of_it(
    drawn: tuple[Schedule, datetime], begins: int, minutes: int
) -> None:
    schedule, around = drawn
    starts_at = around + timedelta(minutes=begins)
    ends_at = starts_at + timedelta(minutes=minutes)
    override = Override(
        name=Slug("new"),
        user=Slug("dee"),
        starts_at=starts_at,
        ends_at=ends_at,
        order=99,
    )
    after = replace(schedule, overrides=(*schedule.overrides, override))
    found = difference(schedule, after, around - WINDOW, around + WINDOW)
    assert found.gained[Place(Slug("dee"))] == [(starts_at, ends_at)]
    for spans in (*found.gained.values(), *found.lost.values()):
        assert minus(spans, [(starts_at, ends_at)]) == []
    assert found.gaps_opened == []


@given(zones, st.integers(1975, 2037))
def test_the_clocks_of_a_zone_change_when_its_offset_does(name: str, year: int) -> None:
    zone = ZoneInfo(name)
    start, end = (datetime(year + i, 1, 1, tzinfo=UTC) for i in (0, 1))
    found = clock_changes(zone, start, end)
    at, offsets = start, []
    for change in found:
        before = (change.at - timedelta(seconds=1)).astimezone(zone).utcoffset()
        after = change.at.astimezone(zone).utcoffset()
        assert before is not None
        assert after is not None
        assert after - before == change.by
        offsets.append((at, change.at))
        at = change.at
    for begins, ends in [*offsets, (at, end)]:
        steps = max(1, (ends - begins) // (6 * HOUR))
        seen = {
            (begins + i * (ends - begins) / steps).astimezone(zone).utcoffset()
            for i in range(steps)
        }
        # Two changes within a day that cancel each other are told as none.
        assert len(seen) <= 2 if (ends - begins) < 2 * timedelta(days=1) else seen


def test_a_time_is_skipped_in_spring_and_repeated_in_autumn() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    (spring, autumn) = clock_changes(
        berlin, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert (spring.at, spring.by) == (datetime(2026, 3, 29, 1, tzinfo=UTC), HOUR)
    assert (autumn.at, autumn.by) == (datetime(2026, 10, 25, 1, tzinfo=UTC), -HOUR)
    gap = wall_clock.local(spring.at, berlin) - HOUR / 2
    fold = wall_clock.local(autumn.at, berlin) + HOUR / 2
    assert (is_skipped(gap, berlin), is_repeated(gap, berlin)) == (True, False)
    assert (is_skipped(fold, berlin), is_repeated(fold, berlin)) == (False, True)
    later = gap + 2 * HOUR
    assert (is_skipped(later, berlin), is_repeated(later, berlin)) == (False, False)
