"""Notices of the status page: written once, never changed."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    Select,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    or_,
    select,
)
from typing_extensions import override

from handrail.core.ids import IncidentId
from handrail.core.instants import to_micros
from handrail.core.status_page.notice import Notice
from handrail.ports.notice import NoticeStore
from handrail.storage.codec import storable
from handrail.storage.incident import INCIDENT
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Row, Scope

NOTICE = Table(
    "notice",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("incident_id", KEY, ForeignKey(INCIDENT.c.id), nullable=False),
    Column("number", Integer, nullable=False),
    Column("posted_at", INSTANT, nullable=False, index=True),
    Column("leaves_open", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    UniqueConstraint("incident_id", "number"),
)
_LATER = NOTICE.alias("later")
_INSERT = (
    "INSERT INTO notice (id, incident_id, number, posted_at, leaves_open, state)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_ALL = select(NOTICE.c.state)
_FOR_INCIDENT = _ALL.where(NOTICE.c.incident_id == bindparam("incident_id")).order_by(
    NOTICE.c.number
)
_LAST_TOLD = (
    select(NOTICE.c.incident_id)
    .group_by(NOTICE.c.incident_id)
    .order_by(func.max(NOTICE.c.posted_at).desc(), NOTICE.c.incident_id.desc())
    .limit(bindparam("limit"))
)
_OPEN = select(NOTICE.c.incident_id).where(
    NOTICE.c.leaves_open,
    ~select(_LATER.c.id)
    .where(
        _LATER.c.incident_id == NOTICE.c.incident_id,
        _LATER.c.number > NOTICE.c.number,
    )
    .exists(),
)
_SHOWN = _ALL.where(
    or_(NOTICE.c.incident_id.in_(_LAST_TOLD), NOTICE.c.incident_id.in_(_OPEN))
).order_by(NOTICE.c.incident_id, NOTICE.c.number)
_COUNT = select(func.count()).select_from(NOTICE)


_NOTICE = msgspec.json.Decoder(Notice)
"""Made at import: a type that two threads meet first at once ends the process."""


class SqlNoticeStore(NoticeStore):
    """Notices in one table; an incident's are numbered under its row's lock."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def add(self, notice: Notice) -> None:
        self._scope.change(
            _INSERT,
            (
                notice.id,
                notice.incident_id,
                notice.number,
                to_micros(notice.posted_at),
                notice.leaves_open,
                storable(msgspec.json.encode(notice).decode()),
            ),
        )

    @override
    def for_incident(self, incident_id: IncidentId) -> list[Notice]:
        return self._notices(_FOR_INCIDENT, {"incident_id": incident_id})

    @override
    def shown(self, *, limit: int) -> list[Notice]:
        return self._notices(_SHOWN, {"limit": limit})

    @override
    def count(self) -> int:
        return int(self._scope.read(_COUNT).scalar_one())

    def _notices(self, query: Select[Row], asked: Mapping[str, object]) -> list[Notice]:
        rows = self._scope.read(query, asked).scalars()
        return [_NOTICE.decode(text) for text in rows]
