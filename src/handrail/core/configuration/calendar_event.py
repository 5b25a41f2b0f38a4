"""What a calendar file says: events whose recurrences are written out."""

from dataclasses import dataclass
from datetime import date, datetime

from handrail.core.configuration.problem import Problem

Edge = date | datetime
"""A whole day, a local time without a zone (naive: it floats), or an instant in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One occurrence of an event.

    Attributes:
        uid: Of the event; its occurrences share it.
        line: Where the event begins in the file, from 1.
        starts_at: Inclusive.
        ends_at: Exclusive; a day where ``starts_at`` is one.
        mails: Addresses of the people it names, in lower case.
        users: Users it names where Handrail wrote it; ``nobody`` for an intended gap.
        is_shadow: Handrail wrote it for a shadow shift.
        is_gap: Handrail wrote it for a gap, intended or not.
    """

    uid: str
    line: int
    summary: str
    starts_at: Edge
    ends_at: Edge
    mails: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    is_shadow: bool = False
    is_gap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCalendar:
    """A calendar file, as far as it could be read.

    Attributes:
        events: By their beginning.
        endless: Line and UID of events that recur without end.
        problems: What is wrong in the file.
    """

    events: tuple[CalendarEvent, ...] = ()
    endless: tuple[tuple[int, str], ...] = ()
    problems: tuple[Problem, ...] = ()
