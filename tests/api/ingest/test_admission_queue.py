import asyncio
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

import pytest
from tests.intake import Intake
from typing_extensions import override

from handrail.api.ingest.admission_queue import TRANSACTIONS_MAX, AdmissionQueue
from handrail.core import limits
from handrail.core.alert.receipt import EntryKind, Receipt
from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.errors import OverloadedError
from handrail.core.ids import AlertId, NodeId, ReceiptId, Slug
from handrail.ports.source import Parsed
from handrail.ports.store import Store, Transaction
from handrail.usecases.submission import Submission

T = TypeVar("T")


class HeldStore(Store):
    """A real store whose submitted transactions begin when the test says so."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner
        self.held: list[tuple[Callable[[Transaction], Any], Future[Any]]] = []

    def release(self) -> None:
        """Run the transaction that was submitted first."""
        work, told = self.held.pop(0)
        done = self._inner.submit(work)
        error = done.exception()
        if error is not None:
            told.set_exception(error)
        else:
            told.set_result(done.result())

    @override
    def run(self, work: Callable[[Transaction], T]) -> T:
        return self._inner.run(work)

    @override
    def submit(
        self,
        work: Callable[[Transaction], T],
        *,
        is_debt: bool = False,
        alerts: Collection[AlertId] = (),
    ) -> "Future[T]":
        future: Future[T] = Future()
        self.held.append((work, future))
        return future

    @override
    def read(self, work: Callable[[Transaction], T]) -> T:
        return self._inner.read(work)

    @override
    def dead_nodes(self, nodes: Sequence[NodeId]) -> list[NodeId]:
        return self._inner.dead_nodes(nodes)

    @override
    def close(self) -> None:
        self._inner.close()


class Desk:
    """An intake whose queue is in front of a store that is held."""

    def __init__(self) -> None:
        self.intake = Intake()
        self.store = HeldStore(self.intake.store)
        self.queue = AdmissionQueue(self.store, self.intake.ids)

    def admit(self, *keys: str, name: str = "json") -> "asyncio.Task[Receipt]":
        snapshot = self.store.read(lambda tx: tx.configuration.snapshot())
        signals = tuple(
            Signal(action=SignalAction.FIRE, dedup_key=key, title=key) for key in keys
        )
        submission = Submission(
            integration=snapshot.integrations[Slug(name)],
            parsed=Parsed(signals=signals),
            receipt_id=ReceiptId(self.intake.ids.new_id()),
            body=b"{}",
            content_type="application/json",
        )
        return asyncio.ensure_future(self.queue.admit(submission))

    async def settle(self) -> None:
        """Let the event loop do all that it can do now."""
        for _ in range(10):
            turn = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(turn.set_result, None)
            await turn

    async def fill(self) -> "list[asyncio.Task[Receipt]]":
        """Submit so many transactions that further requests are gathered."""
        tasks = []
        for number in range(TRANSACTIONS_MAX):
            tasks.append(self.admit(f"first {number}"))
            await self.settle()
        return tasks


def kinds(receipt: Receipt) -> list[EntryKind]:
    return [entry.kind for entry in receipt.entries]


def test_what_waits_meanwhile_is_stored_in_one_transaction_in_order() -> None:
    async def act() -> None:
        desk = Desk()
        await desk.fill()
        tasks = [desk.admit("a"), desk.admit("b", "a"), desk.admit("a")]
        await desk.settle()

        assert len(desk.store.held) == TRANSACTIONS_MAX

        desk.store.release()
        await desk.settle()
        assert len(desk.store.held) == TRANSACTIONS_MAX
        desk.store.release()
        desk.store.release()
        first, second, third = await asyncio.gather(*tasks)
        assert kinds(first) == [EntryKind.OPENED]
        assert kinds(second) == [EntryKind.OPENED, EntryKind.REPEATED]
        assert kinds(third) == [EntryKind.REPEATED]
        assert len({first.id, second.id, third.id}) == 3
        (again,) = [a for a in desk.intake.alerts() if a.dedup_key == "a"]
        assert again.repeats == 2

    asyncio.run(act())


def test_no_answer_leaves_before_the_commit() -> None:
    async def act() -> None:
        desk = Desk()
        task = desk.admit("a")
        await desk.settle()

        assert not task.done()

        desk.store.release()
        await desk.settle()
        assert task.done()

    asyncio.run(act())


def test_senders_are_never_stored_together() -> None:
    async def act() -> None:
        desk = Desk()
        await desk.fill()
        tasks = [desk.admit("a"), desk.admit("a", name="prom")]
        for _ in range(TRANSACTIONS_MAX + 2):
            await desk.settle()
            desk.store.release()

        receipts = await asyncio.gather(*tasks)

        assert [kinds(r) for r in receipts] == [[EntryKind.OPENED]] * 2
        assert [r.integration for r in receipts] == ["json", "prom"]

    asyncio.run(act())


def test_one_that_cannot_be_stored_takes_none_of_the_others_with_it() -> None:
    async def act() -> None:
        desk = Desk()
        tasks = await desk.fill()
        broken = desk.admit("a")
        sound = desk.admit("b")
        await desk.settle()
        for _ in tasks:
            desk.store.release()
        await asyncio.gather(*tasks)
        await desk.settle()
        _, told = desk.store.held.pop(0)
        told.set_exception(ValueError("a defect"))
        await desk.settle()

        assert len(desk.store.held) == 2
        _, told = desk.store.held.pop(0)
        told.set_exception(ValueError("a defect"))
        desk.store.release()

        with pytest.raises(ValueError, match="a defect"):
            await broken
        assert kinds(await sound) == [EntryKind.OPENED]

    asyncio.run(act())


def test_a_full_queue_refuses_and_stores_all_that_it_took() -> None:
    async def act() -> None:
        desk = Desk()
        tasks = await desk.fill()
        tasks += [desk.admit(f"k{n}") for n in range(limits.ADMISSION_QUEUE_MAX)]
        await desk.settle()

        with pytest.raises(OverloadedError):
            await desk.admit("one more")

        while not all(task.done() for task in tasks):
            if desk.store.held:
                desk.store.release()
            await desk.settle()
        expected = limits.ADMISSION_QUEUE_MAX + TRANSACTIONS_MAX
        found = desk.intake.store.read(lambda tx: tx.alert.count_by_disposition())
        assert sum(found.values()) == expected

    asyncio.run(act())


def test_a_request_nobody_waits_for_any_more_is_stored_all_the_same() -> None:
    async def act() -> None:
        desk = Desk()
        task = desk.admit("a")
        await desk.settle()
        task.cancel()
        await desk.settle()

        desk.store.release()
        await desk.settle()

        assert [alert.dedup_key for alert in desk.intake.alerts()] == ["a"]

    asyncio.run(act())
