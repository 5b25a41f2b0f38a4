"""Now: the pages that seek or have somebody, and who is on call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from handrail.core.access.permission import Verb
from handrail.core.ids import PageId
from handrail.core.incident.incident import Incident
from handrail.core.paging.delivery import Delivery
from handrail.core.paging.page import Page, PageState
from handrail.web.screens.incident import IncidentCard, incident_card
from handrail.web.screens.oncall import DutyCard, duty_cards
from handrail.web.screens.page import PageCard, Reader, page_card


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeScreen:
    """The first screen after signing in.

    Attributes:
        incidents: Those that run, the worst severity first.
        mine: Pages that seek the reader.
        seeking: Other pages that nobody has yet, the worst severity first.
        taken: Pages somebody has.
        is_configured: Whether any configuration was ever applied.
    """

    incidents: tuple[IncidentCard, ...]
    can_declare: bool
    mine: tuple[PageCard, ...]
    seeking: tuple[PageCard, ...]
    taken: tuple[PageCard, ...]
    duties: tuple[DutyCard, ...]
    is_configured: bool


def home_screen(
    pages: Sequence[Page],
    deliveries: Mapping[PageId, Sequence[Delivery]],
    incidents: Sequence[Incident],
    *,
    reader: Reader,
) -> HomeScreen:
    """Return the screen for active pages and running incidents, newest first."""
    worst_first = sorted(incidents, key=lambda i: i.severity.rank if i.severity else 0)
    cards = [
        (page, _card(page, deliveries[page.id], reader))
        for page in sorted(pages, key=lambda page: page.severity.rank)
    ]
    taken = PageState.ACKNOWLEDGED
    free = [card for page, card in cards if page.state is not taken]
    return HomeScreen(
        incidents=tuple(incident_card(i, reader=reader) for i in worst_first),
        can_declare=reader.actor.may(Verb.INCIDENT_DECLARE),
        mine=tuple(card for card in free if card.is_mine),
        seeking=tuple(card for card in free if not card.is_mine),
        taken=tuple(card for page, card in cards if page.state is taken),
        duties=duty_cards(reader=reader),
        is_configured=reader.snapshot.revision > 0,
    )


def _card(page: Page, deliveries: Sequence[Delivery], reader: Reader) -> PageCard:
    """Return the card; nothing is resolved in passing, beside the button that takes."""
    card = page_card(page, deliveries, reader=reader)
    return replace(card, can_resolve=card.can_resolve and not card.can_acknowledge)
