"""No two transactions wait for each other: PostgreSQL counts the rings it broke."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial

import psycopg
import pytest
from tests.conformance.examples import IDS
from tests.conformance.test_concurrency import all_at_once
from tests.conformance.test_poison import let_timers_run_out
from tests.storage.test_postgres import until
from tests.world.configuration import payments
from tests.world.incident_act import actor_of

from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.configuration.snapshot import Integration
from handrail.core.errors import DomainError
from handrail.core.ids import NodeId, PageId, ReceiptId, Slug
from handrail.core.incident.incident import Incident
from handrail.core.incident.stage import Ending
from handrail.core.paging.outcome import Permanent, Scope
from handrail.core.paging.page import LAST_RESORT_LEVEL, Page
from handrail.core.severity.severity import Severity
from handrail.ports.id_source import IdSource
from handrail.ports.source import Parsed
from handrail.ports.store import Store, Transaction
from handrail.storage.postgres import PostgresStore
from handrail.usecases import delivery, evaluation, paging
from handrail.usecases.admission import accept_all
from handrail.usecases.desk import Desk
from handrail.usecases.incident import Declaration, change_severity, declare, decline
from handrail.usecases.incident_record import find
from handrail.usecases.submission import Submission

pytestmark = pytest.mark.postgres

HERE = NodeId("here")
DEAD = Permanent(reason="no such mailbox", scope=Scope.METHOD)
ROUNDS = 20


@contextmanager
def two_nodes(url: str) -> Iterator[tuple[PostgresStore, PostgresStore]]:
    """Two nodes on one database; no deadlock may have been broken in the end."""
    with (
        closing(PostgresStore.open(url, node_id=HERE)) as one,
        closing(PostgresStore.open(url, node_id=NodeId("there"))) as other,
    ):
        one.run(lambda tx: payments().apply(tx))
        yield one, other
    # A session's counts are sure to be there only when it has ended.
    assert until(
        lambda: (
            _asked(
                url,
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database()",
            )
            == 1
        )
    )
    assert (
        _asked(
            url,
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
        )
        == 0
    )


def _asked(url: str, sql: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


def somebody_waits(url: str) -> bool:
    return bool(how_many_wait(url))


def how_many_wait(url: str) -> object:
    sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    return _asked(url, f"{sql} AND datname = current_database()")


def is_waited_for(holder: psycopg.Connection) -> bool:
    """Return whether another session waits for what this one has locked."""
    url, pid = holder.info.dsn, holder.info.backend_pid
    blocked = f"{pid} = ANY(pg_blocking_pids(pid))"
    sql = f"SELECT count(*) FROM pg_stat_activity WHERE {blocked}"
    return bool(_asked(url, sql))


def submission(
    tx: Transaction, keys: Sequence[str], action: SignalAction
) -> Submission:
    signals = tuple(
        Signal(action=action, dedup_key=key, title=key, severity_word="critical")
        for key in keys
    )
    integration = tx.configuration.snapshot().integrations[Slug("monitoring")]
    assert isinstance(integration, Integration)
    return Submission(
        integration=integration,
        parsed=Parsed(signals=signals),
        receipt_id=ReceiptId(IDS.new_id()),
        body=b"",
        content_type="application/json",
    )


def post(
    store: Store, keys: Sequence[str], action: SignalAction = SignalAction.FIRE
) -> None:
    def work(tx: Transaction) -> None:
        accept_all(tx, (submission(tx, keys, action),), ids=IDS)

    store.submit(work).result()


def paged(store: Store, *keys: str) -> list[Page]:
    post(store, keys)
    store.run(lambda tx: evaluation.evaluate_due(tx, ids=IDS, limit=25))
    pages = store.read(lambda tx: tx.page.search(active_only=True, limit=25))
    return sorted(pages, key=lambda page: page.title)


def acknowledge_while(
    store: Store,
    page: Page,
    meanwhile: Callable[[threading.Thread], object],
    *,
    other: Callable[[], object],
) -> None:
    """Hold the page's alert, let another transaction begin, then take the page."""
    thread = threading.Thread(target=other)

    def work(tx: Transaction) -> None:
        assert page.alert_id is not None
        tx.alert.get(page.alert_id, lock=True)
        if thread.ident is None:
            thread.start()
            meanwhile(thread)
        paging.acknowledge(tx, page.id, by=Slug("ana"), via="link", actor="a", ids=IDS)

    store.run(work)
    thread.join()


