"""Overrides over a plan: at every instant, those that hold, in order of creation."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from handrail.core.ids import Slug
from handrail.core.schedule.override import apply, rank, with_overrides
from handrail.core.schedule.schedule import Override, OverrideMode
from handrail.core.schedule.tile import Duty, Tile

MIDNIGHT = datetime(2026, 7, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
PEOPLE = [Slug(name) for name in ("ana", "ben", "cleo")]
LAST_HOUR = 30


@st.composite
def plans(draw: st.DrawFn) -> list[Tile]:
    """Draw neighbouring tiles of whole hours, some of them gaps."""
    hours = sorted(draw(st.sets(st.integers(0, LAST_HOUR), min_size=2, max_size=9)))
    parties = st.lists(st.sampled_from(PEOPLE), unique=True, max_size=2)
    return [
        Tile(
            MIDNIGHT + first * HOUR,
            MIDNIGHT + last * HOUR,
            tuple(Duty(name, Slug("layer")) for name in draw(parties)),
        )
        for first, last in pairwise(hours)
    ]


@st.composite
def overrides(draw: st.DrawFn) -> list[Override]:
    """Draw overrides of whole hours, in the order of their beginning."""
    found = []
    for order in range(draw(st.integers(1, 6))):
        first = draw(st.integers(-2, LAST_HOUR))
        mode = draw(st.sampled_from(OverrideMode))
        relieved = st.none() | st.sampled_from(PEOPLE)
        found.append(
            Override(
                name=Slug(f"override-{order}"),
                user=draw(st.sampled_from(PEOPLE)),
                starts_at=MIDNIGHT + first * HOUR,
                ends_at=MIDNIGHT + (first + draw(st.integers(1, 20))) * HOUR,
                order=order,
                mode=mode,
                instead_of=draw(relieved) if mode is OverrideMode.REPLACE else None,
            )
        )
    return sorted(found, key=lambda one: one.starts_at)


@given(plans(), overrides())
def test_every_hour_is_what_the_plan_says_with_each_that_holds_applied_in_order(
    plan: list[Tile], near: list[Override]
) -> None:
    found = with_overrides(plan, near)

    for before, after in pairwise(found):
        assert before.ends_at == after.starts_at
    at = plan[0].starts_at
    assert found[0].starts_at == at
    assert found[-1].ends_at == plan[-1].ends_at
    while at < plan[-1].ends_at:
        (planned,) = [one for one in plan if one.starts_at <= at < one.ends_at]
        (tile,) = [one for one in found if one.starts_at <= at < one.ends_at]
        duties = planned.duties
        for one in sorted(near, key=rank):
            if one.starts_at <= at < one.ends_at:
                duties = apply(duties, one)
        assert tile.duties == duties
        assert tile.is_intended == (not duties and bool(planned.duties))
        at += HOUR
