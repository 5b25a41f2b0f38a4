"""Calendar files that come along with configuration files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handrail.core.configuration.calendar_import import (
    ICS,
    Imported,
    import_calendars,
    stretch,
)
from handrail.core.configuration.draft import Draft
from handrail.core.configuration.node import SourceFile
from handrail.core.instants import EPOCH
from handrail.ports.calendar import CalendarFormat

SUFFIX = f".{ICS}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendars:
    """How calendar files are read, and the instant that decides how far."""

    format: CalendarFormat
    now: datetime


def is_calendar(file: SourceFile) -> bool:
    """Return whether a file is a calendar and no configuration."""
    return file.name.lower().endswith(SUFFIX)


def with_calendars(
    drafts: Sequence[Draft], files: Sequence[SourceFile], calendars: Calendars | None
) -> Imported:
    """Return the drafts with the calendars they name written out.

    Args:
        drafts: Of all configuration files.
        files: Everything that came along; what is no calendar is passed over.
        calendars: Without it, nothing is read; drafts that name none need none.
    """
    if calendars is None:
        return import_calendars(drafts, {}, until=EPOCH)
    start, end = stretch(calendars.now)
    read = {
        file.name: calendars.format.read(file, start=start, end=end)
        for file in files
        if is_calendar(file)
    }
    return import_calendars(drafts, read, until=end)
