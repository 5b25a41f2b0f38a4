"""What one layer says of a stretch of time: tiles of turns, where it counts."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.schedule import restriction
from handrail.core.schedule.restriction import Stretch
from handrail.core.schedule.rotation import (
    counts_until,
    handoffs,
    participant,
    period_at,
)
from handrail.core.schedule.schedule import (
    FixedShift,
    Layer,
    Party,
    Rotation,
    Turns,
)
from handrail.core.schedule.tile import Duty, Tile, tile_of


def pieces(layer: Layer, *, time_zone: str, within: list[Stretch]) -> list[Tile]:
    """Return what the layer says within stretches, in order and disjoint.

    A turn of nobody is an intended gap; where the layer is silent, there is no tile.
    The stretches are in order and disjoint. Turns meet at handoffs and are not joined,
    so that each end is a handoff or an edge. ``time_zone`` is read where the layer
    names none of its own.
    """
    hours_zone = wall_clock.zone(layer.time_zone or time_zone)
    open_times = _open_times(layer, hours_zone, within)
    if not open_times:
        return []
    start, end = open_times[0][0], open_times[-1][1]
    if layer.rotation is None:
        return _cut(_listed(layer, start, end), open_times)
    zone = rotation_zone(layer, time_zone)
    return _cut(_turned(layer, layer.rotation, zone, start, end), open_times)


def rotation_zone(layer: Layer, time_zone: str) -> ZoneInfo:
    """Return the zone in which the handoffs of a layer's rotation are read."""
    own = None if layer.rotation is None else layer.rotation.time_zone
    return wall_clock.zone(own or layer.time_zone or time_zone)


def _open_times(layer: Layer, zone: ZoneInfo, within: list[Stretch]) -> list[Stretch]:
    """Return when the layer counts: in its bounds and windows, outside its holidays."""
    start, end = within[0][0], within[-1][1]
    if layer.starts_at is not None and layer.starts_at > start:
        start = layer.starts_at
    if layer.ends_at is not None and layer.ends_at < end:
        end = layer.ends_at
    if start >= end:
        return []
    found = [(start, end)]
    if layer.windows:
        found = restriction.stretches(layer.windows, zone, start, end)
    if len(within) > 1:
        found = restriction.common(found, within)
    for holiday in layer.holidays:
        if holiday.ends_at > start and holiday.starts_at < end:
            found = restriction.without(found, [(holiday.starts_at, holiday.ends_at)])
    return found


def _turned(
    layer: Layer, rotation: Rotation, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[Tile]:
    """Yield what counts of the turns that touch ``[start, end)``, uncut."""
    skips = layer.turns is Turns.ONLY_ACTIVE
    known: dict[int, tuple[Duty, ...]] = {}
    size = len(rotation.participants) or 1
    period, starts_at, ends_at = period_at(rotation, zone, start)
    later = handoffs(rotation, zone, period + 2)
    while True:
        until = ends_at
        turn: int | None = period
        if skips:
            turn = restriction.turn_of_period(rotation, layer.windows, period)
        if rotation.lasts is not None:
            until = min(ends_at, counts_until(rotation, zone, period))
        if turn is not None and starts_at < until:
            place = turn % size
            if place not in known:
                known[place] = _duties(layer, participant(rotation, turn))
            duties = known[place]
            yield tile_of((starts_at, until, duties, (), not duties))
        if ends_at >= end:
            return
        starts_at, ends_at, period = ends_at, next(later), period + 1


def _duties(layer: Layer, party: Party) -> tuple[Duty, ...]:
    return tuple([Duty(user, layer.name) for user in party])


def _listed(layer: Layer, start: datetime, end: datetime) -> Iterator[Tile]:
    """Yield listed shifts; where several overlap, everybody is on duty together."""
    near = [
        shift
        for shift in layer.shifts
        if max(shift.starts_at, start) < min(shift.ends_at, end)
    ]
    edges = sorted({s.starts_at for s in near} | {s.ends_at for s in near})
    near.sort(key=lambda s: s.starts_at)
    active: list[FixedShift] = []
    coming = 0
    for starts_at, ends_at in pairwise(edges):
        active = [s for s in active if s.ends_at > starts_at]
        while coming < len(near) and near[coming].starts_at <= starts_at:
            active.append(near[coming])
            coming += 1
        if active:
            together = dict.fromkeys(name for s in active for name in s.users)
            duties = _duties(layer, tuple(together))
            yield tile_of((starts_at, ends_at, duties, (), not duties))


def _cut(said: Iterator[Tile], open_times: list[Stretch]) -> list[Tile]:
    """Return the parts of the tiles that lie in open times; both are in order."""
    result: list[Tile] = []
    place, count = 0, len(open_times)
    for starts_at, ends_at, duties, _, is_intended in said:
        while place < count and open_times[place][1] <= starts_at:
            place += 1
        index = place
        while index < count:
            opens_at, closes_at = open_times[index]
            if opens_at >= ends_at:
                break
            # Not max() and min(): the two are a tenth of the time that a year takes.
            first = opens_at if opens_at > starts_at else starts_at  # noqa: FURB136
            last = closes_at if closes_at < ends_at else ends_at  # noqa: FURB136
            result.append(tile_of((first, last, duties, (), is_intended)))
            index += 1
    return result
