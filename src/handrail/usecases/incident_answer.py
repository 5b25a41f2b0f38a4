"""An acknowledged page, noted on the incident that it belongs to.

Paging fails open: what cannot be noted never undoes the acknowledgement. It is noted
at the incident's next reminder at the latest.
"""

from handrail.core.ids import Slug
from handrail.core.incident import event as e
from handrail.core.incident.command import offer_command
from handrail.core.incident.incident import Incident
from handrail.core.paging.page import Page, PageState
from handrail.ports.id_source import IdSource
from handrail.ports.setback import Setback
from handrail.ports.store import Transaction
from handrail.usecases import setback
from handrail.usecases.incident_bulletin import tell_offer
from handrail.usecases.incident_record import incident_event, record, stream_of


def note_answer(
    tx: Transaction, page: Page, *, by: Slug, actor: str, ids: IdSource
) -> None:
    """Note on the page's incidents that somebody answered; offer them command.

    The page's row is locked, the incidents' rows are locked after it.
    """
    done = tx.attempt(lambda: _note(tx, page, by=by, actor=actor, ids=ids))
    if isinstance(done, Setback):
        what, about = "note an answer on an incident", f"Page {page.id}"
        tx.attempt(
            lambda: setback.raise_alert(
                tx, what=what, about=about, setback=done, ids=ids
            )
        )


def _note(tx: Transaction, page: Page, *, by: Slug, actor: str, ids: IdSource) -> None:
    for incident in _concerned(tx, page):
        events = answered(incident, page, by=by)
        after, happened = record(tx, incident, events, actor=actor, ids=ids)
        for event, _ in happened:
            if isinstance(event, e.CommandOffered):
                tell_offer(tx, after, event.to, ids=ids)


def _concerned(tx: Transaction, page: Page) -> list[Incident]:
    """Return the incidents that still run and belong to the page, locked."""
    if page.incident_id is not None:
        about = [page.incident_id]
    else:
        declared = tx.incident.for_alert(page.alert_id) if page.alert_id else []
        running = sorted((one.number, one.id) for one in declared if one.is_responding)
        about = [incident_id for _, incident_id in running]
    locked = (tx.incident.get(one, lock=True) for one in about)
    return [one for one in locked if one is not None and one.is_responding]


def answered(
    incident: Incident, page: Page, *, by: Slug
) -> tuple[e.IncidentEvent, ...]:
    """Return what an acknowledgement of one of its pages does to the incident."""
    purpose = incident.pages.get(page.id)
    if purpose is e.PagePurpose.COMMAND:
        return offer_command(incident, by, why="answered the page for a commander")
    answer = e.ResponderAcknowledged(
        page_id=page.id, purpose=purpose or e.PagePurpose.ORIGIN, by=by
    )
    if purpose is not None:
        return (answer,)
    origin = e.PagePurpose.ORIGIN
    return (e.PageLinked(page_id=page.id, purpose=origin, title=page.title), answer)


def unnoted(tx: Transaction, incident: Incident) -> tuple[e.IncidentEvent, ...]:
    """Return answers to the incident's pages that could not be noted at their time.

    Who was noted once and left operations since does not come back by it.
    """
    noted = {
        (event.page_id, event.by)
        for stored in tx.event.read(stream_of(incident.id))
        if isinstance(event := incident_event(stored), e.ResponderAcknowledged)
    }
    found: list[e.IncidentEvent] = []
    for page_id, purpose in incident.pages.items():
        page = tx.page.get(page_id)
        if page is None or page.state is not PageState.ACKNOWLEDGED:
            continue
        by = page.acknowledged_by
        if by is None or (page_id, by) in noted or purpose is e.PagePurpose.COMMAND:
            continue
        found.extend(answered(incident, page, by=by))
    return tuple(found)
