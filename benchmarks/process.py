"""Start-up, idle memory, and how soon a command of the CLI is through."""

import json
import resource
import subprocess
import sys
import time
from typing import Any

from benchmarks import configuration
from benchmarks.peer import (
    Peer,
    UnmeasurableError,
    alertmanager,
    configure,
    environment,
    handrail,
    handrail_on,
    new_folder,
)
from benchmarks.ratio import Ratio, median
from benchmarks.sink import http_sink

SETTLE_SECONDS = 3.0
COMMANDS = (("--version",), ("ack", "--help"), ("alert", "list"), ("page", "list"))
OVERDUE_AFTER_SECONDS = 2.0
PATIENCE_SECONDS = 30.0


def startup(*, is_quick: bool) -> dict[str, Any]:
    """Time from the start of the process until it says that it is ready.

    On fresh data, then once more on what that left; and, with a message that became
    due while nobody served, until that message has arrived.
    """
    rounds = 3 if is_quick else 10
    wall: dict[str, list[float]] = {}
    busy: dict[str, list[float]] = {}

    def note(name: str, peer: Peer) -> None:
        wall.setdefault(name, []).append(peer.ready_seconds)
        busy.setdefault(name, []).append(peer.cpu_seconds())

    overdue: list[float] = []
    with handrail():
        pass  # its modules are compiled now, as an installer leaves them
    for _ in range(rounds):
        with alertmanager(configuration.QUIET_ALERTMANAGER) as peer:
            note("alertmanager", peer)
        with new_folder() as folder:
            with handrail_on(folder) as peer:
                note("start-up on fresh data", peer)
            with handrail_on(folder) as peer:
                note("start-up", peer)
        overdue.append(_overdue_seconds())
    found: dict[str, Any] = {}
    for name in ("start-up on fresh data", "start-up"):
        found |= _told(f"{name}, s", wall[name], wall["alertmanager"])
        cpu = f"{name}, s of processor time"
        found |= _told(cpu, busy[name], busy["alertmanager"])
    print(
        f"start to first overdue message, s: {median(overdue):.2f}"
        f" ({min(overdue):.2f}-{max(overdue):.2f}, n={rounds})",
        flush=True,
    )
    return found | {"start to first overdue message, s": overdue}


def _overdue_seconds() -> float:
    """Kill a server that owes a message; return how soon the next one delivers it."""
    with http_sink() as (url, arrivals), new_folder() as folder:
        with handrail_on(folder) as peer:
            told = configuration.late_handrail(url, seconds=OVERDUE_AFTER_SECONDS)
            configure(peer, told)
            peer.post(peer.alerts_path(), [{"labels": {"alertname": "Overdue"}}])
            _await_page(peer)
            peer.process.kill()
        time.sleep(OVERDUE_AFTER_SECONDS)
        if arrivals.bodies:
            msg = "the message was sent before the server was killed"
            raise UnmeasurableError(msg)
        with handrail_on(folder) as peer:
            at = arrivals.wait_for(b"Overdue", seconds=PATIENCE_SECONDS)
            return at - peer.began


def _await_page(peer: Peer) -> None:
    until = time.perf_counter() + PATIENCE_SECONDS
    while not json.loads(peer.get("/api/v1/pages"))["items"]:
        if time.perf_counter() > until:
            msg = "no page was opened"
            raise UnmeasurableError(msg)
        time.sleep(0.005)


def memory(*, is_quick: bool) -> dict[str, Any]:
    """Resident and proportional set size, some seconds after the start, unused."""
    rss: tuple[list[float], list[float]] = ([], [])
    pss: tuple[list[float], list[float]] = ([], [])
    for _ in range(1 if is_quick else 3):
        with (
            handrail(configuration.muted_handrail("http://127.0.0.1:9/")) as ours,
            alertmanager(configuration.QUIET_ALERTMANAGER) as theirs,
        ):
            time.sleep(SETTLE_SECONDS)
            for place, peer in enumerate((ours, theirs)):
                resident, proportional = peer.memory_kib()
                rss[place].append(resident / 1024)
                pss[place].append(proportional / 1024)
    return _told("idle RSS, MiB", *rss) | _told("idle PSS, MiB", *pss)


def cli(*, is_quick: bool) -> dict[str, Any]:
    """Wall time of whole commands, over that of ``python -c pass``."""
    found: dict[str, Any] = {}
    with handrail(configuration.muted_handrail("http://127.0.0.1:9/")) as server:
        for words in COMMANDS:
            command = [sys.executable, "-m", "handrail", *words]
            bare = [sys.executable, "-c", "pass"]
            wall: tuple[list[float], list[float]] = ([], [])
            busy: tuple[list[float], list[float]] = ([], [])
            for _ in range(5 if is_quick else 20):
                for place, words_run in ((1, bare), (0, command)):
                    took, used = _milliseconds(words_run, server)
                    wall[place].append(took)
                    busy[place].append(used)
            name = f"handrail {' '.join(words)}, ms"
            found |= _told(name, *wall) | _told(f"{name} of processor time", *busy)
    return found


def _milliseconds(command: list[str], server: Peer) -> tuple[float, float]:
    """Return the wall time and the processor time of a whole command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(
        command, env=environment(server.folder), capture_output=True, check=False
    )
    took = time.perf_counter() - began
    if done.returncode:
        msg = f"{command[-2:]} failed: {done.stderr.decode()[-400:]}"
        raise UnmeasurableError(msg)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took * 1000, used * 1000


def _told(name: str, ours: list[float], theirs: list[float]) -> dict[str, Any]:
    ratio = Ratio(ours=tuple(ours), theirs=tuple(theirs))
    print(
        f"{name}: {median(ours):.2f} to {median(theirs):.2f}: ratio {ratio}", flush=True
    )
    return {name: ratio.as_json()}
