"""Shift notices that were told: one row each, whose key two processes cannot share."""

from datetime import datetime

from sqlalchemy import Boolean, Column, Table, bindparam, select
from typing_extensions import override

from handrail.core.ids import BulletinId, Slug
from handrail.core.instants import from_micros, to_micros
from handrail.core.schedule.difference import Place
from handrail.core.schedule.shift_notice import NoticeKind, ShiftNotice
from handrail.ports.shift_notice import ShiftNoticeStore
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Scope

SHIFT_NOTICE = Table(
    "shift_notice",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("schedule", KEY, nullable=False),
    Column("person", KEY, nullable=False),
    Column("is_shadow", Boolean, nullable=False),
    Column("kind", KEY, nullable=False),
    Column("at", INSTANT, nullable=False, index=True),
    Column("bulletin_id", KEY, nullable=False, index=True),
    Column("told_at", INSTANT, nullable=False),
)
_TAKE = (
    "INSERT INTO shift_notice"
    " (id, schedule, person, is_shadow, kind, at, bulletin_id, told_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_FORGET = "DELETE FROM shift_notice WHERE at < ?"
_TOLD = select(SHIFT_NOTICE.c.id).where(SHIFT_NOTICE.c.id == bindparam("id"))
_FOR_BULLETIN = select(
    SHIFT_NOTICE.c.schedule,
    SHIFT_NOTICE.c.person,
    SHIFT_NOTICE.c.is_shadow,
    SHIFT_NOTICE.c.kind,
    SHIFT_NOTICE.c.at,
).where(SHIFT_NOTICE.c.bulletin_id == bindparam("bulletin_id"))


class SqlShiftNoticeStore(ShiftNoticeStore):
    """Told notices in one table."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def take(self, notice: ShiftNotice, bulletin_id: BulletinId) -> bool:
        row = (
            notice.id,
            notice.schedule,
            notice.place.user,
            notice.place.is_shadow,
            notice.kind.value,
            to_micros(notice.at),
            bulletin_id,
            to_micros(self._scope.now),
        )
        return self._scope.change(_TAKE, row) == 1

    @override
    def told(self, notice: ShiftNotice) -> bool:
        return self._scope.read(_TOLD, {"id": notice.id}).first() is not None

    @override
    def for_bulletin(self, bulletin_id: BulletinId) -> ShiftNotice | None:
        row = self._scope.read(_FOR_BULLETIN, {"bulletin_id": bulletin_id}).first()
        if row is None:
            return None
        schedule, person, is_shadow, kind, at = row
        return ShiftNotice(
            schedule=Slug(schedule),
            place=Place(Slug(person), bool(is_shadow)),
            kind=NoticeKind(kind),
            at=from_micros(at),
        )

    @override
    def forget(self, *, before: datetime) -> int:
        return self._scope.change(_FORGET, (to_micros(before),))
