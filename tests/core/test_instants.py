"""Instants are aware, in UTC, and survive every spelling they come and go in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core.instants import (
    EPOCH,
    format_rfc3339,
    from_micros,
    parse_rfc3339,
    require_utc,
    to_micros,
)

INSTANTS = st.datetimes(timezones=st.just(UTC))
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T12:00:00Z",
        "2026-01-31t12:00:00z",
        "2026-01-31T12:00:00+00:00",
        "2026-01-31T12:00:00+0000",
        "2026-01-31T13:30:00.000+01:30",
        "2026-01-31T07:00:00-0500",
        "2026-01-31T12:00:00.000000000Z",
        " 2026-01-31 12:00:00Z ",
    ],
)
def test_senders_spellings_of_an_instant_are_read(text: str) -> None:
    found = parse_rfc3339(text)

    assert found == NOON
    assert found.tzinfo is UTC


@given(st.datetimes().map(lambda at: at.replace(microsecond=0)))
def test_the_spelling_of_our_own_is_read_as_every_other(at: datetime) -> None:
    found = parse_rfc3339(f"{at.isoformat()}Z")

    assert found == parse_rfc3339(f"{at.isoformat()}+00:00") == at.replace(tzinfo=UTC)
    assert found.tzinfo is UTC


def test_digits_past_the_microsecond_are_cut_off() -> None:
    found = parse_rfc3339("2026-01-31T12:00:00.123456789Z")

    assert found.microsecond == 123_456


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-01-31T12:00:00", "2026-02-30T12:00:00Z", "1769860800"],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_rfc3339(text)


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00"]
)
def test_an_instant_outside_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="out of range"):
        parse_rfc3339(text)


def test_a_missing_offset_is_refused_with_an_example() -> None:
    with pytest.raises(ValueError, match="has no offset; write it like"):
        parse_rfc3339("2026-01-31T12:00:00")


@given(INSTANTS)
def test_what_is_stored_comes_back_to_the_microsecond(instant: datetime) -> None:
    assert from_micros(to_micros(instant)) == instant


@given(INSTANTS.filter(lambda instant: instant.year >= 1000))
def test_what_is_written_is_read_back_to_the_millisecond(instant: datetime) -> None:
    read = parse_rfc3339(format_rfc3339(instant))

    assert timedelta(0) <= instant - read < timedelta(milliseconds=1)


def test_microseconds_count_from_the_epoch() -> None:
    assert to_micros(EPOCH) == 0
    assert to_micros(NOON) == 1_769_860_800_000_000


@pytest.mark.parametrize("zone", [None, timezone(timedelta(0)), timezone.max])
def test_only_utc_is_an_instant(zone: timezone | None) -> None:
    instant = NOON.replace(tzinfo=zone)

    if zone is UTC:
        assert require_utc(instant) is instant
    else:
        with pytest.raises(AssertionError, match="not a UTC instant"):
            require_utc(instant)
