"""Changes that senders reported."""

from datetime import datetime

from sqlalchemy import Column, Table, Text, select
from typing_extensions import override

from handrail.core.change.change import Change, ChangeKind
from handrail.core.ids import ChangeId, Slug
from handrail.core.instants import from_micros, to_micros
from handrail.ports.change import ChangeStore
from handrail.storage.codec import storable
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Row, Scope

CHANGE = Table(
    "change",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("kind", KEY, nullable=False),
    Column("title", Text, nullable=False),
    Column("service", KEY),
    Column("version", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("occurred_at", INSTANT, nullable=False, index=True),
    Column("recorded_at", INSTANT, nullable=False),
)
_INSERT = (
    "INSERT INTO change (id, kind, title, service, version, link, changed_by, source,"
    " occurred_at, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ALL = select(*CHANGE.c)


class SqlChangeStore(ChangeStore):
    """Changes in one table; ids are in the order of their reports."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def add(self, change: Change) -> None:
        self._scope.change(
            _INSERT,
            (
                change.id,
                change.kind.value,
                storable(change.title),
                change.service,
                storable(change.version),
                storable(change.link),
                storable(change.changed_by),
                change.source,
                to_micros(change.occurred_at),
                to_micros(change.recorded_at),
            ),
        )

    @override
    def between(self, since: datetime, until: datetime, *, limit: int) -> list[Change]:
        happened = CHANGE.c.occurred_at.between(to_micros(since), to_micros(until))
        newest = CHANGE.c.occurred_at.desc(), CHANGE.c.id.desc()
        query = _ALL.where(happened).order_by(*newest).limit(limit)
        return [_change(row) for row in self._scope.read(query)]

    @override
    def search(
        self,
        *,
        limit: int,
        service: Slug | None = None,
        before: ChangeId | None = None,
    ) -> list[Change]:
        query = _ALL.order_by(CHANGE.c.id.desc()).limit(limit)
        if service is not None:
            query = query.where(CHANGE.c.service == service)
        if before is not None:
            query = query.where(CHANGE.c.id < before)
        return [_change(row) for row in self._scope.read(query)]


def _change(row: Row) -> Change:
    return Change(
        id=row[0],
        kind=ChangeKind(row[1]),
        title=row[2],
        service=row[3],
        version=row[4],
        link=row[5],
        changed_by=row[6],
        source=row[7],
        occurred_at=from_micros(row[8]),
        recorded_at=from_micros(row[9]),
    )
