"""Bulletins: what people are told without being asked to answer."""

from sqlalchemy import Column, ForeignKey, Table, Text, bindparam, select
from typing_extensions import override

from handrail.core.ids import BulletinId, IncidentId
from handrail.core.paging.bulletin import Bulletin
from handrail.ports.bulletin import BulletinStore
from handrail.storage.codec import RowCodec
from handrail.storage.incident import INCIDENT
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Scope

BULLETIN = Table(
    "bulletin",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("incident_id", KEY, ForeignKey(INCIDENT.c.id), index=True),
    Column("kind", KEY, nullable=False),
    Column("about", KEY, nullable=False),
    Column("title", Text, nullable=False),
    Column("service", KEY),
    Column("severity", KEY),
    Column("text", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("deadline_at", INSTANT, nullable=False),
)

_CODEC = RowCodec(Bulletin, BULLETIN)
_ALL = select(*_CODEC.columns)
_GET = _ALL.where(BULLETIN.c.id == bindparam("id"))
_FOR_INCIDENT = _ALL.where(BULLETIN.c.incident_id == bindparam("incident_id")).order_by(
    BULLETIN.c.created_at, BULLETIN.c.id
)


class SqlBulletinStore(BulletinStore):
    """Bulletins in one table; what they owe is among the deliveries."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def add(self, bulletin: Bulletin) -> None:
        self._scope.change(_CODEC.insert, _CODEC.values(bulletin))

    @override
    def get(self, bulletin_id: BulletinId) -> Bulletin | None:
        row = self._scope.read(_GET, {"id": bulletin_id}).first()
        return None if row is None else _CODEC.item(row)

    @override
    def for_incident(self, incident_id: IncidentId) -> list[Bulletin]:
        rows = self._scope.read(_FOR_INCIDENT, {"incident_id": incident_id})
        return [_CODEC.item(row) for row in rows]
