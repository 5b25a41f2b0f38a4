"""Which database a URL names, and the store on it."""

from pathlib import Path

from handrail.core.errors import InvalidError
from handrail.core.ids import NodeId
from handrail.ports.clock import Clock
from handrail.storage.sqlite import SqliteStore

SQLITE = "sqlite"


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


def open_store(url: str, *, clock: Clock, node_id: NodeId) -> SqliteStore:
    """Open the store, its schema brought up to date.

    Args:
        url: ``sqlite:///path``.
        clock: Gives SQLite's transactions their instant.
        node_id: This process, new at every start.

    Raises:
        InvalidError: The URL names no database that Handrail knows.
        UnavailableError: The database cannot be reached, or is in use.
        ConflictError: A newer Handrail has written it.
    """
    path = sqlite_path(url)
    if path is None:
        msg = f"{url!r} is no database URL; write it like sqlite:///data/handrail.db"
        raise InvalidError(msg)
    return SqliteStore.open(path, now=clock.now, node_id=node_id)
