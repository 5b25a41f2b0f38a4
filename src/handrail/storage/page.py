"""Pages: current state beside the event stream."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    func,
    select,
)
from typing_extensions import override

from handrail.core.errors import LostRaceError
from handrail.core.escalation.policy import TurningLevel
from handrail.core.ids import AlertId, PageId
from handrail.core.instants import from_micros, to_micros
from handrail.core.paging.page import Page, PageState
from handrail.ports.page import PageStore
from handrail.ports.setback import Otherwise, refuse
from handrail.storage.alert import ALERT
from handrail.storage.codec import RowCodec
from handrail.storage.incident import INCIDENT
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Row, Scope
from handrail.storage.turn import TurnCounters

PAGE = Table(
    "page",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("alert_id", KEY, ForeignKey(ALERT.c.id), index=True),
    Column("incident_id", KEY, ForeignKey(INCIDENT.c.id), index=True),
    Column("title", Text, nullable=False),
    Column("service", KEY),
    Column("severity", KEY, nullable=False),
    Column("urgency", KEY, nullable=False),
    Column("policy", Text),
    Column("revision", Integer, nullable=False),
    Column("opened_at", INSTANT, nullable=False),
    Column("state", KEY, nullable=False),
    Column("round", Integer, nullable=False),
    Column("level", Integer),
    Column("entry_id", KEY),
    Column("advance_due_at", INSTANT),
    Column("last_resort_times", Integer, nullable=False),
    Column("acknowledged_by", KEY),
    Column("acknowledged_at", INSTANT),
    Column("closed_at", INSTANT),
    Column("nudge_due_at", INSTANT),
    Column("alert_expired", Boolean, nullable=False),
    Column("sequence", Integer, nullable=False),
)
_TIMED = PAGE.c.advance_due_at.is_not(None)
_ACTIVE = PAGE.c.state != PageState.RESOLVED.value
Index(
    "ix_page_advance_due_at",
    PAGE.c.advance_due_at,
    sqlite_where=_TIMED,
    postgresql_where=_TIMED,
)
_NUDGED = PAGE.c.nudge_due_at.is_not(None)
Index(
    "ix_page_nudge_due_at",
    PAGE.c.nudge_due_at,
    sqlite_where=_NUDGED,
    postgresql_where=_NUDGED,
)
Index("ix_page_active", PAGE.c.id, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE)

_CODEC = RowCodec(Page, PAGE)
_ALL = select(*_CODEC.columns)
_GET = _ALL.where(PAGE.c.id == bindparam("id"))
_GET_LOCKED = _GET.with_for_update()
_PUT_OFF = "UPDATE page SET advance_due_at = ? WHERE id = ?"
_SAVE = f"{_CODEC.update} AND sequence = ?"
_DUE = (
    _ALL.where(
        PAGE.c.advance_due_at <= bindparam("now"),
        _TIMED,
        PAGE.c.state == PageState.OPEN.value,
    )
    .order_by(PAGE.c.advance_due_at, PAGE.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
# Their alerts first, as everybody locks; neither waits for anybody.
_ALERTS_OF_DUE = (
    select(ALERT.c.id)
    .join(PAGE, PAGE.c.alert_id == ALERT.c.id)
    .where(
        PAGE.c.advance_due_at <= bindparam("now"),
        _TIMED,
        PAGE.c.state == PageState.OPEN.value,
    )
    .order_by(PAGE.c.advance_due_at, PAGE.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=ALERT, skip_locked=True)
)
_DUE_WITHOUT_ALERT = _DUE.where(PAGE.c.alert_id.is_(None))
_DUE_ABOUT = _DUE.where(PAGE.c.alert_id.in_(bindparam("alerts", expanding=True)))
_TO_COME = _ALL.where(
    PAGE.c.advance_due_at > bindparam("now"), PAGE.c.state == PageState.OPEN.value
).order_by(PAGE.c.id)
_NEXT_DUE = select(func.min(PAGE.c.advance_due_at)).where(
    _TIMED, PAGE.c.state == PageState.OPEN.value
)
_DUE_FOR_NUDGE = (
    _ALL.where(PAGE.c.nudge_due_at <= bindparam("now"), _NUDGED)
    .order_by(PAGE.c.nudge_due_at, PAGE.c.id)
    .limit(bindparam("limit"))
)
_NEXT_NUDGE = select(func.min(PAGE.c.nudge_due_at)).where(_NUDGED)
_FOR_ALERT = _ALL.where(PAGE.c.alert_id == bindparam("alert_id")).order_by(
    PAGE.c.opened_at, PAGE.c.id
)
_NEWEST_FIRST = _ALL.order_by(PAGE.c.id.desc()).limit(bindparam("limit"))


class SqlPageStore(PageStore):
    """Pages in one table; the sequence number guards against lost updates."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._turns = TurnCounters(scope)

    @override
    def add(self, page: Page) -> None:
        self._scope.change(_CODEC.insert, _CODEC.values(page))

    @override
    def get(self, page_id: PageId, *, lock: bool = False) -> Page | None:
        found = self._pages(_GET_LOCKED if lock else _GET, {"id": page_id})
        return found[0] if found else None

    @override
    def save(self, page: Page, *, expected_sequence: int) -> None:
        found = self._scope.change(
            _SAVE, [*_CODEC.values(page), page.id, expected_sequence]
        )
        if found != 1:
            msg = f"page {page.id} moved on meanwhile; look at it again"
            raise LostRaceError(msg)

    @override
    def due(self, *, limit: int, otherwise: Otherwise = refuse) -> list[Page]:
        asked: dict[str, object] = {"now": to_micros(self._scope.now), "limit": limit}
        if not self._scope.is_postgres:
            return self._pages(_DUE, asked, otherwise)
        alerts = list(self._scope.read(_ALERTS_OF_DUE, asked).scalars())
        found = self._pages(_DUE_WITHOUT_ALERT, asked, otherwise)
        if alerts:
            about = {**asked, "alerts": alerts}
            found += self._pages(_DUE_ABOUT, about, otherwise)
        return sorted(found, key=lambda page: (page.advance_due_at, page.id))

    @override
    def put_off(self, page_id: PageId, until: datetime) -> None:
        self._scope.change(_PUT_OFF, (to_micros(until), page_id))

    @override
    def timed(self, *, otherwise: Otherwise = refuse) -> list[Page]:
        return self._pages(_TO_COME, {"now": to_micros(self._scope.now)}, otherwise)

    @override
    def next_due(self) -> datetime | None:
        due = self._scope.read(_NEXT_DUE).scalar()
        return None if due is None else from_micros(due)

    @override
    def for_alert(self, alert_id: AlertId) -> list[Page]:
        return self._pages(_FOR_ALERT, {"alert_id": alert_id})

    @override
    def due_for_nudge(self, *, limit: int) -> list[Page]:
        now = to_micros(self._scope.now)
        return self._pages(_DUE_FOR_NUDGE, {"now": now, "limit": limit})

    @override
    def next_nudge(self) -> datetime | None:
        due = self._scope.read(_NEXT_NUDGE).scalar()
        return None if due is None else from_micros(due)

    @override
    def next_turn(self, level: TurningLevel) -> int:
        return self._turns.next(level)

    @override
    def lock_turns(self, levels: Collection[TurningLevel]) -> None:
        self._turns.lock(levels)

    @override
    def take_turn(self, level: TurningLevel) -> int:
        return self._turns.take(level)

    @override
    def continue_turns(self, before: TurningLevel, after: TurningLevel) -> None:
        self._turns.go_on(before, after)

    @override
    def search(
        self, *, active_only: bool, limit: int, before: PageId | None = None
    ) -> list[Page]:
        query = _NEWEST_FIRST
        if active_only:
            query = query.where(_ACTIVE)
        if before is not None:
            query = query.where(PAGE.c.id < before)
        return self._pages(query, {"limit": limit})

    def _pages(
        self,
        query: Select[Row],
        asked: Mapping[str, object],
        otherwise: Otherwise = refuse,
    ) -> list[Page]:
        return _CODEC.items(self._scope.read(query, asked), otherwise)
