"""Calendar feeds in iCalendar, RFC 5545.

Times are in UTC: a shift is one stretch between two instants and never recurs, so that
no client needs our zones, and none can read them otherwise than we do.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from handrail.core.schedule.feed import FeedEvent
from handrail.ports.calendar import (
    NOBODY,
    SHADOW_PROPERTY,
    USER_PROPERTY,
    Feed,
)

PRODUCT = "-//Handrail//On call//EN"
REFRESH = timedelta(hours=1)
"""How often clients are asked to look again."""


def write_calendar(feed: Feed, *, host: str) -> bytes:
    """Return a feed as lines that the icalendar library escapes and folds.

    The lines of one feed are mostly the same few, and are spelled once: a feed of
    hourly turns has thousands of events. ``host`` is part of the events' names.
    """
    from icalendar import vDuration

    hourly = bytes(vDuration(REFRESH).to_ical()).decode()  # type: ignore[no-untyped-call]
    lines = [
        b"BEGIN:VCALENDAR",
        _text("PRODID", PRODUCT),
        b"VERSION:2.0",
        b"CALSCALE:GREGORIAN",
        b"METHOD:PUBLISH",
        _text("NAME", feed.title),
        _text("X-WR-CALNAME", feed.title),
        f"REFRESH-INTERVAL;VALUE=DURATION:{hourly}".encode(),
        f"X-PUBLISHED-TTL:{hourly}".encode(),
    ]
    revised = _instant(feed.revised_at)
    about = (
        b"DTSTAMP:" + revised,
        b"LAST-MODIFIED:" + revised,
        f"SEQUENCE:{feed.revision}".encode(),
    )
    for one in feed.events:
        lines += (b"BEGIN:VEVENT", _text("UID", f"{one.uid}@{host}"), *about)
        lines += _event(one)
        lines.append(b"END:VEVENT")
    return b"\r\n".join([*lines, b"END:VCALENDAR", b""])


def _event(one: FeedEvent) -> Iterator[bytes]:
    yield b"DTSTART:" + _instant(one.starts_at)
    yield b"DTEND:" + _instant(one.ends_at)
    yield _text("SUMMARY", one.summary)
    yield _text("DESCRIPTION", one.description)
    # To be on call does not make one busy, and a gap makes nobody so.
    yield b"TRANSP:TRANSPARENT"
    yield _text("CATEGORIES", _category(one))
    if one.user is not None or one.is_intended:
        yield _text(USER_PROPERTY, one.user or NOBODY)
    if one.is_shadow:
        yield _text(SHADOW_PROPERTY, "TRUE")


def _category(one: FeedEvent) -> str:
    if one.user is None:
        return "Intended gap" if one.is_intended else "Gap"
    return "Shadow" if one.is_shadow else "On call"


def _instant(at: datetime) -> bytes:
    return f"{at:%Y%m%dT%H%M%SZ}".encode()


@lru_cache(maxsize=1024)
def _text(name: str, text: str) -> bytes:
    from icalendar import vText
    from icalendar.parser import Contentline, Parameters

    line = Contentline.from_parts(name, Parameters(), vText(text))
    return bytes(line.to_ical())
