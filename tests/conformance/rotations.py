"""GoAlert's way of writing a rotation, read into ours."""

from typing import Any
from zoneinfo import ZoneInfo

from tests.conformance.cases import utc

from handrail.core import wall_clock
from handrail.core.ids import Slug
from handrail.core.schedule.schedule import Rotation, RotationUnit

UNITS = {
    "hourly": RotationUnit.HOUR,
    "daily": RotationUnit.DAY,
    "weekly": RotationUnit.WEEK,
    "monthly": RotationUnit.MONTH,
}


def read(recorded: dict[str, Any]) -> tuple[Rotation, ZoneInfo]:
    """Return the rotation, cut to the minute as the recordings are, and its zone."""
    zone = wall_clock.zone(recorded["time_zone"])
    start = wall_clock.local(utc(recorded["start"]), zone)
    start = start.replace(second=0, microsecond=0)
    rotation = Rotation(
        participants=((Slug("ana"),), (Slug("bo"),), (Slug("cy"),)),
        unit=UNITS[recorded["type"]],
        lengths=(recorded["shift_length"] or 1,),
        starts_on=start.date(),
        handoff=start.time(),
    )
    return rotation, zone
