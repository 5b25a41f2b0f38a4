"""Ranks with gaps, so that a route that is put between two others moves neither."""

from collections.abc import Sequence
from itertools import pairwise

STRIDE = 1024
"""The gap that is left between neighbours: ten insertions at one spot."""


def new_orders(ranks: Sequence[int | None], *, above: int) -> list[int]:
    """Return increasing ranks for a sequence, keeping as many as can be kept.

    Args:
        ranks: The rank that each item has, in the order that is wanted; ``None`` for
            a new item.
        above: Every rank is greater than this.
    """
    kept = _longest_rising(ranks, above=above)
    orders: list[int] = []
    for place in range(len(ranks)):
        if place in kept:
            orders.append(kept[place])
            continue
        previous = orders[-1] if orders else above
        run, following = _run(kept, place, len(ranks))
        if following is None:
            orders.append(previous + STRIDE)
            continue
        step = (following - previous) // (run + 1)
        if step == 0:
            # No room is left: number everything anew.
            return [above + STRIDE * (n + 1) for n in range(len(ranks))]
        orders.append(previous + step)
    return orders


def _run(kept: dict[int, int], place: int, length: int) -> tuple[int, int | None]:
    """Return how many items in a row need a rank, and the kept rank after them."""
    end = place
    while end < length and end not in kept:
        end += 1
    return end - place, kept.get(end)


def _longest_rising(ranks: Sequence[int | None], *, above: int) -> dict[int, int]:
    """Return by position the longest strictly rising run of ranks to keep."""
    held = [
        (place, rank)
        for place, rank in enumerate(ranks)
        if rank is not None and rank > above
    ]
    if all(left[1] < right[1] for left, right in pairwise(held)):
        return dict(held)
    lengths: list[int] = []
    befores: list[int | None] = []
    for at, (_, rank) in enumerate(held):
        lower = (i for i in range(at) if held[i][1] < rank)
        before = max(lower, key=lengths.__getitem__, default=None)
        lengths.append(1 if before is None else lengths[before] + 1)
        befores.append(before)
    cursor: int | None = max(range(len(held)), key=lengths.__getitem__)
    kept: dict[int, int] = {}
    while cursor is not None:
        kept |= dict([held[cursor]])
        cursor = befores[cursor]
    return kept
