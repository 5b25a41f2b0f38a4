"""Death and restart of real processes: how soon the first overdue send leaves."""

import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from tests.crash.gap import Gap
from tests.crash.lives import Bell, Lives
from tests.crash.reckoning import reckon_file
from tests.crash.running_server import ROOT
from tests.crash.sink import Sink
from tests.crash.zygote import ColdStart, Zygote

RESTART_SECONDS_MAX = 3.0
"""The promise: from SIGKILL and a supervisor's restart to the first overdue send."""
STOP_SECONDS_MAX = 10.0
RESTARTS = 6
STOPS = 4
YOUNG_DEATHS = 20
BACKUP_DEATHS = 3

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(300)]


@pytest.fixture
def lives(tmp_path: Path) -> Iterator[Lives]:
    with Sink() as sink, Zygote(tmp_path / "zygote.log") as zygote:
        yield Lives(
            zygote=zygote, sink=sink, folder=tmp_path / "data", random=Random(1)
        )


def test_an_overdue_page_leaves_soon_after_a_restart(tmp_path: Path) -> None:
    took: list[float] = []
    undisturbed: list[float] = []
    bell = Bell(tmp_path / "bell")
    with Sink() as sink:
        lives = Lives(
            zygote=ColdStart(), sink=sink, folder=tmp_path / "data", random=Random(1)
        )
        key = lives.set_up()
        lives.stop()
        for number in range(RESTARTS):
            with lives.load(key, first=1000 * number):
                lives.live_until(Gap.PAGE_UNCLAIMED, bell=bell)
            seconds, waited = _restart(lives)
            took.append(seconds)
            undisturbed.append(seconds - waited)
            lives.await_ready()
            lives.kill("measured")
    bell.close()

    print(
        f"\nSIGKILL to first overdue send, {RESTARTS} real restarts: "
        f"median {statistics.median(took):.2f} s, max {max(took):.2f} s;"
        f" without waiting for a processor that others used: "
        f"median {statistics.median(undisturbed):.2f} s, max {max(undisturbed):.2f} s"
    )
    assert max(undisturbed) < RESTART_SECONDS_MAX


def _restart(lives: Lives) -> tuple[float, float]:
    """Start the killed server again; return the seconds since its death until the
    first overdue send, and how many of them it waited for a processor.
    """
    owed = {promise.title for promise in lives.ledger.accepted} - lives.sink.titles()
    assert owed
    killed_at = lives.deaths[-1].monotonic
    lives.begin()
    assert lives.sink.wait_for(
        lambda arrivals: any(arrival.title in owed for arrival in arrivals), seconds=30
    )
    schedule = Path(f"/proc/{lives.process}/schedstat").read_text().split()
    first = next(a for a in lives.sink.arrivals if a.title in owed)
    return first.monotonic - killed_at, int(schedule[1]) / 1e9


def test_a_stop_under_load_loses_nothing_and_is_quick(lives: Lives) -> None:
    took = []
    key = lives.set_up()
    took.append(lives.stop())
    with lives.load(key):
        for _ in range(STOPS):
            lives.begin()
            lives.await_ready()
            time.sleep(0.5)
            took.append(lives.stop())
    lives.begin()
    lives.await_ready()
    undelivered = lives.drain()
    took.append(lives.stop())

    found = reckon_file(lives)
    print(
        f"\n{len(took)} stops under load: max {max(took):.2f} s,"
        f" {len(lives.ledger.accepted)} alerts accepted, {found.repeats} repeats"
    )
    assert found.faults == []
    assert undelivered == set()
    assert found.repeats == 0
    assert max(took) < STOP_SECONDS_MAX


def test_a_frozen_server_thaws_and_goes_on(lives: Lives) -> None:
    key = lives.set_up()
    with lives.load(key):
        time.sleep(0.5)
        os.kill(lives.process, signal.SIGSTOP)
        time.sleep(5)
        os.kill(lives.process, signal.SIGCONT)
        time.sleep(1)
    undelivered = lives.drain()
    lives.stop()

    found = reckon_file(lives)
    assert found.faults == []
    assert undelivered == set()
    assert found.repeats == 0


