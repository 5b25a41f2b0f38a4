"""Alerts: at most one open per integration and dedup key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    Index,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    column,
    func,
    select,
    table,
)
from typing_extensions import override

from handrail.core.alert.alert import Alert, AlertState, KnownAlert
from handrail.core.alert.receipt import EntryKind, ReceiptEntry
from handrail.core.errors import LostRaceError
from handrail.core.ids import AlertId, Slug
from handrail.core.instants import from_micros, to_micros
from handrail.core.paging.page import PageState
from handrail.ports.alert import AlertStore
from handrail.ports.setback import Otherwise, refuse
from handrail.storage.codec import MICROSECOND, RowCodec, storable, to_json
from handrail.storage.receipt import fold_all
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Row, Scope

ALERT = Table(
    "alert",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("integration", KEY, nullable=False),
    Column("dedup_key", KEY, nullable=False),
    Column("state", KEY, nullable=False),
    Column("title", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Column("annotations", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("severity_word", Text),
    Column("starts_at", INSTANT, nullable=False),
    Column("opened_at", INSTANT, nullable=False),
    Column("last_seen_at", INSTANT, nullable=False),
    Column("closed_at", INSTANT),
    Column("generation", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("service", KEY),
    Column("severity", KEY),
    Column("urgency", KEY),
    Column("disposition", KEY, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("page_id", KEY),
    Column("evaluate_due_at", INSTANT),
    Column("expire_due_at", INSTANT),
)
_OPEN = ALERT.c.closed_at.is_(None)
_CLOSED = ALERT.c.closed_at.is_not(None)
# Named here without its module, which needs this one.
_PAGE = table("page", column("id"), column("state"))
_STALE = (ALERT.c.state == AlertState.EXPIRED.value) & ALERT.c.page_id.in_(
    select(_PAGE.c.id).where(_PAGE.c.state != PageState.RESOLVED.value)
)
"""The sender fell silent, which is no recovery: the page still seeks somebody."""
Index(
    "uq_alert_open",
    ALERT.c.integration,
    ALERT.c.dedup_key,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
Index(
    "ix_alert_closed",
    ALERT.c.integration,
    ALERT.c.dedup_key,
    ALERT.c.closed_at,
    sqlite_where=_CLOSED,
    postgresql_where=_CLOSED,
)
for _due in (ALERT.c.evaluate_due_at, ALERT.c.expire_due_at):
    Index(
        f"ix_alert_{_due.name}",
        _due,
        sqlite_where=_due.is_not(None),
        postgresql_where=_due.is_not(None),
    )

_CODEC = RowCodec(Alert, ALERT)
_ALL = select(*_CODEC.columns)
_GET = _ALL.where(ALERT.c.id == bindparam("id"))
_GET_LOCKED = _GET.with_for_update()


def _due_query(column: Column[int]) -> Select[Row]:
    return (
        _ALL.where(column <= bindparam("now"), column.is_not(None))
        .order_by(column, ALERT.c.id)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True)
    )


_DUE_FOR_EVALUATION = _due_query(ALERT.c.evaluate_due_at)
_DUE_FOR_EXPIRY = _due_query(ALERT.c.expire_due_at).where(
    ALERT.c.state == AlertState.FIRING.value
)
_NEXT_EVALUATION = select(func.min(ALERT.c.evaluate_due_at)).where(
    ALERT.c.evaluate_due_at.is_not(None)
)
_NEXT_EXPIRY = select(func.min(ALERT.c.expire_due_at)).where(
    ALERT.c.expire_due_at.is_not(None), ALERT.c.state == AlertState.FIRING.value
)
_NEWEST_FIRST = _ALL.order_by(ALERT.c.id.desc()).limit(bindparam("limit"))
_FIRING = _ALL.where(_OPEN, ALERT.c.state == AlertState.FIRING.value).order_by(
    ALERT.c.id
)
_FIRING_OF_ONE = _FIRING.where(ALERT.c.integration == bindparam("integration"))
_COUNTS = select(ALERT.c.disposition, func.count()).group_by(ALERT.c.disposition)

_KNOWN = "dedup_key, alert.id, generation, closed_at, severity_word, state"
_KNOWN_OPEN_SQLITE = (
    f"SELECT {_KNOWN} FROM json_each(?) AS wanted CROSS JOIN alert"  # noqa: S608
    " WHERE integration = ? AND dedup_key = wanted.value AND closed_at IS NULL"
)
_KNOWN_CLOSED_SQLITE = (
    f"SELECT {_KNOWN} FROM json_each(?) AS wanted CROSS JOIN alert"  # noqa: S608
    " WHERE integration = ? AND dedup_key = wanted.value AND closed_at >= ?"
)
# Looked up key by key, whatever the planner believes of a table that was never
# analysed; and all of them, open or closed, locked by one statement in the order of
# ids, as by everybody else, so that two nodes never wait for each other in a ring. Two
# statements, for the open and for the others, had no such order: an alert may close
# while it is waited for, and whoever waited holds it all the same. What is returned is
# how the row is once it is held, so it is not asked again whether it is open.
_KNOWN_POSTGRES = (
    f"SELECT {_KNOWN} FROM alert WHERE id = ANY(ARRAY("  # noqa: S608
    "SELECT coalesce((SELECT id FROM alert WHERE integration = ?"
    " AND dedup_key = wanted.key AND closed_at IS NULL LIMIT 1),"
    " (SELECT id FROM alert WHERE integration = ?"
    " AND dedup_key = wanted.key AND closed_at >= ?"
    " ORDER BY closed_at DESC LIMIT 1))"
    " FROM unnest(?::text[]) AS wanted(key))) ORDER BY id FOR UPDATE"
)
_LOCK = "SELECT id FROM alert WHERE id = ANY(?::text[]) ORDER BY id FOR UPDATE"
_TOUCH_POSTGRES = (
    "UPDATE alert SET repeats = repeats + touched.times,"
    " last_seen_at = greatest(last_seen_at, touched.seen_at),"
    " expire_due_at = coalesce(touched.ends_at, expire_due_at)"
    " FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[])"
    " AS touched(id, times, seen_at, ends_at)"
    " WHERE alert.id = touched.id AND closed_at IS NULL"
)
_GENERATIONS = select(func.sum(ALERT.c.generation))

_DEFER_EXPIRY = (
    "UPDATE alert SET expire_due_at = ? WHERE closed_at IS NULL AND expire_due_at < ?"
)
_LOCK_EXPIRING = (
    "SELECT id FROM alert WHERE closed_at IS NULL AND expire_due_at < ?"
    " ORDER BY id FOR UPDATE"
)
_PUT_OFF = (
    "UPDATE alert SET"
    " evaluate_due_at = CASE WHEN evaluate_due_at <= ? THEN ? ELSE evaluate_due_at END,"
    " expire_due_at = CASE WHEN expire_due_at <= ? THEN ? ELSE expire_due_at END"
    " WHERE id = ?"
)
_SHIFT_EVALUATIONS = (
    "UPDATE alert SET evaluate_due_at = evaluate_due_at + ? WHERE evaluate_due_at > ?"
)


@dataclass(slots=True)
class _Touch:
    """What the repeats of one alert come to."""

    times: int = 0
    seen_at: int = 0
    ends_at: int | None = None


class SqlAlertStore(AlertStore):
    """Alerts in one table; the unique index on open keys decides races.

    On SQLite the journal of repeats is folded before a writing transaction first
    reads whole alerts, so that what is written back never loses a repeat and an
    alert that was repeated is never found expired.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._touched: dict[str, _Touch] = {}

    @override
    def known(
        self, integration: Slug, keys: Sequence[str], *, closed_since: datetime
    ) -> dict[str, KnownAlert]:
        asked = {storable(key): key for key in keys}
        since = to_micros(closed_since)
        if self._scope.is_postgres:
            wanted = [integration, integration, since, list(asked)]
            found = self._looked_up(_KNOWN_POSTGRES, wanted)
        else:
            wanted = [to_json(list(asked)), integration]
            found = self._looked_up(_KNOWN_OPEN_SQLITE, wanted)
            missing = [key for key in asked if key not in found]
            if missing:
                wanted = [to_json(missing), integration, since]
                found |= self._looked_up(_KNOWN_CLOSED_SQLITE, wanted)
        return {asked[key]: known for key, known in found.items()}

    @override
    def add(self, alerts: Sequence[Alert]) -> None:
        # In one order: a key that another node is just inserting is waited for.
        in_order = sorted(alerts, key=lambda a: (a.integration, a.dedup_key))
        rows = [_CODEC.values(alert) for alert in in_order]
        self._scope.insert_many_apart(_CODEC, rows)

    @override
    def lock(self, alert_ids: Collection[AlertId]) -> None:
        if self._scope.is_postgres and alert_ids:
            self._scope.fetch_apart(_LOCK, [sorted(alert_ids)])

    @override
    def get(self, alert_id: AlertId, *, lock: bool = False) -> Alert | None:
        fold_all(self._scope)
        query = _GET_LOCKED if lock else _GET
        row = self._scope.read(query, {"id": alert_id}).first()
        return None if row is None else _CODEC.item(row)

    @override
    def save(self, alert: Alert) -> None:
        count = self._scope.change(_CODEC.update, [*_CODEC.values(alert), alert.id])
        assert count == 1, f"alert {alert.id} was never added"

    @override
    def touch(self, entries: Sequence[ReceiptEntry], *, seen_at: datetime) -> bool:
        if not self._scope.is_postgres:
            return False
        seen = to_micros(seen_at)
        for entry in entries:
            if entry.kind is EntryKind.REPEATED and entry.alert_id is not None:
                if not self._touched:
                    self._scope.defer(self._write_touches)
                touch = self._touched.setdefault(entry.alert_id, _Touch())
                touch.times += 1
                touch.seen_at = max(touch.seen_at, seen)
                if entry.ends_at is not None:
                    touch.ends_at = to_micros(entry.ends_at)
        return True

    def _write_touches(self) -> None:
        touched, self._touched = self._touched, {}
        touches = list(touched.values())
        count = self._scope.change(
            _TOUCH_POSTGRES,
            (
                list(touched),
                [touch.times for touch in touches],
                [touch.seen_at for touch in touches],
                [touch.ends_at for touch in touches],
            ),
        )
        if count < len(touched):
            # Without this a re-fire after another node's resolve would be lost.
            msg = "an alert was closed while it was repeated"
            raise LostRaceError(msg)

    @override
    def due_for_evaluation(
        self, *, limit: int, otherwise: Otherwise = refuse
    ) -> list[Alert]:
        return self._due(_DUE_FOR_EVALUATION, limit, otherwise)

    @override
    def due_for_expiry(
        self, *, limit: int, otherwise: Otherwise = refuse
    ) -> list[Alert]:
        return self._due(_DUE_FOR_EXPIRY, limit, otherwise)

    @override
    def put_off(self, alert_id: AlertId, until: datetime) -> None:
        now, then = to_micros(self._scope.now), to_micros(until)
        self._scope.change(_PUT_OFF, (now, then, now, then, alert_id))

    @override
    def next_evaluation(self) -> datetime | None:
        return self._earliest(_NEXT_EVALUATION)

    @override
    def next_expiry(self) -> datetime | None:
        return self._earliest(_NEXT_EXPIRY)

    @override
    def defer_expiry(self, until: datetime) -> int:
        not_before = to_micros(until)
        if self._scope.is_postgres:
            self._scope.fetch(_LOCK_EXPIRING, (not_before,))
        return self._scope.change(_DEFER_EXPIRY, (not_before, not_before))

    @override
    def shift_evaluations(self, by: timedelta) -> int:
        now = to_micros(self._scope.now)
        return self._scope.change(_SHIFT_EVALUATIONS, (by // MICROSECOND, now))

    @override
    def search(
        self, *, open_only: bool, limit: int, before: AlertId | None = None
    ) -> list[Alert]:
        query = _NEWEST_FIRST
        if open_only:
            query = query.where(_OPEN | _STALE)
        if before is not None:
            query = query.where(ALERT.c.id < before)
        return [_CODEC.item(row) for row in self._scope.read(query, {"limit": limit})]

    @override
    def firing(self, integration: Slug | None) -> list[Alert]:
        if integration is None:
            rows = self._scope.read(_FIRING)
        else:
            rows = self._scope.read(_FIRING_OF_ONE, {"integration": integration})
        return [_CODEC.item(row) for row in rows]

    @override
    def generations(self) -> int:
        return self._scope.read(_GENERATIONS).scalar() or 0

    @override
    def count_by_disposition(self) -> dict[str, int]:
        return {row[0]: row[1] for row in self._scope.read(_COUNTS)}

    def _due(self, query: Select[Row], limit: int, otherwise: Otherwise) -> list[Alert]:
        fold_all(self._scope)
        when = {"now": to_micros(self._scope.now), "limit": limit}
        return _CODEC.items(self._scope.read(query, when), otherwise)

    def _earliest(self, query: Select[Row]) -> datetime | None:
        due = self._scope.read(query).scalar()
        return None if due is None else from_micros(due)

    def _looked_up(self, sql: str, wanted: list[object]) -> dict[str, KnownAlert]:
        found: dict[str, KnownAlert] = {}
        # Repeats that were put off change nothing that is asked here.
        for row in self._scope.fetch_apart(sql, wanted):
            key, known = row[0], _known_alert(row)
            other = found.get(key)
            if other is None or _is_later(known, other):
                found[key] = known
        return found


def _known_alert(row: Row) -> KnownAlert:
    _, alert_id, generation, closed_at, word, state = row
    return KnownAlert(
        id=alert_id,
        generation=generation,
        closed_at=None if closed_at is None else from_micros(closed_at),
        severity_word=word,
        is_expired=state == AlertState.EXPIRED.value,
    )


def _is_later(known: KnownAlert, other: KnownAlert) -> bool:
    assert known.closed_at is not None, "two open alerts with one key"
    assert other.closed_at is not None, "two open alerts with one key"
    return known.closed_at >= other.closed_at
