"""Promises of an incident: owed by whom until when, and those kept and missed."""

from dataclasses import dataclass

from handrail.core.ids import Slug
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.wording import plain
from handrail.core.obligation.obligation import Obligation
from handrail.web.screens.incident import urgency
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseLine:
    """One promise: late, soon, open, kept, kept late, missed or lifted."""

    what: str
    owner: str
    due: Moment
    state: str


def promise_line(
    owed: Obligation, incident: Incident, *, reader: Reader
) -> PromiseLine:
    """Return one promise as its line."""
    names = (person(h, reader.snapshot, otherwise="") for h in owners(owed, incident))
    return PromiseLine(
        what=plain(owed.kind),
        owner=", ".join(names),
        due=moment(owed.due_at, zone=reader.zone, now=reader.now),
        state=_state(owed, reader),
    )


def owners(owed: Obligation, incident: Incident) -> tuple[Slug, ...]:
    """Return who holds the role that owes it, or the commander where nobody does."""
    return incident.holders(IncidentRole(owed.owner)) or (incident.commander,)


def _state(owed: Obligation, reader: Reader) -> str:
    if owed.met_at is not None:
        return "kept" if owed.is_kept else "kept late"
    if owed.cancelled_at is not None:
        return "missed" if owed.missed_at else "lifted"
    return urgency(owed.due_at, reader.now)
