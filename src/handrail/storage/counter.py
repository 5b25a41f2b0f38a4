"""Numbers that people use: ``INC-42``, ``ACT-7``; each counts up by itself."""

from collections.abc import Collection

from sqlalchemy import Column, Integer, Table

from handrail.storage.schema import KEY, METADATA
from handrail.storage.scope import Scope

COUNTER = Table(
    "counter",
    METADATA,
    Column("name", KEY, primary_key=True),
    Column("value", Integer, nullable=False),
)
_COUNT_UP = (
    "INSERT INTO counter (name, value) VALUES (?, 1)"
    " ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"
)
_RAISE = (
    "INSERT INTO counter (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE"
    " SET value = excluded.value WHERE counter.value < excluded.value"
)
_COUNTED = "SELECT value FROM counter WHERE name = ?"
_ALL_COUNTED = "SELECT name, value FROM counter WHERE name = ANY(?)"


def values(scope: Scope, names: Collection[str]) -> dict[str, int]:
    """Return the numbers that were taken last, of those names that had any taken."""
    assert scope.is_postgres, "elsewhere one statement more costs nothing"
    return {row[0]: row[1] for row in scope.fetch(_ALL_COUNTED, (list(names),))}


def value(scope: Scope, name: str) -> int:
    """Return the number of this name that was taken last, 0 before the first."""
    found = scope.fetch(_COUNTED, (name,))
    return int(found[0][0]) if found else 0


def take(scope: Scope, name: str) -> int:
    """Take and return the next number of this name, from 1; given back if undone."""
    return int(scope.change_returning(_COUNT_UP, (name,))[0][0])


def raise_to(scope: Scope, name: str, least: int) -> None:
    """Let the number of this name that was taken last be at least so much."""
    scope.change(_RAISE, (name, least))
