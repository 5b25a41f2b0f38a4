"""A schedule's overrides, with a warning where one changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.schedule.schedule import Override, OverrideMode, Schedule
from handrail.core.schedule.shadowing import Shadowing, shadowings
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.oncall import names_of
from handrail.web.screens.page import Reader

OVERRIDES_SHOWN = 50
SHORTEST_TOLD = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideLine:
    """One override, with a warning where it changes nothing.

    Attributes:
        does: ``Ben instead of everyone``.
        warnings: Where it is shadowed, and by which later one.
    """

    name: str
    does: str
    starts: Moment
    ends: Moment
    warnings: tuple[str, ...]


def override_lines(
    schedule: Schedule, start: datetime, end: datetime, *, reader: Reader
) -> tuple[OverrideLine, ...]:
    """Return the overrides that touch ``[start, end)``, by start; one more than shown.

    Warnings are about what is still to come of that time, a minute or more at once:
    nobody can mend what is over, and shorter stretches are no mistake of anybody.
    """
    near = [o for o in schedule.overrides if o.starts_at < end and o.ends_at > start]
    near.sort(key=lambda o: (o.starts_at, o.name))
    return tuple(
        _line(
            one,
            schedule,
            _to_mend(schedule, one, since=max(start, reader.now), until=end),
            reader=reader,
        )
        for one in near[: OVERRIDES_SHOWN + 1]
    )


def _to_mend(
    schedule: Schedule, override: Override, *, since: datetime, until: datetime
) -> tuple[Shadowing, ...]:
    if since >= until:
        return ()
    found = shadowings(schedule, override, since=since, until=until)
    return tuple(one for one in found if one.ends_at - one.starts_at >= SHORTEST_TOLD)


def _line(
    override: Override,
    schedule: Schedule,
    shadowed: tuple[Shadowing, ...],
    *,
    reader: Reader,
) -> OverrideLine:
    def shown(at: datetime) -> Moment:
        return moment(at, zone=schedule.time_zone, now=reader.now)

    return OverrideLine(
        name=override.name,
        does=_does(override, reader),
        starts=shown(override.starts_at),
        ends=shown(override.ends_at),
        warnings=tuple(
            f"Changes nothing from {shown(one.starts_at).shown} to "
            f"{shown(one.ends_at).shown}: {_blame(one)}"
            for one in shadowed
        ),
    )


def _does(override: Override, reader: Reader) -> str:
    user = names_of([override.user], reader)
    relieved = "everyone"
    if override.instead_of is not None:
        relieved = names_of([override.instead_of], reader)
    return {
        OverrideMode.REPLACE: f"{user} instead of {relieved}",
        OverrideMode.ADD: f"{user} as well",
        OverrideMode.REMOVE: f"without {user}",
    }[override.mode]


def _blame(shadowing: Shadowing) -> str:
    if shadowing.by is None:
        return "it agrees with the plan, or whom it relieves is not on duty"
    return f"override {shadowing.by} was created later"
