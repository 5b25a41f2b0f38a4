"""Who watches which incident: one reader for every stream of the process.

Streams hold neither a thread nor a transaction. A commit of this process wakes the
reader; commits of other nodes are seen within a second, since it looks that often
anyway while anybody watches. What an incident gained is read once for all its streams.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import structlog

from handrail.core.ids import IncidentId
from handrail.ports.store import Store, Transaction
from handrail.usecases.incident_record import stream_of
from handrail.usecases.timeline import TimelineEntry, timeline

LOOK_SECONDS = 1.0
"""Another node's commit is seen this soon, and one whose wake-up was lost."""
GAP_SECONDS = 0.05
"""Between two looks: under a storm of signals every commit wakes."""
_log = structlog.get_logger()

Entries = Sequence[TimelineEntry]


class StreamHub:
    """Tells streams what their incident gained; closed, it ends them all.

    ``wake`` and ``close`` may be called from any thread; everything else belongs to
    the event loop that serves requests.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_woken = False
        self._is_closed = False
        self._watched: Counter[IncidentId] = Counter()
        self._entries: dict[IncidentId, Entries] = {}
        self._woken = asyncio.Event()
        self._news = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    @property
    def is_closed(self) -> bool:
        """Return whether every stream is to end."""
        return self._is_closed

    @property
    def watchers(self) -> int:
        """Return how many streams are open."""
        return self._watched.total()

    def wake(self) -> None:
        """Say that something was committed; cheap while nobody watches."""
        if self._loop is None or self._is_woken:
            return
        self._call(self._wake_up)

    def close(self) -> None:
        """End every stream, and every one that begins from now on."""
        self._is_closed = True
        self._call(self._end)

    @contextmanager
    def watching(self, incident_id: IncidentId) -> Iterator[None]:
        """Watch an incident for the length of the block."""
        self._loop = asyncio.get_running_loop()
        self._watched[incident_id] += 1
        if self._reader is None or self._reader.done():
            self._woken, self._news = asyncio.Event(), asyncio.Event()
            self._woken.set()
            self._reader = self._loop.create_task(self._read())
        self._woken.set()
        try:
            yield
        finally:
            self._watched[incident_id] -= 1
            if not self._watched[incident_id]:
                del self._watched[incident_id]
                self._entries.pop(incident_id, None)

    async def after(
        self, incident_id: IncidentId, sequence: int, *, within_seconds: float
    ) -> Entries:
        """Return the entries beyond this one, in order, awaiting the first of them.

        Returns none where none came in time, or where the hub was closed.
        """
        try:
            async with asyncio.timeout(within_seconds):
                while not self._is_closed:
                    known = self._entries.get(incident_id, ())
                    found = [e for e in known if e.sequence > sequence]
                    if found:
                        return found
                    await self._news.wait()
        except TimeoutError:
            pass
        return ()

    def _call(self, what: Callable[[], None]) -> None:
        # Without a lock: a signal's handler may interrupt whoever holds it.
        self._is_woken = True
        if self._loop is not None:
            with suppress(RuntimeError):  # The loop is closed; so is every stream.
                self._loop.call_soon_threadsafe(what)

    def _wake_up(self) -> None:
        self._woken.set()

    def _end(self) -> None:
        self._woken.set()
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _read(self) -> None:
        """Look whenever something was committed, until nobody watches any more."""
        while self._watched and not self._is_closed:
            await _wait(self._woken, LOOK_SECONDS)
            self._woken.clear()
            self._is_woken = False
            heads = {name: self._head(name) for name in self._watched}
            try:
                gained = await asyncio.to_thread(self._look, heads)
            except Exception:  # noqa: BLE001 - the streams outlive a database in trouble
                _log.exception("streams_not_read")
                gained = {}
            self._entries |= {n: g for n, g in gained.items() if n in self._watched}
            if gained:
                self._tell()
            await _wait(asyncio.Event(), GAP_SECONDS)

    def _head(self, incident_id: IncidentId) -> int:
        known = self._entries.get(incident_id, ())
        return known[-1].sequence if known else 0

    def _look(self, heads: Mapping[IncidentId, int]) -> dict[IncidentId, Entries]:
        return self._store.read(lambda tx: _gained(tx, heads))


def _gained(
    tx: Transaction, heads: Mapping[IncidentId, int]
) -> dict[IncidentId, Entries]:
    """Return every entry of those incidents that have more of them than before."""
    found: dict[IncidentId, Entries] = {}
    for incident_id, head in heads.items():
        incident = None
        if tx.event.last(stream_of(incident_id)) > head:
            incident = tx.incident.get(incident_id)
        if incident is not None:
            entries = timeline(tx, incident)
            found[incident_id] = sorted(entries, key=lambda e: e.sequence)
    return found


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
