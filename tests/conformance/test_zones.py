"""In every zone and every minute of five years the stated people are on duty.

A sample of zones within a budget; HANDRAIL_ZONES=all (``make test-zones``) takes all.
"""

import os
import random
import time as clock
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

import pytest
from tests.conformance import zones
from tests.conformance.zones import END, MINUTE, MINUTES, START, Offsets

from handrail.core.ids import Slug
from handrail.core.schedule.explain import explain
from handrail.core.schedule.on_call import change_after, tile_at
from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.schedule import (
    Combination,
    Layer,
    Override,
    OverrideMode,
    Revision,
    Rotation,
    RotationUnit,
    Schedule,
    Turns,
    Window,
)
from handrail.core.schedule.tile import joined

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
IS_ALL = os.environ.get("HANDRAIL_ZONES") == "all"
BUDGET_SECONDS = 25.0
KINDS = 6
QUESTIONS = 12
"""Instants at which reason, next change and cut are asked about, a schedule."""
MICROSECOND = timedelta(microseconds=1)
FIRST_DAY = date(2023, 12, 4)

Table = tuple[Offsets, list[str]]


def tables(names: list[str]) -> Iterator[Table]:
    """Yield offsets with the zones that have them; each is walked once."""
    found: dict[Offsets, list[str]] = {}
    for name in names:
        found.setdefault(zones.offsets(name), []).append(name)
    yield from found.items()


@pytest.mark.campaign
@pytest.mark.timeout(0 if IS_ALL else 300)
def test_everybody_is_on_duty_in_the_stated_minutes_of_every_zone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seed = random.SystemRandom().getrandbits(32)
    chance = random.Random(seed)
    names = ZONES if IS_ALL else chance.sample(ZONES, len(ZONES))
    chunks = [names] if IS_ALL else [[name] for name in names]
    began = clock.monotonic()
    seen = walked = tiles = asked = 0
    for table, alike in (one for chunk in chunks for one in tables(chunk)):
        schedules = around(table, chance)
        assert len(schedules) == KINDS
        runs = zones.walk(schedules, table)
        walked += 1
        for name in alike:
            seen += 1
            for schedule, expected in zip(schedules, runs, strict=True):
                here = in_zone(schedule, name)
                tiles += compare(here, expected, f"{name}, seed {seed}")
                asked += question(here, table, chance, f"{name}, seed {seed}")
        if not IS_ALL and clock.monotonic() - began > BUDGET_SECONDS:
            break
    with capsys.disabled():
        print(
            f"\n{seen} of {len(ZONES)} zones, {walked * MINUTES:,} minutes walked for "
            f"{KINDS} schedules, {tiles:,} tiles compared, {asked:,} instants "
            f"asked, in {clock.monotonic() - began:.0f} s (seed {seed})"
        )
    assert seen == len(ZONES) or not IS_ALL


