from datetime import UTC, datetime, timedelta

import pytest

from handrail.core import wall_clock
from handrail.core.configuration import moment_text

NOW = datetime(2026, 1, 14, 17, 4, tzinfo=UTC)
"""A Wednesday, 18:04 in Berlin."""
BERLIN = wall_clock.zone("Europe/Berlin")


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "coming", "past"),
    [
        ("now", NOW, NOW),
        ("2h", NOW + timedelta(hours=2), NOW - timedelta(hours=2)),
        ("+1h30m", NOW + timedelta(hours=1.5), NOW + timedelta(hours=1.5)),
        ("in 2d", NOW + timedelta(days=2), NOW + timedelta(days=2)),
        ("20m ago", NOW - timedelta(minutes=20), NOW - timedelta(minutes=20)),
        ("18:04", utc(15, 17, 4), NOW),
        ("18:05", utc(14, 17, 5), utc(13, 17, 5)),
        ("24:00", utc(14, 23), utc(13, 23)),
        ("Fri 18:00", utc(16, 17), utc(9, 17)),
        ("wed 18:00", utc(21, 17), utc(14, 17)),
        ("2026-01-20", utc(19, 23), utc(19, 23)),
        (" 2026-01-20 9:00 ", utc(20, 8), utc(20, 8)),
        ("2026-01-20T09:00:30", utc(20, 8) + timedelta(seconds=30), None),
        ("2026-01-20T09:00-05:00", utc(20, 14), utc(20, 14)),
        ("2026-01-20T09:00z", utc(20, 9), utc(20, 9)),
    ],
)
def test_a_moment_is_read_in_the_zone_ahead_of_now_or_before_it(
    typed: str, coming: datetime, past: datetime | None
) -> None:
    assert moment_text.read(typed, BERLIN, now=NOW) == coming
    assert moment_text.read(typed, BERLIN, now=NOW, is_past=True) == (past or coming)


def test_a_time_of_day_that_the_clocks_skip_is_when_they_go_forward() -> None:
    eve = datetime(2026, 3, 28, 12, tzinfo=UTC)

    assert moment_text.read("02:30", BERLIN, now=eve) == datetime(
        2026, 3, 29, 1, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "is no time"),
        ("tomorrow", "is no time; write it like now"),
        ("25:00", "is no time"),
        ("+soon", "is no time"),
        ("2026-02-30", "is not a date"),
        ("2026-01-20 25:00", "is not a moment"),
        ("9999-01-01", "not in the years"),
    ],
)
def test_what_is_no_moment_is_refused_with_the_forms_there_are(
    typed: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        moment_text.read(typed, BERLIN, now=NOW)
