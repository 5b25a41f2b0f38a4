"""The record, whatever the database."""

from datetime import timedelta
from functools import partial

import pytest
from tests.conformance.examples import SECOND

from handrail.core.audit.event import NewEvent, broken_link
from handrail.core.errors import ConflictError
from handrail.ports.store import Transaction
from handrail.storage.database import ServingStore


def new(tx: Transaction, kind: str, payload: str = '{"a":"ü"}') -> NewEvent:
    return NewEvent(
        kind=kind,
        occurred_at=tx.now - timedelta(seconds=1, microseconds=3),
        actor="user:ana",
        payload=payload,
        salt="pepper",
        schema_version=2,
    )


def test_events_come_back_in_order_with_both_times(store: ServingStore) -> None:
    def work(tx: Transaction) -> int:
        tx.event.append("page:1", [new(tx, "opened")], after=0)
        return tx.event.append("page:1", [new(tx, "a"), new(tx, "b")], after=1)

    assert store.run(work) == 3

    events = store.read(lambda tx: tx.event.read("page:1"))
    assert [(e.sequence, e.kind) for e in events] == [(1, "opened"), (2, "a"), (3, "b")]
    assert all(e.recorded_at - e.occurred_at > SECOND for e in events)
    assert (events[0].actor, events[0].payload) == ("user:ana", '{"a":"ü"}')
    assert (events[0].salt, events[0].schema_version) == ("pepper", 2)


def test_the_chain_verifies_over_several_transactions(store: ServingStore) -> None:
    def append(tx: Transaction, place: int) -> int:
        return tx.event.append("config", [new(tx, f"k{place}")], after=place)

    for place in range(4):
        store.run(partial(append, place=place))

    assert broken_link(store.read(lambda tx: tx.event.read("config"))) is None


def test_text_no_database_keeps_still_verifies(store: ServingStore) -> None:
    store.run(lambda tx: tx.event.append("a", [new(tx, "k", "x\x00\ud800")], after=0))

    events = store.read(lambda tx: tx.event.read("a"))
    assert broken_link(events) is None
    assert events[0].payload == "x\ufffd\ufffd"


def test_appending_after_the_wrong_event_is_a_conflict(store: ServingStore) -> None:
    store.run(lambda tx: tx.event.append("page:1", [new(tx, "opened")], after=0))

    with pytest.raises(ConflictError):
        store.run(lambda tx: tx.event.append("page:1", [new(tx, "again")], after=0))
    with pytest.raises(ConflictError):
        store.run(lambda tx: tx.event.append("page:1", [new(tx, "far")], after=5))

    assert store.read(lambda tx: tx.event.last("page:1")) == 1


def test_a_new_stream_has_no_last_event(store: ServingStore) -> None:
    assert store.read(lambda tx: tx.event.last("page:9")) == 0
    assert store.read(lambda tx: tx.event.read("page:9")) == []


def test_streams_are_found_by_prefix_in_order(store: ServingStore) -> None:
    def work(tx: Transaction) -> None:
        for stream in ("page:b", "page:a", "pagf", "alert:x", "page"):
            tx.event.append(stream, [new(tx, "k"), new(tx, "k")], after=0)

    store.run(work)

    assert store.read(lambda tx: tx.event.streams("page:")) == ["page:a", "page:b"]
    everything = store.read(lambda tx: tx.event.streams(""))
    assert everything == ["alert:x", "page", "page:a", "page:b", "pagf"]
