"""Many threads, and on PostgreSQL many nodes, at the same rows."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conformance.examples import (
    IDS,
    MINUTE,
    PROM,
    SECOND,
    add_page,
    alert,
    delivery,
    entry,
    page,
    receipt,
)
from tests.conformance.test_event import new

from handrail.core.alert.receipt import EntryKind
from handrail.core.ids import DeliveryId, NodeId
from handrail.core.paging.delivery import DeliveryState
from handrail.ports.store import Store, Transaction
from handrail.storage.database import open_store
from handrail.system.clock import SystemClock

WRITERS = 8


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Store]]:
    """One node on a file, or three on one PostgreSQL."""
    urls = [f"sqlite:///{tmp_path}/handrail.db"]
    if request.param == "postgres":
        urls = [request.getfixturevalue("postgres_url")] * 3
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                closing(
                    open_store(url, clock=SystemClock(), node_id=NodeId(f"n{place}"))
                )
            )
            for place, url in enumerate(urls)
        ]


def all_at_once(act: Callable[[int], None], times: int = WRITERS) -> None:
    """Run the act in so many threads that start together."""
    ready = threading.Barrier(times)
    failures: list[BaseException] = []

    def run(place: int) -> None:
        ready.wait()
        try:
            act(place)
        except BaseException as error:  # noqa: BLE001  told by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


@pytest.mark.parametrize("verb", ["run", "submit"])
def test_one_key_opened_at_once_is_one_open_alert(
    nodes: list[Store], verb: str
) -> None:
    keys = ["a", "b", "c"]

    def admit(tx: Transaction) -> None:
        known = tx.alert.known(PROM, keys, closed_since=tx.now)
        opened = [alert(tx.now, key) for key in keys if key not in known]
        tx.alert.add(opened)
        entries = [entry(EntryKind.OPENED, one) for one in opened]
        entries += [
            replace(entry(EntryKind.REPEATED), alert_id=one.id)
            for one in known.values()
        ]
        taken = receipt(tx.now, *entries)
        done = tx.alert.touch(taken.entries, seen_at=taken.received_at)
        tx.receipt.add(taken, is_folded=done)

    def send(place: int) -> None:
        store = nodes[place % len(nodes)]
        for _ in range(5):
            if verb == "run":
                store.run(admit)
            else:
                store.submit(admit).result()

    all_at_once(send)

    while nodes[0].run(lambda tx: tx.receipt.fold(limit=7)):
        pass
    found = nodes[0].read(lambda tx: tx.alert.search(open_only=False, limit=99))
    counts = nodes[0].read(lambda tx: tx.receipt.count_entries())
    assert sorted(one.dedup_key for one in found) == keys
    assert [one.repeats for one in found] == [WRITERS * 5 - 1] * 3
    assert counts == {"opened": 3, "repeated": (WRITERS * 5 - 1) * 3}


def test_nothing_is_claimed_by_two(nodes: list[Store]) -> None:
    about = add_page(nodes[0])
    owed = [delivery(about, about.opened_at - SECOND) for _ in range(60)]
    nodes[0].run(lambda tx: tx.delivery.add(owed))
    taken: list[DeliveryId] = []

    def claim(tx: Transaction, owner: str) -> list[DeliveryId]:
        due = tx.delivery.claimable(limit=4)
        for one in due:
            tx.delivery.save(
                replace(
                    one,
                    state=DeliveryState.CLAIMED,
                    lease_owner=NodeId(owner),
                    lease_until=tx.now + MINUTE,
                    fence=one.fence + 1,
                )
            )
        return [one.id for one in due]

    def work(place: int) -> None:
        store = nodes[place % len(nodes)]
        while len(taken) < len(owed):
            taken.extend(store.run(lambda tx: claim(tx, f"n{place}")))

    all_at_once(work)

    assert Counter(taken) == Counter(one.id for one in owed)
    found = nodes[0].read(lambda tx: tx.delivery.for_page(about.id))
    assert {one.fence for one in found} == {1}


def test_of_many_who_append_at_once_each_gets_a_place(nodes: list[Store]) -> None:
    def append(tx: Transaction) -> None:
        last = tx.event.last("config")
        tx.event.append("config", [new(tx, f"after {last}")], after=last)

    def work(place: int) -> None:
        for _ in range(4):
            nodes[place % len(nodes)].submit(append).result()

    all_at_once(work, times=3)

    events = nodes[0].read(lambda tx: tx.event.read("config"))
    assert [e.kind for e in events] == [f"after {n}" for n in range(12)]


def test_a_locked_page_is_moved_on_by_one_after_the_other(nodes: list[Store]) -> None:
    about = add_page(nodes[0])

    def advance(tx: Transaction) -> None:
        found = tx.page.get(about.id, lock=True)
        assert found is not None
        moved = replace(found, round=found.round + 1, sequence=found.sequence + 1)
        tx.page.save(moved, expected_sequence=found.sequence)

    def work(place: int) -> None:
        for _ in range(5):
            nodes[place % len(nodes)].run(advance)

    all_at_once(work)

    moved = nodes[0].read(lambda tx: tx.page.get(about.id))
    assert moved is not None
    assert (moved.round, moved.sequence) == (1 + WRITERS * 5, WRITERS * 5)


def test_due_pages_are_shared_out_and_none_is_done_twice(nodes: list[Store]) -> None:
    def fill(tx: Transaction) -> None:
        for _ in range(30):
            about = alert(tx.now, IDS.new_id())
            tx.alert.add([about])
            tx.page.add(page(about, tx.now, advance_due_at=tx.now - SECOND))

    nodes[0].run(fill)
    done: list[str] = []

    def advance(tx: Transaction) -> list[str]:
        due = tx.page.due(limit=3)
        for one in due:
            moved = replace(one, advance_due_at=None, sequence=one.sequence + 1)
            tx.page.save(moved, expected_sequence=one.sequence)
        return [one.id for one in due]

    def work(place: int) -> None:
        while len(done) < 30:
            done.extend(nodes[place % len(nodes)].run(advance))

    all_at_once(work, times=4)

    assert len(done) == len(set(done)) == 30
