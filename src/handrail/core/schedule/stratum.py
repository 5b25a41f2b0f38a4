"""Layers that count as one, and who is decided by which of them.

The topmost is asked first: what it covers, no layer below it is asked about.
"""

from collections.abc import Sequence
from itertools import pairwise

from handrail.core.ids import Slug
from handrail.core.schedule.layer import pieces
from handrail.core.schedule.restriction import Stretch, without
from handrail.core.schedule.schedule import Combination, Layer
from handrail.core.schedule.tile import Duty, Tile, tile_of

Stratum = Sequence[Layer]
"""Layers that are one by ``JOIN``; the first says how they go with those below."""


def strata(layers: tuple[Layer, ...]) -> list[Stratum]:
    """Return the layers of duty in order, those that are one together."""
    found: list[list[Layer]] = []
    for layer in layers:
        if layer.is_shadow:
            continue
        if found and layer.combination is Combination.JOIN:
            found[-1].append(layer)
        else:
            found.append([layer])
    return list(found)


def decided(
    strata_: Sequence[Stratum], time_zone: str, holes: list[Stretch]
) -> tuple[list[Tile], list[Stretch]]:
    """Return what the strata say within stretches, and where none says anything.

    The stretches are in order and disjoint, and so is what is returned.
    """
    found: list[Tile] = []
    for place in reversed(range(len(strata_))):
        if not holes:
            break
        stratum = strata_[place]
        said = told(stratum, time_zone, holes)
        if not said:
            continue
        if stratum[0].combination is Combination.TOGETHER:
            below, open_ = decided(strata_[:place], time_zone, holes)
            found += side_by_side(below, said)
            holes = _less(open_, said)
            break
        found += said
        holes = _less(holes, said)
    found.sort()
    return found, holes


def told(stratum: Stratum, time_zone: str, within: list[Stretch]) -> list[Tile]:
    """Return what the layers of a stratum say within stretches."""
    said: list[Tile] = []
    for layer in stratum:
        found = pieces(layer, time_zone=time_zone, within=within)
        said = side_by_side(said, found)
    return said


def _less(holes: list[Stretch], said: list[Tile]) -> list[Stretch]:
    return without(holes, ((one[0], one[1]) for one in said))


def side_by_side(one: list[Tile], other: list[Tile]) -> list[Tile]:
    """Return what two say where either does; where both do, they are together."""
    if not one or not other:
        return one or other
    edges = sorted({edge for said in (*one, *other) for edge in said[:2]})
    result: list[Tile] = []
    first = second = 0
    for starts_at, ends_at in pairwise(edges):
        while first < len(one) and one[first].ends_at <= starts_at:
            first += 1
        while second < len(other) and other[second].ends_at <= starts_at:
            second += 1
        duties = [
            said[place].duties
            for said, place in ((one, first), (other, second))
            if place < len(said) and said[place].starts_at <= starts_at
        ]
        if duties:
            together = duties[0] if len(duties) == 1 else beside(*duties)
            result.append(tile_of((starts_at, ends_at, together, (), not together)))
    return result


def beside(duties: tuple[Duty, ...], new: tuple[Duty, ...]) -> tuple[Duty, ...]:
    """Return both, nobody twice."""
    known: set[Slug] = {duty.user for duty in duties}
    return duties + tuple([duty for duty in new if duty.user not in known])