def compare(schedule: Schedule, expected: list[zones.Run], where: str) -> int:
    """Compare each stretch; return how many tiles there were."""
    tiles = resolve(schedule, START, END)
    assert tiles[0].starts_at == START
    assert tiles[-1].ends_at == END
    assert all(one.ends_at == other.starts_at for one, other in pairwise(tiles))
    found: list[zones.Run] = []
    for tile in tiles:
        begins, ends = ((at - START) // MINUTE for at in tile[:2])
        people = frozenset(map(str, tile.users))
        if found and found[-1][2] == people:
            found[-1] = found[-1][0], ends, people
        else:
            found.append((begins, ends, people))
    differ = [
        (one, other)
        for one, other in zip(found, expected, strict=False)
        if one != other
    ]
    assert found == expected, f"{where}, {schedule.name}: {differ[:1]}"
    return len(tiles)


def question(
    schedule: Schedule, table: Offsets, chance: random.Random, where: str
) -> int:
    """Ask at instants near changes and elsewhere; return how many."""
    changes = [minute for minute, _ in table[1:] if 0 < minute < MINUTES]
    near = [minute + chance.randint(-1500, 1500) for minute in changes]
    places = chance.sample(near, min(len(near), QUESTIONS // 2))
    places += [chance.randrange(MINUTES - 1) for _ in range(QUESTIONS - len(places))]
    for place in places:
        at = START + max(place, 1) * MINUTE
        tile = tile_at(schedule, at)
        told = explain(schedule, at)
        assert told.users == tile.users, (where, at)
        assert told.shadows == tile.companions, (where, at)
        until = change_after(schedule, at)
        if until is not None:
            assert until > at, (where, at)
            assert tile_at(schedule, until - MICROSECOND).answer == tile.answer
            assert tile_at(schedule, until).answer != tile.answer, (where, at)
        first, last = at - 3 * timedelta(days=1), at + 3 * timedelta(days=1)
        parts = resolve(schedule, first, at) + resolve(schedule, at, last)
        assert joined(parts) == resolve(schedule, first, last), (where, at)
    return len(places)


def in_zone(schedule: Schedule, name: str) -> Schedule:
    return Schedule(
        name=schedule.name,
        title=schedule.title,
        time_zone=name,
        revisions=schedule.revisions,
        overrides=schedule.overrides,
    )


def around(table: Offsets, chance: random.Random) -> list[Schedule]:
    """Return schedules whose handoffs and hours lie where the wall is not smooth."""
    return [
        written("weekly", layer(chance, table, RotationUnit.WEEK, "a", "b", "c")),
        written("daily", layer(chance, table, RotationUnit.DAY, "a", "nobody", "b")),
        written("hourly", layer(chance, table, RotationUnit.HOUR, "a", "b", every=5)),
        written("monthly", layer(chance, table, RotationUnit.MONTH, "a", "b", "c")),
        written(
            "hours",
            layer(
                chance,
                table,
                RotationUnit.DAY,
                *("a", "b", "c"),
                windows=tuple(window(chance, table) for _ in range(3)),
                turns=Turns.ONLY_ACTIVE,
            ),
        ),
        written(
            "layers",
            layer(chance, table, RotationUnit.WEEK, "a", "b", every=2),
            layer(chance, table, RotationUnit.DAY, "c", "d", lasts=500),
            layer(
                chance,
                table,
                RotationUnit.WEEK,
                *("e", "f"),
                windows=(window(chance, table),),
                combination=Combination.JOIN,
            ),
            layer(
                chance,
                table,
                RotationUnit.DAY,
                *("g", "nobody"),
                windows=(window(chance, table),),
                combination=Combination.TOGETHER,
            ),
            overrides=tuple(override(chance, table, order) for order in range(12)),
        ),
    ]


def written(
    name: str, *layers: Layer, overrides: tuple[Override, ...] = ()
) -> Schedule:
    return Schedule(
        name=Slug(name),
        title=name,
        time_zone="UTC",
        revisions=(Revision(layers=layers),),
        overrides=overrides,
    )


def layer(  # noqa: PLR0913 - a layer has that many parts
    chance: random.Random,
    table: Offsets,
    unit: RotationUnit,
    *people: str,
    every: int = 1,
    lasts: int | None = None,
    windows: tuple[Window, ...] = (),
    turns: Turns = Turns.ALWAYS,
    combination: Combination = Combination.COVER,
) -> Layer:
    return Layer(
        name=Slug(f"layer-{people[0]}"),
        rotation=Rotation(
            participants=tuple(
                () if name == "nobody" else (Slug(name),) for name in people
            ),
            unit=unit,
            lengths=(every, every + 1),
            starts_on=FIRST_DAY + timedelta(days=chance.randrange(20)),
            handoff=wall_time(chance, table),
            lasts=None if lasts is None else lasts * MINUTE,
        ),
        windows=windows,
        turns=turns,
        combination=combination,
    )


def window(chance: random.Random, table: Offsets) -> Window:
    start, end = wall_time(chance, table), wall_time(chance, table)
    days = chance.choice((0, 1, 2, 3)) if end > start else chance.choice((1, 2, 3))
    return Window(weekday=chance.randrange(7), start=start, days=days, end=end)


def wall_time(chance: random.Random, table: Offsets) -> time:
    """Return a time that some change of the clocks skips or repeats, or any other."""
    if len(table) > 1 and chance.random() < 0.7:
        place = chance.randrange(1, len(table))
        minute, offset = table[place]
        low, high = sorted((minute + table[place - 1][1], minute + offset))
        wall = chance.randint(low - 30, high + 30) % zones.DAY
    else:
        wall = chance.randrange(zones.DAY)
    return time(wall // 60, wall % 60)


def override(chance: random.Random, table: Offsets, order: int) -> Override:
    changes = [minute for minute, _ in table[1:]] or [MINUTES // 2]
    begins = max(chance.choice(changes) + chance.randint(-3000, 3000), 0)
    starts_at: datetime = START + begins * MINUTE
    return Override(
        name=Slug(f"override-{order}"),
        user=Slug(chance.choice("abcdgh")),
        starts_at=starts_at,
        ends_at=starts_at + chance.randint(1, 4000) * MINUTE,
        order=order,
        mode=chance.choice(list(OverrideMode)),
    )
