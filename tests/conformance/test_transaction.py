"""What a transaction promises, whatever the database."""

import threading
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from handrail.core.access.grant import Session
from handrail.core.access.role import Role
from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import NodeId
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore
from handrail.storage.sqlite import SqliteStore


def test_what_a_transaction_wrote_is_there_after_it(store: ServingStore) -> None:
    store.run(lambda tx: tx.meta.set("a", "1"))

    assert store.read(lambda tx: tx.meta.get("a")) == "1"


def test_the_result_of_the_work_is_returned(store: ServingStore) -> None:
    assert store.run(lambda _: 7) == 7
    assert store.submit(lambda _: 8).result() == 8
    assert store.read(lambda _: 9) == 9


def test_work_that_refuses_leaves_nothing_and_its_error_comes_out(
    store: ServingStore,
) -> None:
    def work(tx: Transaction) -> None:
        tx.meta.set("a", "1")
        msg = "no"
        raise InvalidError(msg)

    with pytest.raises(InvalidError, match="no"):
        store.run(work)
    with pytest.raises(InvalidError, match="no"):
        store.submit(work).result()

    assert store.read(lambda tx: tx.meta.get("a")) is None


def test_work_that_fails_in_the_database_leaves_others_alone(
    store: ServingStore,
) -> None:
    def twice(tx: Transaction) -> None:
        tx.meta.set("bad", "1")
        tx.access.add_session(_session(tx.now))
        tx.access.add_session(_session(tx.now))

    futures = [
        store.submit(lambda tx: tx.meta.set("before", "1")),
        store.submit(twice),
        store.submit(lambda tx: tx.meta.set("after", "1")),
    ]

    assert isinstance(futures[1].exception(), ConflictError)
    assert futures[0].result() is None
    assert futures[2].result() is None
    assert store.read(lambda tx: dict(tx.meta.all())) == {"before": "1", "after": "1"}


def test_of_a_group_only_what_fails_is_undone(store: ServingStore) -> None:
    go = threading.Event()
    # In memory each runs at once, in a group of its own: nothing may be held up.
    first = store.submit(lambda _: store_runs_inline(store) or go.wait())

    def good(tx: Transaction, key: str) -> str:
        tx.meta.set(key, key)
        return key

    def bad(tx: Transaction) -> None:
        tx.meta.set("bad", "1")
        msg = "no"
        raise InvalidError(msg)

    futures: list[Future[Any]] = [
        store.submit(partial(good, key="a")),
        store.submit(bad),
        store.submit(partial(good, key="b")),
    ]
    go.set()

    assert first.result()
    assert (futures[0].result(), futures[2].result()) == ("a", "b")
    assert isinstance(futures[1].exception(), InvalidError)
    assert store.read(lambda tx: dict(tx.meta.all())) == {"a": "a", "b": "b"}


def test_submitted_work_runs_in_the_order_of_arrival(store: ServingStore) -> None:
    seen: list[int] = []

    def work(_: Transaction, number: int) -> None:
        seen.append(number)

    futures = [store.submit(partial(work, number=n)) for n in range(50)]
    for future in futures:
        future.result()

    assert seen == list(range(50))


def test_the_time_of_a_transaction_stands_still_and_is_utc(
    store: ServingStore,
) -> None:
    first, second = store.run(lambda tx: (tx.now, tx.now))

    assert first == second
    assert first.tzinfo is UTC
    assert abs((datetime.now(UTC) - first).total_seconds()) < 5


def test_time_does_not_run_backwards_from_one_transaction_to_the_next(
    store: ServingStore,
) -> None:
    times = [store.run(lambda tx: tx.now) for _ in range(20)]

    assert times == sorted(times)


def test_a_reading_transaction_cannot_write(store: ServingStore) -> None:
    with pytest.raises(AssertionError, match="reading"):
        store.read(lambda tx: tx.meta.set("a", "1"))

    assert store.read(lambda tx: tx.meta.get("a")) is None


def test_a_reader_sees_one_moment(store: ServingStore) -> None:
    store.run(lambda tx: tx.meta.set("a", "1"))
    writer = threading.Thread(
        target=lambda: store.run(lambda tx: tx.meta.set("a", "2"))
    )

    def work(tx: Transaction) -> tuple[str | None, str | None]:
        before = tx.meta.get("a")
        writer.start()
        # In memory there is one connection: there the writer waits for the reader.
        writer.join(timeout=0.5)
        return before, tx.meta.get("a")

    before, after = store.read(work)
    writer.join()

    assert before == after == "1"
    assert store.read(lambda tx: tx.meta.get("a")) == "2"


def test_a_commit_that_wrote_is_told_and_one_that_did_not_is_not(
    store: ServingStore,
) -> None:
    told: list[str] = []
    store.on_commit(lambda: told.append("x"))

    store.run(lambda tx: tx.meta.get("a"))
    store.read(lambda tx: tx.meta.get("a"))
    assert told == []

    store.run(lambda tx: tx.meta.set("a", "1"))
    assert told == ["x"]

    store.submit(lambda tx: tx.meta.set("a", "2")).result()
    # The future may be done a moment before the listeners are told.
    store.run(lambda tx: tx.meta.get("a"))
    assert told == ["x", "x"]


def test_only_this_node_lives(store: ServingStore) -> None:
    nodes = [NodeId("here"), NodeId("gone")]

    assert store.dead_nodes(nodes) == ["gone"]
    assert store.dead_nodes([]) == []


def test_a_sound_store_tells_no_failure(store: ServingStore) -> None:
    assert store.failure is None
    assert store.queue_depth == 0


def store_runs_inline(store: ServingStore) -> bool:
    return isinstance(store, SqliteStore) and store._group is None


def _session(now: datetime) -> Session:
    return Session(
        digest="d", owner=None, role=Role.ADMIN, created_at=now, last_used_at=now
    )
