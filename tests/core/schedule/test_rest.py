"""Rest rules find what is too much, exactly, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.schedule.rotas import zones

from handrail.core import wall_clock
from handrail.core.ids import Slug
from handrail.core.schedule.difference import minus
from handrail.core.schedule.night import NightHours, nights, weekends
from handrail.core.schedule.rest import RestRule, RestRules, counted, violations
from handrail.core.schedule.rest_before import Before
from handrail.core.schedule.rest_book import (
    PersonShift,
    RestBook,
    RestException,
    findings,
)
from handrail.core.schedule.restriction import joined

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
START = datetime(2026, 3, 2, tzinfo=UTC)

spans = st.lists(
    st.tuples(st.integers(0, 60 * 24), st.integers(0, 30)).map(
        lambda pair: (START + pair[0] * HOUR, START + sum(pair) * HOUR)
    ),
    max_size=12,
)


def berlin(day: int, hour: int, month: int = 3) -> datetime:
    return wall_clock.instant(date(2026, month, day), time(hour), BERLIN)


@given(spans, zones, st.integers(1, 20))
def test_a_rest_is_too_short_exactly_where_no_shift_lies_between(
    found: list[tuple[datetime, datetime]], zone: str, hours: int
) -> None:
    rules = RestRules(min_rest=hours * HOUR)
    told = violations(found, rules, ZoneInfo(zone))
    # An oracle by the hour: what is free between two hours on call.
    taken = {
        START + i * HOUR
        for i in range(60 * 24 + 31)
        if any(a <= START + i * HOUR < b for a, b in found)
    }
    gaps = [
        (a + HOUR, b)
        for a, b in pairwise(sorted(taken))
        if HOUR < b - a <= hours * HOUR
    ]
    assert [(v.starts_at, v.ends_at) for v in told] == gaps
    assert all(v.found == v.ends_at - v.starts_at for v in told)


@given(spans, zones, st.integers(0, 6), st.integers(1, 28))
def test_nights_are_too_many_exactly_where_some_window_holds_more(
    found: list[tuple[datetime, datetime]], zone: str, limit: int, days: int
) -> None:
    where = ZoneInfo(zone)
    rules = RestRules(max_nights=limit, per=days * DAY)
    told = violations(found, rules, where)
    on_call = {
        night.date
        for night in nights(NightHours(), where, START - 5 * DAY, START + 70 * DAY)
        if any(a < night.ends_at and b > night.starts_at for a, b in joined(found))
    }
    most = max(
        (
            sum(first <= one < first + days * DAY for one in on_call)
            for first in on_call
        ),
        default=0,
    )
    assert bool(told) == (most > limit)
    assert {v.rule for v in told} <= {RestRule.MAX_NIGHTS}
    assert all(v.found in range(limit + 1, most + 1) for v in told)
    assert [v.starts_at for v in told] == sorted(v.starts_at for v in told)


@given(spans)
def test_it_does_not_matter_how_shifts_are_cut_or_ordered(
    found: list[tuple[datetime, datetime]],
) -> None:
    rules = RestRules(
        min_rest=8 * HOUR, longest_run=2 * DAY, max_nights=2, max_weekends=1
    )
    halves = [
        piece
        for a, b in found
        for piece in ((a, a + (b - a) / 2), (a + (b - a) / 2, b))
    ]
    again = violations([*reversed(halves), *found], rules, BERLIN)
    assert again == violations(found, rules, BERLIN)


@pytest.mark.parametrize("month", [3, 10])
def test_a_week_in_which_the_clocks_change_is_a_week(month: int) -> None:
    day = {3: 23, 10: 19}[month]
    week = (berlin(day, 9, month), berlin(day, 9, month) + 7 * DAY)
    local = (week[0], wall_clock.instant(date(2026, month, day + 7), time(9), BERLIN))
    rules = RestRules(longest_run=7 * DAY)
    assert violations([local], rules, BERLIN) == ()
    longer = violations([(local[0], local[1] + 2 * HOUR)], rules, BERLIN)
    assert [v.rule for v in longer] == [RestRule.LONGEST_RUN]
    assert week[0] == local[0]


def test_a_night_across_a_change_of_the_clocks_is_one_night() -> None:
    spring = nights(NightHours(), BERLIN, berlin(28, 12), berlin(29, 12))
    assert [n.date for n in spring] == [date(2026, 3, 28)]
    assert spring[0].ends_at - spring[0].starts_at == 7 * HOUR
    autumn = nights(NightHours(), BERLIN, berlin(24, 12, 10), berlin(25, 12, 10))
    assert [n.ends_at - n.starts_at for n in autumn] == [9 * HOUR]


def test_a_night_within_one_date_counts_too() -> None:
    early = NightHours(start=time(0), end=time(6))
    found = nights(early, BERLIN, berlin(3, 5), berlin(4, 1))
    assert [n.date for n in found] == [date(2026, 3, 3), date(2026, 3, 4)]


def test_a_weekend_is_saturday_and_sunday_of_the_person() -> None:
    (found,) = weekends(BERLIN, berlin(28, 0), berlin(29, 23))
    assert found.ends_at - found.starts_at == 47 * HOUR
    assert weekends(BERLIN, berlin(30, 0), berlin(31, 0)) == ()


def test_shifts_of_different_schedules_are_one_burden() -> None:
    book = RestBook(rules=RestRules(min_rest=11 * HOUR, errors=frozenset(RestRule)))
    shifts = [
        PersonShift(Slug("primary"), berlin(3, 9), berlin(3, 18)),
        PersonShift(Slug("backup"), berlin(4, 0), berlin(4, 9)),
    ]
    (found,) = findings(shifts, book, teams=(), zone=BERLIN)
    assert found.is_error
    assert found.violation.found == 6 * HOUR
    assert [one.schedule for one in found.shifts] == ["primary", "backup"]


def test_a_schedule_that_is_ignored_is_no_burden() -> None:
    book = RestBook(
        rules=RestRules(min_rest=11 * HOUR), ignores=frozenset({Slug("backup")})
    )
    shifts = [
        PersonShift(Slug("primary"), berlin(3, 9), berlin(3, 18)),
        PersonShift(Slug("backup"), berlin(4, 0), berlin(4, 9)),
    ]
    assert findings(shifts, book, teams=(), zone=BERLIN) == ()


def test_an_exception_holds_for_its_team_and_its_schedules_alone() -> None:
    lenient = RestRules(min_rest=1 * HOUR)
    book = RestBook(
        rules=RestRules(min_rest=11 * HOUR),
        exceptions=(
            RestException(rules=lenient, schedules=frozenset({Slug("follow")})),
            RestException(rules=lenient, teams=frozenset({Slug("ops")})),
        ),
    )

    def found(names: tuple[str, str], *teams: str) -> int:
        first, second = (Slug(name) for name in names)
        shifts = [
            PersonShift(first, berlin(3, 9), berlin(3, 18)),
            PersonShift(second, berlin(4, 0), berlin(4, 9)),
        ]
        return len(findings(shifts, book, teams=map(Slug, teams), zone=BERLIN))

    assert found(("a", "b")) == 1
    assert found(("a", "b"), "ops") == 0
    assert found(("follow", "follow")) == 0
    # The rest borders a shift that the usual rule governs.
    assert found(("a", "follow")) == 1


limited = st.builds(
    RestRules,
    min_rest=st.none() | st.integers(1, 40).map(lambda hours: hours * HOUR),
    longest_run=st.none() | st.integers(1, 40).map(lambda hours: hours * HOUR),
    max_nights=st.none() | st.integers(0, 4),
    max_weekends=st.none() | st.integers(0, 2),
    per=st.integers(1, 14).map(lambda days: days * DAY),
)


@given(spans, spans, limited)
def test_who_gives_time_away_breaks_nothing_that_was_not_broken_as_badly(
    found: list[tuple[datetime, datetime]],
    given_away: list[tuple[datetime, datetime]],
    rules: RestRules,
) -> None:
    left = minus(joined(found), joined(given_away))
    shifts = [PersonShift(Slug("s"), *span) for span in found]
    before = Before(shifts, RestBook(rules=rules), teams=(), zone=ZoneInfo("UTC"))

    for violation in violations(left, rules, ZoneInfo("UTC")):
        assert before.breaks(violation), violation


@given(spans, limited, st.integers(0, 60 * 24))
def test_what_comes_is_found_whatever_was_too_much_before(
    found: list[tuple[datetime, datetime]], rules: RestRules, hours: int
) -> None:
    since = START + hours * HOUR
    zone = ZoneInfo("UTC")
    told = violations(found, rules, zone, since=since)
    assert all(one.ends_at > since for one in told)
    runs = joined(found)
    for rule, limit in rules.counted if runs else ():
        days = counted(runs, rule, rules, zone)
        # An oracle: any window of that many days whose last one is not over.
        windows = [
            [day for day in days if first.date <= day.date < first.date + rules.per]
            for first in days
        ]
        too_many = any(
            len(those) > limit and those[-1].ends_at > since for those in windows
        )
        assert any(one.rule is rule for one in told) == too_many
