"""Backlog tickets on the wire: what waits for the tracker, and what it took."""

from datetime import datetime
from enum import StrEnum, unique
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from handrail.api.deps import GivenActor, GivenDeps
from handrail.api.listing import STRETCH_DEFAULT, Before, Limit, following
from handrail.core.access.permission import Verb
from handrail.core.backlog.ticket import BacklogTicket, TicketOrigin, TicketState
from handrail.core.configuration.snapshot import TrackerKind
from handrail.core.ids import TicketId
from handrail.core.severity.severity import Severity
from handrail.ports.store import Transaction
from handrail.usecases import backlog
from handrail.usecases.desk import viewer_of


@unique
class TicketChoice(StrEnum):
    """Which of the list are wanted: all, or those no tracker took yet."""

    WAITING = "waiting"
    ALL = "all"


Choice = Annotated[
    TicketChoice, QueryParameter(name="state", description="Which of them are wanted.")
]


class TicketView(msgspec.Struct, frozen=True, kw_only=True):
    """One backlog ticket; ``reason`` is what became of the last attempt."""

    id: str
    origin: TicketOrigin
    alert_id: str | None
    incident: str | None
    title: str
    service: str | None
    severity: Severity
    state: TicketState
    reason: str
    failures: int
    next_attempt_at: datetime | None
    reference: str
    link: str
    created_at: datetime
    opened_at: datetime | None


class TicketList(msgspec.Struct, frozen=True, kw_only=True):
    """Tickets, newest first; ``next`` goes into ``before`` for those that follow.

    Attributes:
        tracker: Where they go; none where nothing is said of a tracker.
    """

    items: list[TicketView]
    next: str | None
    tracker: TrackerKind | None


def view(ticket: BacklogTicket) -> TicketView:
    """Return the ticket as the wire has it."""
    number = ticket.incident_number
    return TicketView(
        id=ticket.id,
        origin=ticket.origin,
        alert_id=ticket.alert_id,
        incident=f"INC-{number}" if number is not None else None,
        title=ticket.title,
        service=ticket.service,
        severity=ticket.severity,
        state=ticket.state,
        reason=ticket.reason,
        failures=ticket.failures,
        next_attempt_at=ticket.next_attempt_at,
        reference=ticket.reference,
        link=ticket.link,
        created_at=ticket.created_at,
        opened_at=ticket.opened_at,
    )


@get(
    "/tickets", opt={"verb": Verb.INCIDENT_READ}, sync_to_thread=True, tags=["tickets"]
)
def list_tickets(
    deps: GivenDeps,
    actor: GivenActor,
    which: Choice = TicketChoice.WAITING,
    limit: Limit = STRETCH_DEFAULT,
    before: Before = None,
) -> TicketList:
    """Return backlog tickets, newest first; by default those no tracker took yet."""

    def look(tx: Transaction) -> TicketList:
        found = tx.backlog.search(
            viewer=viewer_of(actor),
            open_only=which is TicketChoice.WAITING,
            limit=limit + 1,
            before=TicketId(before) if before else None,
        )
        place = tx.configuration.snapshot().tracker
        return TicketList(
            items=[view(ticket) for ticket in found[:limit]],
            next=following([ticket.id for ticket in found], limit),
            tracker=place.kind if place else None,
        )

    return deps.store.read(look)


@post(
    "/tickets/{ticket_id:str}/retry",
    opt={"verb": Verb.INCIDENT_ACT},
    status_code=200,
    sync_to_thread=True,
    tags=["tickets"],
)
def retry_ticket(
    ticket_id: FromPath[str], deps: GivenDeps, actor: GivenActor
) -> TicketView:
    """Let a ticket that failed or waits be tried now."""
    viewer = viewer_of(actor)
    return view(
        deps.store.run(lambda tx: backlog.try_again(tx, ticket_id, viewer=viewer))
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_tickets, retry_ticket)
