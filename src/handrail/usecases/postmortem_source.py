"""What a postmortem's draft is made from: the record, the pages, the changes."""

from dataclasses import replace

from handrail.core.incident.evolve import rebuild
from handrail.core.incident.incident import Incident
from handrail.core.postmortem.draft import Record, RecordEntry
from handrail.core.postmortem.postmortem import Postmortem
from handrail.ports.store import Transaction
from handrail.usecases import incident_record
from handrail.usecases.change import suspects_of
from handrail.usecases.incident_record import incident_event
from handrail.usecases.timeline import namer, timeline


def record_of(tx: Transaction, incident: Incident, written: Postmortem) -> Record:
    """Return what the draft is made from.

    A published one tells of the record as it was when it was published.
    """
    until = written.record_until
    if until is not None:
        incident = _as_of(tx, incident, until)
    entries = tuple(
        RecordEntry(
            sequence=entry.sequence,
            kind=entry.kind,
            occurred_at=entry.occurred_at,
            recorded_at=entry.recorded_at,
            what=entry.what,
            is_pinned=entry.is_pinned,
            corrected_by=_within(entry.corrected_by, until),
        )
        for entry in timeline(tx, incident)
        if until is None or entry.sequence <= until
    )
    known_by = written.published_at or tx.now
    suspects = [
        suspect.change
        for suspect in suspects_of(tx, incident)
        if suspect.change.recorded_at <= known_by
    ]
    pages = (tx.page.get(page_id) for page_id in incident.pages)
    return Record(
        incident=incident,
        entries=entries,
        pages=tuple(page for page in pages if page is not None),
        suspects=suspects,
        who=namer(tx),
    )


def _as_of(tx: Transaction, incident: Incident, until: int) -> Incident:
    """Return the incident after so many entries; as it is where one was redacted."""
    events = []
    for stored in tx.event.read(incident_record.stream_of(incident.id))[:until]:
        event = incident_event(stored)
        if event is None:
            return incident
        events.append((event, stored.occurred_at))
    # Where it is filed does not change with what is told of it.
    return replace(rebuild(incident.id, events), is_private=incident.is_private)


def _within(sequence: int | None, until: int | None) -> int | None:
    if sequence is None or until is None:
        return sequence
    return sequence if sequence <= until else None
