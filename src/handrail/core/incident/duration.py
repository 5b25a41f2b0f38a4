"""How long each part of a response took: one definition each, printed beside it.

What nobody knows is said to be unknown, never guessed. Source: domain.md §7.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.incident.event import PagePurpose
from handrail.core.incident.incident import Incident
from handrail.core.paging.page import Page

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One duration of one incident.

    Attributes:
        key: Stable word, such as ``time_to_detect``.
        definition: Of which two instants it is the difference.
        value: Never negative; none where one of the instants is not known.
        unknown: Why there is no value, or "".
    """

    key: str
    name: str
    definition: str
    value: timedelta | None
    unknown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Instant:
    words: str
    at: datetime | None
    without: str


def figures(incident: Incident, pages: Iterable[Page] = ()) -> tuple[Figure, ...]:
    """Return every figure of the incident.

    Args:
        incident: Whose.
        pages: Its pages, in any order; those of the commanders' rota do not count.
    """
    paged, acknowledged = _answered(incident, pages)
    start = _Instant(
        words="impact start",
        at=incident.impact_started_at,
        without="when the impact started is unknown",
    )
    detected = _Instant(words="detected", at=incident.detected_at, without="")
    declared = _Instant(words="declared", at=incident.declared_at, without="")
    mitigated = _Instant(
        words="mitigated",
        at=incident.mitigated_at,
        without="it is not mitigated",
    )
    resolved = _Instant(
        words="resolved", at=incident.resolved_at, without="it is not resolved"
    )
    told = _Instant(
        words="first public notice",
        at=incident.public_told_at,
        without="the public was not told",
    )
    page = _Instant(words="paged", at=paged, without="nobody was paged")
    answer = _Instant(
        words="first acknowledged", at=acknowledged, without="no page was acknowledged"
    )
    return (
        _figure("time_to_detect", "Time to detect", start, detected),
        _figure("time_to_acknowledge", "Time to acknowledge", page, answer),
        _figure("time_to_declare", "Time to declare", detected, declared),
        _figure("time_to_mitigate", "Time to mitigate", start, mitigated),
        _figure(
            "detected_to_mitigated", "From detection to mitigation", detected, mitigated
        ),
        _figure("time_to_resolve", "Time to resolve, end to end", start, resolved),
        _figure(
            "detected_to_resolved", "From detection to resolution", detected, resolved
        ),
        _figure("time_to_public_notice", "Time to first public notice", detected, told),
    )


def _answered(
    incident: Incident, pages: Iterable[Page]
) -> tuple[datetime | None, datetime | None]:
    """Return when the first page went out, and when the first was acknowledged."""
    theirs = [p for p in pages if incident.pages.get(p.id) is not PagePurpose.COMMAND]
    opened = min((page.opened_at for page in theirs), default=None)
    taken = [page.acknowledged_at for page in theirs if page.acknowledged_at]
    return opened, min(taken, default=None)


def _figure(key: str, name: str, start: _Instant, end: _Instant) -> Figure:
    definition = f"from {start.words} to {end.words}"
    without = next((i.without for i in (start, end) if i.at is None), "")
    if start.at is None or end.at is None:
        return Figure(
            key=key, name=name, definition=definition, value=None, unknown=without
        )
    if end.at < start.at:
        unknown = f"{end.words} lies before {start.words} in the record"
        return Figure(
            key=key, name=name, definition=definition, value=None, unknown=unknown
        )
    return Figure(key=key, name=name, definition=definition, value=end.at - start.at)


def span(length: timedelta) -> str:
    """Return a length of time for people, to the second: ``1 h 4 min``.

    Seconds are left out from an hour on, and minutes never are before them.
    """
    seconds = length // _SECOND
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h {minutes} min"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
