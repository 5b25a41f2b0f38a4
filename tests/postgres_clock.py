"""A PostgreSQL whose clock is set by the test, and installations that live by it.

The store asks the database for the time. A function of the same name stands before the
real one in the search path of its sessions, and nowhere else.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

import psycopg

from handrail.core.ids import NodeId
from handrail.storage.postgres import PostgresStore

_SET_UP = """
CREATE SCHEMA set_clock;
CREATE TABLE set_clock.instant (at timestamptz NOT NULL);
CREATE FUNCTION set_clock.clock_timestamp() RETURNS timestamptz
    LANGUAGE sql AS 'SELECT at FROM set_clock.instant';
"""
_SEARCH_PATH = "set_clock,pg_catalog,public"


class PostgresClock:
    """The clock of one database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute(_SET_UP)

    def open_store(self) -> PostgresStore:
        options = quote(f"-c search_path={_SEARCH_PATH}")
        joint = "&" if "?" in self._url else "?"
        url = f"{self._url}{joint}options={options}"
        return PostgresStore.open(url, node_id=NodeId("here"))

    def set(self, now: datetime) -> None:
        with self._connection.transaction():
            self._connection.execute("DELETE FROM set_clock.instant")
            self._connection.execute("INSERT INTO set_clock.instant VALUES (%s)", [now])

    def close(self) -> None:
        self._connection.close()


class Now:
    """An attribute ``now`` whose every change is told to the database as well."""

    _now: datetime
    tell_now: Callable[[datetime], None]

    @property
    def now(self) -> datetime:
        return self._now

    @now.setter
    def now(self, at: datetime) -> None:
        self._now = at
        self.tell_now(at)
