"""Backlog tickets: an outbox, one row a ticket."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    case,
    func,
    select,
)
from typing_extensions import override

from handrail.core.backlog.ticket import BacklogTicket, TicketState
from handrail.core.ids import AlertId, IncidentId, TicketId
from handrail.core.instants import from_micros, to_micros
from handrail.ports.backlog import BacklogStore
from handrail.ports.incident import EVERYBODY, Viewer
from handrail.storage.codec import RowCodec
from handrail.storage.incident import INCIDENT, seen_by
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Row, Scope

BACKLOG_TICKET = Table(
    "backlog_ticket",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("origin", KEY, nullable=False),
    Column("origin_key", KEY, nullable=False, unique=True),
    Column("condition_key", KEY, nullable=False),
    Column("alert_id", KEY, index=True),
    Column("incident_id", KEY, ForeignKey(INCIDENT.c.id), index=True),
    Column("incident_number", Integer),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("service", KEY),
    Column("severity", KEY, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("tried_since", INSTANT, nullable=False),
    Column("idempotency_key", KEY, nullable=False),
    Column("state", KEY, nullable=False),
    Column("reason", Text, nullable=False),
    Column("next_attempt_at", INSTANT),
    Column("lease_until", INSTANT),
    Column("lease_owner", KEY),
    Column("fence", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("reference", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("opened_at", INSTANT),
)
_OWED = BACKLOG_TICKET.c.state.in_([TicketState.PENDING, TicketState.CLAIMED])
Index(
    "ix_backlog_ticket_next_attempt_at",
    BACKLOG_TICKET.c.next_attempt_at,
    sqlite_where=_OWED,
    postgresql_where=_OWED,
)
Index(
    "ix_backlog_ticket_condition_key_created_at",
    BACKLOG_TICKET.c.condition_key,
    BACKLOG_TICKET.c.created_at,
)
_CODEC = RowCodec(BacklogTicket, BACKLOG_TICKET, renamed={"condition": "condition_key"})
_ALL = select(*_CODEC.columns)
_DUE_AT = case(
    (BACKLOG_TICKET.c.state == TicketState.CLAIMED, BACKLOG_TICKET.c.lease_until),
    else_=BACKLOG_TICKET.c.next_attempt_at,
)
_CLAIMABLE = (
    _ALL.where(_OWED, bindparam("now") >= _DUE_AT)
    .order_by(_DUE_AT, BACKLOG_TICKET.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_NEXT_DUE = select(func.min(_DUE_AT)).where(_OWED)
_ASKED = select(BACKLOG_TICKET.c.id).where(
    BACKLOG_TICKET.c.condition_key == bindparam("condition"),
    BACKLOG_TICKET.c.created_at >= bindparam("since"),
)


class SqlBacklogStore(BacklogStore):
    """Tickets in one table."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def add(self, ticket: BacklogTicket) -> None:
        self._scope.change(_CODEC.insert, _CODEC.values(ticket))

    @override
    def get(
        self, ticket_id: TicketId, *, viewer: Viewer = EVERYBODY, lock: bool = False
    ) -> BacklogTicket | None:
        query = _seen(viewer).where(BACKLOG_TICKET.c.id == ticket_id)
        return self._one(query.with_for_update(of=BACKLOG_TICKET) if lock else query)

    @override
    def for_alert(self, alert_id: AlertId) -> BacklogTicket | None:
        query = _ALL.where(BACKLOG_TICKET.c.alert_id == alert_id)
        return self._one(query.order_by(BACKLOG_TICKET.c.id).limit(1))

    @override
    def for_incident(self, incident_id: IncidentId) -> BacklogTicket | None:
        query = _ALL.where(BACKLOG_TICKET.c.incident_id == incident_id)
        return self._one(query.order_by(BACKLOG_TICKET.c.id.desc()).limit(1))

    @override
    def asked_since(self, condition: str, since: datetime) -> bool:
        asked = {"condition": condition, "since": to_micros(since)}
        return self._scope.read(_ASKED, asked).first() is not None

    @override
    def save(self, ticket: BacklogTicket) -> None:
        self._scope.change(_CODEC.update, [*_CODEC.values(ticket), ticket.id])

    @override
    def claimable(self, *, limit: int) -> list[BacklogTicket]:
        now = to_micros(self._scope.now)
        rows = self._scope.read(_CLAIMABLE, {"now": now, "limit": limit})
        return _tickets(rows.all())

    @override
    def next_due(self) -> datetime | None:
        due = self._scope.read(_NEXT_DUE).scalar()
        return None if due is None else from_micros(due)

    @override
    def search(
        self,
        *,
        viewer: Viewer,
        open_only: bool,
        limit: int,
        before: TicketId | None = None,
    ) -> list[BacklogTicket]:
        query = _seen(viewer).order_by(BACKLOG_TICKET.c.id.desc()).limit(limit)
        if open_only:
            query = query.where(BACKLOG_TICKET.c.state != TicketState.OPENED)
        if before is not None:
            query = query.where(BACKLOG_TICKET.c.id < before)
        return _tickets(self._scope.read(query).all())

    def _one(self, query: Select[Any]) -> BacklogTicket | None:
        found = _tickets(self._scope.read(query).all())
        return found[0] if found else None


def _seen(viewer: Viewer) -> Select[Any]:
    """Return the query of tickets, without those of private incidents."""
    if viewer.sees_all:
        return _ALL
    visible = seen_by(select(INCIDENT.c.id), viewer)
    incident_id = BACKLOG_TICKET.c.incident_id
    return _ALL.where(incident_id.is_(None) | incident_id.in_(visible))


def _tickets(rows: Sequence[Row]) -> list[BacklogTicket]:
    return [_CODEC.item(row) for row in rows]
