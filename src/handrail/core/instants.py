"""Instants: aware UTC datetimes, RFC 3339 in and out, microseconds for storage."""

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN_LENGTH = len("2026-01-31T08:00:00Z")
_MICROSECOND = timedelta(microseconds=1)
_OFFSET_WITHOUT_COLON = re.compile(r"([+-]\d{2})(\d{2})$")
_FRACTION = re.compile(r"\.(\d+)")


def require_utc(instant: datetime) -> datetime:
    """Return the instant unchanged, asserting that it is aware and in UTC."""
    assert instant.tzinfo is UTC, f"not a UTC instant: {instant!r}"
    return instant


def parse_rfc3339(text: str) -> datetime:
    """Read an RFC 3339 instant; offsets without a colon and nanoseconds are accepted.

    PagerDuty senders write ``+0000`` and Go senders nine fractional digits; digits
    past the microsecond are cut off.

    Raises:
        ValueError: The text is not an instant, or has no offset.
    """
    if len(text) == _PLAIN_LENGTH and text.endswith("Z"):
        # As we write it ourselves: a database of overrides is read in half the time.
        return datetime.fromisoformat(text)
    spelled = text.strip().replace("Z", "+00:00").replace("z", "+00:00")
    spelled = _OFFSET_WITHOUT_COLON.sub(r"\1:\2", spelled)
    spelled = _FRACTION.sub(lambda m: "." + m.group(1)[:6].ljust(6, "0"), spelled)
    instant = datetime.fromisoformat(spelled)
    if instant.tzinfo is None:
        msg = f"{text!r} has no offset; write it like 2026-01-31T08:00:00Z"
        raise ValueError(msg)
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        msg = f"{text!r} is out of range"
        raise ValueError(msg) from error


def format_rfc3339(instant: datetime) -> str:
    """Write a UTC instant as RFC 3339 with milliseconds and ``Z``."""
    require_utc(instant)
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"


def to_micros(instant: datetime) -> int:
    """Return microseconds since 1970-01-01T00:00:00Z, the form that is stored."""
    return (instant - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the UTC instant of microseconds since 1970-01-01T00:00:00Z."""
    return EPOCH + timedelta(microseconds=micros)
