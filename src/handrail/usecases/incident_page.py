"""The pages of an incident: who is sought for it, and when that ends."""

from handrail.core.errors import LostRaceError
from handrail.core.ids import PageId
from handrail.core.incident import event as e
from handrail.core.incident.event import PagePurpose
from handrail.core.incident.incident import Incident
from handrail.core.incident.seeking import sought
from handrail.core.paging.event import ResolveReason
from handrail.core.paging.page import Page, PageState
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases import paging
from handrail.usecases.incident_answer import answered
from handrail.usecases.incident_record import record
from handrail.usecases.turn import lock_turns_to_come

OURS = frozenset({PagePurpose.COMMAND, PagePurpose.RESPONSE})
"""Pages that are about the incident itself and end with it."""


def link_origin(
    tx: Transaction, incident: Incident, page: Page, *, ids: IdSource
) -> Incident:
    """Link the page that the incident was declared from, and who answered it."""
    linked = e.PageLinked(page_id=page.id, purpose=PagePurpose.ORIGIN, title=page.title)
    after, _ = record(tx, incident, (linked,), actor=paging.ENGINE, ids=ids)
    by = page.acknowledged_by
    if page.state is not PageState.ACKNOWLEDGED or by is None:
        return after
    events = answered(after, page, by=by)
    return record(tx, after, events, actor=paging.ENGINE, ids=ids)[0]


def seek(tx: Transaction, incident: Incident, *, ids: IdSource) -> Incident:
    """Page whom the incident's severity demands now; return the incident after."""
    pages = [tx.page.get(page_id) for page_id in incident.pages]
    wanted = sought(
        incident,
        [page for page in pages if page is not None],
        snapshot=tx.configuration.snapshot(),
        now=tx.now,
    )
    lock_turns_to_come(tx, (one.opened for one in wanted))
    for one in wanted:
        for old in one.supersedes:
            _end(tx, old.id, ResolveReason.SUPERSEDED, ids=ids)
        page = paging.open_about_incident(tx, one.opened, ids=ids)
        linked = e.PageLinked(page_id=page.id, purpose=one.purpose, title=page.title)
        incident, _ = record(tx, incident, (linked,), actor=paging.ENGINE, ids=ids)
    return incident


def lock_pages(tx: Transaction, incident: Incident) -> frozenset[PageId]:
    """Lock the rows of the incident's own pages, before the incident's own is."""
    ours = _ours(incident)
    for page_id in ours:
        tx.page.get(page_id, lock=True)
    return frozenset(ours)


def require_pages_locked(incident: Incident, locked: frozenset[PageId]) -> None:
    """Return if no page was opened before the incident's own row was locked.

    To lock such a page now would be against the order of locks.

    Raises:
        LostRaceError: One was; the transaction has to begin again.
    """
    if not locked.issuperset(_ours(incident)):
        msg = f"somebody was paged for {incident.name} meanwhile; look at it again"
        raise LostRaceError(msg)


def end_pages(tx: Transaction, incident: Incident, *, ids: IdSource) -> None:
    """End the incident's own pages, because the response ended."""
    for page_id in _ours(incident):
        _end(tx, page_id, ResolveReason.INCIDENT_OVER, ids=ids)


def _ours(incident: Incident) -> list[PageId]:
    return sorted(page for page, purpose in incident.pages.items() if purpose in OURS)


def _end(
    tx: Transaction, page_id: PageId, reason: ResolveReason, *, ids: IdSource
) -> None:
    actor = paging.ENGINE
    paging.end_page(tx, page_id, reason=reason, by=None, actor=actor, ids=ids)
