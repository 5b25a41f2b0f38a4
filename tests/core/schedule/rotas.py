"""Schedules for tests: any rotation in any zone, with any overrides."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from handrail.core.ids import Slug
from handrail.core.schedule.schedule import (
    Override,
    Rotation,
    RotationUnit,
    Schedule,
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
rotations = st.builds(
    Rotation,
    participants=st.lists(st.sampled_from((*PEOPLE, None)), max_size=4).map(tuple),
    unit=st.sampled_from(RotationUnit),
    length=st.integers(1, 5),
    starts_on=st.dates(date(1990, 1, 1), date(2040, 1, 1)),
    handoff=clocks,
)


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    """Draw a schedule and an instant its overrides lie within some days of."""
    time_zone, around = draw(places)
    spans = draw(
        st.lists(
            st.tuples(
                st.integers(-4000, 4000), st.integers(0, 3000), st.sampled_from(PEOPLE)
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
        )
        for order, (start, length, user) in enumerate(spans)
    )
    schedule = Schedule(
        name=Slug("primary"),
        title="Primary",
        time_zone=time_zone,
        rotation=draw(rotations),
        overrides=tuple(draw(st.permutations(overrides))),
    )
    return schedule, around
