"""A storm of pages on two servers: what it costs where people take turns.

Two processes on one PostgreSQL get 1,000 alerts about 50 services at once, in requests
of 50, in turn to the one and to the other. At each service's level four people take
turns. Timed from the first post until every page's level is told in the record, and
until a message about every page has arrived. The peer is the same storm at levels
without turns that leads to as many people as often: 200 services with a person each.

Then one of the two servers is killed when half of the pages are opened; the other must
tell all of them, and no turn may be lost or given twice.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from benchmarks import configuration
from benchmarks.ingest import fresh_databases
from benchmarks.peer import (
    Peer,
    UnmeasurableError,
    configure,
    handrail_on,
    new_folder,
)
from benchmarks.ratio import Ratio, median
from benchmarks.sink import http_sink

SERVICES = 50
PEOPLE = 4
ALERTS = 1_000
REQUEST = 50
SENDERS = 4
PATIENCE_SECONDS = 180.0
PROBE_SECONDS = 0.05
_KEY = {"HANDRAIL_SECRET_KEY": "a key of both, long enough to be one"}
_OPENED = "SELECT count(*) FROM page WHERE level IS NOT NULL"
_TOLD = (
    "SELECT count(DISTINCT delivery.page_id) FROM delivery"
    " JOIN attempt ON attempt.delivery_id = delivery.id"
    " WHERE attempt.outcome = 'accepted'"
)
_TURNS = (
    "SELECT count(*), count(DISTINCT (page.policy::json ->> 'name',"
    " event.payload::json ->> 'turn')), max((event.payload::json ->> 'turn')::int)"
    " FROM event JOIN page ON event.stream = 'page:' || page.id"
    " WHERE event.kind = 'level_notified'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """Seconds from the first post until all pages were opened, and told."""

    opened: float
    told: float


def measure(*, is_quick: bool) -> dict[str, Any]:
    """Measure pairs of storms, with turns and without, and a storm with a death."""
    rounds = 1 if is_quick else 5
    turns: list[Storm] = []
    plain: list[Storm] = []
    with fresh_databases("postgres") as make_url, http_sink() as (sink, _):
        shared = configuration.storm_handrail(
            sink, services=SERVICES, people=PEOPLE, takes_turns=True
        )
        own = configuration.storm_handrail(
            sink, services=SERVICES * PEOPLE, people=1, takes_turns=False
        )
        for place in range(rounds):
            for takes_turns in (True, False)[:: 1 if place % 2 else -1]:
                with pair(make_url(), shared if takes_turns else own) as peers:
                    if takes_turns:
                        turns.append(storm(peers, takes_turns=True))
                    else:
                        services = SERVICES * PEOPLE
                        plain.append(storm(peers, takes_turns=False, services=services))
        with pair(make_url(), shared) as peers:
            death = storm(peers, takes_turns=True, is_one_killed=True)
    return {
        **_report("all pages opened, s", *_both(turns, plain, "opened")),
        **_report("all pages told, s", *_both(turns, plain, "told")),
        **_alone("one of two killed midway", death),
    }


@dataclass(slots=True, kw_only=True)
class Pair:
    """Two servers on one database."""

    peers: tuple[Peer, Peer]
    database: "psycopg.Connection[Any]"

    def count(self, sql: str) -> int:
        row = self.database.execute(sql).fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def pair(database_url: str, told: str) -> Iterator[Pair]:
    """Serve two on one database, with the configuration in force."""
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(
                handrail_on(
                    stack.enter_context(new_folder()),
                    database_url=database_url,
                    variables=_KEY,
                )
            )
            for _ in range(2)
        )
        configure(one, told)
        other.prefix = one.prefix
        connection = psycopg.connect(database_url, autocommit=True)
        stack.callback(connection.close)
        yield Pair(peers=(one, other), database=connection)


def storm(
    servers: Pair,
    *,
    takes_turns: bool,
    is_one_killed: bool = False,
    services: int = SERVICES,
    alerts: int = ALERTS,
) -> Storm:
    """Post the storm and wait until all is told; check that every turn was one page's.

    Args:
        servers: What takes it, with the configuration for it in force.
        takes_turns: Whether the levels have turns.
        is_one_killed: Kill the second when half of the pages are opened.
        services: How many services.
        alerts: As many for each service.

    Raises:
        UnmeasurableError: Something was not told, or a turn was given twice.
    """
    began = time.perf_counter()
    storming = [(place // services, place % services) for place in range(alerts)]
    requests = [storming[at : at + REQUEST] for at in range(0, alerts, REQUEST)]
    with ThreadPoolExecutor(SENDERS) as senders:
        for sent in [
            senders.submit(_send, servers.peers[number % 2], request)
            for number, request in enumerate(requests)
        ]:
            sent.result()
    if is_one_killed:
        _wait_for(servers, _OPENED, alerts // 2, began)
        servers.peers[1].process.kill()
    opened = _wait_for(servers, _OPENED, alerts, began)
    told = _wait_for(servers, _TOLD, alerts, began)
    if takes_turns:
        row = servers.database.execute(_TURNS).fetchone()
        if row != (alerts, alerts, alerts // services):
            msg = f"turns were lost or given twice: {row}"
            raise UnmeasurableError(msg)
    return Storm(opened=opened, told=told)


def _send(peer: Peer, storming: list[tuple[int, int]]) -> None:
    ends_at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    alerts = [
        {
            "labels": {"alertname": f"Storm {number}", "slot": str(slot)},
            "endsAt": ends_at,
        }
        for number, slot in storming
    ]
    peer.post(peer.alerts_path(), alerts)


def _wait_for(servers: Pair, sql: str, count: int, began: float) -> float:
    while (found := servers.count(sql)) < count:
        if time.perf_counter() - began > PATIENCE_SECONDS:
            msg = f"after {PATIENCE_SECONDS:.0f} s {found} of {count} pages: {sql}"
            raise UnmeasurableError(msg)
        time.sleep(PROBE_SECONDS)
    return time.perf_counter() - began


def _both(
    turns: list[Storm], plain: list[Storm], what: str
) -> tuple[list[float], list[float]]:
    return [getattr(one, what) for one in turns], [getattr(one, what) for one in plain]


def _report(name: str, turns: list[float], plain: list[float]) -> dict[str, Any]:
    ratio = Ratio(ours=tuple(turns), theirs=tuple(plain))
    print(
        f"{name}: with turns {median(turns):.2f}, without {median(plain):.2f}:"
        f" ratio {ratio}",
        flush=True,
    )
    return {name: ratio.as_json()}


def _alone(name: str, found: Storm) -> dict[str, Any]:
    print(f"{name}: opened {found.opened:.2f} s, told {found.told:.2f} s", flush=True)
    return {name: {"opened": found.opened, "told": found.told}}
