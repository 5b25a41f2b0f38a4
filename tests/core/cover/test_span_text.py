from datetime import UTC, datetime, timedelta

import pytest

from handrail.core.cover.span_text import SpanText
from handrail.core.errors import InvalidError

NOW = datetime(2026, 1, 14, 17, 4, tzinfo=UTC)
"""A Wednesday, 18:04 in Berlin."""
HOUR = timedelta(hours=1)


def read(starts: str = "", ends: str = "", lasts: str = "") -> object:
    return SpanText(starts=starts, ends=ends, lasts=lasts).read(
        "Europe/Berlin", now=NOW
    )


def utc(day: int, hour: int) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("", "", "2h"), (None, NOW + 2 * HOUR)),
        (("now", "", "90m"), (None, NOW + 1.5 * HOUR)),
        (("", "20:00", ""), (None, utc(14, 19))),
        (("", "18:00", ""), (None, utc(15, 17))),
        (("22:00", "06:00", ""), (utc(14, 21), utc(15, 5))),
        (("Fri 18:00", "mon 09:00", ""), (utc(16, 17), utc(19, 8))),
        (("wed 18:00", "", "1h"), (utc(21, 17), utc(21, 18))),
        (("2026-01-20 09:00", "", "1d"), (utc(20, 8), utc(21, 8))),
        (("2026-01-20T09:00", "2026-01-20T12:00Z", ""), (utc(20, 8), utc(20, 12))),
    ],
)
def test_what_is_typed_is_read_in_the_zone_of_the_schedule(
    typed: tuple[str, str, str], meant: tuple[datetime | None, datetime]
) -> None:
    assert read(*typed) == meant


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        (("", "", ""), "until", "say until when"),
        (("", "18:00", "2h"), "until", "one of the two"),
        (("tomorrow", "", "2h"), "from", "is no time"),
        (("", "25:00", ""), "until", "is no time"),
        (("", "", "long"), "for", "no length"),
        (("", "", "0s"), "for", "longer than nothing"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_field(
    typed: tuple[str, str, str], field: str, words: str
) -> None:
    with pytest.raises(InvalidError, match=words) as refused:
        read(*typed)

    assert list(refused.value.fields) == [field]
