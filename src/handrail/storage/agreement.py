"""Cover requests and swaps, a table each: current state beside their event streams.

The state is one JSON text, since it is only ever read and written whole; what queries
look for has columns of its own beside it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Column, Index, Integer, Select, Table, Text, func, select
from typing_extensions import override

from handrail.core.cover.agreement import Agreement
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.swap import Swap
from handrail.core.errors import LostRaceError
from handrail.core.instants import from_micros, to_micros
from handrail.ports.agreement import AgreementStore
from handrail.storage import counter
from handrail.storage.codec import storable
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Row, Scope

A = TypeVar("A", bound=Agreement)


def _table(name: str) -> Table:
    table = Table(
        name,
        METADATA,
        Column("id", KEY, primary_key=True),
        Column("number", Integer, nullable=False, unique=True),
        Column("progress", KEY, nullable=False),
        Column("due_at", INSTANT),
        Column("sequence", Integer, nullable=False),
        Column("state", Text, nullable=False),
    )
    is_open = table.c.due_at.is_not(None)
    Index(
        f"ix_{name}_due_at",
        table.c.due_at,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    return table


COVER_REQUEST = _table("cover_request")
SWAP = _table("swap")

_TABLES: Mapping[type[Agreement], Table] = {CoverRequest: COVER_REQUEST, Swap: SWAP}
_DECODERS: Mapping[type[Agreement], "msgspec.json.Decoder[Any]"] = {
    kind: msgspec.json.Decoder(kind) for kind in _TABLES
}
"""Made at import: a type that two threads meet first at once ends the process."""


class SqlAgreementStore(AgreementStore):
    """The sequence number of a row guards against lost updates."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def next_override(self) -> int:
        return counter.take(self._scope, "override")

    @override
    def next_number(self, kind: type[Agreement]) -> int:
        return counter.take(self._scope, _TABLES[kind].name)

    @override
    def add(self, one: Agreement) -> None:
        # Names come from our own tables, never from outside.
        self._scope.change(
            f"INSERT INTO {_TABLES[type(one)].name}"  # noqa: S608
            " (progress, due_at, sequence, state, number, id)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (*_columns(one), one.number, one.id),
        )

    @override
    def get(self, kind: type[A], number: int, *, lock: bool = False) -> A | None:
        table = _TABLES[kind]
        query = select(table.c.state).where(table.c.number == number)
        found = self._read(kind, query.with_for_update() if lock else query)
        return found[0] if found else None

    @override
    def save(self, one: Agreement, *, expected_sequence: int) -> None:
        found = self._scope.change(
            f"UPDATE {_TABLES[type(one)].name}"  # noqa: S608
            " SET progress = ?, due_at = ?, sequence = ?, state = ?"
            " WHERE id = ? AND sequence = ?",
            (*_columns(one), one.id, expected_sequence),
        )
        if found != 1:
            msg = f"{one.name} changed meanwhile; look at it again"
            raise LostRaceError(msg)

    @override
    def newest(self, kind: type[A], *, open_only: bool, limit: int) -> list[A]:
        table = _TABLES[kind]
        query = select(table.c.state)
        if open_only:
            # Not by the index of numbers, which leads past all that are settled.
            query = query.where(table.c.due_at.is_not(None))
            query = query.order_by((table.c.number + 0).desc())
        else:
            query = query.order_by(table.c.number.desc())
        return self._read(kind, query.limit(limit))

    @override
    def due(self, kind: type[A], *, limit: int) -> list[A]:
        table = _TABLES[kind]
        due_at = table.c.due_at
        query = select(table.c.state).where(due_at <= to_micros(self._scope.now))
        query = query.order_by(due_at, table.c.id).limit(limit)
        return self._read(kind, query.with_for_update(skip_locked=True))

    @override
    def next_due(self) -> datetime | None:
        queries = (select(func.min(one.c.due_at)) for one in _TABLES.values())
        found = [self._scope.read(query).scalar() for query in queries]
        return min((from_micros(at) for at in found if at is not None), default=None)

    def _read(self, kind: type[A], query: Select[Row]) -> list[A]:
        decoder: msgspec.json.Decoder[A] = _DECODERS[kind]
        rows = self._scope.read(query).scalars()
        return [decoder.decode(text) for text in rows]


def _columns(one: Agreement) -> tuple[object, ...]:
    due_at = None if one.due_at is None else to_micros(one.due_at)
    text = storable(msgspec.json.encode(one).decode())
    return one.state.value, due_at, one.sequence, text
