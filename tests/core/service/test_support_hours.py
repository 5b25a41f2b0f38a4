"""Hours are open in their windows, on the wall clock, and always open again."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core import wall_clock
from handrail.core.service.support_hours import (
    SupportHours,
    Window,
    is_open,
    next_open,
    open_times,
    span,
)

MICROSECOND = timedelta(microseconds=1)
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
CLOCKS = st.integers(0, 95).map(lambda q: time(q // 4, q % 4 * 15))
WINDOWS = st.builds(
    Window,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    start=CLOCKS,
    end=CLOCKS,
)
HOURS = st.builds(
    SupportHours,
    time_zone=st.sampled_from(ZONES),
    windows=st.lists(WINDOWS, min_size=1, max_size=3).map(tuple),
)
INSTANTS = st.datetimes(
    min_value=datetime.fromisoformat("1990-01-01"),
    max_value=datetime.fromisoformat("2040-01-01"),
    timezones=st.just(UTC),
)


def office(
    start: str, end: str, days: range = range(5), zone: str = "Europe/Berlin"
) -> SupportHours:
    window = Window(
        weekdays=frozenset(days),
        start=time.fromisoformat(start),
        end=time.fromisoformat(end),
    )
    return SupportHours(time_zone=zone, windows=(window,))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-07-06T06:59:59", False),
        ("2026-07-06T07:00:00", True),
        ("2026-07-06T14:59:59", True),
        ("2026-07-06T15:00:00", False),
        ("2026-07-11T10:00:00", False),
    ],
)
def test_a_window_holds_its_start_and_not_its_end(at: str, expected: bool) -> None:  # noqa: FBT001
    assert is_open(office("09:00", "17:00"), utc(at)) is expected


def test_a_window_that_wraps_midnight_belongs_to_the_day_it_begins_on() -> None:
    friday_night = office("22:00", "06:00", days=range(4, 5), zone="UTC")

    assert is_open(friday_night, utc("2026-07-11T05:59:00"))
    assert not is_open(friday_night, utc("2026-07-10T05:59:00"))


def test_equal_ends_are_a_whole_day() -> None:
    sunday = office("08:00", "08:00", days=range(6, 7), zone="UTC")

    opens_at, closes_at = span(sunday, utc("2026-07-06T07:59:00"))

    assert (opens_at, closes_at) == (
        utc("2026-07-05T08:00:00"),
        utc("2026-07-06T08:00:00"),
    )


def test_what_waits_on_friday_evening_goes_out_on_monday_morning() -> None:
    found = next_open(office("09:00", "17:00"), utc("2026-07-10T18:00:00"))

    assert found == utc("2026-07-13T07:00:00")


def test_next_open_is_the_instant_itself_when_open() -> None:
    at = utc("2026-07-06T09:30:01")

    assert next_open(office("09:00", "17:00"), at) == at


def test_a_window_that_the_clock_change_swallows_opens_a_week_later() -> None:
    swallowed = office("02:00", "02:45", days=range(6, 7))

    found = next_open(swallowed, utc("2026-03-28T12:00:00"))

    assert found == utc("2026-04-05T00:00:00")


def test_a_window_cut_by_the_clock_change_opens_when_the_gap_ends() -> None:
    cut = office("02:30", "04:00", days=range(6, 7))

    assert next_open(cut, utc("2026-03-28T12:00:00")) == utc("2026-03-29T01:00:00")


@pytest.mark.parametrize("days", [frozenset[int](), frozenset({7}), frozenset({-1})])
def test_hours_that_never_open_or_name_no_weekday_are_refused(
    days: frozenset[int],
) -> None:
    window = Window(weekdays=days, start=time(9), end=time(17))

    with pytest.raises(ValueError, match="weekday"):
        SupportHours(time_zone="UTC", windows=(window,))


def test_hours_without_windows_are_refused() -> None:
    with pytest.raises(ValueError, match="never open"):
        SupportHours(time_zone="UTC", windows=())


@given(HOURS, INSTANTS)
def test_hours_open_again_and_not_before_next_open(
    hours: SupportHours, at: datetime
) -> None:
    found = next_open(hours, at)

    assert found >= at
    assert is_open(hours, found)
    assert (found == at) is is_open(hours, at)
    for part in range(8):
        between = at + (found - at) * part / 8
        assert between == found or not is_open(hours, between)


@given(HOURS, INSTANTS)
def test_open_hours_agree_with_the_clock_on_the_wall(
    hours: SupportHours, at: datetime
) -> None:
    at = at.replace(second=0, microsecond=0)
    zone = wall_clock.zone(hours.time_zone)
    offsets = {
        (at + timedelta(hours=hour)).astimezone(zone).utcoffset()
        for hour in range(-50, 51)
    }
    if len(offsets) > 1:
        return  # a clock change near: the rule is tested above, by example
    reads = wall_clock.local(at, zone)

    expected = any(_reads_open(window, reads) for window in hours.windows)

    assert is_open(hours, at) is expected


def _reads_open(window: Window, reads: datetime) -> bool:
    today = reads.weekday() in window.weekdays
    yesterday = (reads.weekday() - 1) % 7 in window.weekdays
    if window.start < window.end:
        return today and window.start <= reads.time() < window.end
    return (today and reads.time() >= window.start) or (
        yesterday and reads.time() < window.end
    )


@given(HOURS, INSTANTS, st.integers(1, 20 * 1440))
def test_open_times_are_when_hours_are_open(
    hours: SupportHours, start: datetime, minutes: int
) -> None:
    end = start + timedelta(minutes=minutes)

    found = open_times(hours, start, end)

    edges = sorted({start, end - MICROSECOND, *(e for pair in found for e in pair)})
    near = {edge + step for edge in edges for step in (-MICROSECOND, timedelta(0))}
    assert all(before[1] < after[0] for before, after in pairwise(found))
    for at in sorted(one for one in near if start <= one < end):
        assert is_open(hours, at) == any(a <= at < b for a, b in found), at
