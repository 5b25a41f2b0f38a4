"""Schedules to be asked: any number, with layers, hours and overrides."""

from datetime import UTC, date, datetime, time, timedelta

from handrail.core.ids import Slug
from handrail.core.schedule.schedule import (
    Layer,
    Override,
    OverrideMode,
    Revision,
    Rotation,
    RotationUnit,
    Schedule,
    Window,
)

YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney")
TURNS = (
    (RotationUnit.DAY, (5, 2)),
    (RotationUnit.WEEK, (1,)),
    (RotationUnit.DAY, (1,)),
)
PEOPLE_A_ROTATION = 5
WEEKDAYS, EVERY_DAY = range(5), range(7)
FIRST_HOUR, LAST_HOUR = 8, 18


def schedule(number: int, *, layers: int, overrides: int) -> Schedule:
    """Return a schedule; of its layers all but the first have hours on most days.

    The overrides are spread over the year, each nine hours long.
    """
    return Schedule(
        name=Slug(f"schedule-{number}"),
        title=f"Schedule {number}",
        time_zone=ZONES[number % len(ZONES)],
        revisions=(
            Revision(layers=tuple(_layer(number, place) for place in range(layers))),
        ),
        overrides=tuple(_override(place, overrides) for place in range(overrides)),
    )


def _layer(number: int, place: int) -> Layer:
    unit, lengths = TURNS[(number + place) % len(TURNS)]
    opens = time(FIRST_HOUR + place % PEOPLE_A_ROTATION)
    days = EVERY_DAY if place % 2 else WEEKDAYS
    return Layer(
        name=Slug(f"layer-{place}"),
        rotation=Rotation(
            participants=tuple(
                (Slug(f"user-{place}-{turn}"),) for turn in range(PEOPLE_A_ROTATION)
            ),
            unit=unit,
            lengths=lengths,
            starts_on=date(2026, 1, 5),
            handoff=time(9),
        ),
        windows=tuple(
            Window(weekday=day, start=opens, days=0, end=time(LAST_HOUR))
            for day in (days if place else ())
        ),
    )


def _override(place: int, count: int) -> Override:
    starts_at = YEAR[0] + place * (YEAR[1] - YEAR[0]) / count
    return Override(
        name=Slug(f"override-{place}"),
        user=Slug(f"stand-in-{place % 7}"),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=9),
        order=place,
        mode=OverrideMode.ADD if place % 2 else OverrideMode.REPLACE,
    )
