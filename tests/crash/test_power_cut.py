"""Power cuts: nothing that was answered for is lost, wherever the power goes.

A real server is traced while it accepts alerts and acknowledgements. Its files are
then rebuilt as a power cut at thousands of places could leave them, opened with our
own storage, and compared with what its clients had been told by then. The same run
with ``synchronous=NORMAL`` must show losses, or the test proves nothing.
"""

import json
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from tests.crash.disk import Disk
from tests.crash.running_server import RunningServer
from tests.crash.system_calls import Answer, Call, read_calls, strace_command

from handrail.storage.sqlite import SqliteStore

CUTS = int(os.environ.get("HANDRAIL_CUTS", "2000"))
CUTS_TO_SHOW_LOSS = 200
DURABLE = ("handrail.db", "handrail.db-wal")
ROUNDS = 40
ALERTS_PER_ROUND = 3
CONFIGURATION = """
user: {name: ana, full_name: Ana, email: ana@example.test, time_zone: UTC,
  contact_methods: [{name: screen, kind: terminal, address: ana}]}
---
team: {name: sre, title: SRE, members: [ana], lead: ana}
---
escalation_policy: {name: all, rules: [{notify: user:ana, escalate_after: 5m}]}
---
service: {name: shop, title: Shop, team: sre, escalation_policy: all}
---
integration: {name: test, source: generic, service: shop}
---
last_resort: {notify: [user:ana], repeat_after: 15m, times: 4}
"""
_RECEIPT = re.compile(rb"handrail-receipt: *([0-9a-f-]{36})", re.IGNORECASE)

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(max(600, CUTS)),
]


@pytest.fixture(autouse=True)
def strace() -> None:
    """Without strace nothing can be told: a visible skip, a failure in CI."""
    if shutil.which("strace") is None:
        missing = "strace is missing: apt-get install strace"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)


def test_a_power_cut_loses_nothing_that_was_answered_for(tmp_path: Path) -> None:
    calls = _record(tmp_path, module="handrail")

    report = _cut(calls, tmp_path, cuts=CUTS)

    print(
        f"\npower cuts: {CUTS} over {len(calls)} calls, {report.answers} receipts and "
        f"{report.taken} acknowledgements answered, {report.with_loose_writes} cuts "
        f"with unsynced writes, {len(report.losses)} losses"
    )
    assert report.answers >= ROUNDS
    assert report.taken >= ROUNDS // 2
    assert report.with_loose_writes >= CUTS // 20
    assert report.losses == []


def test_the_harness_sees_what_a_lazier_database_loses(tmp_path: Path) -> None:
    calls = _record(tmp_path, module="tests.crash.lazy_server")

    report = _cut(calls, tmp_path, cuts=CUTS_TO_SHOW_LOSS)

    lossy = len({place for place, _ in report.losses})
    print(f"\nsynchronous=NORMAL: {lossy} of {CUTS_TO_SHOW_LOSS} cuts lose")
    assert lossy > CUTS_TO_SHOW_LOSS // 20


def _record(tmp_path: Path, *, module: str) -> list[Call]:
    trace = tmp_path / "trace"
    folder = tmp_path / "data"
    server = RunningServer(folder, before=strace_command(trace), module=module)
    with server:
        server.configure(CONFIGURATION)
        key = server.integration_key("test")
        for number in range(ROUNDS):
            _send_some(server, key, number)
            if number % 2:
                _acknowledge_one(server)
    return list(read_calls(trace, folder))


