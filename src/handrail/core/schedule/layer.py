"""What one layer says of a stretch of time: pieces of turns, where it counts."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.schedule import restriction
from handrail.core.schedule.restriction import Stretch
from handrail.core.schedule.rotation import (
    counts_until,
    handoff,
    participant,
    period_at,
)
from handrail.core.schedule.schedule import (
    FixedShift,
    Layer,
    Party,
    Rotation,
    Span,
    Turns,
)


class Piece(NamedTuple):
    """A stretch in which a layer says one thing, ``[starts_at, ends_at)`` in UTC.

    Attributes:
        users: Who is on duty; nobody, as intended, where empty.
    """

    starts_at: datetime
    ends_at: datetime
    users: Party


def pieces(
    layer: Layer, *, time_zone: str, start: datetime, end: datetime
) -> list[Piece]:
    """Return what the layer says within ``[start, end)``, in order and disjoint.

    Turns meet at handoffs and are not joined, so that each end is a handoff or an
    edge. ``time_zone`` is read where the layer names none of its own.
    """
    first = start if layer.starts_at is None else max(start, layer.starts_at)
    last = end if layer.ends_at is None else min(end, layer.ends_at)
    if first >= last:
        return []
    said = (
        _listed(layer.shifts, first, last)
        if layer.rotation is None
        else _turned(
            layer, layer.rotation, rotation_zone(layer, time_zone), first, last
        )
    )
    zone = wall_clock.zone(layer.time_zone or time_zone)
    return list(_cut(said, _open_times(layer, zone, first, last)))


def rotation_zone(layer: Layer, time_zone: str) -> ZoneInfo:
    """Return the zone in which the handoffs of a layer's rotation are read."""
    own = None if layer.rotation is None else layer.rotation.time_zone
    return wall_clock.zone(own or layer.time_zone or time_zone)


def _open_times(
    layer: Layer, zone: ZoneInfo, start: datetime, end: datetime
) -> list[Stretch]:
    """Return when the layer counts: inside its windows and outside its holidays."""
    found = [(start, end)]
    if layer.windows:
        found = restriction.stretches(layer.windows, zone, start, end)
    for holiday in layer.holidays:
        if holiday.ends_at > start and holiday.starts_at < end:
            found = _without(found, holiday)
    return found


def _without(open_times: list[Stretch], closed: Span) -> list[Stretch]:
    return [
        (starts_at, ends_at)
        for opens_at, closes_at in open_times
        for starts_at, ends_at in (
            (opens_at, min(closes_at, closed.starts_at)),
            (max(opens_at, closed.ends_at), closes_at),
        )
        if starts_at < ends_at
    ]


def _turned(
    layer: Layer, rotation: Rotation, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[Piece]:
    """Yield what counts of the turns that touch ``[start, end)``, uncut."""
    period = period_at(rotation, zone, start)
    starts_at = handoff(rotation, zone, period)
    while starts_at < end:
        ends_at = handoff(rotation, zone, period + 1)
        turn: int | None = period
        if layer.turns is Turns.ONLY_ACTIVE:
            turn = restriction.turn_of_period(rotation, layer.windows, period)
        until = ends_at
        if rotation.lasts is not None:
            until = min(ends_at, counts_until(rotation, zone, period))
        if turn is not None and starts_at < until:
            yield Piece(starts_at, until, participant(rotation, turn))
        starts_at, period = ends_at, period + 1


def _listed(
    shifts: tuple[FixedShift, ...], start: datetime, end: datetime
) -> Iterator[Piece]:
    """Yield listed shifts; where several overlap, everybody is on duty together."""
    near = [s for s in shifts if s.starts_at < end and s.ends_at > start]
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
            yield Piece(starts_at, ends_at, tuple(together))


def _cut(said: Iterator[Piece], open_times: list[Stretch]) -> Iterator[Piece]:
    """Yield the parts of the pieces that lie in open times; both are in order."""
    place = 0
    for piece in said:
        while place < len(open_times) and open_times[place][1] <= piece.starts_at:
            place += 1
        index = place
        while index < len(open_times) and open_times[index][0] < piece.ends_at:
            opens_at, closes_at = open_times[index]
            yield Piece(
                max(piece.starts_at, opens_at),
                min(piece.ends_at, closes_at),
                piece.users,
            )
            index += 1
