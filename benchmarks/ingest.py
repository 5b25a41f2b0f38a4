"""Accepted alerts per second, counted only when they are stored and can be seen.

Each measurement is a pair on fresh data: Alertmanager, which keeps alerts in memory,
and Handrail, which answers after a commit that is on disk (``synchronous=FULL``). What
was accepted is then looked for, one by one, in ``GET /api/v2/alerts``; a run of which
anything is missing is an error and no figure.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from tests.postgres_server import MISSING, PostgresServer, binaries

from benchmarks import configuration
from benchmarks.generator import Generator, Load, Shape, compiled
from benchmarks.peer import Peer, UnmeasurableError, alertmanager, handrail
from benchmarks.ratio import Ratio, median
from benchmarks.sink import http_sink

SHAPES = tuple(
    Shape(batch=batch, kind=kind, connections=connections, seconds=3.0)
    for batch, connections in ((1, 64), (64, 16), (1000, 16))
    for kind in ("new", "repeated")
)
OPEN_LOOP = Shape(batch=1, kind="new", connections=64, seconds=5.0, rate=1000.0)
SETTLE_SECONDS = 120.0
ROUTINGS = ("muted", "paging")


class _Seen(msgspec.Struct):
    labels: dict[str, str]


_SEEN = msgspec.json.Decoder(list[_Seen])


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One program under one load.

    Attributes:
        cpu_us: Processor time of the program per accepted alert, in microseconds.
        drain_seconds: From the end of the load until every alert was decided about.
        evaluated_per_second: Decisions from the first post until the last decision.
        during_per_second: Decisions per second while the load went on.
    """

    load: Load
    cpu_us: float
    look_seconds: float
    drain_seconds: float = 0.0
    evaluated_per_second: float = 0.0
    during_per_second: float = 0.0


def measure(
    *, is_quick: bool, databases: Sequence[str], routings: Sequence[str] = ROUTINGS
) -> dict[str, Any]:
    """Measure every shape on every database with every routing; print as it goes."""
    found: dict[str, Any] = {}
    shapes = [*SHAPES, OPEN_LOOP]
    if is_quick:
        shapes = [replace(shape, seconds=1.5) for shape in shapes]
    with ExitStack() as stack:
        generator = stack.enter_context(compiled())
        url, _ = stack.enter_context(http_sink())
        for database in databases:
            try:
                make_url = stack.enter_context(fresh_databases(database))
            except UnmeasurableError as missing:
                print(missing, flush=True)
                continue
            for routing in routings:
                bench = Bench(generator, url, routing, make_url)
                for shape in shapes:
                    key = f"{database}, {routing}: {shape.name}"
                    runs = bench.pairs(shape, rounds=2 if is_quick else 3)
                    found[key] = _report(key, shape, *runs)
    return found


class Bench:
    def __init__(
        self,
        generator: Generator,
        url: str,
        routing: str,
        make_url: Callable[[], str],
    ) -> None:
        self._generator = generator
        self._routing = routing
        self._sink = url
        self._make_url = make_url

    def pairs(self, shape: Shape, *, rounds: int) -> tuple[list[Run], list[Run]]:
        """Run pairs, the one first in even rounds and the other in odd ones."""
        ours: list[Run] = []
        theirs: list[Run] = []
        for place in range(rounds):
            if place % 2:
                ours.append(self._handrail(shape))
            theirs.append(self._alertmanager(shape))
            if not place % 2:
                ours.append(self._handrail(shape))
        return ours, theirs

    def _handrail(self, shape: Shape) -> Run:
        told = {
            "muted": configuration.muted_handrail,
            "paging": configuration.paging_handrail,
        }[self._routing](self._sink)
        with handrail(told, database_url=self._make_url()) as peer:
            return self._run(peer, shape)

    def _alertmanager(self, shape: Shape) -> Run:
        told = configuration.QUIET_ALERTMANAGER
        if self._routing == "paging":
            told = configuration.hooked_alertmanager(self._sink)
        with alertmanager(told) as peer:
            return self._run(peer, shape)

    def _run(self, peer: Peer, shape: Shape) -> Run:
        if shape.kind == "repeated":
            self._generator.prime(peer, shape)
            _settle(peer)
        decided_before = _decided(peer)
        cpu_before = peer.cpu_seconds()
        began = time.perf_counter()
        load = self._generator.run(peer, shape)
        ended = time.perf_counter()
        cpu = peer.cpu_seconds() - cpu_before
        decided_during = _decided(peer) - decided_before
        if load.bad or not load.ok:
            msg = f"{peer.name} refused {load.bad} of {load.reqs} requests"
            raise UnmeasurableError(msg)
        _settle(peer)
        settled = time.perf_counter()
        looked = _look(peer, shape, load)
        decided = _decided(peer) - decided_before
        return Run(
            load=load,
            cpu_us=cpu / load.alerts * 1e6,
            look_seconds=looked,
            drain_seconds=settled - ended,
            evaluated_per_second=decided / (settled - began),
            during_per_second=decided_during / (ended - began),
        )


