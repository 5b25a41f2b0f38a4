"""What it costs to ask what would happen, and how that grows.

The organisations are those of ``benchmarks.coverage``. A simulation is of one alert
that nobody answers, so of the whole policy; a back-test plays recorded alerts, spread
over four weeks, through what was in force and through a proposal, under each assumption
of who answers. Times are processor time of this process, the least of the rounds: other
work on the machine only adds to them.
"""

import gc
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from benchmarks.coverage import organisation
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.whatif.backtest import compare
from handrail.core.whatif.behaviour import Nobody
from handrail.core.whatif.question import Question
from handrail.core.whatif.record import Record, RecordedAlert
from handrail.core.whatif.response_times import Contact
from handrail.core.whatif.simulation import simulate

SERVICES = (10, 100, 1_000)
"""Of the organisations in which a simulation is asked for."""
ALERTS = (100, 300, 1_000)
"""Of the records that are played; a server plays up to the last of them at once."""
BACKTEST_SERVICES = 100
"""Where the number of alerts grows; the largest record is played in ``SERVICES``."""
ASKED = 20
START = datetime(2026, 3, 2, tzinfo=UTC)
PERIOD = timedelta(weeks=4)
LASTS = timedelta(minutes=20)


def measure(*, is_quick: bool) -> dict[str, Any]:
    """Simulate in organisations, and back-test records, of growing size."""
    rounds = 2 if is_quick else 5
    return {
        "simulate": _simulations(rounds),
        "backtest": _backtests(ALERTS[:2] if is_quick else ALERTS, rounds),
        "backtest_in": _backtests_in(SERVICES[:2] if is_quick else SERVICES, rounds),
    }


def record(alerts: int, *, services: int) -> Record:
    """Return a record: alerts spread evenly, of each service in turn, each answered."""
    step = PERIOD / alerts
    return Record(
        starts_at=START,
        ends_at=START + PERIOD,
        alerts=tuple(
            RecordedAlert(
                id=f"alert-{number}",
                integration="what-if",
                fired_at=START + number * step,
                labels={"service": f"service-{number % services}"},
                closed_at=START + number * step + LASTS,
                contacts=(Contact(seconds=60 + number % 300, is_answered=True),),
            )
            for number in range(alerts)
        ),
    )


def _simulations(rounds: int) -> list[dict[str, Any]]:
    found = []
    for size in SERVICES:
        snapshot, _ = organisation(size)
        cost = _least(lambda one=snapshot: _simulated(one), rounds) / ASKED * 1e3  # type: ignore[misc]
        found.append({"services": size, "ms": cost})
        print(f"{size:>5} services: {cost:.2f} ms a simulation", flush=True)
    _grown(found, "services")
    return found


def _simulated(snapshot: Snapshot) -> None:
    names = sorted(snapshot.services)
    for number in range(ASKED):
        at = START + number * timedelta(hours=7)
        asked = Question(at=at, service=Slug(names[number % len(names)]))
        simulate(asked, snapshot=snapshot, behaviour=Nobody())


def _backtests(sizes: tuple[int, ...], rounds: int) -> list[dict[str, Any]]:
    found = [_played(size, BACKTEST_SERVICES, rounds) for size in sizes]
    _grown(found, "alerts")
    return found


def _backtests_in(sizes: tuple[int, ...], rounds: int) -> list[dict[str, Any]]:
    found = [_played(ALERTS[-1], size, rounds) for size in sizes]
    _grown(found, "services")
    return found


def _played(alerts: int, services: int, rounds: int) -> dict[str, Any]:
    before, _ = organisation(services)
    after, _ = organisation(services)
    played = record(alerts, services=services)
    seconds = _least(
        lambda: compare(played, in_force=lambda _: before, proposed=after), rounds
    )
    each = seconds / alerts * 1e3
    told = f"{seconds:.2f} s, {each:.2f} ms each"
    print(f"{alerts:>5} alerts, {services:>5} services: {told}", flush=True)
    return {"alerts": alerts, "services": services, "ms": seconds * 1e3}


def _grown(found: list[dict[str, Any]], what: str) -> None:
    for less, more in pairwise(found):
        growth = more["ms"] / less["ms"]
        print(f"{more[what]} to {less[what]} {what}: {growth:.2f} times the time")


def _least(ask: Callable[[], object], rounds: int) -> float:
    """Return the least seconds of processor time, after a round that warms up."""
    ask()
    costs = []
    for _ in range(rounds):
        gc.collect()
        began = time.process_time()
        ask()
        costs.append(time.process_time() - began)
    return min(costs)
