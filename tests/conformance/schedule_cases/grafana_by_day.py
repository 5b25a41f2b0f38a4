"""Grafana OnCall's table of groups by day, each row a layer with bounds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from string import ascii_uppercase
from typing import Any

from tests.conformance.schedule_cases import grafana
from tests.conformance.schedule_cases.recurrence import CODES, Recurrence
from tests.conformance.schedule_cases.writing import (
    People,
    RefusedError,
    compiled,
    instant,
)

from handrail.core.schedule.on_call import tile_at
from handrail.core.schedule.schedule import Schedule

DAY = timedelta(days=1)
NOON = timedelta(hours=12)


def translate(case: dict[str, Any], people: People) -> Schedule:
    """Return the row as the schedule that its configuration makes."""
    start = datetime.fromisoformat(case["shift_start"])
    end = start + case["total_days"] * DAY
    days = tuple(sorted(CODES.index(code) for code in case["by_day"] or ()))
    rule = Recurrence(
        start=start,
        frequency=case["frequency"],
        interval=case["interval"],
        weekdays=days,
        monthdays=(),
        week_start=0,
    )
    groups = _groups(case["users_per_group"], people)
    if rule.frequency == "weekly" or (rule.frequency == "monthly" and not days):
        rule = replace(rule, weekdays=days or tuple(range(7)))
    last = rule.start + (len(groups) - 1) * rule.interval * DAY
    if rule.frequency == "daily" and not days and rule.interval > 1 and last >= end:
        msg = "a group whose first day lies after the end: the peer has it begin "
        msg += "before, and says of it that it should not"
        raise RefusedError(msg)
    body = (
        grafana.on_weekdays(rule, DAY, groups)
        if rule.weekdays
        else {"rotation": grafana.rotation(rule, DAY, groups)}
    )
    bounds = {"starts_at": instant(start), "ends_at": instant(end)}
    layer = {"name": "row", **bounds, **body}
    return compiled({"layers": [layer]}, people=people, time_zone="UTC")


def answer(schedule: Schedule, case: dict[str, Any], people: People) -> dict[str, str]:
    """Return who is on duty on which date, as the table writes it."""
    start = datetime.fromisoformat(case["shift_start"]).replace(tzinfo=UTC)
    found: dict[str, str] = {}
    for count in range(-7, case["total_days"] + 7):
        day = start + count * DAY
        users = sorted(map(people.name, tile_at(schedule, day + NOON).users))
        if users:
            found[day.date().isoformat()] = "".join(users)
    return found


def _groups(sizes: list[int], people: People) -> list[list[str]]:
    names = iter(ascii_uppercase)
    return [[people.slug(next(names)) for _ in range(size)] for size in sizes]
