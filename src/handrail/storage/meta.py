"""Small facts about the installation."""

from collections.abc import Mapping

from sqlalchemy import Column, Table, Text, bindparam, select
from typing_extensions import override

from handrail.ports.meta import MetaStore
from handrail.storage.codec import storable
from handrail.storage.schema import KEY, METADATA
from handrail.storage.scope import Scope

META = Table(
    "meta",
    METADATA,
    Column("key", KEY, primary_key=True),
    Column("value", Text, nullable=False),
)
HELD = "held"
"""Set while nothing may be sent, with the reason: after a restore."""

_GET = select(META.c.value).where(META.c.key == bindparam("key"))
_SET = (
    "INSERT INTO meta (key, value) VALUES (?, ?)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
_ALL = select(META.c.key, META.c.value).order_by(META.c.key)


class SqlMetaStore(MetaStore):
    """Keys and values in one table."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    @override
    def get(self, key: str) -> str | None:
        return self._scope.read(_GET, {"key": key}).scalar()

    @override
    def set(self, key: str, value: str) -> None:
        self._scope.change(_SET, (key, storable(value)))

    @override
    def all(self) -> Mapping[str, str]:
        return {row[0]: row[1] for row in self._scope.read(_ALL)}
