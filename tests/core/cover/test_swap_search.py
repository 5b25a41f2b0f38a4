"""The solver against trying everything on a grid of hours."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.cover.fit import fit
from handrail.core.cover.swap_search import WholeShift, search, whole_shifts
from handrail.core.ids import Slug
from handrail.core.people.user import User
from handrail.core.schedule.rest import RestRule, RestRules
from handrail.core.schedule.rest_book import RestBook
from handrail.core.schedule.schedule import FixedShift, Layer, Revision, Schedule

PEOPLE = tuple(map(Slug, ("ana", "ben", "cy", "dee")))
ROTAS = tuple(map(Slug, ("s", "t")))
HOURS = 36
START = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)

Grid = dict[Slug, list[Slug | None]]
"""By schedule, who is on call in each hour."""
Block = tuple[Slug, Slug, int, int]
"""A whole shift: who, where, from hour, until hour."""


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    found: Grid = {}
    for rota in ROTAS:
        row: list[Slug | None] = []
        while len(row) < HOURS:
            length = draw(st.integers(2, 9))
            row += [draw(st.sampled_from((*PEOPLE, None)))] * length
        found[rota] = row[:HOURS]
    return found


def blocks(grid: Grid) -> list[Block]:
    found = []
    for rota, row in grid.items():
        first = 0
        for hour in range(1, HOURS + 1):
            if hour == HOURS or row[hour] != row[first]:
                user = row[first]
                if user is not None and first > 0 and hour < HOURS:
                    found.append((user, rota, first, hour))
                first = hour
    return found


def hours_of(grid: Grid, user: Slug) -> list[int]:
    return [h for row in grid.values() for h in range(HOURS) if row[h] == user]


def short_rests(hours: set[int], least: int) -> list[tuple[int, int]]:
    """Return gaps between hours on call that are too short, as (from, until)."""
    found = []
    for hour in sorted(hours):
        later = [h for h in hours if h > hour]
        following = min(later, default=None)
        if following is not None and 0 < following - hour - 1 < least:
            found.append((hour + 1, following))
    return found


def pairs(ring: tuple[Block, ...]) -> list[tuple[Block, Block]]:
    """Return each shift with the one that its taker gives."""
    return list(zip(ring, (*ring[1:], ring[0]), strict=True))


def span(block: Block) -> set[int]:
    return set(range(block[2], block[3]))


def is_swap(grid: Grid, ring: tuple[Block, ...], least: int) -> bool:
    """Return whether everybody can take the shift before theirs in the ring."""
    for rota in ROTAS:
        spans = [span(block) for block in ring if block[1] == rota]
        if sum(map(len, spans)) != len(set().union(*spans)):
            return False
    if span(ring[0]) & span(ring[-1]):
        return False
    after: Grid = {rota: list(row) for rota, row in grid.items()}
    for shift, taker in pairs(ring):
        for hour in span(shift):
            after[shift[1]][hour] = taker[0]
    return all(
        suits(taker[0], shift, grid, after, least) for shift, taker in pairs(ring)
    )


def suits(user: Slug, taken: Block, grid: Grid, after: Grid, least: int) -> bool:
    """Return whether somebody is nowhere else then, and rested no worse than before."""
    was, will = hours_of(grid, user), hours_of(after, user)
    if any(will.count(hour) > 1 for hour in span(taken)):
        return False
    old = short_rests(set(was), least)
    return all(
        any(o[0] < last and first < o[1] and o[1] - o[0] <= last - first for o in old)
        or set(range(first, last)) <= set(was)
        for first, last in short_rests(set(will), least)
    )


def all_rings(wanted: Block, found: list[Block]) -> Iterator[tuple[Block, ...]]:
    others = [b for b in found if b[0] != wanted[0]]
    for size in (1, 2):
        for rest in permutations(others, size):
            if len({b[0] for b in rest}) == size:
                yield (wanted, *rest)


def snapshot_of(grid: Grid, least: int) -> Snapshot:
    def schedule(rota: Slug, row: list[Slug | None]) -> Schedule:
        shifts = tuple(
            FixedShift(users=(user,), starts_at=at(hour), ends_at=at(hour + 1))
            for hour, user in enumerate(row)
            if user is not None
        )
        layer = Layer(name=Slug("plan"), shifts=shifts)
        return Schedule(
            name=rota,
            title=rota,
            time_zone="UTC",
            revisions=(Revision(layers=(layer,)),),
        )

    rules = RestRules(
        min_rest=least * HOUR if least else None, errors=frozenset({RestRule.MIN_REST})
    )
    return Snapshot(
        users={
            name: User(name=name, full_name=name, email="", time_zone="UTC")
            for name in PEOPLE
        },
        schedules={rota: schedule(rota, row) for rota, row in grid.items()},
        rest=RestBook(rules=rules),
    )


def at(hour: int) -> datetime:
    return START + hour * HOUR


def as_block(shift: WholeShift) -> Block:
    first, last = ((x - START) // HOUR for x in (shift.starts_at, shift.ends_at))
    return shift.user, shift.schedule, first, last


@settings(deadline=None)
@given(grids(), st.integers(0, 4), st.data())
def test_it_finds_exactly_the_swaps_that_trying_everything_finds(
    grid: Grid, least: int, data: st.DataObject
) -> None:
    snapshot = snapshot_of(grid, least)
    end = at(HOURS)
    shifts = whole_shifts(tuple(snapshot.schedules.values()), at(1), end - HOUR)
    shifts = tuple(s for s in shifts if as_block(s)[2] > 0 and as_block(s)[3] < HOURS)
    expected_blocks = blocks(grid)
    assert sorted(map(as_block, shifts)) == sorted(expected_blocks)
    if not shifts:
        return
    wanted = data.draw(st.sampled_from(shifts))

    found = search(
        wanted, shifts, fit(snapshot, PEOPLE, START, end), may_take=lambda _u, _s: True
    )

    expected = {
        ring
        for ring in all_rings(as_block(wanted), expected_blocks)
        if is_swap(grid, ring, least)
    }
    assert found.found == len(expected)
    for option in found.options:
        ring = tuple(
            as_block(WholeShift(leg.gives, leg.schedule, leg.starts_at, leg.ends_at))
            for leg in option.legs
        )
        assert ring in expected
        takers = [b[0] for b in (*ring[1:], ring[0])]
        assert [leg.takes for leg in option.legs] == takers
    costs = [option.disturbance for option in found.options]
    assert costs == sorted(costs)


@settings(deadline=None)
@given(grids(), st.data())
def test_whoever_can_swap_with_nobody_is_named_with_a_reason(
    grid: Grid, data: st.DataObject
) -> None:
    snapshot = snapshot_of(grid, 0)
    shifts = whole_shifts(tuple(snapshot.schedules.values()), at(0), at(HOURS))
    if not shifts:
        return
    wanted = data.draw(st.sampled_from(shifts))

    found = search(
        wanted,
        shifts,
        fit(snapshot, PEOPLE, START, at(HOURS)),
        may_take=lambda _u, _s: True,
    )

    of_two = {o.legs[0].takes for o in found.options if len(o.legs) == 2}
    others = {s.user for s in shifts} - {wanted.user}
    if found.found <= len(found.options):
        assert others - of_two <= set(found.rejected)
    assert all(found.rejected.values())
