"""Which integration a key belongs to."""

import asyncio
from collections.abc import Mapping

from handrail.core.configuration.integration_key import key_digest
from handrail.core.configuration.snapshot import Integration
from handrail.ports.clock import Clock
from handrail.ports.store import Store

FRESH_SECONDS = 1.0
"""A key that was taken back stops working within this."""


class KeyRing:
    """Integrations by the digest of their key.

    Keys are compared by their SHA-256 in a table, so how long a look-up takes says
    nothing about how much of a key was right.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._by_digest: Mapping[str, Integration] = {}
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def find(self, key: bytes) -> Integration | None:
        """Return the integration, or none; an unknown key is looked for afresh.

        Raises:
            UnavailableError: The configuration cannot be read, so nobody can tell.
        """
        digest = key_digest(key)
        asked_at = self._clock.monotonic()
        is_stale = self._read_at is None or asked_at - self._read_at > FRESH_SECONDS
        if is_stale or digest not in self._by_digest:
            await self._read_again(asked_at)
        return self._by_digest.get(digest)

    async def _read_again(self, asked_at: float) -> None:
        """Read the configuration once for all who asked before it was read."""
        async with self._reading:
            if self._read_at is not None and self._read_at > asked_at:
                return
            began_at = self._clock.monotonic()
            snapshot = await asyncio.to_thread(
                self._store.read, lambda tx: tx.configuration.snapshot()
            )
            self._read_at = began_at
            self._by_digest = snapshot.integration_by_key
