"""The record of who was let in, and of who changed that."""

import json
from collections.abc import Mapping

from handrail.core.audit.event import NewEvent
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction

STREAM = "access"


def record(
    tx: Transaction,
    kind: str,
    actor: str,
    payload: Mapping[str, str],
    *,
    ids: IdSource,
) -> None:
    """Append a fact to the access stream; ``actor`` is who made it so."""
    event = NewEvent(
        kind=kind,
        occurred_at=tx.now,
        actor=actor,
        payload=json.dumps(payload, sort_keys=True, separators=(",", ":")),
        salt=ids.new_secret(),
    )
    tx.event.append(STREAM, [event], after=tx.event.last(STREAM))
