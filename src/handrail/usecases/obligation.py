"""Promises as time passes: reminded of before, at and after the deadline; missed."""

from handrail.core.ids import IncidentId
from handrail.core.incident import event as e
from handrail.core.incident.incident import Incident
from handrail.core.obligation.obligation import Obligation, ObligationKind
from handrail.core.obligation.reminder import is_missed, reminder_now
from handrail.ports.id_source import IdSource
from handrail.ports.setback import Setback, UnreadableError
from handrail.ports.store import Transaction
from handrail.usecases import setback
from handrail.usecases.incident_answer import unnoted
from handrail.usecases.incident_bulletin import remind
from handrail.usecases.incident_record import look_again_at, record
from handrail.usecases.paging import ENGINE, HELD


def remind_due(tx: Transaction, *, ids: IdSource, limit: int) -> int:
    """Remind of promises whose time has come; return how many incidents had some.

    None while held: nobody would be told. Of several reminders that are overdue after
    a standstill only the last is given.
    """
    if tx.meta.get(HELD):
        return 0
    unreadable: list[UnreadableError] = []
    incidents = tx.incident.due(limit=limit, otherwise=unreadable.append)
    setback.leave_out(
        tx,
        unreadable,
        lambda row, at: tx.incident.put_off(IncidentId(row), at),
        ids=ids,
    )
    setback.each(
        tx,
        incidents,
        lambda incident: _look_at(tx, incident, ids=ids),
        otherwise=lambda incident, why: _later(tx, incident, why, ids=ids),
    )
    return len(incidents)


def _look_at(tx: Transaction, incident: Incident, *, ids: IdSource) -> None:
    incident = _catch_up(tx, incident, ids=ids)
    events: list[e.IncidentEvent] = []
    for owed in incident.obligations:
        events.extend(_due(tx, incident, owed, ids=ids))
    if events:
        record(tx, incident, tuple(events), actor=ENGINE, ids=ids)
        return
    tx.incident.save(
        incident,
        expected_sequence=incident.sequence,
        next_due_at=look_again_at(incident),
    )


def _due(
    tx: Transaction, incident: Incident, owed: Obligation, *, ids: IdSource
) -> list[e.IncidentEvent]:
    found: list[e.IncidentEvent] = []
    if is_missed(owed, now=tx.now):
        found.append(e.ObligationMissed(obligation=owed.id))
    point = reminder_now(owed, now=tx.now)
    if point is not None:
        told = remind(tx, incident, owed, point, ids=ids)
        found.append(e.ObligationReminded(obligation=owed.id, point=point, told=told))
    return found


def _catch_up(tx: Transaction, incident: Incident, *, ids: IdSource) -> Incident:
    """Note an answer that could not be noted at its time, before reminding."""
    kind = ObligationKind.RESPONDER_ACKNOWLEDGED
    if not any(o.kind is kind and o.is_open for o in incident.obligations):
        return incident
    return record(tx, incident, unnoted(tx, incident), actor=ENGINE, ids=ids)[0]


def _later(tx: Transaction, incident: Incident, why: Setback, *, ids: IdSource) -> None:
    """Look at the incident again after a while, so that it blocks no other."""
    tx.attempt(
        lambda: tx.incident.save(
            incident,
            expected_sequence=incident.sequence,
            next_due_at=setback.again_at(tx, why),
        )
    )
    tx.attempt(
        lambda: setback.raise_alert(
            tx, what="remind of a promise", about=incident.name, setback=why, ids=ids
        )
    )
