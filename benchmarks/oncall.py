"""What it costs to ask who is on call, and how that grows with what is asked about.

Times are processor time of this process: other work on the machine changes them less.
A year is set beside the least any answer of its size could cost: making its tiles anew.
"""

import gc
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from benchmarks import rota
from benchmarks.ratio import Ratio, median, quantile
from handrail.core.schedule.explain import explain
from handrail.core.schedule.on_call import on_call, tile_at
from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.schedule import Schedule
from handrail.core.schedule.tile import Tile

SIZES = (1_000, 3_000, 10_000)
"""Schedules among which each is looked up once."""
LAYERS, OVERRIDES = 3, 5
YEARS = ((1, 500), (3, 500), (10, 50), (10, 500), (10, 5_000))
"""Layers and overrides of the schedule whose year is asked for."""
NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOOKUP_GOAL_MICROSECONDS = 100
YEAR_GOAL_MILLISECONDS = 10


def measure(*, is_quick: bool) -> dict[str, Any]:
    """Look up who is on call in many schedules, and resolve whole years."""
    rounds = 5 if is_quick else 15
    gc.collect()
    gc.freeze()
    try:
        return {"lookup": _lookups(rounds), "year": _years(rounds)}
    finally:
        gc.unfreeze()


def _lookups(rounds: int) -> list[dict[str, Any]]:
    found = []
    for size in SIZES:
        schedules = [
            rota.schedule(number, layers=LAYERS, overrides=OVERRIDES)
            for number in range(size)
        ]
        costs = _lookup(schedules, rounds)
        found.append({"schedules": size, **costs})
        words = ", ".join(f"{what} {cost:.1f} µs" for what, cost in costs.items())
        print(f"{size} schedules, each: {words}", flush=True)
    for less, more in pairwise(found):
        growth = more["who"] / less["who"]
        sizes = f"{more['schedules']} to {less['schedules']}"
        print(f"{sizes}, one schedule to one: {growth:.2f}")
    met = found[-1]["again"] < LOOKUP_GOAL_MICROSECONDS
    print(f"goal of {LOOKUP_GOAL_MICROSECONDS} µs: {'met' if met else 'MISSED'}")
    return found


def _lookup(schedules: list[Schedule], rounds: int) -> dict[str, float]:
    """Return microseconds for each of several questions, a schedule."""

    asked: dict[str, Callable[[Schedule], object]] = {
        "first": lambda one: on_call(replace(one), NOON),
        "again": lambda one: on_call(one, NOON + MINUTE),
        "who": lambda one: tile_at(one, NOON),
        "why": lambda one: explain(one, NOON),
    }
    return {
        what: median(_costs(lambda ask=ask: list(map(ask, schedules)), rounds))  # type: ignore[misc]
        / len(schedules)
        * 1e6
        for what, ask in asked.items()
    }


def _years(rounds: int) -> list[dict[str, Any]]:
    found = []
    for layers, overrides in YEARS:
        schedule = rota.schedule(1, layers=layers, overrides=overrides)
        tiles = resolve(schedule, *rota.YEAR)
        ours = _costs(lambda one=schedule: resolve(one, *rota.YEAR), rounds)  # type: ignore[misc]
        theirs = _costs(lambda all_=tiles: _made_anew(all_), rounds)  # type: ignore[misc]
        ratio = Ratio(ours=tuple(ours), theirs=tuple(theirs))
        cost = median(ours) * 1e3
        print(
            f"{layers} layers, {overrides} overrides: {len(tiles)} tiles, "
            f"{cost:.1f} ms (p90 {quantile(ours, 0.9) * 1e3:.1f}), "
            f"to making them {ratio}",
            flush=True,
        )
        found.append(
            {"layers": layers, "overrides": overrides, "ms": cost, **ratio.as_json()}
        )
        if (layers, overrides) == (10, 500):
            met = cost < YEAR_GOAL_MILLISECONDS
            print(f"goal of {YEAR_GOAL_MILLISECONDS} ms: {'met' if met else 'MISSED'}")
    return found


def _made_anew(tiles: tuple[Tile, ...]) -> list[Tile]:
    return [
        Tile(one.starts_at, one.ends_at, one.duties, one.shadows, one.is_intended)
        for one in tiles
    ]


def _costs(ask: Callable[[], object], rounds: int) -> list[float]:
    """Return seconds of processor time, round by round, after one that warms up."""
    ask()
    costs = []
    for _ in range(rounds):
        began = time.process_time()
        ask()
        costs.append(time.process_time() - began)
    return costs
