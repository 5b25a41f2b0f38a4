"""Wall-clock times become instants by one rule, in every zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core import wall_clock

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
NAIVE = st.datetimes(
    min_value=datetime.fromisoformat("1925-01-01"),
    max_value=datetime.fromisoformat("2060-01-01"),
)


def at(zone: str, day: str, clock: str) -> datetime:
    return wall_clock.instant(
        date.fromisoformat(day), time.fromisoformat(clock), wall_clock.zone(zone)
    )


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00"),
        ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00"),
        ("America/Havana", "2026-03-08", "00:00", "2026-03-08T05:00:00"),
        ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00:00"),
    ],
)
def test_a_time_that_does_not_exist_means_the_instant_the_gap_ends(
    zone: str, day: str, clock: str, expected: str
) -> None:
    assert at(zone, day, clock) == datetime.fromisoformat(expected + "+00:00")


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00"),
        ("America/Chicago", "2026-11-01", "01:00", "2026-11-01T06:00:00"),
    ],
)
def test_a_time_that_occurs_twice_means_the_first(
    zone: str, day: str, clock: str, expected: str
) -> None:
    assert at(zone, day, clock) == datetime.fromisoformat(expected + "+00:00")


@given(st.sampled_from(ZONES), NAIVE)
def test_an_instant_is_the_first_that_reads_its_time_or_later(
    name: str, naive: datetime
) -> None:
    zone = wall_clock.zone(name)

    found = wall_clock.instant_of(naive, zone)

    assert found.tzinfo is UTC
    assert wall_clock.local(found, zone) >= naive
    for back in (1, 60, 1799, 3600, 7200, 86_400):
        earlier = found - timedelta(seconds=back)
        assert wall_clock.local(earlier, zone) < naive


@given(
    st.sampled_from(ZONES),
    NAIVE,
    st.sampled_from([timedelta(minutes=30), timedelta(hours=7), timedelta(days=1)]),
)
def test_of_many_times_each_means_what_it_means_alone(
    name: str, first: datetime, step: timedelta
) -> None:
    zone = wall_clock.zone(name)
    naives = [first + step * place for place in range(400)]

    found = list(wall_clock.instants_of(naives, zone))

    assert found == [wall_clock.instant_of(naive, zone) for naive in naives]


@given(st.sampled_from(ZONES), NAIVE, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_later_times_never_give_earlier_instants(
    name: str, naive: datetime, more: timedelta
) -> None:
    zone = wall_clock.zone(name)

    first = wall_clock.instant_of(naive, zone)

    assert first <= wall_clock.instant_of(naive + more, zone)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2026-01-31T09:00", 1, "2026-03-03T09:00"),
        ("2028-01-31T09:00", 1, "2028-03-02T09:00"),
        ("2026-01-31T09:00", 2, "2026-03-31T09:00"),
        ("2026-01-31T09:00", -2, "2025-12-01T09:00"),
        ("2026-03-15T00:00", -3, "2025-12-15T00:00"),
        ("2026-12-01T23:59", 13, "2028-01-01T23:59"),
    ],
)
def test_months_run_over_into_the_next(start: str, months: int, expected: str) -> None:
    found = wall_clock.add_months(datetime.fromisoformat(start), months)

    assert found == datetime.fromisoformat(expected)


@given(NAIVE, st.integers(-500, 500))
def test_later_months_are_later(naive: datetime, months: int) -> None:
    earlier = wall_clock.add_months(naive, months)

    assert earlier < wall_clock.add_months(naive, months + 1)
    assert 0 <= wall_clock.months_between(naive, earlier) - months <= 1


@pytest.mark.parametrize("name", ["", "Europe/Atlantis", "../etc/passwd", "CEST+1"])
def test_a_zone_that_does_not_exist_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(ValueError, match="Europe/Berlin"):
        wall_clock.zone(name)
