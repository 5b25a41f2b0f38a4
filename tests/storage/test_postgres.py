"""What only the PostgreSQL store promises: other nodes, lost connections, liveness."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from tests.conformance.examples import alert
from tests.postgres_server import PostgresServer

from handrail.core.access.role import Role
from handrail.core.errors import (
    ConflictError,
    InvalidError,
    LostRaceError,
    UnavailableError,
)
from handrail.core.ids import AlertId, NodeId
from handrail.ports.store import Transaction
from handrail.storage.node import lock_key
from handrail.storage.postgres import TRIES, PostgresStore
from handrail.storage.postgres_connection import conninfo
from handrail.system.clock import SystemClock
from handrail.system.id_source import RandomIds
from handrail.usecases.access import OPERATOR
from handrail.usecases.token import issue, revoke_token

pytestmark = pytest.mark.postgres


def opened(url: str, node: str = "n1") -> "closing[PostgresStore]":
    return closing(PostgresStore.open(url, node_id=NodeId(node)))


@contextmanager
def outside(url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def until(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait until it holds, at most so long; tell whether it does."""
    pause = threading.Event()
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        pause.wait(0.02)
    return held


def test_sessions_notice_silence_in_seconds_on_both_ends(postgres_url: str) -> None:
    given = conninfo_to_dict(conninfo(postgres_url))
    with opened(postgres_url) as store, store._engine.connect() as connection:
        shown = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in (
                "tcp_keepalives_idle",
                "tcp_keepalives_interval",
                "tcp_keepalives_count",
                "tcp_user_timeout",
                "lock_timeout",
                "TimeZone",
                "transaction_isolation",
                "synchronous_commit",
            )
        }

    assert given["target_session_attrs"] == "read-write"
    assert (given["connect_timeout"], given["tcp_user_timeout"]) == ("2", "4000")
    assert shown == {
        "tcp_keepalives_idle": "2",
        "tcp_keepalives_interval": "1",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": "4000",
        "lock_timeout": "4s",
        "TimeZone": "UTC",
        "transaction_isolation": "read committed",
        "synchronous_commit": "on",
    }


def test_the_urls_own_parameters_win() -> None:
    url = "postgresql://a:1,b:2/x?connect_timeout=9&options=-c%20lock_timeout%3D1s"

    given = conninfo_to_dict(conninfo(url))

    assert (given["host"], given["port"]) == ("a,b", "1,2")
    assert given["connect_timeout"] == "9"
    assert str(given["options"]).endswith("-c lock_timeout=1s")
    with pytest.raises(InvalidError, match="cannot be read"):
        conninfo("postgresql://%%")


def test_no_server_is_unavailable() -> None:
    with pytest.raises(UnavailableError):
        PostgresStore.open("postgresql://127.0.0.1:1/x", node_id=NodeId("n1"))


def test_the_time_is_the_databases(postgres_url: str) -> None:
    with opened(postgres_url) as store, outside(postgres_url) as other:
        before = other.execute("SELECT clock_timestamp()").fetchone()
        now = store.run(lambda tx: tx.now)
        after = other.execute("SELECT clock_timestamp()").fetchone()

    assert before is not None
    assert after is not None
    assert before < (now,) < after


def test_a_node_lives_as_long_as_its_session(postgres_url: str) -> None:
    with opened(postgres_url, "n1") as first:
        with opened(postgres_url, "n2"):
            assert first.dead_nodes([NodeId("n1"), NodeId("n2")]) == []
        assert first.dead_nodes([NodeId("n1"), NodeId("n2")]) == ["n2"]


def test_those_who_ask_at_once_do_not_look_alive_to_each_other(
    postgres_url: str,
) -> None:
    gone = NodeId("gone")
    with opened(postgres_url, "n1") as first, outside(postgres_url) as other:
        other.execute("BEGIN")
        other.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", (lock_key(gone),))

        assert first.dead_nodes([gone]) == [gone]


def test_a_lost_session_is_noticed_and_the_lock_retaken(postgres_url: str) -> None:
    with (
        opened(postgres_url, "n1") as store,
        opened(postgres_url, "n2") as watcher,
        outside(postgres_url) as other,
    ):
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND ((classid::bigint << 32) | objid::bigint) = %s",
            (lock_key(NodeId("n1")),),
        )

        assert until(lambda: watcher.dead_nodes([NodeId("n1")]) == [])
        assert until(lambda: store.failure is None)


def test_another_nodes_commit_is_told(postgres_url: str) -> None:
    told = threading.Event()
    with opened(postgres_url, "n1") as first, opened(postgres_url, "n2") as second:
        first.on_commit(told.set)

        second.run(lambda tx: tx.meta.get("a"))
        assert not told.wait(0.2)
        second.run(lambda tx: tx.meta.set("a", "1"))
        assert told.wait(5)


def test_a_deadlock_is_run_again(postgres_url: str) -> None:
    with opened(postgres_url) as store:
        for key in ("a", "b"):
            store.run(partial(_set, key=key))
        both = threading.Barrier(2)

        def cross(first: str, second: str) -> Callable[[Transaction], None]:
            tried: list[int] = []

            def work(tx: Transaction) -> None:
                tried.append(1)
                tx.meta.set(first, first + second)
                if len(tried) == 1:
                    both.wait()
                tx.meta.set(second, first + second)

            return work

        thread = threading.Thread(target=lambda: store.run(cross("a", "b")))
        thread.start()
        store.run(cross("b", "a"))
        thread.join()

        found = store.read(lambda tx: dict(tx.meta.all()))
    assert found["a"] == found["b"]
    assert found["a"] in {"ab", "ba"}


