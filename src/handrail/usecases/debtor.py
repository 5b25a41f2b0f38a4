"""What owes deliveries: pages, and bulletins with whether they still make sense."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from handrail.core.ids import BulletinId, PageId
from handrail.core.incident.pointless import why_pointless
from handrail.core.paging.bulletin import (
    ALWAYS_TOLD,
    ON_CALL,
    Bulletin,
    BulletinKind,
)
from handrail.core.paging.delivery import Delivery
from handrail.core.paging.page import Page, PageState
from handrail.ports.setback import Setback
from handrail.ports.store import Transaction
from handrail.usecases import setback
from handrail.usecases.oncall_news import why_old
from handrail.usecases.shift_notice import why_changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtors:
    """What owes the deliveries that are due.

    Attributes:
        pointless: By bulletin, why it need not be told any more, or none.
        unreadable: Pages and bulletins that could not be looked at; they wait.
    """

    pages: dict[PageId, Page] = field(default_factory=dict)
    bulletins: dict[BulletinId, Bulletin] = field(default_factory=dict)
    pointless: dict[BulletinId, str | None] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)


def debtor(delivery: Delivery) -> str:
    """Return the id of the page or bulletin that owes the delivery."""
    return delivery.page_id or delivery.bulletin_id or ""


def debtors_of(
    tx: Transaction,
    due: Sequence[Delivery],
    *,
    otherwise: Callable[[Sequence[Delivery], Setback], object],
) -> Debtors:
    """Return what owes the deliveries; ``otherwise`` has those that cannot be read."""
    found = Debtors()

    def look_at_page(page_id: PageId) -> None:
        page = tx.page.get(page_id)
        if page is not None:
            found.pages[page_id] = page

    def look_at_bulletin(bulletin_id: BulletinId) -> None:
        bulletin = tx.bulletin.get(bulletin_id)
        if bulletin is not None:
            found.bulletins[bulletin_id] = bulletin
            found.pointless[bulletin_id] = _why_pointless(tx, bulletin)

    def leave_out(owing: str, why: Setback) -> None:
        found.unreadable.add(owing)
        theirs = [d for d in due if debtor(d) == owing]
        otherwise(theirs, why)

    page_ids = sorted({d.page_id for d in due if d.page_id is not None})
    setback.each(tx, page_ids, look_at_page, otherwise=leave_out)
    bulletin_ids = sorted({d.bulletin_id for d in due if d.bulletin_id is not None})
    setback.each(tx, bulletin_ids, look_at_bulletin, otherwise=leave_out)
    return found


def _why_pointless(tx: Transaction, bulletin: Bulletin) -> str | None:
    if bulletin.incident_id is not None:
        incident = tx.incident.get(bulletin.incident_id)
        return None if incident is None else why_pointless(bulletin, incident)
    if bulletin.kind in ALWAYS_TOLD:
        return None
    if bulletin.kind is BulletinKind.SHIFT:
        return why_changed(tx, bulletin)
    if bulletin.kind in ON_CALL:
        return why_old(tx, bulletin)
    page = tx.page.get(PageId(bulletin.about))
    if page is None or page.state is not PageState.ACKNOWLEDGED:
        return "nobody works on it any more"
    declared = tx.incident.for_alert(page.alert_id) if page.alert_id else []
    return f"{declared[0].name} is declared" if declared else None
