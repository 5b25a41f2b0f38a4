"""Who is on call: at an instant, next, and in a window, with the reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from handrail.core.ids import Slug
from handrail.core.schedule.explain import explain
from handrail.core.schedule.layer import pieces
from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.schedule import Schedule
from handrail.core.schedule.tile import Tile

LOOK_AHEAD_MAX = timedelta(days=512)
"""How far a change of the answer is looked for."""

_INSTANT = timedelta(microseconds=1)
_FIRST_LOOK = timedelta(days=2)
_WIDER = 16
_FOUND = "on_call"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """The answer for one instant.

    Attributes:
        users: Who is on call, in order; nobody where empty.
        shadows: Who gets the same pages without responsibility.
        why: The chain rule → restriction → override → person, in words.
        until: When the answer changes, always later than the instant asked about;
            none where it stays within ``LOOK_AHEAD_MAX``.
        override: Name of the override that decided, or none.
    """

    users: tuple[Slug, ...]
    shadows: tuple[Slug, ...]
    why: str
    until: datetime | None
    override: Slug | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A time in which one person is on call without a break.

    Attributes:
        user: Who; nobody where the schedule has a gap.
        starts_at: UTC, inclusive.
        ends_at: UTC, exclusive.
        layer: The layer that says so; none for an override or an uncovered gap.
        override: The override that says so; none for the plan.
        is_shadow: On duty without responsibility.
        is_intended: Of a gap: it is meant.
    """

    user: Slug | None
    starts_at: datetime
    ends_at: datetime
    layer: Slug | None = None
    override: Slug | None = None
    is_shadow: bool = False
    is_intended: bool = False


def tile_at(schedule: Schedule, at: datetime) -> Tile:
    """Return who is on duty at an instant; of the tile only the answer means much."""
    return resolve(schedule, at, at + _INSTANT)[0]


def on_call(schedule: Schedule, at: datetime) -> OnCall:
    """Return who is on call at an instant, why, and until when.

    While nothing changes it is the same answer, and found at once.
    """
    known = schedule.found.get(_FOUND)
    if isinstance(known, _Known) and known.since <= at < known.until:
        return known.answer
    answer = _asked(schedule, at)
    schedule.found[_FOUND] = _Known(at, same_until(schedule, at), answer)
    return answer


class _Known(NamedTuple):
    """An answer that holds in ``[since, until)``, down to its words."""

    since: datetime
    until: datetime
    answer: OnCall


def _asked(schedule: Schedule, at: datetime) -> OnCall:
    tile = tile_at(schedule, at)
    decided = [duty.override for duty in tile.duties if duty.override is not None]
    return OnCall(
        users=tile.users,
        shadows=tile.companions,
        why=explain(schedule, at).in_words(),
        until=change_after(schedule, at),
        override=decided[0] if decided else None,
    )


def same_until(schedule: Schedule, at: datetime) -> datetime:
    """Return up to when nothing that is told of an instant changes; later than it.

    No layer begins, ends or hands over before, and no override or edit; at most it is
    some days later.
    """
    end = at + _FIRST_LOOK
    edges = [end]
    for layer in schedule.layers_at(at):
        for piece in pieces(layer, time_zone=schedule.time_zone, within=[(at, end)]):
            edges += [edge for edge in piece[:2] if edge > at]
            break
    for override in schedule.overrides_within(at, end):
        edges += [e for e in (override.starts_at, override.ends_at) if e > at]
    edges += [
        one.effective_from
        for one in schedule.revisions
        if one.effective_from is not None and one.effective_from > at
    ]
    return min(edges)


def change_after(schedule: Schedule, at: datetime) -> datetime | None:
    """Return the first instant after ``at`` at which the answer changes, if any.

    None where it stays the same for ``LOOK_AHEAD_MAX``.
    """
    look = _FIRST_LOOK
    while True:
        tiles = resolve(schedule, at, at + look)
        if len(tiles) > 1:
            return tiles[0].ends_at
        if look >= LOOK_AHEAD_MAX:
            return None
        look = min(look * _WIDER, LOOK_AHEAD_MAX)


def shifts(schedule: Schedule, start: datetime, end: datetime) -> tuple[Shift, ...]:
    """Return everybody's shifts within ``[start, end)``, cut at both ends.

    A shift goes on while person and source stay the same. Gaps are shifts of nobody.
    Sorted by start, then user.
    """
    going: dict[tuple[object, ...], Shift] = {}
    done: list[Shift] = []
    for tile in resolve(schedule, start, end):
        now = {_key(one): one for one in _shifts_of(tile)}
        done += [shift for key, shift in going.items() if key not in now]
        going = {
            key: one if key not in going else _longer(going[key], one)
            for key, one in now.items()
        }
    done += going.values()
    return tuple(sorted(done, key=lambda s: (s.starts_at, s.user or "", s.ends_at)))


def _shifts_of(tile: Tile) -> list[Shift]:
    said = [(duty, False) for duty in tile.duties]
    said += [(duty, True) for duty in tile.shadows]
    found = [] if tile.duties else [_gap(tile)]
    found += [
        Shift(
            user=duty.user,
            starts_at=tile.starts_at,
            ends_at=tile.ends_at,
            layer=duty.layer,
            override=duty.override,
            is_shadow=is_shadow,
        )
        for duty, is_shadow in said
    ]
    return found


def _gap(tile: Tile) -> Shift:
    return Shift(
        user=None,
        starts_at=tile.starts_at,
        ends_at=tile.ends_at,
        is_intended=tile.is_intended,
    )


def _key(shift: Shift) -> tuple[object, ...]:
    return shift.user, shift.layer, shift.override, shift.is_shadow, shift.is_intended


def _longer(earlier: Shift, later: Shift) -> Shift:
    return Shift(
        user=later.user,
        starts_at=earlier.starts_at,
        ends_at=later.ends_at,
        layer=later.layer,
        override=later.override,
        is_shadow=later.is_shadow,
        is_intended=later.is_intended,
    )