def test_a_timer_runs_out_while_its_page_is_taken(postgres_url: str) -> None:
    with two_nodes(postgres_url) as (one, other):
        (page,) = paged(one, "disk")
        let_timers_run_out(one)

        def advance() -> None:
            other.run(lambda tx: paging.advance_due(tx, ids=IDS, limit=25))

        acknowledge_while(
            one,
            page,
            lambda thread: until(
                lambda: not thread.is_alive() or somebody_waits(postgres_url)
            ),
            other=advance,
        )

        after = one.read(lambda tx: tx.page.get(page.id))
        assert after is not None
        assert (after.state, after.level) == ("acknowledged", 0)


def test_a_failure_is_recorded_while_its_page_is_taken(postgres_url: str) -> None:
    with two_nodes(postgres_url) as (one, other):
        (page,) = paged(one, "disk")
        (send,) = other.run(lambda tx: delivery.claim(tx, node=HERE, ids=IDS))

        def fails() -> None:
            other.run(lambda tx: delivery.record(tx, send, DEAD, node=HERE, ids=IDS))

        acknowledge_while(
            one,
            page,
            lambda _: until(lambda: somebody_waits(postgres_url)),
            other=fails,
        )

        assert len(one.read(lambda tx: tx.delivery.attempts(page.id))) == 1


def test_the_same_alerts_are_sent_to_both_of_a_pair(postgres_url: str) -> None:
    batches = [[f"{n}-{key}" for key in "abcdefgh"] for n in range(ROUNDS)]
    with two_nodes(postgres_url) as nodes:

        def send(place: int) -> None:
            for keys in batches:
                for action in (SignalAction.FIRE, SignalAction.RESOLVE):
                    in_order = keys if place else keys[::-1]
                    post(nodes[place], in_order[:5], action)
                    post(nodes[place], in_order, action)

        all_at_once(send, times=2)

        found = nodes[0].read(lambda tx: tx.alert.search(open_only=False, limit=999))
        assert sorted(a.dedup_key for a in found) == sorted(
            key for keys in batches for key in keys
        )


def test_an_alert_that_closes_while_it_is_waited_for_begins_no_ring(
    postgres_url: str,
) -> None:
    """Who waits for a row holds it in the end, also where it is no longer wanted.

    One request waits for an alert that is just being closed, and goes on to wait for
    the second; another, which finds the first one closed, must not hold the third.
    """
    with (
        psycopg.connect(postgres_url) as closer,
        psycopg.connect(postgres_url) as holder,
        two_nodes(postgres_url) as (one, other),
    ):
        post(one, ["a", "b", "c"])
        found = one.read(lambda tx: tx.alert.search(open_only=True, limit=9))
        first, second, _ = sorted(alert.id for alert in found)
        keys = [alert.dedup_key for alert in sorted(found, key=lambda a: a.id)]
        closer.execute(
            "UPDATE alert SET state = 'resolved', closed_at = last_seen_at"
            " WHERE id = %s",
            [first],
        )
        holder.execute("SELECT id FROM alert WHERE id = %s FOR UPDATE", [second])
        begun_before = threading.Thread(target=post, args=(other, keys))
        begun_after = threading.Thread(target=post, args=(one, [keys[0], keys[2]]))

        begun_before.start()
        assert until(lambda: is_waited_for(closer))
        closer.commit()
        assert until(lambda: is_waited_for(holder))
        begun_after.start()
        assert until(lambda: how_many_wait(postgres_url) == 2)
        holder.rollback()
        begun_before.join()
        begun_after.join()

        counted = one.read(lambda tx: tx.alert.search(open_only=True, limit=9))
        holder.close()
        closer.close()
    assert sorted((alert.dedup_key, alert.generation) for alert in counted) == [
        (keys[0], 2),
        (keys[1], 1),
        (keys[2], 1),
    ]


def test_two_waiting_requests_lock_nothing_in_a_ring(postgres_url: str) -> None:
    with two_nodes(postgres_url) as nodes:

        def send(place: int) -> None:
            for n in range(ROUNDS):
                keys = [f"{n}-a", f"{n}-b", f"{n}-c"]
                in_order = keys if place else keys[::-1]
                submit_together(nodes[place], [partial(_fire, key) for key in in_order])

        all_at_once(send, times=2)

        found = nodes[0].read(lambda tx: tx.alert.search(open_only=False, limit=999))
        assert len(found) == 3 * ROUNDS


def _fire(key: str, tx: Transaction) -> None:
    accept_all(tx, (submission(tx, [key], SignalAction.FIRE),), ids=IDS)


