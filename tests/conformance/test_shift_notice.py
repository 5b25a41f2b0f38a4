"""A shift notice is told once, by whichever node comes first, on every database."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.configured import ScriptedVault, checked
from tests.conformance.examples import IDS, MINUTE
from tests.conformance.test_concurrency import all_at_once

from handrail.core.ids import BulletinId, NodeId, Slug
from handrail.core.schedule.difference import Place
from handrail.core.schedule.shift_notice import NoticeKind, ShiftNotice
from handrail.engine.tell_shifts import TellShifts
from handrail.ports.store import Store, Transaction
from handrail.storage.database import ServingStore, open_store
from handrail.system.clock import SystemClock
from handrail.system.id_source import RandomIds
from handrail.usecases import configuration

NODES = 3
HOURLY = """\
user: {name: ana, contact_methods: [{name: here, kind: terminal}]}
---
user: {name: b, contact_methods: [{name: here, kind: terminal}]}
---
schedule:
  name: primary
  time_zone: UTC
  rotation:
    every: 1 hour
    handoff: "00:00"
    starts_on: 2026-01-05
    participants: [ana, b]
  notices: {at: [start, end]}
last_resort: {notify: user:ana}
"""
NOTICE = ShiftNotice(
    schedule=Slug("primary"),
    place=Place(Slug("ana"), is_shadow=True),
    kind=NoticeKind.AT_START,
    at=datetime(2026, 1, 12, 8, tzinfo=UTC),
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Store]]:
    """Three duties on one file, or three nodes on one PostgreSQL."""
    url = f"sqlite:///{tmp_path}/handrail.db"
    count = 1
    if request.param == "postgres":
        url, count = request.getfixturevalue("postgres_url"), NODES
    with ExitStack() as stack:
        opened: list[Store] = [
            stack.enter_context(
                closing(open_store(url, clock=SystemClock(), node_id=NodeId(f"n{i}")))
            )
            for i in range(count)
        ]
        yield [opened[i % count] for i in range(NODES)]


def told(store: Store) -> list[str]:
    def read(tx: Transaction) -> list[str]:
        owed = tx.delivery.owed(limit=100)
        titles = (tx.bulletin.get(d.bulletin_id) for d in owed if d.bulletin_id)
        return sorted(
            f"{d.recipient} {b.title}: {b.text}"
            for d, b in zip(owed, titles, strict=True)
            if b
        )

    return store.read(read)


def test_several_processes_tell_each_shift_once(nodes: list[Store]) -> None:
    files = checked(HOURLY, vault=ScriptedVault())
    nodes[0].run(
        lambda tx: configuration.apply(
            tx, files, by="operator", ids=RandomIds(SystemClock())
        )
    )
    done: list[int] = []

    def tick(place: int) -> None:
        duty = TellShifts(
            store=nodes[place], clock=SystemClock(), ids=RandomIds(SystemClock())
        )
        done.append(duty.tick().done)

    all_at_once(tick, times=NODES)
    # And once more, as after a restart of all of them.
    all_at_once(tick, times=NODES)
    titles = told(nodes[0])
    assert len(titles) == sum(done)
    assert len(set(titles)) == len(titles)
    starts = [one for one in titles if "You are on call" in one]
    # Two where an hour ends while this test runs.
    assert 1 <= len(starts) <= 2


def test_a_notice_is_taken_once_and_found_by_its_bulletin(store: ServingStore) -> None:
    first, second = (BulletinId(next_id) for next_id in (IDS.new_id(), IDS.new_id()))
    assert store.run(lambda tx: tx.shift_notice.take(NOTICE, first))
    assert not store.run(lambda tx: tx.shift_notice.take(NOTICE, second))
    assert store.read(lambda tx: tx.shift_notice.told(NOTICE))
    assert store.read(lambda tx: tx.shift_notice.for_bulletin(first)) == NOTICE
    assert store.read(lambda tx: tx.shift_notice.for_bulletin(second)) is None


def test_old_notices_are_forgotten(store: ServingStore) -> None:
    taken = BulletinId(IDS.new_id())
    store.run(lambda tx: tx.shift_notice.take(NOTICE, taken))
    assert store.run(lambda tx: tx.shift_notice.forget(before=NOTICE.at)) == 0
    later = NOTICE.at + MINUTE
    assert store.run(lambda tx: tx.shift_notice.forget(before=later)) == 1
    assert not store.read(lambda tx: tx.shift_notice.told(NOTICE))


def test_what_is_undone_is_not_taken(store: ServingStore) -> None:
    taken = BulletinId(IDS.new_id())

    def fail(tx: Transaction) -> None:
        def work() -> None:
            assert tx.shift_notice.take(NOTICE, taken)
            msg = "planted"
            raise RuntimeError(msg)

        tx.attempt(work)

    store.run(fail)
    assert store.run(lambda tx: tx.shift_notice.take(NOTICE, taken))
