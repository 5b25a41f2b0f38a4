"""Events: one log of streams, each a hash chain over salted payload digests."""

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """Something that happened, before it is recorded.

    Attributes:
        kind: Past participle, e.g. ``level_notified``.
        occurred_at: When it happened; ``recorded_at`` is added when stored.
        actor: ``user:ana``, ``token:ci``, ``integration:prom`` or ``engine``.
        payload: Canonical JSON text.
        salt: Random text that makes the payload's digest unguessable.
        schema_version: Of the payload's shape.
    """

    kind: str
    occurred_at: datetime
    actor: str
    payload: str
    salt: str
    schema_version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event in its place in the chain.

    Attributes:
        digest: SHA-256 hex of salt and payload; survives redaction of the payload.
        chain: SHA-256 hex over the previous chain value and this event's head.
    """

    stream: str
    sequence: int
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    payload: str
    salt: str
    schema_version: int
    digest: str
    chain: str


def payload_digest(*, salt: str, payload: str) -> str:
    """Return the salted digest of a payload, SHA-256 hex."""
    return hashlib.sha256(f"{salt}\n{payload}".encode()).hexdigest()


def chain_value(previous: str, event: StoredEvent) -> str:
    """Return the chain value of an event that follows ``previous`` ("" at first)."""
    head = "\n".join(
        (
            previous,
            event.stream,
            str(event.sequence),
            event.kind,
            event.occurred_at.isoformat(),
            event.recorded_at.isoformat(),
            event.actor,
            str(event.schema_version),
            event.digest,
        )
    )
    return hashlib.sha256(head.encode()).hexdigest()


def broken_link(events: list[StoredEvent]) -> int | None:
    """Return the sequence of the first event that does not verify, or none."""
    previous = ""
    for place, event in enumerate(events, start=1):
        honest = event.sequence == place
        redacted = event.payload == "" and event.salt == ""
        honest = honest and (
            redacted
            or payload_digest(salt=event.salt, payload=event.payload) == event.digest
        )
        if not honest or chain_value(previous, event) != event.chain:
            return event.sequence
        previous = event.chain
    return None
