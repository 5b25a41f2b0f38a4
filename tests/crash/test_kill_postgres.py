"""Two servers on one PostgreSQL: one dies again and again, then the database itself."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from tests.crash.gap import Gap
from tests.crash.ledger import Ledger
from tests.crash.lives import AT_RANDOM, Bell, Death, Lives
from tests.crash.reckoning import Reckoning, reckon
from tests.crash.sink import Sink
from tests.crash.zygote import Zygote
from tests.postgres_server import PostgresServer

from handrail.core.ids import NodeId
from handrail.storage.postgres import PostgresStore

KILLS = max(30, int(os.environ.get("HANDRAIL_KILLS", "0")) // 5)
DATABASE_CRASHES = 3
LATENESS_MAX = timedelta(seconds=10)
"""A node's death alone: its lock is free at once; a lease would take thirty seconds."""
_SECRET = {"HANDRAIL_SECRET_KEY": "0123456789abcdef0123456789abcdef"}

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.postgres,
    pytest.mark.timeout(max(300, KILLS * 4)),
]


def test_a_node_that_dies_is_replaced_by_the_other(
    tmp_path: Path, postgres_url: str
) -> None:
    with _pair(tmp_path, postgres_url) as (mortal, steady, bell):
        key = steady.set_up()
        with steady.load(key, senders=2, pause_seconds=0.25):
            for number in range(KILLS):
                place = (Gap.CLAIM_UNSENT, Gap.SEND_UNRECORDED, None)[number % 3]
                if place is None:
                    mortal.live_a_while()
                else:
                    mortal.live_until(place, bell=bell, seconds=3)
        undelivered = steady.drain()
        steady.stop()

    found = _reckon(postgres_url, steady, deaths=mortal.deaths)
    late = _lateness(postgres_url, steady)
    _tell(mortal, found)
    print(f"latest first arrival of a delivery: {late.total_seconds():.2f} s after due")
    assert found.faults == []
    assert undelivered == set()
    assert mortal.kills.total() == KILLS
    assert mortal.kills[Gap.CLAIM_UNSENT] >= KILLS // 6
    assert mortal.kills[Gap.SEND_UNRECORDED] >= KILLS // 6
    assert mortal.kills[AT_RANDOM] >= KILLS // 4
    assert late < LATENESS_MAX


def test_the_database_crashes_and_both_servers_go_on(
    tmp_path: Path, postgres_url: str, postgres_server: PostgresServer
) -> None:
    with _pair(tmp_path, postgres_url) as (other, steady, _):
        key = steady.set_up()
        other.begin()
        other.await_ready()
        with steady.load(key):
            for _ in range(DATABASE_CRASHES):
                time.sleep(1.5)
                postgres_server.stop("immediate")
                time.sleep(0.3)
                postgres_server.start()
            time.sleep(2)
        undelivered = steady.drain()
        other.stop()
        steady.stop()

    found = _reckon(postgres_url, steady, deaths=[])
    _tell(steady, found)
    print(f"the database crashed {DATABASE_CRASHES} times under both servers")
    assert found.lost == []
    assert found.never_made == []
    assert found.forgotten == []
    assert found.broken == []
    assert undelivered == set()


@contextmanager
def _pair(tmp_path: Path, url: str) -> Iterator[tuple[Lives, Lives, Bell]]:
    """Yield a server that will be killed, one that will not, and the bell."""
    bell = Bell(tmp_path / "bell")
    ledger = Ledger()
    with Sink() as sink, Zygote(tmp_path / "zygote.log") as zygote:
        mortal, steady = (
            Lives(
                zygote=zygote,
                sink=sink,
                folder=tmp_path / name,
                random=Random(7),
                flags=("--database-url", url),
                environment=_SECRET,
                ledger=ledger,
            )
            for name in ("mortal", "steady")
        )
        yield mortal, steady, bell
    bell.close()


def _reckon(url: str, lives: Lives, *, deaths: list[Death]) -> Reckoning:
    store = PostgresStore.open(url, node_id=NodeId("reckoning"))
    found = reckon(store, lives.ledger, lives.sink.arrivals, deaths)
    store.close()
    return found


def _lateness(url: str, lives: Lives) -> timedelta:
    store = PostgresStore.open(url, node_id=NodeId("reckoning"))
    due = store.read(
        lambda tx: {
            str(d.id): d.due_at
            for page in tx.page.search(active_only=False, limit=100_000)
            for d in tx.delivery.for_page(page.id)
        }
    )
    store.close()
    first = {a.delivery: a.at for a in reversed(lives.sink.arrivals)}
    return max(at - due[delivery] for delivery, at in first.items())


def _tell(lives: Lives, found: Reckoning) -> None:
    print(
        f"\n{lives.kills.total()} kills: "
        + ", ".join(f"{where} {count}" for where, count in sorted(lives.kills.items()))
        + f"\n{len(lives.ledger.accepted)} alerts accepted, {found.pages} pages,"
        f" {len(lives.ledger.taken)} acknowledged, {found.repeats} repeats;"
        f" {len(found.faults)} faults"
    )
    for fault in found.faults[:10]:
        print("  ", fault)
