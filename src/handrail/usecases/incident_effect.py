"""What an incident's events do outside of its record: people are paged and told.

Nothing of it may undo what was recorded: declaring, for one, always succeeds.
"""

from collections.abc import Sequence

from handrail.core.ids import Slug
from handrail.core.incident import event as e
from handrail.core.incident.consequence import Happened
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.paging.page import Page
from handrail.ports.id_source import IdSource
from handrail.ports.setback import Setback
from handrail.ports.store import Transaction
from handrail.usecases import setback
from handrail.usecases.incident_bulletin import tell_role, tell_update
from handrail.usecases.incident_page import end_pages, link_origin, seek

_EFFECTIVE = (
    e.IncidentDeclared,
    e.IncidentReopened,
    e.SeverityChanged,
    e.FactsAmended,
    e.IncidentResolved,
    e.IncidentDeclined,
    e.IncidentMerged,
    e.RoleTaken,
    e.CommandHandedOver,
    e.UpdatePosted,
)


def carry_out(
    tx: Transaction,
    incident: Incident,
    happened: Sequence[Happened],
    *,
    by: Slug,
    ids: IdSource,
    origin: Page | None = None,
) -> Incident:
    """Page and tell whom the events demand; return the incident after.

    Args:
        tx: The transaction.
        incident: As the events left it, its row locked.
        happened: What was recorded.
        by: Who acts; they are not told what they did themselves.
        ids: Makes ids.
        origin: The page that it was declared from, or none.
    """
    events = [event for event, _ in happened if isinstance(event, _EFFECTIVE)]
    if not events:
        return incident

    def work() -> Incident:
        after = incident
        if origin is not None:
            after = link_origin(tx, after, origin, ids=ids)
        for event in events:
            after = _carry_out(tx, after, event, by=by, ids=ids)
        return after

    done = tx.attempt(work)
    if not isinstance(done, Setback):
        return done
    if done.is_passing:
        raise done.error  # The whole transaction is tried again.
    what = "page or tell people about an incident"
    tx.attempt(
        lambda: setback.raise_alert(
            tx, what=what, about=incident.name, setback=done, ids=ids
        )
    )
    return incident


def _carry_out(
    tx: Transaction,
    incident: Incident,
    event: e.IncidentEvent,
    *,
    by: Slug,
    ids: IdSource,
) -> Incident:
    match event:
        case e.SeverityChanged() if _is_lowered(event):
            pass
        case e.FactsAmended(service=None):
            pass
        case (
            e.IncidentDeclared()
            | e.IncidentReopened()
            | e.SeverityChanged()
            | e.FactsAmended()
        ):
            return seek(tx, incident, ids=ids)
        case e.IncidentResolved() | e.IncidentDeclined() | e.IncidentMerged():
            end_pages(tx, incident, ids=ids)
        case e.RoleTaken(role=role, user=user) if user != by:
            tell_role(tx, incident, role, user, by=by, ids=ids)
        case e.CommandHandedOver(to=user) if user != by:
            role = IncidentRole.COMMANDER
            tell_role(tx, incident, role, user, by=by, ids=ids)
        case e.UpdatePosted():
            tell_update(tx, incident, event, ids=ids)
        case _:
            pass
    return incident


def _is_lowered(event: e.SeverityChanged) -> bool:
    return event.previous is not None and event.severity.rank > event.previous.rank
