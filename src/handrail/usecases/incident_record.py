"""An incident's events as stored text, and back; the state as known at any instant."""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

import msgspec

from handrail.core.audit.event import NewEvent, StoredEvent
from handrail.core.errors import NotFoundError
from handrail.core.ids import IncidentId
from handrail.core.incident import event as e
from handrail.core.incident.consequence import Happened, with_consequences
from handrail.core.incident.evolve import rebuild
from handrail.core.incident.incident import Incident
from handrail.core.obligation.reminder import next_due
from handrail.ports.id_source import IdSource
from handrail.ports.incident import EVERYBODY, Viewer
from handrail.ports.store import Transaction

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")
KINDS: dict[str, type[e.IncidentEvent]] = {
    _WORD_START.sub("_", kind.__name__).lower(): kind
    for kind in e.IncidentEvent.__args__
}
"""``severity_changed`` and so on, after the classes' own names."""
_NAMES = {kind: name for name, kind in KINDS.items()}
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()}
"""Made at import: a type that two threads meet first at once ends the process."""


def stream_of(incident_id: str) -> str:
    """Return the name of an incident's stream."""
    return f"incident:{incident_id}"


def kind_of(event: e.IncidentEvent) -> str:
    """Return the kind under which the event is stored."""
    return _NAMES[type(event)]


def incident_event(stored: StoredEvent) -> e.IncidentEvent | None:
    """Return the event that a stored one stands for; none where it was redacted."""
    if not stored.payload:
        return None
    return _DECODERS[stored.kind].decode(stored.payload)


def find(
    tx: Transaction, name: str, *, viewer: Viewer = EVERYBODY, lock: bool = False
) -> Incident:
    """Return the incident that people call so: ``INC-42``, ``42`` or its id.

    Raises:
        NotFoundError: There is none, or none the viewer may see.
    """
    spelled = name.strip().upper().removeprefix("INC-")
    if spelled.isascii() and spelled.isdigit() and len(spelled) < 10:  # noqa: PLR2004 - what an integer column holds
        found = tx.incident.by_number(int(spelled), viewer=viewer, lock=lock)
    else:
        found = tx.incident.get(IncidentId(name.strip()), viewer=viewer, lock=lock)
    if found is None:
        msg = f"there is no incident {name!r}; handrail incident list shows them"
        raise NotFoundError(msg)
    return found


def record(
    tx: Transaction,
    incident: Incident,
    events: tuple[e.IncidentEvent, ...],
    *,
    actor: str,
    ids: IdSource,
    occurred_at: datetime | None = None,
) -> tuple[Incident, tuple[Happened, ...]]:
    """Write events and what follows from them; return the incident after, and those.

    Args:
        tx: The transaction.
        incident: As it is stored, its row locked.
        events: What was decided; none changes nothing.
        actor: Who or what acts.
        ids: Makes the salts.
        occurred_at: When it happened; by default now.
    """
    if not events:
        return incident, ()
    after, happened = with_consequences(
        incident,
        events,
        demands=tx.configuration.snapshot().demands,
        occurred_at=occurred_at or tx.now,
        now=tx.now,
    )
    append(tx, incident.id, happened, after=incident.sequence, actor=actor, ids=ids)
    tx.incident.save(
        after, expected_sequence=incident.sequence, next_due_at=look_again_at(after)
    )
    return after, happened


def append(
    tx: Transaction,
    incident_id: IncidentId,
    happened: Sequence[Happened],
    *,
    after: int,
    actor: str,
    ids: IdSource,
) -> None:
    """Append the events to the incident's stream."""
    entries = [
        NewEvent(
            kind=kind_of(event),
            occurred_at=at,
            actor=actor,
            payload=msgspec.json.encode(event, order="deterministic").decode(),
            salt=ids.new_secret(),
        )
        for event, at in happened
    ]
    tx.event.append(stream_of(incident_id), entries, after=after)


def look_again_at(incident: Incident) -> datetime | None:
    """Return when the engine must look at the incident's promises next, or none."""
    coming = (next_due(owed) for owed in incident.obligations)
    return min((at for at in coming if at is not None), default=None)


def as_known_at(
    tx: Transaction, incident_id: IncidentId, known_at: datetime
) -> Incident | None:
    """Return the incident as it was known then; none before it was declared.

    Raises:
        NotFoundError: A part of its record was redacted, so that it cannot be told.
    """
    stream = tx.event.read(stream_of(incident_id))
    # Up to the first that came later: a clock that was set back leaves no gap.
    known = list(takewhile(lambda stored: stored.recorded_at <= known_at, stream))
    if not known:
        return None
    events: list[Happened] = []
    for stored in known:
        event = incident_event(stored)
        if event is None:
            msg = f"entry {stored.sequence} was redacted; the state cannot be retold"
            raise NotFoundError(msg)
        events.append((event, stored.occurred_at))
    return rebuild(incident_id, events)
