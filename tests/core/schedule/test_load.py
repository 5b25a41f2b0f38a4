"""Load: exact figures of a person, and distributions that name nobody."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.schedule.load import (
    LEAST_PEOPLE,
    Measure,
    interruptions,
    is_working,
    spread,
    time_on_call,
)
from handrail.core.schedule.rest_book import RestBook, WorkingHours

BERLIN = ZoneInfo("Europe/Berlin")
BOOK = RestBook(holidays=frozenset({date(2026, 12, 25)}))


def utc(day: int, hour: int, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_time_on_call_counts_once_what_several_schedules_say() -> None:
    # Christmas 2026 is a Friday; Berlin is an hour ahead.
    shifts = [(utc(24, 8), utc(26, 8)), (utc(25, 8), utc(25, 20))]
    assert time_on_call(shifts, BOOK, BERLIN) == {
        Measure.HOURS: 48.0,
        Measure.NIGHTS: 2,
        Measure.WEEKENDS: 1,
        Measure.HOLIDAYS: 1,
    }


def test_nobody_on_call_has_nothing() -> None:
    assert set(time_on_call([], BOOK, BERLIN).values()) == {0.0}


def test_a_night_across_a_change_of_the_clocks_has_the_hours_that_pass() -> None:
    night = [(utc(28, 21, 3), utc(29, 4, 3))]
    figures = time_on_call(night, BOOK, BERLIN)
    assert (figures[Measure.HOURS], figures[Measure.NIGHTS]) == (7.0, 1)


def test_a_page_is_judged_in_the_persons_zone() -> None:
    # Wednesday: 10:00, 20:00 and 23:30 in Berlin.
    pages = [utc(2, 9), utc(2, 19), utc(2, 22) + timedelta(minutes=30)]
    assert interruptions(pages, BOOK, BERLIN) == {
        Measure.PAGES: 3,
        Measure.PAGES_OUT_OF_HOURS: 2,
        Measure.PAGES_AT_NIGHT: 1,
    }


def test_working_hours_may_pass_midnight() -> None:
    late = WorkingHours(weekdays=frozenset({4}), start=time(20), end=time(4))
    friday, saturday = utc(4, 20), utc(5, 2)
    assert is_working(friday, late, BERLIN)
    assert is_working(saturday, late, BERLIN)
    assert not is_working(saturday + timedelta(days=1), late, BERLIN)


@pytest.mark.parametrize("people", range(LEAST_PEOPLE))
def test_a_small_team_has_no_distribution(people: int) -> None:
    assert spread([1.0] * people) is None


@given(st.lists(st.integers(0, 100), min_size=LEAST_PEOPLE, max_size=40))
def test_a_distribution_is_of_order_statistics(figures: list[int]) -> None:
    found = spread([float(one) for one in figures])
    assert found is not None
    assert found.least <= found.median <= found.most
    assert found.least <= found.p90 <= found.most
    assert sum(one <= found.p90 for one in figures) >= 0.9 * len(figures)
    assert sum(one < found.p90 for one in figures) < 0.9 * len(figures)
