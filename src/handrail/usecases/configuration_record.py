"""Entries of the configuration's stream in the record."""

from collections.abc import Mapping

from handrail.core.audit.event import NewEvent
from handrail.core.configuration.draft import canonical
from handrail.core.configuration.node import Json
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction

STREAM = "config"


def record(
    tx: Transaction, kind: str, payload: Mapping[str, Json], *, by: str, ids: IdSource
) -> None:
    """Append what was done to the configuration, in the same transaction.

    Args:
        tx: The transaction of the change itself.
        kind: Past participle, such as ``configuration_applied``.
        payload: What was done; never a secret.
        ids: For the salt.
        by: ``user:ana``, ``token:ci`` or ``operator``.
    """
    event = NewEvent(
        kind=kind,
        occurred_at=tx.now,
        actor=by,
        payload=canonical(payload),
        salt=ids.new_secret(),
    )
    tx.event.append(STREAM, [event], after=tx.event.last(STREAM))
