"""The duty that opens backlog tickets: claim, send, record, each its own step.

Sends run on one event loop of their own, so that a slow tracker holds up no page.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from handrail.core import limits
from handrail.core.backlog.ticket import TrackerOutcome, TrackerTook
from handrail.core.configuration.snapshot import TrackerKind
from handrail.core.ids import NodeId
from handrail.core.paging.outcome import Retryable, Unknown
from handrail.engine.report import Report
from handrail.ports.id_source import IdSource
from handrail.ports.store import Store, Transaction
from handrail.ports.tracker import TicketOrder, Tracker
from handrail.usecases import backlog
from handrail.usecases.backlog import Opening

IN_FLIGHT_MAX = 8
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningParts:
    """What opening needs of the world.

    Attributes:
        base_url: Where people reach this installation, without a trailing slash.
        close: Closes what sends have kept open on the loop.
    """

    store: Store
    ids: IdSource
    node: NodeId
    trackers: Mapping[TrackerKind, Tracker]
    base_url: str
    close: Callable[[], Coroutine[Any, Any, None]] | None = None


class OpenTickets:
    """Claims tickets that are due, and has the tracker open them."""

    name = "open_tickets"

    def __init__(self, parts: OpeningParts, *, wake: Callable[[], None]) -> None:
        self._parts = parts
        self._wake = wake
        self._in_flight = 0
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="handrail-tickets", daemon=True
        )
        self._stopping = False

    def start(self) -> None:
        """Start the event loop that sends run on."""
        self._thread.start()

    def tick(self) -> Report:
        """Claim what is due and begin to open it; returns before that ends."""
        parts = self._parts
        room = IN_FLIGHT_MAX - self._in_flight
        if self._stopping or room <= 0 or not parts.store.read(backlog.is_due):
            return Report(done=0)
        taken = parts.store.run(
            lambda tx: backlog.claim(tx, node=parts.node, limit=room)
        )
        for opening in taken:
            with self._lock:
                self._in_flight += 1
            asyncio.run_coroutine_threadsafe(self._open_and_record(opening), self._loop)
        return Report(done=len(taken))

    async def _open_and_record(self, opening: Opening) -> None:
        try:
            await self._record(opening, await self._open(opening))
        except Exception:  # noqa: BLE001 - nobody else would hear of it
            # Its lease lapses, and it is sent again under the same key.
            _log.exception("ticket_not_recorded", ticket_id=opening.ticket.id)
        finally:
            with self._lock:
                self._in_flight -= 1
            self._wake()

    async def _open(self, opening: Opening) -> TrackerOutcome:
        kind = opening.place.kind
        tracker = self._parts.trackers.get(kind)
        if tracker is None:
            return Retryable(reason=f"this server has no {kind} tracker")
        order = TicketOrder(
            ticket=opening.ticket,
            address=opening.place.url,
            secret=opening.place.secret,
            origin_url=origin_url(opening, self._parts.base_url),
            sent_at=opening.claimed_at,
        )
        try:
            async with asyncio.timeout(limits.SEND_TIMEOUT.total_seconds()):
                outcome = await tracker.open(order)
        except TimeoutError:
            seconds = int(limits.SEND_TIMEOUT.total_seconds())
            outcome = Unknown(reason=f"no answer within {seconds} s")
        except Exception as error:  # noqa: BLE001 - a defect in one must not stop others
            _log.exception("ticket_failed", ticket_id=opening.ticket.id)
            outcome = Unknown(reason=f"{type(error).__name__}: {error}")
        if not isinstance(outcome, TrackerTook):
            _log.warning(
                "ticket_not_opened",
                ticket_id=opening.ticket.id,
                outcome=type(outcome).__name__.lower(),
                reason=outcome.reason,
            )
        return outcome

    async def _record(self, opening: Opening, outcome: TrackerOutcome) -> None:
        parts = self._parts

        def work(tx: Transaction) -> None:
            backlog.record(tx, opening, outcome, ids=parts.ids)

        await asyncio.wrap_future(parts.store.submit(work, is_debt=True))

    def stop(self, *, grace_seconds: float) -> None:
        """Claim nothing more, let what is in flight finish, then end the loop."""
        self._stopping = True
        drained = asyncio.run_coroutine_threadsafe(self._drain(), self._loop)
        try:
            drained.result(timeout=grace_seconds)
        except TimeoutError:
            _log.warning("tickets_abandoned", count=self._in_flight)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))  # noqa: TID251 - lets cancelled tasks end
        if self._parts.close is not None:
            self._loop.run_until_complete(self._parts.close())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _drain(self) -> None:
        this = asyncio.current_task()
        others = [t for t in asyncio.all_tasks() if t is not this]
        await asyncio.gather(*others, return_exceptions=True)


def origin_url(opening: Opening, base_url: str) -> str:
    """Return where people read what the ticket is about."""
    ticket = opening.ticket
    if ticket.incident_number is not None:
        return f"{base_url}/incidents/INC-{ticket.incident_number}"
    return f"{base_url}/alerts/{ticket.alert_id}"
