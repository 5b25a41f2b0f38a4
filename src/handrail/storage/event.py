"""The append-only record."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Column, Integer, Table, Text, bindparam, func, select
from typing_extensions import override

from handrail.core.audit.event import (
    NewEvent,
    StoredEvent,
    chain_value,
    payload_digest,
)
from handrail.core.errors import LostRaceError
from handrail.ports.event import EventStore
from handrail.storage.codec import RowCodec, storable
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Scope

EVENT = Table(
    "event",
    METADATA,
    Column("stream", KEY, primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("kind", KEY, nullable=False),
    Column("occurred_at", INSTANT, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    Column("actor", KEY, nullable=False),
    Column("payload", Text, nullable=False),
    Column("salt", KEY, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("digest", KEY, nullable=False),
    Column("chain", KEY, nullable=False),
)

_CODEC = RowCodec(StoredEvent, EVENT, key="stream")
_HEAD = (
    "SELECT sequence, chain FROM event WHERE stream = ? ORDER BY sequence DESC LIMIT 1"
)
_READ = (
    select(*_CODEC.columns)
    .where(EVENT.c.stream == bindparam("stream"))
    .order_by(EVENT.c.sequence)
)
_STREAMS = (
    select(EVENT.c.stream)
    .where(EVENT.c.stream >= bindparam("first"), EVENT.c.stream < bindparam("end"))
    .distinct()
    .order_by(EVENT.c.stream)
)
_LAST = select(func.max(EVENT.c.sequence)).where(EVENT.c.stream == bindparam("stream"))
_HIGHEST_CHARACTER = "\U0010ffff"


class SqlEventStore(EventStore):
    """Events in one table, keyed by stream and sequence."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def append(self, stream: str, events: Sequence[NewEvent], *, after: int) -> int:
        heads = self._scope.fetch(_HEAD, (stream,))
        last, chain = heads[0] if heads else (0, "")
        if last != after:
            msg = f"{stream} has {last} events, not {after}; look at it again"
            raise LostRaceError(msg)
        rows = []
        for event in events:
            last += 1
            stored = self._link(stream, event, sequence=last, previous=chain)
            chain = stored.chain
            rows.append(_CODEC.values(stored))
        if rows:
            self._scope.change_many(_CODEC.insert, rows)
        return int(last)

    @override
    def read(self, stream: str) -> list[StoredEvent]:
        return [_CODEC.item(r) for r in self._scope.read(_READ, {"stream": stream})]

    @override
    def last(self, stream: str) -> int:
        return self._scope.read(_LAST, {"stream": stream}).scalar() or 0

    @override
    def streams(self, prefix: str) -> list[str]:
        ends = {"first": prefix, "end": prefix + _HIGHEST_CHARACTER}
        return list(self._scope.read(_STREAMS, ends).scalars())

    def _link(
        self, stream: str, event: NewEvent, *, sequence: int, previous: str
    ) -> StoredEvent:
        payload = storable(event.payload)
        stored = StoredEvent(
            stream=stream,
            sequence=sequence,
            kind=event.kind,
            occurred_at=event.occurred_at,
            recorded_at=self._scope.now,
            actor=storable(event.actor),
            payload=payload,
            salt=event.salt,
            schema_version=event.schema_version,
            digest=payload_digest(salt=event.salt, payload=payload),
            chain="",
        )
        return replace(stored, chain=chain_value(previous, stored))
