"""Where an override changes nothing, against taking it away and looking."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.schedule.rotas import PEOPLE

from handrail.core.ids import Slug
from handrail.core.schedule.on_call import tile_at
from handrail.core.schedule.schedule import (
    FixedShift,
    Layer,
    Override,
    OverrideMode,
    Revision,
    Schedule,
)
from handrail.core.schedule.shadowing import shadowings

START = datetime(2026, 1, 5, tzinfo=UTC)
HOURS = 24


def hour(n: int) -> datetime:
    return START + timedelta(hours=n)


PLAN = Layer(
    name=Slug("plan"),
    shifts=tuple(
        FixedShift(users=users, starts_at=hour(8 * n), ends_at=hour(8 * n + 8))
        for n, users in enumerate(((PEOPLE[0],), (PEOPLE[1], PEOPLE[2]), ()))
    ),
)


@st.composite
def some_overrides(draw: st.DrawFn) -> tuple[Override, ...]:
    found = []
    for order in range(draw(st.integers(1, 5))):
        begins = draw(st.integers(0, HOURS - 1))
        user = draw(st.sampled_from(PEOPLE))
        mode = draw(st.sampled_from(OverrideMode))
        others = st.sampled_from([None, *(p for p in PEOPLE if p != user)])
        found.append(
            Override(
                name=Slug(f"o{order}"),
                user=user,
                starts_at=hour(begins),
                ends_at=hour(draw(st.integers(begins + 1, HOURS))),
                order=order,
                mode=mode,
                instead_of=draw(others) if mode is OverrideMode.REPLACE else None,
            )
        )
    return tuple(found)


def schedule(overrides: tuple[Override, ...]) -> Schedule:
    return Schedule(
        name=Slug("s"),
        title="S",
        time_zone="UTC",
        revisions=(Revision(layers=(PLAN,)),),
        overrides=overrides,
    )


@settings(deadline=None)
@given(some_overrides())
def test_an_override_is_shadowed_exactly_where_taking_it_away_changes_nobody(
    overrides: tuple[Override, ...],
) -> None:
    whole = schedule(overrides)

    for one in overrides:
        left = replace(whole, overrides=tuple(o for o in overrides if o is not one))
        found = shadowings(whole, one, since=START, until=hour(HOURS))

        for n in range(HOURS):
            at = hour(n)
            is_in = one.starts_at <= at < one.ends_at
            is_same = tile_at(whole, at).users == tile_at(left, at).users
            told = any(s.starts_at <= at < s.ends_at for s in found)
            assert told == (is_in and is_same)


@settings(deadline=None)
@given(some_overrides())
def test_who_is_to_blame_came_later_and_is_there_then(
    overrides: tuple[Override, ...],
) -> None:
    by_name = {one.name: one for one in overrides}
    for one in overrides:
        for shadow in shadowings(
            schedule(overrides), one, since=START, until=hour(HOURS)
        ):
            if shadow.by is not None:
                other = by_name[shadow.by]
                assert other.order > one.order
                assert other.starts_at <= shadow.starts_at < other.ends_at
