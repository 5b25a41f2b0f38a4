"""The sending duty: claim, send, record; each its own step, so each may crash alone.

Claims are made on the engine's thread, sends run on one event loop of their own with a
bulkhead per kind of channel, records go through the store's group commit.
"""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from handrail.core import limits
from handrail.core.errors import DomainError
from handrail.core.ids import NodeId
from handrail.core.paging.dispatch import may_still_send
from handrail.core.paging.outcome import Accepted, Outcome, Retryable, Unknown
from handrail.core.people.contact_method import ChannelKind
from handrail.engine.report import Report, lag
from handrail.ports.channel import Channel, Message
from handrail.ports.id_source import IdSource
from handrail.ports.store import Store, Transaction
from handrail.usecases.delivery import Send, claim, record

IN_FLIGHT_PER_KIND = 32
RECORD_RETRY_SECONDS = 1.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingParts:
    """What sending needs of the world.

    Attributes:
        compose: Makes the message of a send.
        observe: Told of each attempt: kind, outcome's name, seconds.
        seconds: A monotonic clock.
        close: Closes what sends have kept open on the sending loop.
    """

    store: Store
    ids: IdSource
    node: NodeId
    channels: Mapping[ChannelKind, Channel]
    compose: Callable[[Send], Message]
    observe: Callable[[str, str, float], None]
    seconds: Callable[[], float]
    close: Callable[[], Coroutine[Any, Any, None]] | None = None


class SendingError(Exception):
    """Some kinds of channel could not be looked after; the others were."""

    def __init__(self, failed: Mapping[ChannelKind, Exception]) -> None:
        told = (f"{kind}: {type(error).__name__}" for kind, error in failed.items())
        super().__init__("nothing could be claimed for " + ", ".join(told))


class SendDeliveries:
    """Claims what is due for each kind of channel that has room, and sends it."""

    name = "send_deliveries"

    def __init__(self, parts: SendingParts, *, wake: Callable[[], None]) -> None:
        self._parts = parts
        self._wake = wake
        self._in_flight: Counter[ChannelKind] = Counter()
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="handrail-send", daemon=True
        )
        self._stopping = False

    def start(self) -> None:
        """Start the event loop that sends run on."""
        self._thread.start()

    def tick(self) -> Report:
        """Claim and start sending what is due; returns before the sends end.

        One kind's failure leaves the others as they are.

        Raises:
            SendingError: Nothing could be claimed for some kind of channel.
        """
        late = self._parts.store.read(lambda tx: lag(tx.delivery.next_due(), tx.now))
        if late is None:
            return Report(done=0)
        done = 0
        is_full = False
        failed: dict[ChannelKind, Exception] = {}
        for kind in ChannelKind:
            room = IN_FLIGHT_PER_KIND - self._in_flight[kind]
            if room <= 0 or self._stopping:
                continue
            claiming_at = self._parts.seconds()
            try:
                sends, was_full = self._claim(kind, room)
            except Exception as error:  # noqa: BLE001 - a defect in one kind must not stop the others
                _log.exception("claim_failed", kind=kind)
                failed[kind] = error
                continue
            is_full = is_full or was_full
            for send in sends:
                self._spawn(kind, send, claiming_at)
            done += len(sends)
        if failed:
            raise SendingError(failed)
        return Report(done=done, has_more=is_full, lag=late)

    def _claim(self, kind: ChannelKind, room: int) -> tuple[list[Send], bool]:
        """Claim at most ``room`` messages; what is due together is claimed together."""
        parts = self._parts

        def work(tx: Transaction) -> list[Send]:
            return claim(tx, node=parts.node, ids=parts.ids, kind=kind, messages=room)

        sends = parts.store.run(work)
        return sends, len(sends) == room

    def _spawn(self, kind: ChannelKind, send: Send, claiming_at: float) -> None:
        with self._lock:
            self._in_flight[kind] += 1
        self._run(self._send_and_record(kind, send, claiming_at))

    def _run(self, work: Coroutine[Any, Any, None]) -> "Future[None]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _send_and_record(
        self, kind: ChannelKind, send: Send, claiming_at: float
    ) -> None:
        try:
            waited = timedelta(seconds=self._parts.seconds() - claiming_at)
            if not may_still_send(waited=waited):
                _log.warning("send_too_late", send_id=send.id, waited=str(waited))
                return
            outcome = await self._send(kind, send)
            await self._record(send, outcome)
        finally:
            with self._lock:
                self._in_flight[kind] -= 1
            self._wake()

    async def _send(self, kind: ChannelKind, send: Send) -> Outcome:
        channel = self._parts.channels.get(kind)
        if channel is None:
            return Retryable(reason=f"this server has no {kind} channel configured")
        began = self._parts.seconds()
        outcome: Outcome
        try:
            message = self._parts.compose(send)
            async with asyncio.timeout(limits.SEND_TIMEOUT.total_seconds()):
                outcome = await channel.send(message)
        except TimeoutError:
            seconds = int(limits.SEND_TIMEOUT.total_seconds())
            outcome = Unknown(reason=f"no answer within {seconds} s")
        except Exception as error:  # noqa: BLE001 - a defect in one channel must not stop the others
            _log.exception("send_failed", kind=kind, send_id=send.id)
            outcome = Unknown(reason=f"{type(error).__name__}: {error}")
        took = self._parts.seconds() - began
        name = type(outcome).__name__.lower()
        self._parts.observe(kind, name, took)
        _log.log(
            logging.INFO if isinstance(outcome, Accepted) else logging.WARNING,
            "attempt_ended",
            kind=str(kind),
            recipient=send.first.recipient,
            page_ids=[delivery.page_id for delivery in send.deliveries],
            outcome=name,
            reason="" if isinstance(outcome, Accepted) else outcome.reason,
        )
        return outcome

    async def _record(self, send: Send, outcome: Outcome) -> None:
        """Record until it is recorded; without it the lease lapses and it is resent."""
        parts = self._parts

        def work(tx: Transaction) -> None:
            record(tx, send, outcome, node=parts.node, ids=parts.ids)

        while True:
            try:
                await asyncio.wrap_future(
                    parts.store.submit(work, is_debt=True, alerts=send.concerned)
                )
            except DomainError as error:
                _log.warning("record_delayed", send_id=send.id, reason=error.message)
                if self._stopping:
                    return
                await _pause(RECORD_RETRY_SECONDS)
            except Exception:  # noqa: BLE001 - nobody else would hear of it
                _log.exception("record_failed", send_id=send.id)
                return
            else:
                return

    def in_flight(self) -> int:
        """Return how many messages are being sent or recorded."""
        with self._lock:
            return sum(self._in_flight.values())

    def stop(self, *, grace_seconds: float) -> None:
        """Claim nothing more, let what is in flight finish, then end the loop."""
        self._stopping = True
        drained = self._run(self._drain())
        try:
            drained.result(timeout=grace_seconds)
        except TimeoutError:
            # Their leases lapse; whoever claims them next sends them again.
            _log.warning("sends_abandoned", count=self.in_flight())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._close()

    async def _drain(self) -> None:
        this = asyncio.current_task()
        others = [t for t in asyncio.all_tasks() if t is not this]
        await asyncio.gather(*others, return_exceptions=True)

    def _close(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))  # noqa: TID251 - lets cancelled tasks end
        if self._parts.close is not None:
            self._loop.run_until_complete(self._parts.close())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()


async def _pause(seconds: float) -> None:
    # Waiting on an event nobody sets: cancelled when the loop is closed.
    try:
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()
    except TimeoutError:
        return
