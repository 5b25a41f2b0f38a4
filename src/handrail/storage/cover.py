"""Cover requests and swaps: current state beside their event streams.

The state is one JSON text, since it is only ever read and written whole; what queries
look for has columns of its own beside it.
"""

from datetime import datetime
from typing import Generic, TypeVar

import msgspec
from sqlalchemy import Column, Index, Integer, Select, Table, Text, func, select
from typing_extensions import override

from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.swap import Swap
from handrail.core.errors import LostRaceError
from handrail.core.instants import from_micros, to_micros
from handrail.ports.cover import CoverStore
from handrail.storage import counter
from handrail.storage.codec import storable
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Row, Scope

T = TypeVar("T", CoverRequest, Swap)


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

_REQUEST = msgspec.json.Decoder(CoverRequest)
_SWAP = msgspec.json.Decoder(Swap)
"""Made at import: a type that two threads meet first at once ends the process."""


class _Agreements(Generic[T]):
    """One table of them; the sequence number guards against lost updates."""

    def __init__(
        self, scope: Scope, table: Table, decoder: "msgspec.json.Decoder[T]"
    ) -> None:
        self._scope = scope
        self._table = table
        self._decoder: msgspec.json.Decoder[T] = decoder
        # Names come from our own tables, never from outside.
        self._insert = (
            f"INSERT INTO {table.name} (id, number, progress, due_at, sequence, state)"  # noqa: S608
            " VALUES (?, ?, ?, ?, ?, ?)"
        )
        self._save = (
            f"UPDATE {table.name} SET progress = ?, due_at = ?, sequence = ?,"  # noqa: S608
            " state = ? WHERE id = ? AND sequence = ?"
        )

    def add(self, item: T) -> None:
        self._scope.change(
            self._insert,
            (
                item.id,
                item.number,
                item.state.value,
                _micros(item.due_at),
                item.sequence,
                _text(item),
            ),
        )

    def get(self, number: int, *, lock: bool) -> T | None:
        query = select(self._table.c.state).where(self._table.c.number == number)
        found = self._items(query.with_for_update() if lock else query)
        return found[0] if found else None

    def save(self, item: T, *, expected_sequence: int) -> None:
        found = self._scope.change(
            self._save,
            (
                item.state.value,
                _micros(item.due_at),
                item.sequence,
                _text(item),
                item.id,
                expected_sequence,
            ),
        )
        if found != 1:
            msg = f"{item.name} changed meanwhile; look at it again"
            raise LostRaceError(msg)

    def newest(self, *, open_only: bool, limit: int) -> list[T]:
        query = select(self._table.c.state).order_by(self._table.c.number.desc())
        if open_only:
            query = query.where(self._table.c.due_at.is_not(None))
        return self._items(query.limit(limit))

    def due(self, *, limit: int) -> list[T]:
        due_at = self._table.c.due_at
        query = select(self._table.c.state).where(due_at <= to_micros(self._scope.now))
        query = query.order_by(due_at, self._table.c.id).limit(limit)
        return self._items(query.with_for_update(skip_locked=True))

    def next_due(self) -> int | None:
        found = self._scope.read(select(func.min(self._table.c.due_at))).scalar()
        return None if found is None else int(found)

    def _items(self, query: Select[Row]) -> list[T]:
        rows = self._scope.read(query).scalars()
        return [self._decoder.decode(text) for text in rows]


class SqlCoverStore(CoverStore):
    """Cover requests and swaps, a table each."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._requests = _Agreements(scope, COVER_REQUEST, _REQUEST)
        self._swaps = _Agreements(scope, SWAP, _SWAP)

    @override
    def next_override(self) -> int:
        return counter.take(self._scope, "override")

    @override
    def next_request(self) -> int:
        return counter.take(self._scope, "cover_request")

    @override
    def next_swap(self) -> int:
        return counter.take(self._scope, "swap")

    @override
    def add_request(self, request: CoverRequest) -> None:
        self._requests.add(request)

    @override
    def request(self, number: int, *, lock: bool = False) -> CoverRequest | None:
        return self._requests.get(number, lock=lock)

    @override
    def save_request(self, request: CoverRequest, *, expected_sequence: int) -> None:
        self._requests.save(request, expected_sequence=expected_sequence)

    @override
    def requests(self, *, open_only: bool, limit: int) -> list[CoverRequest]:
        return self._requests.newest(open_only=open_only, limit=limit)

    @override
    def add_swap(self, swap: Swap) -> None:
        self._swaps.add(swap)

    @override
    def swap(self, number: int, *, lock: bool = False) -> Swap | None:
        return self._swaps.get(number, lock=lock)

    @override
    def save_swap(self, swap: Swap, *, expected_sequence: int) -> None:
        self._swaps.save(swap, expected_sequence=expected_sequence)

    @override
    def swaps(self, *, open_only: bool, limit: int) -> list[Swap]:
        return self._swaps.newest(open_only=open_only, limit=limit)

    @override
    def due_requests(self, *, limit: int) -> list[CoverRequest]:
        return self._requests.due(limit=limit)

    @override
    def due_swaps(self, *, limit: int) -> list[Swap]:
        return self._swaps.due(limit=limit)

    @override
    def next_due(self) -> datetime | None:
        found = (self._requests.next_due(), self._swaps.next_due())
        return min((from_micros(at) for at in found if at is not None), default=None)


def _micros(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


def _text(value: CoverRequest | Swap) -> str:
    return storable(msgspec.json.encode(value).decode())
