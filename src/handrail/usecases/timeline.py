"""The incident's stream as people see it: what happened, when, and when we knew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handrail.core.audit.event import StoredEvent
from handrail.core.ids import EvidenceId
from handrail.core.incident.event import EntryCorrected, EvidenceAttached
from handrail.core.incident.incident import Incident
from handrail.core.incident.wording import (
    EntryKind,
    Who,
    describe,
    kind_of_entry,
    said_by_hand,
)
from handrail.ports.store import Transaction
from handrail.usecases.incident_record import incident_event, stream_of

REDACTED = "This entry was redacted; the chain still verifies."


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One entry.

    Attributes:
        sequence: Its number; never changes.
        kind: What the stored event is called, such as ``severity_changed``.
        actor: ``user:ana``, ``token:ci`` or ``engine``.
        what: One sentence.
        words: What a person wrote, or "".
        corrects: The entry this one puts right, or none.
        corrected_by: The latest entry that puts this one right, or none.
        evidence: The file it attached, or none.
    """

    sequence: int
    kind: str
    sort: EntryKind
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    what: str
    words: str
    is_pinned: bool
    corrects: int | None = None
    corrected_by: int | None = None
    evidence: EvidenceId | None = None


def timeline(
    tx: Transaction,
    incident: Incident,
    *,
    after: int = 0,
    known_at: datetime | None = None,
) -> tuple[TimelineEntry, ...]:
    """Return the entries in the order in which things happened.

    Args:
        tx: The transaction.
        incident: Whose.
        after: Only those with a higher number.
        known_at: Only what had been told by then.
    """
    stored = [
        entry
        for entry in tx.event.read(stream_of(incident.id))
        if known_at is None or entry.recorded_at <= known_at
    ]
    who = namer(tx)
    corrections = _corrections(stored)
    entries = [
        _entry(one, incident, corrections, who)
        for one in stored
        if one.sequence > after
    ]
    return tuple(sorted(entries, key=lambda e: (e.occurred_at, e.sequence)))


def namer(tx: Transaction) -> Who:
    """Return what turns a slug into the name people know."""
    users = tx.configuration.snapshot().users
    return lambda slug: users[slug].full_name if slug in users else str(slug)


def _corrections(stored: Sequence[StoredEvent]) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in stored:
        event = incident_event(one)
        if isinstance(event, EntryCorrected):
            found[event.entry] = one.sequence
    return found


def _entry(
    stored: StoredEvent, incident: Incident, corrections: dict[int, int], who: Who
) -> TimelineEntry:
    event = incident_event(stored)
    return TimelineEntry(
        sequence=stored.sequence,
        kind=stored.kind,
        sort=kind_of_entry(event) if event else EntryKind.STATE,
        occurred_at=stored.occurred_at,
        recorded_at=stored.recorded_at,
        actor=stored.actor,
        what=describe(event, who) if event else REDACTED,
        words=said_by_hand(event) if event else "",
        is_pinned=stored.sequence in incident.pinned,
        corrects=event.entry if isinstance(event, EntryCorrected) else None,
        corrected_by=corrections.get(stored.sequence),
        evidence=event.evidence_id if isinstance(event, EvidenceAttached) else None,
    )
