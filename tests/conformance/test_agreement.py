"""SQLite, PostgreSQL and plain dicts agree, whatever is done in whatever order."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.conformance.examples import (
    PROM,
    alert,
    delivery,
    entry,
    page,
    receipt,
)
from tests.postgres_server import PostgresServer

from handrail.core.alert.alert import Alert, AlertState
from handrail.core.alert.receipt import EntryKind, ReceiptEntry
from handrail.core.errors import ConflictError
from handrail.core.ids import NodeId
from handrail.core.paging.delivery import OWED, Delivery, DeliveryState
from handrail.core.paging.page import Page, PageState
from handrail.ports.store import Store, Transaction
from handrail.storage.database import open_store
from handrail.storage.sqlite import SqliteStore
from handrail.storage.tables import TABLES
from handrail.system.clock import SystemClock

T = TypeVar("T")
KEYS = st.sampled_from(["a", "b", "c"])
NODES = st.sampled_from([NodeId("n1"), NodeId("n2")])
# Whole hours away, so that the moment at which each store looks does not matter.
WHEN = st.sampled_from([timedelta(hours=n) for n in (-3, -2, -1, 1, 2)])
PICK = st.integers(min_value=0, max_value=50)
LIMIT = st.integers(min_value=1, max_value=4)


class Agreement(RuleBasedStateMachine):
    """Does the same to every store and to the model, and compares the answers."""

    def __init__(self, stores: Sequence[Store], empty: Callable[[], None]) -> None:
        super().__init__()
        empty()
        self.stores = stores
        self.start = datetime.now(UTC)
        self.alerts: dict[str, Alert] = {}
        self.pages: dict[str, Page] = {}
        self.deliveries: dict[str, Delivery] = {}

    def everywhere(self, work: Callable[[Transaction], T]) -> T | type[ConflictError]:
        """Run the work on every store; all must answer alike."""
        answers = [self._answer(store, work) for store in self.stores]
        assert all(answer == answers[0] for answer in answers), answers
        return answers[0]

    def _answer(
        self, store: Store, work: Callable[[Transaction], T]
    ) -> T | type[ConflictError]:
        try:
            return store.run(work)
        except ConflictError:
            return ConflictError

    def _open(self, key: str) -> Alert | None:
        return next(
            (
                one
                for one in self.alerts.values()
                if one.dedup_key == key and one.closed_at is None
            ),
            None,
        )

    @initialize(whens=st.lists(WHEN, min_size=3, max_size=6))
    def begin(self, whens: list[timedelta]) -> None:
        """Have something of everything from the start."""
        self.open_alert("a", whens[0])
        for place, when in enumerate(whens):
            self.open_page(0, when)
            self.owe(place, when)

    @rule(key=KEYS, expires=WHEN)
    def open_alert(self, key: str, expires: timedelta) -> None:
        made = alert(self.start, key, expire_due_at=self.start + expires)
        answer = self.everywhere(lambda tx: tx.alert.add([made]))
        if self._open(key) is None:
            assert answer is None
            self.alerts[made.id] = made
        else:
            assert answer is ConflictError

    @rule(key=KEYS, when=WHEN)
    def close_alert(self, key: str, when: timedelta) -> None:
        found = self._open(key)
        if found is None:
            return

        def close(tx: Transaction) -> Alert:
            stored = tx.alert.get(found.id, lock=True)
            assert stored is not None
            closed = replace(
                stored,
                state=AlertState.RESOLVED,
                closed_at=self.start + when,
                expire_due_at=None,
            )
            tx.alert.save(closed)
            return closed

        answer = self.everywhere(close)
        assert isinstance(answer, Alert)
        self.alerts[found.id] = replace(
            found,
            state=AlertState.RESOLVED,
            closed_at=self.start + when,
            expire_due_at=None,
        )
        assert answer == self.alerts[found.id]

    @rule(pick=PICK)
    def reopen_alert(self, pick: int) -> None:
        closed = [one for one in self.alerts.values() if one.closed_at is not None]
        if not closed:
            return
        chosen = closed[pick % len(closed)]
        again = replace(
            chosen,
            state=AlertState.FIRING,
            closed_at=None,
            generation=chosen.generation + 1,
            repeats=0,
        )

        def reopen(tx: Transaction) -> None:
            tx.alert.get(chosen.id, lock=True)
            tx.alert.save(again)

        answer = self.everywhere(reopen)
        if self._open(chosen.dedup_key) is None:
            assert answer is None
            self.alerts[again.id] = again
        else:
            assert answer is ConflictError

    @rule(keys=st.lists(KEYS, min_size=1, max_size=4), ends=st.none() | WHEN)
    def repeat(self, keys: list[str], ends: timedelta | None) -> None:
        ends_at = None if ends is None else self.start + ends
        entries: list[ReceiptEntry] = []
        for key in keys:
            found = self._open(key)
            if found is None:
                continue
            entries.append(entry(EntryKind.REPEATED, found, ends_at=ends_at))
            self.alerts[found.id] = replace(
                found,
                repeats=found.repeats + 1,
                expire_due_at=ends_at or found.expire_due_at,
            )
        taken = receipt(self.start, *entries)

        def accept(tx: Transaction) -> None:
            done = tx.alert.touch(taken.entries, seen_at=self.start)
            tx.receipt.add(taken, is_folded=done)

        self.everywhere(accept)

    @rule(limit=LIMIT)
    def fold(self, limit: int) -> None:
        for store in self.stores:
            store.run(lambda tx: tx.receipt.fold(limit=limit))

    @rule(since=WHEN)
    def known(self, since: timedelta) -> None:
        answer = self.everywhere(
            lambda tx: {
                key: (one.id, one.closed_at)
                for key, one in tx.alert.known(
                    PROM, ["a", "b", "c"], closed_since=self.start + since
                ).items()
            }
        )
        assert isinstance(answer, dict)
        for key in ("a", "b", "c"):
            found = self._open(key)
            if found is not None:
                assert answer[key] == (found.id, None)
                continue
            times = [
                one.closed_at
                for one in self.alerts.values()
                if one.dedup_key == key
                and one.closed_at is not None
                and one.closed_at >= self.start + since
            ]
            assert (answer[key][1] if key in answer else None) == max(
                times, default=None
            )

    @rule()
    def expiring(self) -> None:
        answer = self.everywhere(
            lambda tx: {one.id for one in tx.alert.due_for_expiry(limit=99)}
        )
        assert answer == {
            one.id
            for one in self.alerts.values()
            if one.expire_due_at is not None
            and one.expire_due_at < self.start
            and one.state is AlertState.FIRING
        }

    @rule(pick=PICK, when=st.none() | WHEN)
    def open_page(self, pick: int, when: timedelta | None) -> None:
        if not self.alerts:
            return
        about = list(self.alerts.values())[pick % len(self.alerts)]
        due_at = None if when is None else self.start + when
        made = page(about, self.start, advance_due_at=due_at)
        self.everywhere(lambda tx: tx.page.add(made))
        self.pages[made.id] = made

    @rule(pick=PICK, off=st.integers(-1, 1), state=st.sampled_from(PageState))
    def move_page(self, pick: int, off: int, state: PageState) -> None:
        if not self.pages:
            return
        chosen = list(self.pages.values())[pick % len(self.pages)]
        moved = replace(chosen, state=state, sequence=chosen.sequence + 1)
        expected = chosen.sequence + off
        answer = self.everywhere(
            lambda tx: tx.page.save(moved, expected_sequence=expected)
        )
        if off:
            assert answer is ConflictError
        else:
            self.pages[moved.id] = moved

    @rule(limit=LIMIT)
    def due_pages(self, limit: int) -> None:
        answer = self.everywhere(lambda tx: tx.page.due(limit=limit))
        due = [
            (one.advance_due_at, one.id)
            for one in self.pages.values()
            if one.state is PageState.OPEN
            and one.advance_due_at is not None
            and one.advance_due_at < self.start
        ]
        assert answer == [self.pages[id_] for _, id_ in sorted(due)[:limit]]

    @rule(pick=PICK, when=WHEN)
    def owe(self, pick: int, when: timedelta) -> None:
        if not self.pages:
            return
        about = list(self.pages.values())[pick % len(self.pages)]
        made = delivery(about, self.start + when)
        self.everywhere(lambda tx: tx.delivery.add([made]))
        self.deliveries[made.id] = made

    @rule(limit=LIMIT, owner=NODES, lease=WHEN)
    def claim(self, limit: int, owner: NodeId, lease: timedelta) -> None:
        def work(tx: Transaction) -> list[Delivery]:
            taken = [
                replace(
                    one,
                    state=DeliveryState.CLAIMED,
                    lease_owner=owner,
                    lease_until=self.start + lease,
                    fence=one.fence + 1,
                )
                for one in tx.delivery.claimable(limit=limit)
            ]
            for one in taken:
                tx.delivery.save(one)
            return taken

        answer = self.everywhere(work)
        assert isinstance(answer, list)
        assert [one.id for one in answer] == self._claimable()[:limit]
        for one in answer:
            assert one.fence == self.deliveries[one.id].fence + 1
            self.deliveries[one.id] = one

    def _claimable(self) -> list[str]:
        due = [
            (one.next_attempt_at, one.id)
            for one in self.deliveries.values()
            if (one.state is DeliveryState.PENDING and one.next_attempt_at < self.start)
            or (
                one.state is DeliveryState.CLAIMED
                and one.lease_until is not None
                and one.lease_until <= self.start
            )
        ]
        return [id_ for _, id_ in sorted(due)]

    @rule(pick=PICK, state=st.sampled_from(DeliveryState))
    def settle(self, pick: int, state: DeliveryState) -> None:
        held = [
            one
            for one in self.deliveries.values()
            if one.state is DeliveryState.CLAIMED
        ]
        if not held:
            return
        ended = replace(
            held[pick % len(held)], state=state, lease_until=None, lease_owner=None
        )
        if state is DeliveryState.CLAIMED:
            return
        self.everywhere(lambda tx: tx.delivery.save(ended))
        self.deliveries[ended.id] = ended

    @rule(owner=NODES)
    def lapse(self, owner: NodeId) -> None:
        answer = self.everywhere(lambda tx: tx.delivery.lapse_leases([owner]))
        theirs = [
            one
            for one in self.deliveries.values()
            if one.state is DeliveryState.CLAIMED
            and one.lease_owner == owner
            and one.lease_until is not None
            and one.lease_until > self.start
        ]
        assert answer == len(theirs)
        for one in theirs:
            # Each store says its own "now"; made the same again to be compared.
            lapsed = replace(one, lease_until=self.start)
            self.everywhere(partial(_save, delivery=lapsed))
            self.deliveries[one.id] = lapsed

    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        if not self.pages:
            return
        chosen = list(self.pages)[pick % len(self.pages)]
        owed = [
            one
            for one in self.deliveries.values()
            if one.page_id == chosen and one.state in OWED
        ]
        page_id = self.pages[chosen].id
        answer = self.everywhere(
            lambda tx: tx.delivery.cancel_owed(page_id, reason="over")
        )
        assert answer == len(owed)
        for one in owed:
            ended = replace(
                one,
                state=DeliveryState.CANCELLED,
                reason="over",
                closed_at=self.start,
                lease_until=None,
                lease_owner=None,
            )
            self.everywhere(partial(_save, delivery=ended))
            self.deliveries[one.id] = ended

    @invariant()
    def everything_is_the_same(self) -> None:
        def look(tx: Transaction) -> tuple[object, ...]:
            alerts = {i: tx.alert.get(one.id) for i, one in self.alerts.items()}
            pages = {one.id: one for one in tx.page.search(active_only=False, limit=99)}
            deliveries = {
                one.id: one
                for page_id in pages
                for one in tx.delivery.for_page(page_id)
            }
            return (
                alerts,
                pages,
                deliveries,
                tx.delivery.lease_owners(),
                tx.delivery.oldest_owed(),
                tx.page.next_due(),
            )

        held = {
            one.lease_owner
            for one in self.deliveries.values()
            if one.state is DeliveryState.CLAIMED
        }
        owed = [one.due_at for one in self.deliveries.values() if one.state in OWED]
        timers = [
            one.advance_due_at
            for one in self.pages.values()
            if one.state is PageState.OPEN and one.advance_due_at is not None
        ]
        assert self.everywhere(look) == (
            self.alerts,
            self.pages,
            self.deliveries,
            sorted(one for one in held if one is not None),
            min(owed, default=None),
            min(timers, default=None),
        )


@pytest.fixture
def memory_store() -> Iterator[SqliteStore]:
    with closing(SqliteStore.in_memory(now=SystemClock().now)) as store:
        yield store


def test_sqlite_in_memory_in_a_file_and_dicts_agree(
    memory_store: SqliteStore, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/handrail.db"
    with closing(open_store(url, clock=SystemClock(), node_id=NodeId("n"))) as file:
        stores = [memory_store, file]
        _agree(stores, lambda: _empty_sqlite(stores), examples=60)


@pytest.mark.postgres
def test_sqlite_postgresql_and_dicts_agree(
    memory_store: SqliteStore, postgres_server: PostgresServer, postgres_url: str
) -> None:
    with closing(
        open_store(postgres_url, clock=SystemClock(), node_id=NodeId("n"))
    ) as postgres:

        def empty() -> None:
            _empty_sqlite([memory_store])
            names = ", ".join(table.name for table in TABLES)
            postgres_server.execute(f"TRUNCATE {names}", url=postgres_url)

        _agree([memory_store, postgres], empty, examples=25)


def _agree(
    stores: Sequence[Store], empty: Callable[[], None], *, examples: int
) -> None:
    class Bound(Agreement):
        def __init__(self) -> None:
            super().__init__(stores, empty)

    run_state_machine_as_test(
        Bound,
        settings=settings(max_examples=examples, stateful_step_count=30, deadline=None),
    )


def _save(tx: Transaction, delivery: Delivery) -> None:
    tx.delivery.save(delivery)


def _empty_sqlite(stores: Sequence[Store]) -> None:
    for store in stores:
        assert isinstance(store, SqliteStore)
        for table in reversed(TABLES):
            store._driver_connection.execute(f"DELETE FROM {table.name}").close()
