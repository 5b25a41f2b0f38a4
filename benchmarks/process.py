"""Start-up, idle memory, and how soon a command of the CLI is through."""

import resource
import subprocess
import sys
import time
from typing import Any

from benchmarks import configuration
from benchmarks.peer import Peer, UnmeasurableError, alertmanager, environment, handrail
from benchmarks.ratio import Ratio, median

SETTLE_SECONDS = 3.0
COMMANDS = (("--help",), ("ack", "--help"), ("page", "list"))


def startup(*, is_quick: bool) -> dict[str, Any]:
    """Time from the start of the process on fresh data until it says it is ready."""
    wall: tuple[list[float], list[float]] = ([], [])
    busy: tuple[list[float], list[float]] = ([], [])
    for _ in range(3 if is_quick else 10):
        with alertmanager(configuration.QUIET_ALERTMANAGER) as peer:
            wall[1].append(peer.ready_seconds)
            busy[1].append(peer.cpu_seconds())
        with handrail() as peer:
            wall[0].append(peer.ready_seconds)
            busy[0].append(peer.cpu_seconds())
    found = _told("start-up, s", *wall)
    return found | _told("start-up, s of processor time", *busy)


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
