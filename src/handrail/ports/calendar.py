"""Calendars as files: iCalendar, RFC 5545."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handrail.core.configuration.calendar_event import ReadCalendar
from handrail.core.configuration.node import SourceFile
from handrail.core.schedule.feed import FeedEvent

USER_PROPERTY = "X-HANDRAIL-USER"
"""In our own files: the user of a shift, or ``NOBODY`` for an intended gap."""
SHADOW_PROPERTY = "X-HANDRAIL-SHADOW"
"""In our own files: there where the shift is a shadow's."""
NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a calendar feed says, before it is spelled.

    Attributes:
        title: What calendar applications call it.
        revision: Of the configuration that says so; later ones are higher.
        revised_at: When that came into force, UTC.
    """

    title: str
    events: Sequence[FeedEvent]
    revision: int
    revised_at: datetime


class CalendarFormat(Protocol):
    """Spells feeds as calendar files, and reads calendar files of others."""

    def write(self, feed: Feed) -> bytes:
        """Return the file; the same feed gives the same bytes."""
        ...

    def read(self, file: SourceFile, *, start: datetime, end: datetime) -> ReadCalendar:
        """Return what touches ``[start, end)``; never raises for what the text holds.

        Recurrences are written out; what is cancelled is left out.
        """
        ...
