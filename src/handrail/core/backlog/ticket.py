"""A backlog ticket: an outbox row, owed to the team's tracker until it took it.

What never pages (``hours: never`` in the severity matrix) is worked off by day. Source:
mission.md rule 3.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique

from handrail.core import limits
from handrail.core.alert.alert import Alert
from handrail.core.ids import AlertId, IncidentId, NodeId, Slug, TicketId
from handrail.core.incident.incident import Incident
from handrail.core.paging.outcome import Permanent, Retryable, Unknown
from handrail.core.severity.severity import Severity


@unique
class TicketState(StrEnum):
    """Where it stands."""

    PENDING = "pending"
    CLAIMED = "claimed"
    OPENED = "opened"
    FAILED = "failed"


@unique
class TicketOrigin(StrEnum):
    """What it is about."""

    ALERT = "alert"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogTicket:
    """One ticket.

    Attributes:
        origin_key: ``alert:<id>`` or ``incident:<id>``; unique.
        condition: ``integration/dedup key`` of the alert it is about, or "": what
            comes back soon does not ask for another ticket.
        incident_id: The incident it is about or was taken over by, or none.
        incident_number: Of that incident.
        title: Of the alert or incident when it was asked for.
        tried_since: From when its retries are counted.
        idempotency_key: The same for every attempt.
        reason: What became of the last attempt, or "".
        fence: Counts claims; a failure is recorded only under the present one.
        reference: What the tracker calls it, or "".
        link: To the ticket in the tracker, or "".
    """

    id: TicketId
    origin: TicketOrigin
    origin_key: str
    condition: str
    alert_id: AlertId | None
    incident_id: IncidentId | None
    incident_number: int | None
    title: str
    description: str
    service: Slug | None
    severity: Severity
    created_at: datetime
    tried_since: datetime
    idempotency_key: str
    state: TicketState = TicketState.PENDING
    reason: str = ""
    next_attempt_at: datetime | None = None
    lease_until: datetime | None = None
    lease_owner: NodeId | None = None
    fence: int = 0
    failures: int = 0
    reference: str = ""
    link: str = ""
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerTook:
    """The tracker opened it.

    Attributes:
        reference: What the tracker calls it, or "".
        link: To it, or "".
    """

    reference: str = ""
    link: str = ""


TrackerOutcome = TrackerTook | Retryable | Permanent | Unknown


def condition_of(alert: Alert) -> str:
    """Return what an alert is about, the same whenever it comes back."""
    return f"{alert.integration}/{alert.dedup_key}"


def for_alert(
    alert: Alert, severity: Severity, *, ticket_id: TicketId, now: datetime
) -> BacklogTicket:
    """Return the ticket of an alert that pages nobody."""
    return BacklogTicket(
        id=ticket_id,
        origin=TicketOrigin.ALERT,
        origin_key=f"{TicketOrigin.ALERT}:{alert.id}",
        condition=condition_of(alert),
        alert_id=alert.id,
        incident_id=None,
        incident_number=None,
        title=alert.title,
        description=alert.annotations.get("description", ""),
        service=alert.service,
        severity=severity,
        created_at=now,
        tried_since=now,
        next_attempt_at=now,
        idempotency_key=f"backlog-{ticket_id}",
    )


def for_incident(
    incident: Incident, severity: Severity, *, ticket_id: TicketId, now: datetime
) -> BacklogTicket:
    """Return the ticket of an incident that never pages."""
    return BacklogTicket(
        id=ticket_id,
        origin=TicketOrigin.INCIDENT,
        origin_key=f"{TicketOrigin.INCIDENT}:{incident.id}",
        condition="",
        alert_id=incident.alert_id,
        incident_id=incident.id,
        incident_number=incident.number,
        title=incident.title,
        description=incident.summary,
        service=incident.service,
        severity=severity,
        created_at=now,
        tried_since=now,
        next_attempt_at=now,
        idempotency_key=f"backlog-{ticket_id}",
    )


def claimed(
    ticket: BacklogTicket, *, owner: NodeId, lease_until: datetime
) -> BacklogTicket:
    """Return the ticket claimed for one attempt, under the next fence."""
    return replace(
        ticket,
        state=TicketState.CLAIMED,
        lease_owner=owner,
        lease_until=lease_until,
        fence=ticket.fence + 1,
    )


def settled(
    ticket: BacklogTicket,
    outcome: TrackerOutcome,
    *,
    fence: int,
    jitter: float,
    now: datetime,
) -> BacklogTicket:
    """Return the ticket as an attempt made under ``fence`` leaves it.

    That the tracker took it is recorded whatever happened meanwhile; a failure counts
    only under the present fence, so that a late loser undoes nothing.
    """
    if isinstance(outcome, TrackerTook):
        return _opened(ticket, outcome, now=now)
    if ticket.fence != fence or ticket.state is not TicketState.CLAIMED:
        return ticket
    failures = ticket.failures + 1
    next_at = now + backoff(failures, jitter=jitter, outcome=outcome)
    is_given_up = next_at > ticket.tried_since + limits.BACKLOG_MAX_AGE
    is_over = isinstance(outcome, Permanent) or is_given_up
    return replace(
        ticket,
        state=TicketState.FAILED if is_over else TicketState.PENDING,
        failures=failures,
        reason=outcome.reason[:500],
        next_attempt_at=None if is_over else next_at,
        lease_until=None,
        lease_owner=None,
    )


def _opened(
    ticket: BacklogTicket, outcome: TrackerTook, *, now: datetime
) -> BacklogTicket:
    if ticket.state is TicketState.OPENED:
        return ticket
    return replace(
        ticket,
        state=TicketState.OPENED,
        reason="",
        reference=outcome.reference,
        link=outcome.link,
        opened_at=now,
        next_attempt_at=None,
        lease_until=None,
        lease_owner=None,
    )


def backoff(
    failures: int, *, jitter: float, outcome: Retryable | Permanent | Unknown
) -> timedelta:
    """Return how long to wait after that many failures; ``jitter`` is in [0, 1).

    Doubles up to the cap, spread over the upper half; a tracker's own wish for longer
    is honoured, for a ticket is not urgent.
    """
    doublings: int = 2 ** min(failures - 1, 16)
    wait = min(limits.BACKLOG_BACKOFF_FIRST * doublings, limits.BACKLOG_BACKOFF_MAX)
    wait = wait / 2 + wait / 2 * jitter
    wish = outcome.after if isinstance(outcome, Retryable) else None
    return max(wait, wish or timedelta(0))


def again(ticket: BacklogTicket, *, now: datetime) -> BacklogTicket:
    """Return the ticket to be tried again now, if it was given up or waits.

    Its age counts from here on: what failed for a week is not given up at once.
    """
    if ticket.state in {TicketState.OPENED, TicketState.CLAIMED}:
        return ticket
    return replace(
        ticket,
        state=TicketState.PENDING,
        next_attempt_at=now,
        failures=0,
        tried_since=now,
    )
