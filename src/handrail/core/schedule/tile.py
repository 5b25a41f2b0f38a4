"""Tiles: stretches of time with one answer to who is on duty."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import NamedTuple

from handrail.core.ids import Slug


class Duty(NamedTuple):
    """Somebody on duty, and what put them there.

    Attributes:
        user: Who.
        layer: Name of the layer whose turn it is; none where an override decided.
        override: Name of the override that decided; none for the plan.
        is_added: Put beside the others by an override, not in anybody's place.
    """

    user: Slug
    layer: Slug | None = None
    override: Slug | None = None
    is_added: bool = False


class Tile(NamedTuple):
    """A stretch ``[starts_at, ends_at)``, UTC, in which the answer is one.

    Attributes:
        duties: Who is on duty, nobody twice; empty is a gap.
        shadows: Who goes along without responsibility; none of those on duty.
        is_intended: Of a gap: a turn of nobody, or a removal, says that it is meant.
    """

    starts_at: datetime
    ends_at: datetime
    duties: tuple[Duty, ...] = ()
    shadows: tuple[Duty, ...] = ()
    is_intended: bool = False

    @property
    def answer(self) -> tuple[tuple[Duty, ...], tuple[Duty, ...], bool]:
        """Return what it says, without when."""
        return self[2:]

    @property
    def users(self) -> tuple[Slug, ...]:
        """Return who is on duty."""
        return tuple(duty.user for duty in self.duties)

    @property
    def companions(self) -> tuple[Slug, ...]:
        """Return who goes along as shadow."""
        return tuple(duty.user for duty in self.shadows)


duty_of: Callable[[tuple[Slug, Slug | None, Slug | None, bool]], Duty] = partial(
    tuple.__new__, Duty
)
"""Makes a duty of its parts, in half the time that calling ``Duty`` takes."""

Parts = tuple[datetime, datetime, tuple[Duty, ...], tuple[Duty, ...], bool]

tile_of: Callable[[Parts], Tile] = partial(tuple.__new__, Tile)
"""Makes a tile of its parts, in half the time that calling ``Tile`` takes."""


def joined(tiles: Iterable[Tile]) -> tuple[Tile, ...]:
    """Return the same answers with neighbours that say the same made one tile."""
    result: list[Tile] = []
    for tile in tiles:
        last = result[-1] if result else None
        if last and last[2] == tile[2] and last[1] == tile[0] and last[3:] == tile[3:]:
            result[-1] = tile_of((last[0], *tile[1:]))
        else:
            result.append(tile)
    return tuple(result)
