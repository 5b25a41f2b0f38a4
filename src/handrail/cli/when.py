"""Times as people write them: 14:02, 20m ago, 2026-01-31T14:02:00+01:00."""

import re
from datetime import UTC, datetime, timedelta

import click

from handrail.system.clock import SystemClock

_SPAN = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,5})s)?")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def past(text: str | None, *, now: datetime | None = None) -> str | None:
    """Return an instant that has passed as RFC 3339, or none for none.

    Args:
        text: ``14:02`` (the last time the clock showed it here), ``20m ago``,
            ``20m``, or RFC 3339.
        now: The present; by default this machine's clock's.

    Raises:
        BadParameter: It is spelled otherwise.
    """
    if text is None:
        return None
    here = (now or SystemClock().now()).astimezone()
    span = _span(text.removesuffix("ago").strip())
    if span is not None:
        return _spelled(here - span)
    at = _on_the_clock(text, here)
    if at is not None:
        return _spelled(at if at <= here else at - timedelta(days=1))
    return _spelled(_rfc3339(text))


def coming(text: str | None, *, now: datetime | None = None) -> str | None:
    """Return an instant to come as RFC 3339, or none for none.

    Args:
        text: ``30m``, ``14:30`` (the next time the clock shows it), or RFC 3339.
        now: The present; by default this machine's clock's.

    Raises:
        BadParameter: It is spelled otherwise.
    """
    if text is None:
        return None
    here = (now or SystemClock().now()).astimezone()
    span = _span(text.removeprefix("in ").strip())
    if span is not None:
        return _spelled(here + span)
    at = _on_the_clock(text, here)
    if at is not None:
        return _spelled(at if at > here else at + timedelta(days=1))
    return _spelled(_rfc3339(text))


def until(seconds: object) -> str:
    """Return how long something has, such as ``in 9m`` or ``9m late``."""
    if not isinstance(seconds, int):
        return ""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        span = f"{hours}h{minutes:02}m"
    else:
        span = f"{minutes}m" if minutes else f"{rest}s"
    return f"in {span}" if seconds >= 0 else f"{span} late"


def _span(text: str) -> timedelta | None:
    found = _SPAN.fullmatch(text) if text else None
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _on_the_clock(text: str, here: datetime) -> datetime | None:
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    return here.replace(hour=hour, minute=minute, second=0, microsecond=0)


def _rfc3339(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        at = None
    if at is None or at.tzinfo is None:
        msg = f"{text!r} is no time; write it like 14:02, 20m or 2026-01-31T14:02:00Z"
        raise click.BadParameter(msg)
    return at


def _spelled(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
