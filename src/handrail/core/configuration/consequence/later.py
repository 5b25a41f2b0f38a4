"""Changes that take effect after the time that shifts are compared for."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from handrail.core import wall_clock
from handrail.core.configuration.consequence.consequence import (
    Consequence,
    ConsequenceKind,
)
from handrail.core.schedule.difference import difference
from handrail.core.schedule.schedule import Schedule

YEAR = timedelta(days=366)
"""How much further the first change is looked for."""


def later(
    before: Schedule | None, after: Schedule | None, until: datetime
) -> Iterator[Consequence]:
    """Yield from when on a change is felt that nobody feels before ``until``."""
    compared = difference(before, after, until, until + YEAR)
    those = (*compared.gained.values(), *compared.lost.values(), compared.gaps_opened)
    first = min((spans[0][0] for spans in those if spans), default=None)
    schedule = after or before
    if first is None or schedule is None:
        return
    zone = wall_clock.zone(schedule.time_zone)
    local = wall_clock.local(first, zone)
    yield Consequence(
        kind=ConsequenceKind.LATER,
        text=(
            f"{schedule.name} changes for people only from {local:%a} {local.day} "
            f"{local:%b %Y %H:%M} {zone.key} on; shifts are compared until "
            f"{until:%Y-%m-%d}"
        ),
        schedule=schedule.name,
        starts_at=first,
    )
