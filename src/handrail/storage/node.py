"""Which nodes live: each holds a session advisory lock, which dies with it.

The same connection listens for the other nodes' commits. A lock tells a dead node from
a slow one at once where a lease would have to run out; leases stay as the floor.
"""

import select
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection, text

from handrail.core.errors import UnavailableError
from handrail.core.ids import NodeId
from handrail.storage.advisory_lock import key_of
from handrail.storage.postgres_connection import connect

CHANNEL = "handrail_commit"
HEARTBEAT_SECONDS = 1.0
"""How often the connection is tried, so that a lost lock is noticed and retaken."""
_RECONNECT_SECONDS = 0.5
_DEAD = text(
    "SELECT id FROM unnest(CAST(:ids AS text[]), CAST(:keys AS bigint[]))"
    " AS node(id, key) WHERE pg_try_advisory_xact_lock_shared(key)"
)


def lock_key(node: NodeId) -> int:
    """Return the advisory lock that stands for a node's life."""
    return key_of(f"node {node}")


def dead_among(connection: Connection, nodes: Sequence[NodeId]) -> list[NodeId]:
    """Return the nodes whose lock nobody holds.

    Shared locks are tried, so that two who ask at once do not look alive to each
    other; they end with the transaction.
    """
    asked = {"ids": list(nodes), "keys": [lock_key(node) for node in nodes]}
    return [NodeId(row[0]) for row in connection.execute(_DEAD, asked)]


class NodePresence:
    """Holds this node's lock and tells of other nodes' commits, on one connection."""

    def __init__(
        self, info: str, *, node_id: NodeId, on_news: Callable[[], None]
    ) -> None:
        """Take the lock and begin to listen.

        Args:
            info: libpq's connection string.
            node_id: This process.
            on_news: Called when another node committed, or may have while the
                connection was gone; must be quick and never raise.

        Raises:
            UnavailableError: The server cannot be reached.
        """
        self._info = info
        self._node_id = node_id
        self._on_news = on_news
        self._is_closing = threading.Event()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._connection: psycopg.Connection[Any] | None = self._open()
        self._thread = threading.Thread(
            target=self._serve, name="handrail-presence", daemon=True
        )
        self._thread.start()

    @property
    def is_held(self) -> bool:
        """Return whether the lock is held as far as this node knows."""
        return self._connection is not None

    def close(self) -> None:
        """Give up the lock and stop listening."""
        self._is_closing.set()
        self._wake_writer.send(b"x")
        self._thread.join()
        self._wake_reader.close()
        self._wake_writer.close()

    def _open(self) -> psycopg.Connection[Any]:
        connection = connect(self._info, autocommit=True)
        try:
            connection.add_notify_handler(self._hear)
            connection.execute(
                "SELECT pg_advisory_lock(%s)", (lock_key(self._node_id),)
            )
            connection.execute(f"LISTEN {CHANNEL}")
        except psycopg.Error as error:
            connection.close()
            msg = f"this node's lock cannot be taken: {str(error).strip()}"
            raise UnavailableError(msg) from error
        return connection

    def _hear(self, notice: psycopg.Notify) -> None:
        if notice.payload != self._node_id:
            self._on_news()

    def _serve(self) -> None:
        while not self._is_closing.is_set():
            if self._connection is None:
                self._reopen()
            else:
                self._listen(self._connection)
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        """Wait for a notice or the next heartbeat; drop a connection that fails."""
        try:
            news = [connection.fileno(), self._wake_reader.fileno()]
            select.select(news, [], [], HEARTBEAT_SECONDS)
            # Notices come in with the answer to any statement.
            connection.execute("SELECT 1")
        except (psycopg.Error, OSError):
            connection.close()
            self._connection = None

    def _reopen(self) -> None:
        try:
            self._connection = self._open()
        except UnavailableError:
            self._is_closing.wait(_RECONNECT_SECONDS)
        else:
            # Notices may have been missed meanwhile.
            self._on_news()
