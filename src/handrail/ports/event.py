"""The record of what happened, in the database."""

from collections.abc import Sequence
from typing import Protocol

from handrail.core.audit.event import NewEvent, StoredEvent


class EventStore(Protocol):
    """The append-only record."""

    def append(self, stream: str, events: Sequence[NewEvent], *, after: int) -> int:
        """Append to the stream's chain and return its new last sequence number.

        Args:
            stream: For example ``page:<id>``, ``config``, ``access``.
            events: In order; recorded at the transaction's instant.
            after: The last sequence the caller saw; 0 for a new stream.

        Raises:
            ConflictError: Somebody else appended first; the transaction is retried.
        """
        ...

    def read(self, stream: str) -> list[StoredEvent]:
        """Return the stream's events in order."""
        ...

    def last(self, stream: str) -> int:
        """Return the stream's last sequence number, 0 where it has none."""
        ...

    def streams(self, prefix: str) -> list[str]:
        """Return the names of streams that begin so, in order."""
        ...
