"""Migrations: the migrated schema is the one the queries are written for."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, Table, inspect, text
from sqlalchemy.exc import IntegrityError
from tests.postgres_server import PostgresServer

from handrail.core.errors import ConflictError
from handrail.storage.migrate import downgrade, head_revision, migrate
from handrail.storage.postgres_connection import conninfo, pooled_engine
from handrail.storage.schema import METADATA
from handrail.storage.sqlite_file import memory_engine
from handrail.storage.tables import TABLES


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on an empty database."""
    if request.param == "sqlite":
        made = memory_engine()
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        made = pooled_engine(conninfo(server.url(server.new_database())))
    yield made
    made.dispose()


def test_a_migrated_database_has_the_schema_of_the_queries(engine: Engine) -> None:
    assert migrate(engine) == head_revision()

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences: list[Any] = compare_metadata(context, METADATA)
        predicates = _predicates(connection.engine)
    assert differences == []
    assert predicates == {
        index.name: bool(
            index.dialect_options[engine.dialect.name]["where"] is not None
        )
        for table in TABLES
        for index in table.indexes
    }


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    migrate(engine)

    assert migrate(engine) == head_revision()


def test_the_revisions_are_numbered_in_the_order_in_which_they_run() -> None:
    config = Config()
    config.set_main_option("script_location", "handrail.storage:migrations")
    script = ScriptDirectory.from_config(config)

    order = [revision.revision for revision in script.walk_revisions("base", "heads")]

    assert order == sorted(order, reverse=True)
    assert head_revision() == script.get_current_head()
    assert [Path(r.path).name.partition("_")[0] for r in script.walk_revisions()] == (
        order
    )


def test_a_start_on_the_present_schema_does_not_load_the_migrations(
    tmp_path: Path,
) -> None:
    path = tmp_path / "handrail.db"
    start = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from handrail.storage.sqlite import SqliteStore\n"
        "store = SqliteStore.open(Path(sys.argv[1]), now=lambda: datetime.now(UTC))\n"
        "store.close()\n"
        "print('alembic' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    loaded = [
        subprocess.run(
            [sys.executable, "-c", start, path],
            env=environment,
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for _ in range(2)
    ]

    assert loaded == ["True", "False"]


def test_every_revision_can_be_taken_back(engine: Engine) -> None:
    migrate(engine)

    downgrade(engine, to="base")
    with engine.connect() as connection:
        left = set(inspect(connection).get_table_names())
    assert left <= {"alembic_version"}

    assert migrate(engine) == head_revision()


def test_a_database_of_a_newer_version_is_refused(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(ConflictError, match="newer version"):
        migrate(engine)


def test_pages_and_what_they_owe_survive_being_about_incidents(engine: Engine) -> None:
    migrate(engine, to="0002")
    with engine.begin() as connection:
        for name, links in (
            ("alert", {}),
            ("page", {"alert_id": "x"}),
            ("delivery", {"page_id": "x"}),
            ("attempt", {"delivery_id": "x"}),
        ):
            into = Table(name, MetaData(), autoload_with=connection)
            connection.execute(into.insert(), [_least(into) | {"id": "x"} | links])

    migrate(engine)

    with engine.begin() as connection:
        kept = connection.execute(
            text(
                "SELECT page.alert_id, page.incident_id, delivery.bulletin_id"
                " FROM attempt JOIN delivery ON delivery.id = attempt.delivery_id"
                " JOIN page ON page.id = delivery.page_id"
            )
        ).all()
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(text("UPDATE delivery SET page_id = 'nowhere'"))
    assert [tuple(row) for row in kept] == [("x", None, None)]
    downgrade(engine, to="0002")


def _least(into: Table) -> dict[str, object]:
    """Return a row with something in every column that must have it."""
    values: dict[type, object] = {str: "x", int: 1, bool: False, bytes: b"x"}
    return {
        column.name: values[column.type.python_type]
        for column in into.columns
        if not column.nullable
    }


def _predicates(engine: Engine) -> dict[str, bool]:
    """Return by index whether it is partial."""
    name = f"{engine.dialect.name}_where"
    inspector = inspect(engine)
    return {
        str(index["name"]): name in index.get("dialect_options", {})
        for table in TABLES
        for index in inspector.get_indexes(table.name)
        if not index.get("duplicates_constraint")
    }
