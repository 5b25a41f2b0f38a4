"""Which database a URL names, and the store on it."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from handrail.core.errors import InvalidError
from handrail.core.ids import NodeId
from handrail.ports.clock import Clock
from handrail.ports.store import Store
from handrail.storage.sqlite import SqliteStore

SQLITE = "sqlite"


class ServingStore(Store, Protocol):
    """A store as the server holds it."""

    @property
    def failure(self) -> str | None:
        """Return why the store cannot do its part now, or none while it can."""
        ...

    @property
    def queue_depth(self) -> int:
        """Return how many transactions wait to be run."""
        ...

    def has_synchronous_standby(self) -> bool | None:
        """Return whether commits wait for a standby; none where there can be none.

        Raises:
            UnavailableError: The database cannot be reached.
        """
        ...

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Call back after commits that wrote; must be quick and never raise."""
        ...


def sqlite_path(url: str) -> Path | None:
    """Return the file of a ``sqlite:///relative`` or ``sqlite:////absolute`` URL.

    Raises:
        InvalidError: The URL names no file.
    """
    scheme, separator, rest = url.partition("://")
    if scheme != SQLITE or not separator:
        return None
    if not rest.startswith("/") or rest == "/":
        msg = f"{url!r} names no file; write it like sqlite:///data/handrail.db"
        raise InvalidError(msg)
    return Path(rest[1:])


def open_store(url: str, *, clock: Clock, node_id: NodeId) -> ServingStore:
    """Open the store, its schema brought up to date.

    Args:
        url: ``sqlite:///path`` or ``postgresql://…`` as libpq reads it.
        clock: Gives SQLite's transactions their instant; PostgreSQL has its own.
        node_id: This process, new at every start.

    Raises:
        InvalidError: The URL names no database that Handrail knows, or its driver is
            not installed.
        UnavailableError: The database cannot be reached, or is in use.
        ConflictError: A newer Handrail has written it.
    """
    path = sqlite_path(url)
    if path is not None:
        return SqliteStore.open(path, now=clock.now, node_id=node_id)
    require_postgres(url)
    from handrail.storage.postgres import PostgresStore

    return PostgresStore.open(url, node_id=node_id)


def require_postgres(url: str) -> None:
    """Check that the URL is PostgreSQL's and that its driver is installed.

    Raises:
        InvalidError: It is not.
    """
    if url.partition("://")[0] not in {"postgresql", "postgres"}:
        msg = (
            f"{url!r} is no database URL; write it like sqlite:///data/handrail.db "
            "or postgresql://user@host/handrail"
        )
        raise InvalidError(msg)
    if find_spec("psycopg") is None:
        msg = "PostgreSQL needs its driver: pip install 'handrail[postgres]'"
        raise InvalidError(msg)