def test_death_while_the_database_is_made_leaves_one_that_can_be_finished(
    lives: Lives,
) -> None:
    home = lives.folder.parent
    unfinished = 0
    for number in range(YOUNG_DEATHS):
        lives.folder = home / f"young-{number}"
        lives.folder.mkdir()
        lives.begin()
        time.sleep(0.015 * number)
        lives.kill("young")
        unfinished += not lives.address.exists()
        lives.begin()
        lives.await_ready()
        lives.stop()
        with closing(sqlite3.connect(lives.folder / "handrail.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

    print(
        f"\n{YOUNG_DEATHS} deaths of fresh servers, {unfinished} before they answered"
    )
    assert unfinished >= 3


def test_death_during_a_backup_leaves_the_server_and_a_whole_file_or_none(
    lives: Lives,
) -> None:
    key = lives.set_up()
    with lives.load(key):
        time.sleep(1.5)
    lives.stop()
    whole = 0
    for number, after in enumerate(_moments(lives, "backup", "unharmed")):
        file = lives.folder.parent / f"backup-{number}"
        _kill_after(after, _command(lives, "backup", str(file)))
        whole += file.exists()
        if file.exists():
            fresh = lives.folder.parent / f"restored-{number}"
            restore = _command(lives, "restore", str(file), folder=fresh)
            assert restore.wait(timeout=60) == 0, "a backup that is there is whole"

    lives.begin()
    lives.await_ready()
    undelivered = lives.drain()
    lives.stop()
    print(f"\n{BACKUP_DEATHS} deaths during a backup, {whole} files finished before")
    assert reckon_file(lives).faults == []
    assert undelivered == set()


def test_death_during_a_restore_never_leaves_half_an_installation(
    lives: Lives,
) -> None:
    key = lives.set_up()
    with lives.load(key):
        time.sleep(1.5)
    lives.stop()
    file = lives.folder.parent / "backup"
    assert _command(lives, "backup", str(file)).wait(timeout=60) == 0
    alerts = _count(lives.folder)
    states = []
    for number, after in enumerate(_moments(lives, "restore", str(file))):
        fresh = lives.folder.parent / f"restored-{number}"
        _kill_after(after, _command(lives, "restore", str(file), folder=fresh))
        states.append(_count(fresh))
        again = _command(lives, "restore", str(file), folder=fresh).wait(timeout=60)
        assert (again == 0) == (states[-1] != alerts)
        assert _count(fresh) == alerts

    print(f"\nrestores killed: alerts there afterwards {states} of {alerts}")
    assert set(states) <= {None, 0, alerts}


def _moments(lives: Lives, command: str, file: str) -> list[float]:
    """Return when to kill, spread over the later half of what the command takes."""
    home = lives.folder.parent
    folder = home / "timed" if command == "restore" else lives.folder
    began = time.monotonic()
    done = _command(lives, command, str(home / file), folder=folder).wait(timeout=60)
    took = time.monotonic() - began
    assert done == 0
    return [
        took * (0.5 + 0.5 * number / BACKUP_DEATHS) for number in range(BACKUP_DEATHS)
    ]


def _kill_after(seconds: float, process: "subprocess.Popen[bytes]") -> None:
    time.sleep(seconds)
    process.kill()
    process.wait()


def _command(
    lives: Lives, *words: str, folder: Path | None = None
) -> "subprocess.Popen[bytes]":
    where = folder or lives.folder
    return subprocess.Popen(
        [sys.executable, "-m", "handrail", *words, "--data-dir", str(where)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )


def _count(folder: Path) -> int | None:
    path = folder / "handrail.db"
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as database:
        tables = database.execute(
            "SELECT count(*) FROM sqlite_master WHERE name = 'alert'"
        ).fetchone()[0]
        if not tables:
            return None
        found: int = database.execute("SELECT count(*) FROM alert").fetchone()[0]
        return found
