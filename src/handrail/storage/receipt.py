"""Receipts, their journal, and the bodies that could not be read."""

import struct
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    bindparam,
    column,
    delete,
    exists,
    select,
    table,
)
from typing_extensions import override

from handrail.core.alert.receipt import EntryKind, RawBody, Receipt, ReceiptEntry
from handrail.core.ids import AlertId, ReceiptId
from handrail.core.instants import from_micros, to_micros
from handrail.ports.receipt import ReceiptStore
from handrail.storage.codec import RowCodec
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Row, Scope

# No foreign keys in this module: they would cost the ingest path a lookup each, and a
# receipt and its parts are written by one function and never changed.
RECEIPT = Table(
    "receipt",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("integration", KEY, nullable=False),
    Column("received_at", INSTANT, nullable=False),
    Column("entries", LargeBinary, nullable=False),
    # Set where the receipt holds nothing but repeats and drops.
    Column("prunable_at", INSTANT),
)
Index(
    "ix_receipt_prunable_at",
    RECEIPT.c.prunable_at,
    sqlite_where=RECEIPT.c.prunable_at.is_not(None),
    postgresql_where=RECEIPT.c.prunable_at.is_not(None),
)
RECEIPT_JOURNAL = Table(
    "receipt_journal",
    METADATA,
    Column("receipt_id", KEY, primary_key=True),
    Column("is_applied", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
RECEIPT_ALERT = Table(
    "receipt_alert",
    METADATA,
    Column("alert_id", KEY, primary_key=True),
    Column("receipt_id", KEY, primary_key=True),
    sqlite_with_rowid=False,
)
RAW_BODY = Table(
    "raw_body",
    METADATA,
    Column("receipt_id", KEY, primary_key=True),
    Column("content_type", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
ENTRY_COUNT = Table(
    "entry_count",
    METADATA,
    Column("kind", Integer, primary_key=True, autoincrement=False),
    Column("accepted", BigInteger, nullable=False),
)

_ENTRY = struct.Struct(">B16sq")
"""Kind, the alert's id, and its new expiry in microseconds."""
_NO_ID = bytes(16)
_NO_INSTANT = -(2**63)
_PASSING = frozenset({EntryKind.REPEATED, EntryKind.DROPPED})
_FOLD_AT_ONCE = 1000

_RAW = RowCodec(RawBody, RAW_BODY, key="receipt_id")
_INSERT = (
    "INSERT INTO receipt (id, integration, received_at, entries, prunable_at)"
    " VALUES (?, ?, ?, ?, ?)"
)
_JOURNAL = "INSERT INTO receipt_journal (receipt_id, is_applied) VALUES (?, ?)"
_LINK = (
    "INSERT INTO receipt_alert (alert_id, receipt_id) VALUES (?, ?)"
    " ON CONFLICT DO NOTHING"
)
_ALL = select(
    RECEIPT.c.id, RECEIPT.c.integration, RECEIPT.c.received_at, RECEIPT.c.entries
)
_GET = _ALL.where(RECEIPT.c.id == bindparam("id"))
_FOR_ALERT = (
    _ALL.join(RECEIPT_ALERT, RECEIPT_ALERT.c.receipt_id == RECEIPT.c.id)
    .where(RECEIPT_ALERT.c.alert_id == bindparam("alert_id"))
    .order_by(RECEIPT.c.received_at, RECEIPT.c.id)
    .limit(bindparam("limit"))
)
_GET_RAW = select(*_RAW.columns).where(RAW_BODY.c.receipt_id == bindparam("id"))
_JOURNALED = (
    "SELECT journal.receipt_id, journal.is_applied, received_at, entries"
    " FROM receipt_journal AS journal JOIN receipt ON receipt.id = journal.receipt_id"
)
_UNFOLDED_SQLITE = f"{_JOURNALED} ORDER BY received_at, journal.receipt_id LIMIT ?"
_UNFOLDED_POSTGRES = (
    f"{_JOURNALED} ORDER BY journal.receipt_id LIMIT ?"
    " FOR UPDATE OF journal SKIP LOCKED"
)
_HAS_UNFOLDED = "SELECT 1 FROM receipt_journal LIMIT 1"
_APPLY = (
    "UPDATE alert SET repeats = repeats + ?,"
    " last_seen_at = CASE WHEN last_seen_at < ? THEN ? ELSE last_seen_at END,"
    " expire_due_at = CASE WHEN closed_at IS NULL THEN coalesce(?, expire_due_at)"
    " ELSE expire_due_at END WHERE id = ?"
)
_COUNT = (
    "INSERT INTO entry_count (kind, accepted) VALUES (?, ?) ON CONFLICT (kind)"
    " DO UPDATE SET accepted = entry_count.accepted + excluded.accepted"
)
_FOLDED = "DELETE FROM receipt_journal WHERE receipt_id = ?"
_COUNTED = select(ENTRY_COUNT.c.kind, ENTRY_COUNT.c.accepted)
_PRUNE = delete(RECEIPT).where(
    RECEIPT.c.id.in_(
        select(RECEIPT.c.id)
        .where(
            RECEIPT.c.prunable_at < bindparam("before"),
            ~exists().where(RECEIPT_JOURNAL.c.receipt_id == RECEIPT.c.id),
            ~exists().where(RAW_BODY.c.receipt_id == RECEIPT.c.id),
        )
        .order_by(RECEIPT.c.prunable_at)
        .limit(bindparam("limit"))
    )
)

# By the table of alerts' own name: its module imports this one.
_ALERT = table("alert", column("id"), column("closed_at"))
_PRUNE_RAW = delete(RAW_BODY).where(
    RAW_BODY.c.receipt_id.in_(
        select(RAW_BODY.c.receipt_id)
        .join(RECEIPT, RECEIPT.c.id == RAW_BODY.c.receipt_id)
        .where(
            RECEIPT.c.received_at < bindparam("before"),
            ~exists().where(RECEIPT_JOURNAL.c.receipt_id == RECEIPT.c.id),
            ~exists(
                select(_ALERT.c.id)
                .join(RECEIPT_ALERT, RECEIPT_ALERT.c.alert_id == _ALERT.c.id)
                .where(
                    RECEIPT_ALERT.c.receipt_id == RAW_BODY.c.receipt_id,
                    _ALERT.c.closed_at.is_(None),
                )
            ),
        )
        .limit(bindparam("limit"))
    )
)


@dataclass(slots=True)
class _Repeats:
    """What the journal owes one alert."""

    times: int = 0
    seen_at: int = 0
    ends_at: int | None = None


@dataclass(slots=True)
class _Sum:
    """What some receipts of the journal come to."""

    kinds: Counter[int] = field(default_factory=Counter)
    repeats: dict[bytes, _Repeats] = field(default_factory=dict)

    def add(self, entries: bytes, *, seen_at: int, is_applied: bool) -> None:
        for kind, packed, ends_at in _ENTRY.iter_unpack(entries):
            self.kinds[kind] += 1
            if is_applied or kind != EntryKind.REPEATED:
                continue
            owed = self.repeats.get(packed)
            if owed is None:
                owed = self.repeats[packed] = _Repeats()
            owed.times += 1
            owed.seen_at = max(owed.seen_at, seen_at)
            if ends_at != _NO_INSTANT:
                owed.ends_at = ends_at


class SqlReceiptStore(ReceiptStore):
    """Receipts never change; the journal names those that were not folded yet."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._added: list[Row] = []
        self._journaled: list[Row] = []
        self._linked: list[Row] = []

    @override
    def add(self, receipt: Receipt, *, is_folded: bool) -> None:
        self.add_all([receipt], folded={receipt.id} if is_folded else set())

    @override
    def add_all(
        self, receipts: Sequence[Receipt], *, folded: AbstractSet[ReceiptId]
    ) -> None:
        if receipts and not self._added:
            self._scope.defer(self._write)
        for receipt in receipts:
            links = {
                (entry.alert_id, receipt.id)
                for entry in receipt.entries
                if entry.kind not in _PASSING and entry.alert_id is not None
            }
            self._added.append(_row(receipt))
            self._journaled.append((receipt.id, receipt.id in folded))
            self._linked.extend(sorted(links))

    def _write(self) -> None:
        """Write what was added since the last time, each table in one statement."""
        added, journaled, linked = self._added, self._journaled, self._linked
        self._added, self._journaled, self._linked = [], [], []
        self._scope.change_many(_INSERT, added)
        self._scope.change_many(_JOURNAL, journaled)
        self._scope.change_many(_LINK, linked)

    @override
    def add_raw(self, raw: RawBody) -> None:
        self._scope.change(_RAW.insert, _RAW.values(raw))

    @override
    def raw(self, receipt_id: ReceiptId) -> RawBody | None:
        row = self._scope.read(_GET_RAW, {"id": receipt_id}).first()
        return None if row is None else _RAW.item(row)

    @override
    def get(self, receipt_id: ReceiptId) -> Receipt | None:
        row = self._scope.read(_GET, {"id": receipt_id}).first()
        return None if row is None else _receipt(row)

    @override
    def for_alert(self, alert_id: AlertId, *, limit: int) -> list[Receipt]:
        asked = {"alert_id": alert_id, "limit": limit}
        return [_receipt(row) for row in self._scope.read(_FOR_ALERT, asked)]

    @override
    def has_unfolded(self) -> bool:
        return bool(self._scope.fetch(_HAS_UNFOLDED))

    @override
    def fold(self, *, limit: int) -> int:
        return _fold(self._scope, limit=limit)

    @override
    def count_entries(self) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for kind, accepted in self._scope.read(_COUNTED):
            counts[EntryKind(kind).name.lower()] += accepted
        for _, _, _, entries in self._scope.fetch(_JOURNALED):
            for kind, _, _ in _ENTRY.iter_unpack(entries):
                counts[EntryKind(kind).name.lower()] += 1
        return dict(counts)

    @override
    def prune(self, *, before: datetime, limit: int) -> int:
        cut = {"before": to_micros(before), "limit": limit}
        raw = self._scope.write(_PRUNE_RAW, cut)
        return max(raw, self._scope.write(_PRUNE, cut))


def fold_all(scope: Scope) -> None:
    """Apply the whole journal, once in each writing transaction on SQLite."""
    if scope.is_postgres or scope.is_read_only or scope.is_folded:
        return
    scope.is_folded = True
    while scope.fetch(_HAS_UNFOLDED):
        _fold(scope, limit=_FOLD_AT_ONCE)


def _fold(scope: Scope, *, limit: int) -> int:
    sql = _UNFOLDED_POSTGRES if scope.is_postgres else _UNFOLDED_SQLITE
    journaled = scope.fetch(sql, (limit,))
    if not journaled:
        return 0
    total = _Sum()
    for _, is_applied, received_at, entries in journaled:
        total.add(entries, seen_at=received_at, is_applied=bool(is_applied))
    if total.repeats:
        scope.change_many(_APPLY, _applications(total))
    scope.change_many(_COUNT, sorted(total.kinds.items()))
    scope.change_many(_FOLDED, [(row[0],) for row in journaled])
    return len(journaled)


def _applications(total: _Sum) -> list[tuple[object, ...]]:
    # In the order of ids, so that two nodes never wait for each other in a ring.
    return [
        (owed.times, owed.seen_at, owed.seen_at, owed.ends_at, _spell_id(packed))
        for packed, owed in sorted(total.repeats.items(), key=itemgetter(0))
    ]


def _row(receipt: Receipt) -> tuple[object, ...]:
    received_at = to_micros(receipt.received_at)
    is_passing = all(entry.kind in _PASSING for entry in receipt.entries)
    return (
        receipt.id,
        receipt.integration,
        received_at,
        _pack(receipt.entries),
        received_at if is_passing else None,
    )


def _pack(entries: Sequence[ReceiptEntry]) -> bytes:
    pack = _ENTRY.pack
    return b"".join(
        pack(
            entry.kind,
            _NO_ID if entry.alert_id is None else _pack_id(entry.alert_id),
            _NO_INSTANT if entry.ends_at is None else to_micros(entry.ends_at),
        )
        for entry in entries
    )


def _receipt(row: Sequence[Any]) -> Receipt:
    receipt_id, integration, received_at, entries = row
    return Receipt(
        id=receipt_id,
        integration=integration,
        received_at=from_micros(received_at),
        entries=tuple(
            ReceiptEntry(
                kind=EntryKind(kind),
                alert_id=None if packed == _NO_ID else AlertId(_spell_id(packed)),
                ends_at=None if ends_at == _NO_INSTANT else from_micros(ends_at),
            )
            for kind, packed, ends_at in _ENTRY.iter_unpack(entries)
        ),
    )


def _pack_id(spelled: str) -> bytes:
    return bytes.fromhex(spelled.replace("-", ""))


def _spell_id(packed: bytes) -> str:
    digits = packed.hex()
    return "-".join(
        (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    )
