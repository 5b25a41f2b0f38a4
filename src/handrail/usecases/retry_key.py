"""A declaration sent twice, because its answer was lost, makes one incident.

The key makes the incident's id, so that of two at once the database takes one.
"""

import hashlib

from handrail.core.access.actor import Actor
from handrail.core.errors import ConflictError
from handrail.core.ids import IncidentId
from handrail.core.incident import event as e
from handrail.core.incident.incident import Incident
from handrail.ports.store import Transaction
from handrail.usecases.incident_record import incident_event, stream_of


def id_of(actor: Actor, retry_key: str) -> IncidentId:
    """Return the id that an actor's key stands for.

    Source: RFC 9562 section 5.8 (a UUID of our own making).
    """
    digest = hashlib.sha256(f"{actor}\n{retry_key}".encode()).hexdigest()
    parts = (digest[:8], digest[8:12], f"8{digest[13:16]}", f"8{digest[17:20]}")
    return IncidentId("-".join((*parts, digest[20:32])))


def declared_before(
    tx: Transaction, actor: Actor, *, retry_key: str, title: str
) -> Incident | None:
    """Return what the same declaration made when it was sent before, or none.

    Raises:
        ConflictError: The key named another declaration.
    """
    known = tx.incident.get(id_of(actor, retry_key)) if retry_key else None
    if known is None:
        return None
    first = incident_event(tx.event.read(stream_of(known.id))[0])
    # Without a title it was declared from a page, whose title it took.
    same = isinstance(first, e.IncidentDeclared) and title.strip() in ("", first.title)
    if not same:
        msg = f"this idempotency key declared {known.name}; use a new key for another"
        raise ConflictError(msg)
    return known
