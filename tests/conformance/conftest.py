"""The stores that must all behave the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.core.ids import NodeId
from handrail.storage.database import ServingStore, open_store
from handrail.storage.sqlite import SqliteStore
from handrail.system.clock import SystemClock

SQLITE_MEMORY = "sqlite-memory"
SQLITE_FILE = "sqlite-file"
POSTGRES = "postgres"


@pytest.fixture(
    params=[
        SQLITE_MEMORY,
        SQLITE_FILE,
        pytest.param(POSTGRES, marks=pytest.mark.postgres),
    ]
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServingStore]:
    """An empty store on each kind of database."""
    opened = open_kind(request.param, request, tmp_path)
    yield opened
    opened.close()


def open_kind(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> ServingStore:
    clock = SystemClock()
    if kind == SQLITE_MEMORY:
        return SqliteStore.in_memory(now=clock.now)
    url = f"sqlite:///{tmp_path}/handrail.db"
    if kind == POSTGRES:
        url = request.getfixturevalue("postgres_url")
    return open_store(url, clock=clock, node_id=NodeId("here"))
