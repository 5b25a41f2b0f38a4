"""A backup that an earlier version made is restored, brought up, and loses nothing."""

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, select
from tests.conformance.test_agreement_store import asked
from tests.storage.test_backup import NOW, fill, opened

from handrail.core.instants import format_rfc3339
from handrail.storage.archive import (
    ArchivedTable,
    Manifest,
    read_table,
    write_manifest,
    write_table,
)
from handrail.storage.backup import backup, restore
from handrail.storage.database import sqlite_path
from handrail.storage.migrate import downgrade, head_revision, schema_revision
from handrail.storage.postgres_connection import conninfo, pooled_engine
from handrail.storage.sqlite_file import writing_engine
from handrail.storage.tables import TABLES

REVISIONS = ("0006", "0008", "0010")
SOURCES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@contextmanager
def connected(url: str) -> Iterator[Engine]:
    path = sqlite_path(url)
    engine = (
        pooled_engine(conninfo(url))
        if path is None
        else writing_engine(path, synchronous="FULL")
    )
    try:
        yield engine
    finally:
        engine.dispose()


def saved_by_an_earlier_version(url: str, revision: str, target: Path) -> Manifest:
    """Take the schema back and save it, as the version of that schema did."""
    order = [table.name for table in TABLES]
    with connected(url) as engine:
        downgrade(engine, to=revision)
        there = MetaData()
        there.reflect(engine, only=lambda name, _: name != "alembic_version")
        tables = sorted(there.tables.values(), key=lambda one: order.index(one.name))
        with engine.connect() as connection, zipfile.ZipFile(target, "w") as archive:
            assert schema_revision(connection) == revision
            manifest = Manifest(
                schema=revision,
                made_at=format_rfc3339(NOW),
                tables=tuple(
                    write_table(
                        archive,
                        one.name,
                        one.columns.keys(),
                        connection.execute(select(one)),
                    )
                    for one in tables
                ),
            )
            write_manifest(archive, manifest)
    return manifest


def rows(
    file: Path, tables: tuple[ArchivedTable, ...], known: Mapping[str, frozenset[str]]
) -> dict[str, list[str]]:
    """Return the rows of known tables by their known columns."""
    with zipfile.ZipFile(file) as archive:
        return {
            one.name: sorted(
                str(sorted(pair for pair in pairs if pair[0] in known[one.name]))
                for row in read_table(archive, one)
                for pairs in [zip(one.columns, row, strict=True)]
            )
            for one in tables
            if one.name in known
        }


@pytest.fixture(params=SOURCES)
def source_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/source.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=SOURCES)
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/target/handrail.db"
    server = request.getfixturevalue("postgres_server")
    url: str = server.url(server.new_database())
    return url


@pytest.mark.parametrize("revision", REVISIONS)
def test_it_is_restored_into_either_database_and_goes_on_from_there(
    source_url: str, target_url: str, tmp_path: Path, revision: str
) -> None:
    old, new = tmp_path / "old.zip", tmp_path / "new.zip"
    store = opened(source_url)
    fill(store)
    store.close()
    saved = saved_by_an_earlier_version(source_url, revision, old)

    assert restore(old, target_url, now=NOW) == saved

    again = backup(target_url, new, now=NOW)
    assert again.schema == head_revision()
    known = {
        one.name: frozenset(one.columns) for one in saved.tables if one.name != "meta"
    }
    assert rows(new, again.tables, known) == rows(old, saved.tables, known)
    copy = opened(target_url)
    copy.run(asked)
    copy.close()
