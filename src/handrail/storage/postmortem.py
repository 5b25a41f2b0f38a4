"""Postmortems and action items: current state beside their event streams.

The state is one JSON text, since it is only ever read and written whole; what queries
look for has columns of its own beside it. Who may see them is who may see the incident.
"""

from collections.abc import Mapping

import msgspec
from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    select,
)
from typing_extensions import override

from handrail.core.errors import LostRaceError
from handrail.core.ids import IncidentId, Slug
from handrail.core.instants import to_micros
from handrail.core.postmortem.action_item import ActionItem, ActionState
from handrail.core.postmortem.postmortem import Postmortem
from handrail.ports.incident import EVERYBODY, Viewer
from handrail.ports.postmortem import ActionItemStore, PostmortemStore
from handrail.storage import counter
from handrail.storage.codec import storable
from handrail.storage.incident import INCIDENT, seen_by
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Row, Scope

POSTMORTEM = Table(
    "postmortem",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("incident_id", KEY, ForeignKey(INCIDENT.c.id), nullable=False, unique=True),
    Column("incident_number", Integer, nullable=False),
    Column("progress", KEY, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("state", Text, nullable=False),
)
ACTION_ITEM = Table(
    "action_item",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("incident_id", KEY, ForeignKey(INCIDENT.c.id), nullable=False, index=True),
    Column("progress", KEY, nullable=False),
    Column("owner", KEY),
    Column("due_on", KEY),
    Column("sequence", Integer, nullable=False),
    Column("state", Text, nullable=False),
)
_INSERT = (
    "INSERT INTO postmortem (id, incident_id, incident_number, progress, created_at,"
    " sequence, state) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_SAVE = (
    "UPDATE postmortem SET progress = ?, sequence = ?, state = ?"
    " WHERE id = ? AND sequence = ?"
)
_ITEM_INSERT = (
    "INSERT INTO action_item (id, number, incident_id, progress, owner, due_on,"
    " sequence, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_ITEM_SAVE = (
    "UPDATE action_item SET progress = ?, owner = ?, due_on = ?, sequence = ?,"
    " state = ? WHERE id = ? AND sequence = ?"
)
_ALL = select(POSTMORTEM.c.state)
_ONE = _ALL.where(POSTMORTEM.c.incident_id == bindparam("incident_id"))
_ITEMS = select(ACTION_ITEM.c.state)
_ITEMS_SEEN = _ITEMS.join(INCIDENT, INCIDENT.c.id == ACTION_ITEM.c.incident_id)


_POSTMORTEM = msgspec.json.Decoder(Postmortem)
_ACTION_ITEM = msgspec.json.Decoder(ActionItem)
"""Made at import: a type that two threads meet first at once ends the process."""


class SqlPostmortemStore(PostmortemStore):
    """Postmortems in one table; the sequence number guards against lost updates."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def add(self, postmortem: Postmortem) -> None:
        self._scope.change(
            _INSERT,
            (
                postmortem.id,
                postmortem.incident_id,
                postmortem.incident_number,
                postmortem.state.value,
                to_micros(postmortem.created_at),
                postmortem.sequence,
                _text(postmortem),
            ),
        )

    @override
    def for_incident(
        self, incident_id: IncidentId, *, lock: bool = False
    ) -> Postmortem | None:
        query = _ONE.with_for_update() if lock else _ONE
        found = self._postmortems(query, {"incident_id": incident_id})
        return found[0] if found else None

    @override
    def save(self, postmortem: Postmortem, *, expected_sequence: int) -> None:
        found = self._scope.change(
            _SAVE,
            (
                postmortem.state.value,
                postmortem.sequence,
                _text(postmortem),
                postmortem.id,
                expected_sequence,
            ),
        )
        if found != 1:
            name = postmortem.incident_name
            msg = f"{name}'s postmortem changed meanwhile; look at it again"
            raise LostRaceError(msg)

    @override
    def search(
        self, *, viewer: Viewer, limit: int, before: int | None = None
    ) -> list[Postmortem]:
        joined = _ALL.join(INCIDENT, INCIDENT.c.id == POSTMORTEM.c.incident_id)
        query = seen_by(joined, viewer).limit(limit)
        query = query.order_by(POSTMORTEM.c.incident_number.desc())
        if before is not None:
            query = query.where(POSTMORTEM.c.incident_number < before)
        return self._postmortems(query)

    def _postmortems(
        self, query: Select[Row], asked: Mapping[str, object] | None = None
    ) -> list[Postmortem]:
        rows = self._scope.read(query, asked).scalars()
        return [_POSTMORTEM.decode(text) for text in rows]


class SqlActionItemStore(ActionItemStore):
    """Action items in one table; the sequence number guards against lost updates."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def next_number(self) -> int:
        return counter.take(self._scope, "action_item")

    @override
    def add(self, item: ActionItem) -> None:
        self._scope.change(
            _ITEM_INSERT,
            (
                item.id,
                item.number,
                item.incident_id,
                item.state.value,
                item.plan.owner,
                _day(item),
                item.sequence,
                _text(item),
            ),
        )

    @override
    def by_number(
        self, number: int, *, viewer: Viewer = EVERYBODY, lock: bool = False
    ) -> ActionItem | None:
        query = seen_by(_ITEMS_SEEN, viewer).where(ACTION_ITEM.c.number == number)
        found = self._items(query.with_for_update(of=ACTION_ITEM) if lock else query)
        return found[0] if found else None

    @override
    def save(self, item: ActionItem, *, expected_sequence: int) -> None:
        found = self._scope.change(
            _ITEM_SAVE,
            (
                item.state.value,
                item.plan.owner,
                _day(item),
                item.sequence,
                _text(item),
                item.id,
                expected_sequence,
            ),
        )
        if found != 1:
            msg = f"{item.name} changed meanwhile; look at it again"
            raise LostRaceError(msg)

    @override
    def for_incident(self, incident_id: IncidentId) -> list[ActionItem]:
        query = _ITEMS.where(ACTION_ITEM.c.incident_id == incident_id)
        return self._items(query.order_by(ACTION_ITEM.c.number))

    @override
    def search(
        self, *, viewer: Viewer, open_only: bool, owner: Slug | None, limit: int
    ) -> list[ActionItem]:
        query = seen_by(_ITEMS_SEEN, viewer).limit(limit)
        if open_only:
            query = query.where(ACTION_ITEM.c.progress == ActionState.OPEN.value)
        if owner is not None:
            query = query.where(ACTION_ITEM.c.owner == owner)
        due_on = ACTION_ITEM.c.due_on
        return self._items(
            query.order_by(due_on.is_(None), due_on, ACTION_ITEM.c.number)
        )

    def _items(self, query: Select[Row]) -> list[ActionItem]:
        rows = self._scope.read(query).scalars()
        return [_ACTION_ITEM.decode(text) for text in rows]


def _day(item: ActionItem) -> str | None:
    return item.plan.due_on.isoformat() if item.plan.due_on else None


def _text(value: Postmortem | ActionItem) -> str:
    return storable(msgspec.json.encode(value).decode())
