"""iCalendar, RFC 5545: feeds are written, calendar files are read."""

from datetime import datetime
from urllib.parse import urlsplit

from typing_extensions import override

from handrail.core.configuration.calendar_event import ReadCalendar
from handrail.core.configuration.node import SourceFile
from handrail.ports.calendar import CalendarFormat, Feed


class Icalendar(CalendarFormat):
    """Reads and writes by the icalendar library, which is imported when it is needed.

    Args:
        base_url: Of this installation; its host is in the names of events.
    """

    def __init__(self, base_url: str = "") -> None:
        self._host = urlsplit(base_url).hostname or "handrail.invalid"

    @override
    def write(self, feed: Feed) -> bytes:
        from handrail.system.calendar_writer import write_calendar

        return write_calendar(feed, host=self._host)

    @override
    def read(self, file: SourceFile, *, start: datetime, end: datetime) -> ReadCalendar:
        from handrail.system.calendar_reader import read_calendar

        return read_calendar(file, start=start, end=end)
