"""Now: what seeks somebody, what runs, what the reader owes, and who is on call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handrail.core.access.permission import Verb
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.swap import Swap
from handrail.core.ids import PageId
from handrail.core.incident.incident import Incident
from handrail.core.obligation.obligation import Obligation
from handrail.core.paging.delivery import Delivery
from handrail.core.paging.page import Page, PageState
from handrail.core.paging.wording import one_line
from handrail.core.postmortem.action_item import ActionItem
from handrail.web.screens.action_item import ActionItemLine, action_item_lines
from handrail.web.screens.agreement import AgreementCard, agreement_card
from handrail.web.screens.incident import Clock, IncidentCard, clock, incident_card
from handrail.web.screens.oncall import DutyCard, duty_cards
from handrail.web.screens.page import PageCard, Reader, page_card
from handrail.web.screens.promise import owners

ITEMS_SHOWN = 5
TITLE_CHARS_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedLine:
    """What the reader owes in one incident, soonest due first; where it is kept."""

    href: str
    incident: str
    title: str
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeScreen:
    """The first screen after signing in.

    Attributes:
        incidents: Those that run, the worst severity first.
        mine: Pages that seek the reader.
        seeking: Other pages that nobody has yet, the worst severity first.
        taken: Pages somebody has.
        owed: What the reader promised in incidents, the most urgent first.
        asked: Cover requests and swaps that wait for the reader's answer.
        items: Action items that are the reader's, the overdue ones first.
        items_cut: The reader has more of them than are shown.
        is_configured: Whether any configuration was ever applied.
    """

    incidents: tuple[IncidentCard, ...]
    can_declare: bool
    owed: tuple[OwedLine, ...]
    asked: tuple[AgreementCard, ...]
    items: tuple[ActionItemLine, ...]
    items_cut: bool
    mine: tuple[PageCard, ...]
    seeking: tuple[PageCard, ...]
    taken: tuple[PageCard, ...]
    duties: tuple[DutyCard, ...]
    is_configured: bool


def home_screen(
    pages: Sequence[Page],
    deliveries: Mapping[PageId, Sequence[Delivery]],
    incidents: Sequence[Incident],
    items: Sequence[ActionItem] = (),
    waiting: Sequence[CoverRequest | Swap] = (),
    *,
    reader: Reader,
) -> HomeScreen:
    """Return the screen for active pages and incidents, newest first.

    Args:
        pages: Those that seek or have somebody.
        deliveries: Of each page.
        incidents: Those that run or are being learned from.
        items: The reader's open action items, soonest due first.
        waiting: Cover requests and swaps that the reader is asked to agree to.
        reader: For whom.
    """
    running = [i for i in incidents if i.is_responding]
    worst_first = sorted(running, key=lambda i: i.severity.rank if i.severity else 0)
    cards = [
        (page, _card(page, deliveries[page.id], reader))
        for page in sorted(pages, key=lambda page: page.severity.rank)
    ]
    taken = PageState.ACKNOWLEDGED
    free = [card for page, card in cards if page.state is not taken]
    return HomeScreen(
        incidents=tuple(incident_card(i, reader=reader) for i in worst_first),
        can_declare=reader.actor.may(Verb.INCIDENT_DECLARE),
        owed=_owed(incidents, reader),
        asked=tuple(agreement_card(one, reader=reader) for one in waiting),
        items=action_item_lines(items[:ITEMS_SHOWN], reader=reader),
        items_cut=len(items) > ITEMS_SHOWN,
        mine=tuple(card for card in free if card.is_mine),
        seeking=tuple(card for card in free if not card.is_mine),
        taken=tuple(card for page, card in cards if page.state is taken),
        duties=duty_cards(reader=reader),
        is_configured=reader.snapshot.revision > 0,
    )


def _owed(incidents: Sequence[Incident], reader: Reader) -> tuple[OwedLine, ...]:
    found = [(incident, _owed_in(incident, reader)) for incident in incidents]
    urgent = sorted(
        ((incident, owed) for incident, owed in found if owed),
        key=lambda pair: pair[1][0].due_at,
    )
    return tuple(
        OwedLine(
            href=_place(incident),
            incident=incident.name,
            title=one_line(incident.title, limit=TITLE_CHARS_SHOWN),
            clocks=tuple(clock(one, reader=reader) for one in owed),
        )
        for incident, owed in urgent
    )


def _owed_in(incident: Incident, reader: Reader) -> list[Obligation]:
    mine = reader.actor.responder
    owed = (o for o in incident.obligations if o.is_open)
    return sorted((o for o in owed if mine in owners(o, incident)), key=_due_at)


def _due_at(owed: Obligation) -> datetime:
    return owed.due_at


def _place(incident: Incident) -> str:
    """Return where it is kept: after the response only the postmortem is owed."""
    if incident.is_responding or incident.postmortem_id is None:
        return f"/incidents/{incident.name}"
    return f"/postmortems/{incident.name}"


def _card(page: Page, deliveries: Sequence[Delivery], reader: Reader) -> PageCard:
    """Return the card; nothing is resolved in passing, beside the button that takes."""
    card = page_card(page, deliveries, reader=reader)
    return replace(card, can_resolve=card.can_resolve and not card.can_acknowledge)
