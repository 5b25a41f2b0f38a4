"""Incidents: current state beside the event stream.

The state is one JSON text, since it is only ever read and written whole; what queries
look for has columns of its own beside it.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    bindparam,
    func,
    or_,
    select,
)
from typing_extensions import override

from handrail.core.errors import LostRaceError
from handrail.core.ids import AlertId, EvidenceId, IncidentId
from handrail.core.incident.incident import Incident
from handrail.core.incident.stage import RESPONDING
from handrail.core.instants import from_micros, to_micros
from handrail.ports.incident import EVERYBODY, IncidentStore, Viewer
from handrail.ports.setback import Otherwise, UnreadableError, refuse
from handrail.storage import counter
from handrail.storage.codec import storable
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Row, Scope

INCIDENT = Table(
    "incident",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("stage", KEY, nullable=False),
    Column("severity", KEY),
    Column("service", KEY),
    Column("alert_id", KEY, index=True),
    Column("is_private", Boolean, nullable=False),
    Column("declared_at", INSTANT, nullable=False),
    Column("next_due_at", INSTANT),
    Column("sequence", Integer, nullable=False),
    Column("state", Text, nullable=False),
)
INCIDENT_PARTICIPANT = Table(
    "incident_participant",
    METADATA,
    Column("incident_id", KEY, ForeignKey(INCIDENT.c.id), primary_key=True),
    Column("user", KEY, primary_key=True),
)
EVIDENCE_CONTENT = Table(
    "evidence_content",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
_TIMED = INCIDENT.c.next_due_at.is_not(None)
Index(
    "ix_incident_next_due_at",
    INCIDENT.c.next_due_at,
    sqlite_where=_TIMED,
    postgresql_where=_TIMED,
)

_COLUMNS = (
    "id, number, stage, severity, service, alert_id, is_private, declared_at,"
    " next_due_at, sequence, state"
)
_INSERT = f"INSERT INTO incident ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own names
_SAVE = (
    "UPDATE incident SET stage = ?, severity = ?, service = ?, is_private = ?,"
    " next_due_at = ?, sequence = ?, state = ? WHERE id = ? AND sequence = ?"
)
_TAKE_PART = (
    'INSERT INTO incident_participant (incident_id, "user") VALUES (?, ?)'
    ' ON CONFLICT (incident_id, "user") DO NOTHING'
)
_KEEP = "INSERT INTO evidence_content (id, content) VALUES (?, ?)"
_STATE = msgspec.json.Decoder(Incident)
"""Made at import: a type that two threads meet first at once ends the process."""
_ALL = select(INCIDENT.c.state)
_PUT_OFF = "UPDATE incident SET next_due_at = ? WHERE id = ?"
_DUE = (
    select(INCIDENT.c.id, INCIDENT.c.state)
    .where(INCIDENT.c.next_due_at <= bindparam("now"), _TIMED)
    .order_by(INCIDENT.c.next_due_at, INCIDENT.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_NEXT_DUE = select(func.min(INCIDENT.c.next_due_at)).where(_TIMED)
_CONTENT = select(EVIDENCE_CONTENT.c.content).where(
    EVIDENCE_CONTENT.c.id == bindparam("id")
)


class SqlIncidentStore(IncidentStore):
    """Incidents in one table; the sequence number guards against lost updates."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def next_number(self) -> int:
        return counter.take(self._scope, "incident")

    @override
    def add(self, incident: Incident, *, next_due_at: datetime | None) -> None:
        self._scope.change(
            _INSERT,
            (
                incident.id,
                incident.number,
                incident.stage.value,
                incident.severity.value if incident.severity else None,
                incident.service,
                incident.alert_id,
                incident.is_private,
                to_micros(incident.declared_at),
                to_micros(next_due_at) if next_due_at else None,
                incident.sequence,
                _text(incident),
            ),
        )
        self._note_participants(incident)

    @override
    def get(
        self, incident_id: IncidentId, *, viewer: Viewer = EVERYBODY, lock: bool = False
    ) -> Incident | None:
        query = seen_by(_ALL, viewer).where(INCIDENT.c.id == bindparam("id"))
        return self._one(query, {"id": incident_id}, lock=lock)

    @override
    def by_number(
        self, number: int, *, viewer: Viewer = EVERYBODY, lock: bool = False
    ) -> Incident | None:
        query = seen_by(_ALL, viewer).where(INCIDENT.c.number == bindparam("number"))
        return self._one(query, {"number": number}, lock=lock)

    @override
    def save(
        self,
        incident: Incident,
        *,
        expected_sequence: int,
        next_due_at: datetime | None,
    ) -> None:
        found = self._scope.change(
            _SAVE,
            (
                incident.stage.value,
                incident.severity.value if incident.severity else None,
                incident.service,
                incident.is_private,
                to_micros(next_due_at) if next_due_at else None,
                incident.sequence,
                _text(incident),
                incident.id,
                expected_sequence,
            ),
        )
        if found != 1:
            msg = f"{incident.name} moved on meanwhile; look at it again"
            raise LostRaceError(msg)
        self._note_participants(incident)

    @override
    def search(
        self,
        *,
        viewer: Viewer,
        responding_only: bool,
        limit: int,
        before: int | None = None,
    ) -> list[Incident]:
        query = seen_by(_ALL, viewer).order_by(INCIDENT.c.number.desc()).limit(limit)
        if responding_only:
            query = query.where(INCIDENT.c.stage.in_(sorted(RESPONDING)))
        if before is not None:
            query = query.where(INCIDENT.c.number < before)
        return self._incidents(query)

    @override
    def due(self, *, limit: int, otherwise: Otherwise = refuse) -> list[Incident]:
        asked = {"now": to_micros(self._scope.now), "limit": limit}
        found: list[Incident] = []
        for incident_id, text in self._scope.read(_DUE, asked):
            try:
                found.append(_STATE.decode(text))
            except (msgspec.MsgspecError, ValueError):
                otherwise(UnreadableError(concept="incident", row_id=incident_id))
        return found

    @override
    def put_off(self, incident_id: IncidentId, until: datetime) -> None:
        self._scope.change(_PUT_OFF, (to_micros(until), incident_id))

    @override
    def next_due(self) -> datetime | None:
        due = self._scope.read(_NEXT_DUE).scalar()
        return None if due is None else from_micros(due)

    @override
    def for_alert(self, alert_id: AlertId) -> list[Incident]:
        query = _ALL.where(INCIDENT.c.alert_id == alert_id)
        return self._incidents(query.order_by(INCIDENT.c.number.desc()))

    @override
    def add_evidence(self, evidence_id: EvidenceId, content: bytes) -> None:
        self._scope.change(_KEEP, (evidence_id, content))

    @override
    def evidence(self, evidence_id: EvidenceId) -> bytes | None:
        found = self._scope.read(_CONTENT, {"id": evidence_id}).scalar()
        return None if found is None else bytes(found)

    def _note_participants(self, incident: Incident) -> None:
        if incident.is_private:
            rows = [(incident.id, user) for user in incident.participants]
            for row in rows:
                self._scope.change(_TAKE_PART, row)

    def _one(
        self, query: Select[Row], asked: Mapping[str, object], *, lock: bool
    ) -> Incident | None:
        found = self._incidents(query.with_for_update() if lock else query, asked)
        return found[0] if found else None

    def _incidents(
        self, query: Select[Row], asked: Mapping[str, object] | None = None
    ) -> list[Incident]:
        rows = self._scope.read(query, asked).scalars()
        return [_STATE.decode(text) for text in rows]


def seen_by(query: Select[Row], viewer: Viewer) -> Select[Row]:
    """Return the query of incidents without private ones the viewer has no part in."""
    if viewer.sees_all:
        return query
    is_open = INCIDENT.c.is_private.is_(False)
    if viewer.user is None:
        return query.where(is_open)
    theirs = select(INCIDENT_PARTICIPANT.c.incident_id).where(
        INCIDENT_PARTICIPANT.c.user == viewer.user
    )
    return query.where(or_(is_open, INCIDENT.c.id.in_(theirs)))


def _text(incident: Incident) -> str:
    return storable(msgspec.json.encode(incident).decode())
