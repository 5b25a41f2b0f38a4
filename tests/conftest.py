"""Fixtures that every folder of tests may use."""

import os
from collections.abc import Iterator

import pytest
from tests.postgres_server import MISSING, PostgresServer, binaries

from handrail.storage.migrate import migrate
from handrail.storage.postgres_connection import conninfo, pooled_engine
from handrail.system.tzdata import pin

pin()  # Before any test module takes a zone: the rules are the package's everywhere.


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL server; a visible skip, or a failure in CI, without one."""
    folder = binaries()
    if folder is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with PostgresServer(folder) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a database with our schema, to copy from."""
    name = postgres_server.new_database()
    engine = pooled_engine(conninfo(postgres_server.url(name)))
    migrate(engine)
    engine.dispose()
    return name


@pytest.fixture
def postgres_url(
    postgres_server: PostgresServer, postgres_template: str
) -> Iterator[str]:
    """The URL of a fresh database with our schema."""
    name = postgres_server.new_database(postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the counts that campaigns printed, since a passing test's are hidden."""
    for report in terminalreporter.getreports("passed"):
        if "campaign" in report.keywords and report.capstdout.strip():
            terminalreporter.section(report.nodeid)
            terminalreporter.write_line(report.capstdout.strip())
