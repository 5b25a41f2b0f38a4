"""Backlog tickets: what never pages, on its way into the team's tracker."""

from collections.abc import Sequence
from dataclasses import dataclass

from handrail.core.access.permission import Verb
from handrail.core.backlog.ticket import BacklogTicket, TicketState
from handrail.core.configuration.snapshot import TrackerKind
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.page import Reader

_WORDS = {
    TicketState.PENDING: "waits for the tracker",
    TicketState.CLAIMED: "is being opened",
    TicketState.OPENED: "is in the tracker",
    TicketState.FAILED: "was not taken",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """One ticket.

    Attributes:
        about: Where what it is about is shown.
        state: In words, such as ``waits for the tracker``.
        reason: What became of the last attempt, or "".
        link: To it in the tracker; "" unless it is a web address.
    """

    id: str
    title: str
    severity: str
    about: str
    state: str
    is_failed: bool
    reason: str
    next: Moment | None
    reference: str
    link: str
    asked: Moment
    can_retry: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketListScreen:
    """Tickets, newest first; ``has_tracker`` where they have somewhere to go."""

    lines: tuple[TicketLine, ...]
    is_all: bool
    next: str
    has_tracker: bool


def ticket_list_screen(
    tickets: Sequence[BacklogTicket],
    *,
    is_all: bool,
    following: str | None,
    reader: Reader,
) -> TicketListScreen:
    """Return the list."""
    place = reader.snapshot.tracker
    return TicketListScreen(
        lines=tuple(_line(ticket, reader) for ticket in tickets),
        is_all=is_all,
        next=following or "",
        has_tracker=place is not None and place.kind is not TrackerKind.NONE,
    )


def _line(ticket: BacklogTicket, reader: Reader) -> TicketLine:
    zone, now, coming = reader.zone, reader.now, ticket.next_attempt_at
    is_waiting = ticket.state is not TicketState.OPENED
    number = ticket.incident_number
    about = f"/alerts/{ticket.alert_id}" if ticket.alert_id else ""
    is_link = ticket.link.startswith(("https://", "http://"))
    return TicketLine(
        id=ticket.id,
        title=ticket.title,
        severity=ticket.severity,
        about=f"/incidents/INC-{number}" if number is not None else about,
        state=_WORDS[ticket.state],
        is_failed=ticket.state is TicketState.FAILED,
        reason=ticket.reason,
        next=moment(coming, zone=zone, now=now) if coming and is_waiting else None,
        reference=ticket.reference,
        link=ticket.link if is_link else "",
        asked=moment(ticket.created_at, zone=zone, now=now),
        can_retry=is_waiting and reader.actor.may(Verb.INCIDENT_ACT),
    )