def _send_some(server: RunningServer, key: str, number: int) -> None:
    for place in range(ALERTS_PER_ROUND):
        body = {"title": f"alert {number}.{place}", "dedup_key": f"{number}.{place}"}
        reply = server.call(
            "POST",
            f"/i/{key}/generic",
            body=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        assert reply.status == 202, reply


def _acknowledge_one(server: RunningServer) -> None:
    pages = server.api("GET", "/pages?limit=50")["items"]
    waiting = [page for page in pages if page["state"] == "open"]
    if waiting:
        server.api("POST", f"/pages/{waiting[-1]['id']}/acknowledge", {})


class _Report:
    def __init__(self) -> None:
        self.losses: list[tuple[int, str]] = []
        self.answers = 0
        self.taken = 0
        self.with_loose_writes = 0


def _cut(calls: list[Call], tmp_path: Path, *, cuts: int) -> _Report:
    random = Random(20261123)
    left = _memory(tmp_path) / "left"
    first = next(i for i, call in enumerate(calls) if _told(call)[0])
    places = sorted(random.choices(range(first, len(calls) + 1), k=cuts))
    disk, report = Disk(), _Report()
    receipts: set[str] = set()
    taken: set[str] = set()
    done = 0
    for number, place in enumerate(places):
        for call in calls[done:place]:
            disk.apply(call)
            found_receipts, found_taken = _told(call)
            receipts |= found_receipts
            taken |= found_taken
        done = place
        report.with_loose_writes += disk.unsynced_writes(DURABLE) > 0
        _rebuild(disk, left, random)
        lost = _lost(left, receipts, taken, is_deep=number % 10 == 0)
        report.losses.extend((place, what) for what in lost)
        shutil.rmtree(left)
    left.parent.rmdir()
    report.answers, report.taken = len(receipts), len(taken)
    return report


def _memory(tmp_path: Path) -> Path:
    """Return a folder in memory where there is one: rebuilding needs no real disk."""
    shared = Path("/dev/shm")
    return Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else tmp_path))


def _told(call: Call) -> tuple[set[str], set[str]]:
    """Return the receipts and the acknowledged pages that this call told a client."""
    if not isinstance(call, Answer):
        return set(), set()
    receipts = {found.decode() for found in _RECEIPT.findall(call.data)}
    if b'"state":"acknowledged"' in call.data and b'"items"' not in call.data:
        page = re.search(rb'"id":"([0-9a-f-]{36})"', call.data)
        return receipts, {page[1].decode()} if page else set()
    return receipts, set()


def _rebuild(disk: Disk, left: Path, random: Random) -> None:
    left.mkdir()
    for path, content in disk.after_power_cut(random).items():
        name = Path(path).name
        if name.startswith("handrail.db") and not name.endswith(("-shm", ".lock")):
            (left / name).write_bytes(content)


def _lost(
    left: Path, receipts: set[str], taken: set[str], *, is_deep: bool
) -> Iterator[str]:
    path = left / "handrail.db"
    try:
        store = SqliteStore.open(path, now=lambda: datetime.now(UTC))
        store.close()
        with closing(sqlite3.connect(path)) as database:
            yield from _missing(database, receipts, taken)
            if is_deep:
                checked = database.execute("PRAGMA integrity_check").fetchall()
                if checked != [("ok",)]:
                    yield f"integrity: {checked[:3]}"
    except Exception as error:  # noqa: BLE001 - whatever it is, the data is out of reach
        yield f"cannot be opened: {type(error).__name__}: {error}"


def _missing(
    database: sqlite3.Connection, receipts: set[str], taken: set[str]
) -> Iterator[str]:
    kept = {row[0] for row in database.execute("SELECT id FROM receipt")}
    yield from (f"receipt {gone}" for gone in receipts - kept)
    orphans = database.execute(
        "SELECT count(*) FROM receipt_alert"
        " WHERE alert_id NOT IN (SELECT id FROM alert)"
    ).fetchone()[0]
    if orphans:
        yield f"{orphans} receipts without their alert"
    states = dict(database.execute("SELECT id, state FROM page"))
    yield from (
        f"acknowledgement of {page}" for page in taken if states.get(page) == "open"
    )


def test_strace_shows_every_answer(tmp_path: Path) -> None:
    """The ledger comes from the trace; a client's own ledger must agree with it."""
    trace = tmp_path / "trace"
    folder = tmp_path / "data"
    told = set()
    with RunningServer(folder, before=strace_command(trace)) as server:
        server.configure(CONFIGURATION)
        key = server.integration_key("test")
        for number in range(5):
            reply = server.call(
                "POST",
                f"/i/{key}/generic",
                body=json.dumps({"title": "t", "dedup_key": str(number)}).encode(),
                headers={"Content-Type": "application/json"},
            )
            told.add(reply.headers["handrail-receipt"])

    seen = set()
    for call in read_calls(trace, folder):
        seen |= _told(call)[0]

    assert told == seen
