"""Schedules for tests: any rotation in any zone, with any overrides."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from handrail.core.ids import Slug
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

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
PEOPLE = tuple(map(Slug, ("ana", "bo", "cy")))

clocks = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))
zones = st.sampled_from(ZONES)
minutes = st.integers(0, 40 * 366 * 1440).map(
    lambda minute: datetime(1995, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)


@st.composite
def _near_changes(draw: st.DrawFn) -> tuple[str, datetime]:
    """Draw a zone and an instant within two days of a change of its clocks."""
    name = draw(zones)
    zone = ZoneInfo(name)
    day = datetime(draw(st.integers(1950, 2037)), 1, 1, tzinfo=UTC)
    for _ in range(366):
        following = day + timedelta(days=1)
        if day.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            break
        day = following
    return name, day + timedelta(minutes=draw(st.integers(-2 * 1440, 3 * 1440)))


places = st.tuples(zones, minutes) | _near_changes()
"""A zone and an instant: anywhere, or near a change of the clocks."""
parties = st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True).map(tuple)
"""Who shares a turn; the empty party is nobody."""
SPANS = {
    RotationUnit.HOUR: 20,
    RotationUnit.DAY: 400,
    RotationUnit.WEEK: 1500,
    RotationUnit.MONTH: 6000,
}
"""How many days off a rotation may begin: an oracle counts every turn between."""


lasts = st.none() | st.integers(1, 9 * 1440).map(
    lambda minute: timedelta(minutes=minute)
)


@st.composite
def rotations(
    draw: st.DrawFn, around: datetime, *, has_own_zone: bool = False
) -> Rotation:
    """Draw a rotation that begins before or after an instant."""
    unit = draw(st.sampled_from(RotationUnit))
    days = draw(st.integers(-SPANS[unit], SPANS[unit]))
    return Rotation(
        participants=tuple(draw(st.lists(parties, max_size=4))),
        unit=unit,
        lengths=tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))),
        starts_on=around.date() + timedelta(days=days),
        handoff=draw(clocks),
        lasts=draw(lasts),
        time_zone=draw(st.none() | zones) if has_own_zone else None,
    )


windows = st.builds(
    lambda weekday, start, days, end: Window(
        weekday=weekday, start=start, days=days, end=end
    ),
    st.integers(0, 6),
    clocks,
    st.integers(1, 6),
    clocks,
)


@st.composite
def layers(draw: st.DrawFn, *, around: datetime) -> Layer:
    """Draw a layer; its bounds lie within some days of an instant."""
    hours = tuple(draw(st.lists(windows, max_size=3)))
    counted = draw(st.sampled_from(Turns))
    bounds = st.none() | st.integers(-5000, 5000).map(
        lambda count: around + timedelta(minutes=count)
    )
    return Layer(
        name=Slug(f"layer-{draw(st.integers(0, 9))}"),
        rotation=draw(rotations(around, has_own_zone=counted is Turns.ALWAYS)),
        windows=hours,
        turns=counted,
        combination=draw(st.sampled_from(Combination)),
        starts_at=draw(bounds),
        ends_at=draw(bounds),
        time_zone=draw(st.none() | zones),
        is_shadow=draw(st.booleans()),
    )


@st.composite
def revisions(draw: st.DrawFn, around: datetime) -> tuple[Revision, ...]:
    """Draw layers, and perhaps an edit that takes their place."""
    first = Revision(layers=tuple(draw(st.lists(layers(around=around), max_size=3))))
    if draw(st.booleans()):
        return (first,)
    edit = Revision(
        effective_from=around + timedelta(minutes=draw(st.integers(-4000, 4000))),
        layers=tuple(draw(st.lists(layers(around=around), max_size=2))),
    )
    return first, edit


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    """Draw a schedule and an instant its overrides lie within some days of."""
    time_zone, around = draw(places)
    spans = draw(
        st.lists(
            st.tuples(
                st.integers(-4000, 4000),
                st.integers(0, 3000),
                st.sampled_from(PEOPLE),
                st.sampled_from(OverrideMode),
                st.none() | st.sampled_from(PEOPLE),
            ),
            max_size=5,
        )
    )
    overrides = tuple(
        Override(
            name=Slug(f"cover-{order}"),
            user=user,
            starts_at=around + timedelta(minutes=start),
            ends_at=around + timedelta(minutes=start + length),
            order=order,
            mode=mode,
            instead_of=relieved if mode is OverrideMode.REPLACE else None,
        )
        for order, (start, length, user, mode, relieved) in enumerate(spans)
    )
    schedule = Schedule(
        name=Slug("primary"),
        title="Primary",
        time_zone=time_zone,
        revisions=draw(revisions(around)),
        overrides=tuple(draw(st.permutations(overrides))),
    )
    return schedule, around
