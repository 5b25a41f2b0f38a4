"""The desk: who acts, in which transaction, and how an act is recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.errors import InvalidError
from handrail.core.ids import PageId, Slug
from handrail.core.incident import command
from handrail.core.incident import event as e
from handrail.core.incident.incident import Incident
from handrail.ports.id_source import IdSource
from handrail.ports.incident import Viewer
from handrail.ports.store import Transaction
from handrail.usecases.incident_effect import carry_out
from handrail.usecases.incident_learning import begin_learning
from handrail.usecases.incident_page import lock_pages, require_pages_locked
from handrail.usecases.incident_record import find, record

BACKDATED_MAX = timedelta(days=30)
"""Nothing is told so long after it happened but by mistake."""

Events = tuple[e.IncidentEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every verb needs: the transaction, who acts, and the maker of ids."""

    tx: Transaction
    actor: Actor
    ids: IdSource

    @property
    def by(self) -> Slug:
        """Return in whose name it is done."""
        return self.actor.responder

    @property
    def viewer(self) -> Viewer:
        """Return whose eyes incidents are looked up with."""
        return viewer_of(self.actor)


def viewer_of(actor: Actor) -> Viewer:
    """Return which incidents the actor may see."""
    return Viewer(user=actor.user, sees_all=actor.may(Verb.INCIDENT_READ_PRIVATE))


def change(
    desk: Desk,
    name: str,
    decide: Callable[[Incident], Events],
    *,
    occurred_at: datetime | None = None,
    ends_pages: bool = False,
) -> Incident:
    """Let a decision change the incident, and do what that demands.

    Args:
        desk: Who acts.
        name: What people call the incident.
        decide: What happens to it.
        occurred_at: When it happened; by default now.
        ends_pages: Its pages may end or be superseded, so that they are locked before
            it is.

    Raises:
        NotFoundError: There is none of that name that the actor may see.
        DomainError: The decision refuses.
    """
    tx = desk.tx
    locked: frozenset[PageId] = frozenset()
    if ends_pages:
        locked = lock_pages(tx, find(tx, name, viewer=desk.viewer))
    incident = find(tx, name, viewer=desk.viewer, lock=True)
    if ends_pages:
        require_pages_locked(incident, locked)
    at = in_the_past(occurred_at, "occurred_at", tx)
    actor = str(desk.actor)
    after, happened = record(
        tx, incident, decide(incident), actor=actor, ids=desk.ids, occurred_at=at
    )
    after = carry_out(tx, after, happened, by=desk.by, ids=desk.ids)
    return begin_learning(tx, after, happened, by=desk.by, actor=actor, ids=desk.ids)


def in_the_past(at: datetime | None, field: str, tx: Transaction) -> datetime | None:
    """Return the instant.

    Raises:
        InvalidError: It is to come, or too long ago.
    """
    if at is None:
        return None
    if at > tx.now or tx.now - at > BACKDATED_MAX:
        wrong = "lies in the future" if at > tx.now else "over 30 days ago"
        msg = f"{field} {wrong}; say when it really happened"
        raise InvalidError(msg, fields={field: wrong})
    return at


def require_user(desk: Desk, user: Slug, *, field: str) -> None:
    """Return if somebody of that name is configured.

    Raises:
        InvalidError: Nobody is.
    """
    users = desk.tx.configuration.snapshot().users
    command.require_person(user, users, field=field)