def submit_together(
    store: Store, works: Sequence[Callable[[Transaction], object]]
) -> None:
    """Submit while the store is busy, so that all wait for it together."""
    go = threading.Event()
    store.submit(lambda _: go.wait())
    submitted = [store.submit(work) for work in works]
    go.set()
    for future in submitted:
        future.result()


def test_failures_recorded_together_lock_in_one_order(postgres_url: str) -> None:
    """Each node records two failures at once, about the other's alerts as well."""
    policy = ["user:ana, user:ben for 5m"]
    with two_nodes(postgres_url) as nodes:
        nodes[0].run(lambda tx: payments(policy=policy).apply(tx))
        paged(nodes[0], "disk", "fan")
        bundles = nodes[0].run(lambda tx: delivery.claim(tx, node=HERE, ids=IDS))
        apart = [
            [
                replace(s, deliveries=(d,), pages={d.page_id: s.pages[d.page_id]})
                for d in s.deliveries
                if d.page_id is not None
            ]
            for s in bundles
        ]
        assert [len(sends) for sends in apart] == [2, 2]

        def fail(place: int) -> None:
            for _ in range(ROUNDS):
                fail_together(nodes[place], apart[place][:: 1 if place else -1])

        all_at_once(fail, times=2)

        pages = nodes[0].read(lambda tx: tx.page.search(active_only=True, limit=9))
        assert [page.level for page in pages] == [LAST_RESORT_LEVEL] * 2


def fail_together(store: Store, sends: Sequence[delivery.Send]) -> None:
    """Record while the store is busy, so that all are recorded in one transaction."""
    go = threading.Event()
    store.submit(lambda _: go.wait(), is_debt=True)
    recorded = [
        store.submit(partial(_fails, send), is_debt=True, alerts=send.concerned)
        for send in sends
    ]
    go.set()
    for future in recorded:
        future.result()


def _fails(send: delivery.Send, tx: Transaction) -> None:
    delivery.record(tx, send, DEAD, node=HERE, ids=IDS)


class HeldUp:
    """Makes ids, but none before it may: whoever writes then waits with its locks."""

    def __init__(self) -> None:
        self.is_asked, self.go = threading.Event(), threading.Event()

    def new_id(self) -> str:
        return IDS.new_id()

    def new_secret(self) -> str:
        self.is_asked.set()
        assert self.go.wait(timeout=30)
        return IDS.new_secret()

    def jitter(self) -> float:
        return IDS.jitter()


def test_an_incident_ends_for_which_somebody_was_paged_meanwhile(
    postgres_url: str,
) -> None:
    slow = HeldUp()
    refused: list[DomainError] = []
    with two_nodes(postgres_url) as (one, other):
        name = one.run(lambda tx: declare(desk(tx), DECLARATION)).name

        def decline_it(tx: Transaction) -> Incident:
            return decline(desk(tx, ids=slow), name, reason="a test")

        def answer() -> None:
            pages = one.read(lambda tx: find(tx, name)).pages
            try:
                for page in pages:
                    one.run(partial(_taken, page))
            except DomainError as error:
                refused.append(error)

        declining = threading.Thread(target=lambda: other.run(decline_it))
        answering = threading.Thread(target=answer)

        def page_while_it_ends(tx: Transaction) -> Incident:
            paged_for = change_severity(desk(tx), name, Severity.SEV1)
            declining.start()
            assert until(lambda: somebody_waits(postgres_url))
            return paged_for

        paged_for = one.run(page_while_it_ends)
        assert slow.is_asked.wait(timeout=30)
        answering.start()
        assert until(lambda: somebody_waits(postgres_url))
        slow.go.set()
        declining.join()
        answering.join()

        after = one.read(lambda tx: find(tx, name))
        pages = [one.read(partial(_page, page)) for page in paged_for.pages]
    assert after.ending is Ending.DECLINED
    assert [page.state for page in pages] == ["resolved"] * len(paged_for.pages)
    assert [error.code for error in refused] == ["conflict"]


DECLARATION = Declaration(
    title="It is down", service=Slug("checkout"), is_to_be_assessed=True
)


def desk(tx: Transaction, ids: IdSource = IDS) -> Desk:
    return Desk(tx=tx, actor=actor_of("ana"), ids=ids)


def _taken(page: PageId, tx: Transaction) -> None:
    paging.acknowledge(tx, page, by=Slug("ben"), via="link", actor="a", ids=IDS)


def _page(page_id: PageId, tx: Transaction) -> Page:
    page = tx.page.get(page_id)
    assert page is not None
    return page
