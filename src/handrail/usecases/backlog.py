"""Backlog tickets: asked for in the transaction that decides, opened later.

Opening is three steps that a crash may fall between: claim, send, record.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handrail.core import limits
from handrail.core.alert.alert import Alert
from handrail.core.backlog import ticket as rules
from handrail.core.backlog.ticket import BacklogTicket, TicketState, TrackerOutcome
from handrail.core.configuration.snapshot import Snapshot, TrackerKind, TrackerPlace
from handrail.core.errors import ConflictError, NotFoundError
from handrail.core.ids import IncidentId, NodeId, TicketId
from handrail.core.incident import event as e
from handrail.core.incident.incident import Incident
from handrail.core.severity.severity import Hours, Severity
from handrail.ports.id_source import IdSource
from handrail.ports.incident import Viewer
from handrail.ports.store import Transaction
from handrail.usecases import incident_record
from handrail.usecases.paging import ENGINE, HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One ticket that this node has claimed the right to open.

    Attributes:
        claimed_at: By the transaction's clock.
    """

    ticket: BacklogTicket
    place: TrackerPlace
    claimed_at: datetime


def ask_for_alert(
    tx: Transaction, alert: Alert, severity: Severity, *, ids: IdSource
) -> None:
    """Ask for the ticket of an alert that pages nobody; once, however often it comes.

    The alert's row is locked.
    """
    since = tx.now - limits.BACKLOG_CONDITION_MEMORY
    if tx.backlog.asked_since(rules.condition_of(alert), since):
        return
    if tx.backlog.for_alert(alert.id) is not None:
        return
    ticket_id = TicketId(ids.new_id())
    tx.backlog.add(rules.for_alert(alert, severity, ticket_id=ticket_id, now=tx.now))


def ask_for_incident(
    tx: Transaction, incident: Incident, *, actor: str, ids: IdSource
) -> Incident:
    """Ask for the ticket of an incident whose severity never pages, once.

    Where the alert it was declared from has one, it is that one. A private incident
    asks for none: who reads the tracker may not read the incident.
    """
    severity = incident.severity
    rule = tx.configuration.snapshot().matrix[severity] if severity else None
    is_wanted = rule is not None and rule.hours is Hours.NEVER
    if severity is None or not is_wanted or incident.is_private or incident.ticket:
        return incident
    known = None
    if incident.alert_id is not None:
        known = tx.backlog.for_alert(incident.alert_id)
        known = tx.backlog.get(known.id, lock=True) if known else None
    if known is not None and known.incident_id is None:
        ticket = replace(
            known, incident_id=incident.id, incident_number=incident.number
        )
        tx.backlog.save(ticket)
    else:
        ticket_id = TicketId(ids.new_id())
        ticket = rules.for_incident(incident, severity, ticket_id=ticket_id, now=tx.now)
        tx.backlog.add(ticket)
    events: list[e.IncidentEvent] = [e.TicketRequested(ticket_id=ticket.id)]
    if ticket.state is TicketState.OPENED:
        events.append(_opened(ticket))
    after, _ = incident_record.record(tx, incident, tuple(events), actor=actor, ids=ids)
    return after


def _opened(ticket: BacklogTicket) -> e.TicketOpened:
    return e.TicketOpened(
        ticket_id=ticket.id, reference=ticket.reference, link=ticket.link
    )


def tracker(snapshot: Snapshot) -> TrackerPlace | None:
    """Return where tickets go, or none where they are kept here."""
    place = snapshot.tracker
    return None if place is None or place.kind is TrackerKind.NONE else place


def is_due(tx: Transaction) -> bool:
    """Return whether a ticket could be claimed now; a cheap read."""
    due_at = tx.backlog.next_due()
    if due_at is None or due_at > tx.now:
        return False
    return tracker(tx.configuration.snapshot()) is not None and not tx.meta.get(HELD)


def claim(tx: Transaction, *, node: NodeId, limit: int) -> Sequence[Opening]:
    """Claim what is due under a lease and a new fence.

    Nothing while the installation is held, and nothing without a tracker.
    """
    place = tracker(tx.configuration.snapshot())
    if place is None or tx.meta.get(HELD):
        return ()
    lease_until = tx.now + limits.LEASE
    taken = []
    for due in tx.backlog.claimable(limit=limit):
        ticket = rules.claimed(due, owner=node, lease_until=lease_until)
        tx.backlog.save(ticket)
        taken.append(Opening(ticket=ticket, place=place, claimed_at=tx.now))
    return taken


def record(
    tx: Transaction, opening: Opening, outcome: TrackerOutcome, *, ids: IdSource
) -> BacklogTicket:
    """Record what the attempt came to, also in the incident's record.

    Success counts whatever happened meanwhile; failure only under the present fence.
    """
    seen = _require(tx.backlog.get(opening.ticket.id), opening.ticket.id)
    # Locked in the order incident, ticket.
    incident = _incident(tx, seen.incident_id)
    stored = _require(tx.backlog.get(seen.id, lock=True), seen.id)
    if stored.incident_id != seen.incident_id:
        incident = _incident(tx, stored.incident_id)
    after = rules.settled(
        stored,
        outcome,
        fence=opening.ticket.fence,
        jitter=ids.jitter(),
        now=tx.now,
    )
    if after == stored:
        return stored
    tx.backlog.save(after)
    if after.state is TicketState.OPENED and incident is not None:
        told = (_opened(after),)
        incident_record.record(tx, incident, told, actor=ENGINE, ids=ids)
    return after


def try_again(tx: Transaction, ticket_id: str, *, viewer: Viewer) -> BacklogTicket:
    """Let a ticket that failed or waits be tried now.

    Raises:
        ConflictError: It is opened, or just being opened.
        NotFoundError: There is none that the viewer may see.
    """
    found = tx.backlog.get(TicketId(ticket_id), viewer=viewer, lock=True)
    ticket = _require(found, ticket_id)
    if ticket.state in {TicketState.OPENED, TicketState.CLAIMED}:
        is_open = ticket.state is TicketState.OPENED
        state = "opened already" if is_open else "just being opened"
        msg = f"the ticket is {state}; there is nothing to try again"
        raise ConflictError(msg)
    after = rules.again(ticket, now=tx.now)
    tx.backlog.save(after)
    return after


def _incident(tx: Transaction, incident_id: IncidentId | None) -> Incident | None:
    return tx.incident.get(incident_id, lock=True) if incident_id else None


def _require(ticket: BacklogTicket | None, ticket_id: str) -> BacklogTicket:
    if ticket is None:
        msg = f"there is no ticket {ticket_id!r}; handrail ticket list shows them"
        raise NotFoundError(msg)
    return ticket