def test_a_race_that_is_never_won_is_told_after_some_tries(postgres_url: str) -> None:
    tried: list[int] = []

    def work(_: Transaction) -> None:
        tried.append(1)
        msg = "lost again"
        raise LostRaceError(msg)

    with opened(postgres_url) as store:
        with pytest.raises(ConflictError, match="lost again"):
            store.run(work)
        with pytest.raises(ConflictError, match="lost again"):
            store.submit(work).result()

    assert len(tried) == 2 * TRIES


def test_broken_connections_are_replaced(postgres_url: str) -> None:
    with opened(postgres_url) as store, outside(postgres_url) as other:
        store.run(lambda tx: tx.meta.set("a", "1"))
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'handrail'"
        )

        store.run(lambda tx: tx.meta.set("a", "2"))
        store.submit(lambda tx: tx.meta.set("b", "3")).result()
        assert store.read(lambda tx: dict(tx.meta.all())) == {"a": "2", "b": "3"}


def test_a_connection_lost_at_the_commit_leaves_the_outcome_unknown(
    postgres_url: str,
) -> None:
    with opened(postgres_url) as store, outside(postgres_url) as other:
        # A deferred trigger runs inside COMMIT: there the connection is cut.
        other.execute(
            "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$"
        )
        other.execute(
            "CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON meta"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut()"
        )
        tried: list[int] = []

        def work(tx: Transaction) -> None:
            tried.append(1)
            tx.meta.set("a", "1")

        with pytest.raises(UnavailableError, match="it may be done"):
            store.run(work)
        with pytest.raises(UnavailableError, match="it may be done"):
            store.submit(work).result()

    assert len(tried) == 2


def test_a_server_that_stops_is_unavailable_and_work_goes_on_when_it_is_back(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    with opened(postgres_url) as store:
        made = store.run(_add)
        postgres_server.stop()
        try:
            with pytest.raises(UnavailableError):
                store.run(lambda tx: tx.meta.set("a", "1"))
            with pytest.raises(UnavailableError):
                store.submit(lambda tx: tx.meta.set("a", "1")).result()
            with pytest.raises(UnavailableError):
                store.read(lambda tx: tx.meta.get("a"))
            assert until(lambda: store.failure is not None)
        finally:
            postgres_server.start()

        assert store.read(lambda tx: tx.alert.get(made)) is not None
        store.run(lambda tx: tx.meta.set("a", "1"))
        assert until(lambda: store.failure is None)


def test_a_lock_that_is_not_given_up_is_unavailable_for_now(postgres_url: str) -> None:
    url = f"{postgres_url}?options=-c%20lock_timeout%3D50ms"
    with opened(url) as store, outside(postgres_url) as other:
        store.run(lambda tx: tx.meta.set("a", "1"))
        other.execute("BEGIN")
        other.execute("UPDATE meta SET value = '2'")

        with pytest.raises(UnavailableError, match="lock timeout"):
            store.run(lambda tx: tx.meta.set("a", "3"))


def _set(tx: Transaction, key: str) -> None:
    tx.meta.set(key, "")


def _add(tx: Transaction) -> AlertId:
    made = alert(tx.now)
    tx.alert.add([made])
    return made.id


def test_a_lock_not_to_be_had_is_a_refusal_and_no_defect(postgres_url: str) -> None:
    impatient = f"{postgres_url}{'&' if '?' in postgres_url else '?'}options="
    impatient += "-c%20lock_timeout%3D100ms"
    with opened(impatient) as store, outside(postgres_url) as other:
        store.run(lambda tx: tx.meta.set("a", "1"))
        with other.transaction():
            other.execute("SELECT 1 FROM meta FOR UPDATE")

            with pytest.raises(UnavailableError, match="refused for now"):
                store.submit(lambda tx: tx.meta.set("a", "2")).result()


def test_noting_the_use_of_a_token_never_undoes_its_revocation(
    postgres_url: str,
) -> None:
    ids = RandomIds(SystemClock())
    with opened(postgres_url) as store:
        issued = store.run(
            lambda tx: issue(
                tx, "ci", role=Role.ADMIN, actor=OPERATOR, ids=ids, expires_at=None
            )
        )
        is_read, is_revoked = threading.Event(), threading.Event()

        def note(tx: Transaction) -> None:
            found = tx.access.token(issued.token.digest)
            assert found is not None
            is_read.set()
            is_revoked.wait(0.5)
            tx.access.save_token(replace(found, last_used_at=tx.now))

        def revoke() -> None:
            is_read.wait()
            store.run(
                lambda tx: revoke_token(tx, issued.token.id, actor=OPERATOR, ids=ids)
            )
            is_revoked.set()

        other = threading.Thread(target=revoke)
        other.start()
        store.run(note)
        other.join()

        kept = store.read(lambda tx: tx.access.token(issued.token.digest))
        assert kept is not None
        assert kept.revoked_at is not None


def test_it_tells_whether_commits_wait_for_a_standby(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    def named(standby: str) -> None:
        postgres_server.execute(
            f"ALTER SYSTEM SET synchronous_standby_names = {standby}"
        )
        postgres_server.execute("SELECT pg_reload_conf()")

    with opened(postgres_url) as store:
        before = store.has_synchronous_standby()
        try:
            named("'elsewhere'")
            assert until(store.has_synchronous_standby)
        finally:
            named("DEFAULT")
        assert until(lambda: not store.has_synchronous_standby())

    assert before is False
