"""Kill -9, two hundred times, each in a chosen gap: no alert lost, no page not made.

The ledger is outside: what senders were answered, what people's webhooks received.
A server that answers before it commits must be found out by the same harness.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from tests.crash.gap import Gap
from tests.crash.lives import NOT_REACHED, Bell, Lives
from tests.crash.reckoning import Reckoning, reckon_file
from tests.crash.sink import Sink
from tests.crash.zygote import Zygote

from handrail.engine.send_deliveries import IN_FLIGHT_PER_KIND

KILLS = int(os.environ.get("HANDRAIL_KILLS", "210"))
KILLS_PER_GAP_MIN = 20
FORGETFUL_LIFE_SECONDS = 2.5
"""Long enough that a planted lease of one second lapses within a life."""
SEED = 20261123

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(max(600, KILLS * 3))]


def test_kills_in_every_gap_lose_nothing(tmp_path: Path) -> None:
    with _lives(tmp_path) as (lives, bell):
        key = lives.set_up()
        lives.stop()

        with lives.load(key):
            _kill_many(lives, bell, _plan(KILLS, lives.random))
        lives.begin()
        lives.await_ready()
        undelivered = lives.drain()
        stopped_in = lives.stop()

    found = reckon_file(lives)
    _tell(lives, found)
    assert found.faults == []
    assert undelivered == set()
    assert stopped_in < 10
    assert lives.kills[NOT_REACHED] <= KILLS // 20
    assert all(lives.kills[gap] >= KILLS_PER_GAP_MIN for gap in Gap)
    assert found.unrecorded <= KILLS * IN_FLIGHT_PER_KIND
    assert len(lives.ledger.accepted) > KILLS
    assert len(lives.ledger.taken) > KILLS // 20


def test_a_server_that_answers_before_it_commits_is_found_out(tmp_path: Path) -> None:
    with _lives(tmp_path, defect="tests.crash.eager_server") as (lives, bell):
        key = lives.set_up()
        lives.stop()

        with lives.load(key):
            _kill_many(lives, bell, [Gap.ACCEPT_UNCOMMITTED] * 10)
        lives.begin()
        lives.await_ready()
        lives.drain(seconds=5)
        lives.stop()

    found = reckon_file(lives)
    _tell(lives, found)
    assert len(found.lost) >= 5


def test_a_server_that_sends_again_in_one_life_is_found_out(tmp_path: Path) -> None:
    with _lives(tmp_path, defect="tests.crash.forgetful_server") as (lives, _):
        key = lives.set_up()

        with lives.load(key):
            for _ in range(3):
                lives.await_ready()
                time.sleep(FORGETFUL_LIFE_SECONDS)
                lives.kill("forgetful")
                lives.begin()
            lives.await_ready()
        lives.drain(seconds=5)
        lives.stop()

    found = reckon_file(lives)
    _tell(lives, found)
    assert found.lost == []
    assert sum("twice in one life" in fault for fault in found.untimely) >= 5


def _plan(kills: int, random: Random) -> list[Gap | None]:
    """Return where each life ends; none is at random."""
    per_gap = max(KILLS_PER_GAP_MIN + 1, kills // (len(Gap) + 1))
    plan: list[Gap | None] = [gap for gap in Gap for _ in range(per_gap)]
    plan += [None] * (kills - len(plan))
    random.shuffle(plan)
    return plan


def _kill_many(lives: Lives, bell: Bell, plan: list[Gap | None] | list[Gap]) -> None:
    for place in plan:
        if place is None:
            lives.live_a_while()
        else:
            lives.live_until(place, bell=bell)


@contextmanager
def _lives(tmp_path: Path, *, defect: str = "") -> Iterator[tuple[Lives, Bell]]:
    bell = Bell(tmp_path / "bell")
    with Sink() as sink, Zygote(tmp_path / "zygote.log", defect) as zygote:
        yield (
            Lives(
                zygote=zygote,
                sink=sink,
                folder=tmp_path / "data",
                random=Random(SEED),
            ),
            bell,
        )
    bell.close()


def _tell(lives: Lives, found: Reckoning) -> None:
    ledger = lives.ledger
    print(
        f"\n{lives.kills.total()} kills: "
        + ", ".join(f"{where} {count}" for where, count in sorted(lives.kills.items()))
        + f"\n{len(ledger.accepted)} alerts accepted, {ledger.unknown} requests without"
        f" an answer, {len(ledger.taken)} pages acknowledged, {found.pages} pages,"
        f" {len(lives.sink.arrivals)} arrivals, {found.repeats} of them repeats;"
        f" {found.unrecorded} messages left unrecorded,"
        f" {found.unknown} attempts recorded as unknown"
        f"\n{len(found.lost)} lost, {len(found.never_made)} never told,"
        f" {len(found.forgotten)} acknowledgements forgotten,"
        f" {len(found.broken)} invariants broken"
    )
    for fault in found.faults[:10]:
        print("  ", fault)
