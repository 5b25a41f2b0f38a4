"""Calls of mitigations: an outbox whose rows are taken once."""

from datetime import datetime

import msgspec
from sqlalchemy import Column, ForeignKey, Index, Table, Text, bindparam, func, select
from typing_extensions import override

from handrail.core.ids import IncidentId, MitigationId
from handrail.core.instants import from_micros, to_micros
from handrail.core.mitigation.catalogue import Call
from handrail.core.mitigation.run import MitigationRun, RunState
from handrail.ports.change import MitigationRunStore
from handrail.storage.codec import storable
from handrail.storage.incident import INCIDENT
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Row, Scope

MITIGATION_RUN = Table(
    "mitigation_run",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("incident_id", KEY, ForeignKey(INCIDENT.c.id), nullable=False, index=True),
    Column("entry", KEY, nullable=False),
    Column("call", Text, nullable=False),
    Column("state", KEY, nullable=False),
    Column("asked_at", INSTANT, nullable=False),
    Column("due_at", INSTANT),
    Column("claimed_by", KEY),
    Column("ended_at", INSTANT),
)
_DUE_SOME_TIME = MITIGATION_RUN.c.due_at.is_not(None)
Index(
    "ix_mitigation_run_due_at",
    MITIGATION_RUN.c.due_at,
    sqlite_where=_DUE_SOME_TIME,
    postgresql_where=_DUE_SOME_TIME,
)

_INSERT = (
    "INSERT INTO mitigation_run (id, incident_id, entry, call, state, asked_at, due_at,"
    " claimed_by, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SAVE = (
    "UPDATE mitigation_run SET state = ?, due_at = ?, claimed_by = ?, ended_at = ?"
    " WHERE id = ?"
)
_ALL = select(*MITIGATION_RUN.c)
_DUE = (
    _ALL.where(MITIGATION_RUN.c.due_at <= bindparam("now"), _DUE_SOME_TIME)
    .order_by(MITIGATION_RUN.c.due_at, MITIGATION_RUN.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_NEXT_DUE = select(func.min(MITIGATION_RUN.c.due_at)).where(_DUE_SOME_TIME)


_CALL = msgspec.json.Decoder(Call)
"""Made at import: a type that two threads meet first at once ends the process."""


class SqlMitigationRunStore(MitigationRunStore):
    """Runs in one table."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def add(self, run: MitigationRun) -> None:
        self._scope.change(
            _INSERT,
            (
                run.id,
                run.incident_id,
                run.entry,
                storable(msgspec.json.encode(run.call).decode()),
                run.state.value,
                to_micros(run.asked_at),
                to_micros(run.due_at) if run.due_at else None,
                run.claimed_by,
                to_micros(run.ended_at) if run.ended_at else None,
            ),
        )

    @override
    def get(self, run_id: MitigationId, *, lock: bool = False) -> MitigationRun | None:
        query = _ALL.where(MITIGATION_RUN.c.id == run_id)
        row = self._scope.read(query.with_for_update() if lock else query).first()
        return None if row is None else _run(row)

    @override
    def save(self, run: MitigationRun) -> None:
        self._scope.change(
            _SAVE,
            (
                run.state.value,
                to_micros(run.due_at) if run.due_at else None,
                run.claimed_by,
                to_micros(run.ended_at) if run.ended_at else None,
                run.id,
            ),
        )

    @override
    def under_way(self, incident_id: IncidentId) -> list[MitigationRun]:
        query = _ALL.where(
            MITIGATION_RUN.c.incident_id == incident_id, _DUE_SOME_TIME
        ).order_by(MITIGATION_RUN.c.id)
        return [_run(row) for row in self._scope.read(query)]

    @override
    def due(self, *, limit: int) -> list[MitigationRun]:
        asked = {"now": to_micros(self._scope.now), "limit": limit}
        return [_run(row) for row in self._scope.read(_DUE, asked)]

    @override
    def next_due(self) -> datetime | None:
        due = self._scope.read(_NEXT_DUE).scalar()
        return None if due is None else from_micros(due)


def _run(row: Row) -> MitigationRun:
    return MitigationRun(
        id=row[0],
        incident_id=row[1],
        entry=row[2],
        call=_CALL.decode(row[3]),
        state=RunState(row[4]),
        asked_at=from_micros(row[5]),
        due_at=None if row[6] is None else from_micros(row[6]),
        claimed_by=row[7],
        ended_at=None if row[8] is None else from_micros(row[8]),
    )
