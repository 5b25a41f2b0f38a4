"""The timeline of a room, entry by entry."""

from dataclasses import dataclass
from datetime import timedelta

from handrail.usecases.timeline import TimelineEntry
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import name_of
from handrail.web.screens.page import Reader

TOLD_LATE = timedelta(minutes=1)
FILTERS = {
    "all": frozenset[str](),
    "people": frozenset({"human", "communication"}),
    "state": frozenset({"state", "page", "mitigation"}),
    "words": frozenset({"communication"}),
}
"""What may stand in ``?show=``; without sorts, everything is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One timeline entry.

    Attributes:
        told: When it was told, where that was later than it happened; else none.
    """

    number: int
    sort: str
    at: Moment
    told: Moment | None
    actor: str
    what: str
    is_pinned: bool
    corrected_by: int | None
    corrects: int | None
    evidence: str | None


def entry_line(entry: TimelineEntry, *, reader: Reader) -> EntryLine:
    """Return one entry as its line."""
    is_late = entry.recorded_at - entry.occurred_at >= TOLD_LATE
    zone, now = reader.zone, reader.now
    return EntryLine(
        number=entry.sequence,
        sort=entry.sort,
        at=moment(entry.occurred_at, zone=zone, now=now),
        told=moment(entry.recorded_at, zone=zone, now=now) if is_late else None,
        actor=name_of(entry.actor, reader.snapshot),
        what=entry.what,
        is_pinned=entry.is_pinned,
        corrected_by=entry.corrected_by,
        corrects=entry.corrects,
        evidence=entry.evidence,
    )


def is_shown(line: EntryLine, shown: str) -> bool:
    """Return whether the filter of this name lets the line through."""
    sorts = FILTERS.get(shown)
    return not sorts or line.sort in sorts