def _settle(peer: Peer) -> None:
    """Wait until nothing accepted is undecided."""
    if peer.name != "handrail":
        return
    until = time.perf_counter() + SETTLE_SECONDS
    while peer.metrics().get('handrail_alert_count{disposition="opened"}', 0):
        if time.perf_counter() > until:
            msg = "Handrail did not decide about everything it accepted in time"
            raise UnmeasurableError(msg)
        time.sleep(0.05)


def _decided(peer: Peer) -> float:
    """Return how many alerts Handrail has decided about."""
    if peer.name != "handrail":
        return 0.0
    prefix, undecided = "handrail_alert_count{", '"opened"'
    return sum(
        value
        for name, value in peer.metrics().items()
        if name.startswith(prefix) and undecided not in name
    )


def _look(peer: Peer, shape: Shape, load: Load) -> float:
    """Find every accepted alert; return how long the listing took."""
    probe = {"labels": {"alertname": "Probe", "pod": "probe"}}
    answer = peer.post(peer.alerts_path(), [probe])
    began = time.perf_counter()
    listed = peer.get(peer.alerts_path())
    took = time.perf_counter() - began
    seen = {alert.labels["pod"] for alert in _SEEN.decode(listed)}
    count = load.nextid
    if shape.kind == "repeated":
        count = shape.population
    wanted = {f"checkout-api-7d9f8c6b5-{number:010d}" for number in range(count)}
    missing = (wanted | {"probe"}) - seen
    if missing:
        msg = f"{peer.name} accepted {len(wanted)} alerts; {len(missing)} are not shown"
        raise UnmeasurableError(msg)
    if peer.name == "handrail":
        _check_receipt(peer, answer.header("handrail-receipt"))
        _check_sum(peer, shape, load)
    return took


def _check_receipt(peer: Peer, receipt_id: str) -> None:
    _settle(peer)
    receipt = msgspec.json.decode(peer.get(f"/api/v1/receipts/{receipt_id}"))
    dispositions = [entry["disposition"] for entry in receipt["entries"]]
    if len(dispositions) != 1 or dispositions[0] == "opened":
        msg = f"the receipt {receipt_id} names no disposition: {dispositions}"
        raise UnmeasurableError(msg)


def _check_sum(peer: Peer, shape: Shape, load: Load) -> None:
    """Hold what was stored against what was answered; the probe is one more."""
    posted = load.alerts + 1
    if shape.kind == "repeated":
        posted += -(-shape.population // 100) * 100
    stored = sum(
        value
        for name, value in peer.metrics().items()
        if name.startswith("handrail_signal_accepted_total{")
    )
    if stored != posted:
        msg = f"{posted} signals were answered and {stored:g} dispositions are stored"
        raise UnmeasurableError(msg)


def _report(
    key: str, shape: Shape, ours: list[Run], theirs: list[Run]
) -> dict[str, Any]:
    rate = Ratio(
        ours=tuple(run.load.aps for run in ours),
        theirs=tuple(run.load.aps for run in theirs),
    )
    tail = Ratio(
        ours=tuple(run.load.p99 for run in ours),
        theirs=tuple(run.load.p99 for run in theirs),
    )
    line = (
        f"{key}\n  accepted/s {median(rate.ours):,.0f} to {median(rate.theirs):,.0f}:"
        f" ratio {rate}\n  p99 {median(tail.ours):.1f} ms to"
        f" {median(tail.theirs):.1f} ms: ratio {tail}\n  processor"
        f" {median([r.cpu_us for r in ours]):.1f} to"
        f" {median([r.cpu_us for r in theirs]):.1f} us an alert"
    )
    if shape.kind == "new":
        line += (
            f"\n  decided/s {median([r.during_per_second for r in ours]):,.0f} during,"
            f" {median([r.evaluated_per_second for r in ours]):,.0f} until all were;"
            f" {median([r.drain_seconds for r in ours]):.2f} s after the last post"
        )
    line += f"\n  listing took {median([r.look_seconds for r in ours]):.2f} s to"
    line += f" {median([r.look_seconds for r in theirs]):.2f} s"
    print(line, flush=True)
    return {
        "accepted_per_second": rate.as_json(),
        "p99_ms": tail.as_json(),
        "runs": {
            "handrail": [msgspec.to_builtins(run) for run in ours],
            "alertmanager": [msgspec.to_builtins(run) for run in theirs],
        },
    }


@contextmanager
def fresh_databases(name: str) -> Iterator[Callable[[], str]]:
    """Yield what makes a fresh database's URL; "" is SQLite in the data folder."""
    if name == "sqlite":
        yield lambda: ""
        return
    folder = binaries()
    if folder is None:
        msg = f"NOT MEASURED: {MISSING}"
        raise UnmeasurableError(msg)
    with PostgresServer(folder) as server:
        yield lambda: server.url(server.new_database())
