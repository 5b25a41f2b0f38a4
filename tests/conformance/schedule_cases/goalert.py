"""GoAlert's schedules: rules, overrides, temporary schedules and history.

Rules go together. Overrides are read at once, not one after the other: they are written
in an order in which none finds what another has changed, the added people last. A
temporary schedule is a layer that covers everything, with nobody where it has no shift;
overrides are cut where it holds. History is the plan before an edit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from tests.conformance import rotations
from tests.conformance.cases import utc
from tests.conformance.schedule_cases.coverage import Stretch, held
from tests.conformance.schedule_cases.writing import (
    NOBODY,
    WEEKDAYS,
    Body,
    People,
    RefusedError,
    at_all_hours,
    clock,
    compiled,
    instant,
)

from handrail.core import wall_clock
from handrail.core.schedule.rotation import turn_at
from handrail.core.schedule.schedule import Schedule

UNITS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)

Recorded = dict[str, Any]
Shift = tuple[datetime, datetime, str, bool]
"""Start, end, user, and whether it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """When a case asks for shifts.

    Attributes:
        now: Up to the minute after it history speaks; none where there is none.
    """

    start: datetime
    end: datetime
    now: datetime | None

    @property
    def known_until(self) -> datetime | None:
        return None if self.now is None else self.now + MINUTE


def asked(case: Recorded) -> Asked:
    return Asked(
        start=_minute(case["from"]),
        end=_minute(case["to"]),
        now=None if case["now"] is None else _minute(case["now"]),
    )


def translate(case: Recorded, people: People) -> Schedule:
    """Return the case as the schedule that its configuration makes."""
    when = asked(case)
    zone = case["time_zone"]
    layers = [
        layer
        for place, rule in enumerate(case["rules"])
        for layer in _rule(rule, place, when, zone, people)
    ]
    temporary = [
        (_minute(one["start"]), _minute(one["end"]))
        for one in case["temporary_schedules"]
    ]
    layers += [
        _temporary(one, place, people)
        for place, one in enumerate(case["temporary_schedules"])
    ]
    if not layers:
        layers = [{"name": "silent", "rotation": at_all_hours()}]
    plan: Body = {"layers": layers}
    cut = list(temporary)
    if when.known_until is not None:
        plan = {
            "layers": [_history(case["history"], when.known_until, people)],
            "edits": [{"effective_from": instant(when.known_until), **plan}],
        }
        cut.append((datetime.min.replace(tzinfo=when.start.tzinfo), when.known_until))
    overrides = [
        piece
        for override in _in_order(case["overrides"])
        for piece in _override(override, cut, people)
    ]
    return compiled(plan, people=people, time_zone=zone, overrides=overrides)


def expected(case: Recorded) -> list[Shift]:
    return [
        (utc(one["start"]), utc(one["end"]), one["user"], one["truncated"])
        for one in case["expect"]
    ]


def answer(schedule: Schedule, case: Recorded, people: People) -> list[Shift]:
    """Return the schedule's shifts as a case lists them."""
    when = asked(case)
    first = when.start
    if when.now is not None:
        past = [_minute(one["start"]) for one in case["history"]]
        first = min([first, when.now, *past])
    found = [
        (starts_at, min(ends_at, when.end), people.name(user), ends_at > when.end)
        for user, stretches in held(schedule, first, when.end + MINUTE).items()
        for starts_at, ends_at in stretches
        if ends_at > when.start and starts_at < when.end
    ]
    return sorted(found, key=lambda shift: (shift[0], shift[2]))


def _minute(text: str) -> datetime:
    return utc(text[:19] + text[-1] if "." in text else text).replace(
        second=0, microsecond=0
    )


def _rule(
    rule: Recorded, place: int, when: Asked, zone: str, people: People
) -> Iterator[Body]:
    sunday_first = enumerate(rule["weekdays_sun_first"])
    days = [WEEKDAYS[(day - 1) % 7] for day, is_on in sunday_first if is_on]
    if not days or not rule.get("rotation", {"users": [1]})["users"]:
        return
    _refuse_repeated_end(rule, when, zone)
    target = rule.get("rotation")
    yield {
        "name": f"rule-{place}",
        "combine": "together",
        "active": {"days": days, "from": rule["start"], "to": rule["end"]},
        "rotation": at_all_hours(people.slug(rule["target"]))
        if target is None
        else _rotation(target, when, people),
    }


def _refuse_repeated_end(rule: Recorded, when: Asked, zone: str) -> None:
    """Refuse a rule that ends in an hour that the clocks repeat."""
    if rule["start"] == rule["end"]:
        return
    zone_ = wall_clock.zone(zone)
    day = when.start.date() - DAY
    while day <= when.end.date() + DAY:
        ends = datetime.combine(day, time.fromisoformat(rule["end"]), tzinfo=zone_)
        if ends.utcoffset() > ends.replace(fold=1).utcoffset():  # type: ignore[operator]
            msg = (
                f"a rule that ends at {rule['end']} on {day}, which comes twice: here "
                "a window ends the first time, there the last"
            )
            raise RefusedError(msg)
        day += DAY


def _rotation(recorded: Recorded, when: Asked, people: People) -> Body:
    """Return a rotation whose turn is the recorded one at the recorded time."""
    rotation, zone = rotations.read(recorded)
    since = recorded.get("current_start")
    at = when.start if since is None else _minute(since)
    shift = (recorded["current_index"] or 0) - turn_at(rotation, zone, at).index
    names = [people.slug(name) for name in recorded["users"]]
    count = rotation.lengths[0]
    return {
        "every": f"{count} {UNITS[recorded['type']]}",
        "handoff": clock(datetime.combine(rotation.starts_on, rotation.handoff)),
        "starts_on": rotation.starts_on.isoformat(),
        "participants": [names[(i + shift) % len(names)] for i in range(len(names))],
        "time_zone": zone.key,
    }


def _history(spans: list[Recorded], until: datetime, people: People) -> Body:
    shifts = []
    for span in spans:
        starts_at = _minute(span["start"])
        ends_at = until if span["end"] is None else _minute(span["end"])
        ends_at = min(ends_at, until)
        if ends_at - starts_at >= MINUTE:
            shifts.append(_shift(people.slug(span["user"]), starts_at, ends_at))
    if shifts:
        return {"name": "history", "shifts": shifts}
    return {"name": "history", "rotation": at_all_hours()}


def _temporary(recorded: Recorded, place: int, people: People) -> Body:
    first, last = _minute(recorded["start"]), _minute(recorded["end"])
    shifts = [_shift(NOBODY, first, last)]
    for one in recorded["shifts"]:
        starts_at = max(first, _minute(one["start"]))
        ends_at = min(last, _minute(one["end"]))
        if starts_at < ends_at:
            shifts.append(_shift(people.slug(one["user"]), starts_at, ends_at))
    return {"name": f"temporary-{place}", "shifts": shifts}


def _shift(user: str, starts_at: datetime, ends_at: datetime) -> Body:
    return {"users": [user], "from": instant(starts_at), "until": instant(ends_at)}


def _in_order(overrides: list[Recorded]) -> list[Recorded]:
    """Return overrides so that none finds what another has changed."""
    left = [one for one in overrides if one["remove"]]
    ordered: list[Recorded] = []
    while left:
        free = [one for one in left if not any(_waits(one, o) for o in left)]
        if not free:
            msg = "overrides that give people each other's place at one time: here "
            msg += "they apply one after the other"
            raise RefusedError(msg)
        ordered += free
        left = [one for one in left if one not in free]
    return ordered + [one for one in overrides if not one["remove"]]


def _waits(one: Recorded, other: Recorded) -> bool:
    """Return whether another override must come first, as both hold at one time."""
    if one is other or one["start"] >= other["end"] or other["start"] >= one["end"]:
        return False
    if one["remove"] == other["remove"]:
        return bool(other["add"]) and not one["add"]
    return bool(one["add"] == other["remove"])


def _override(recorded: Recorded, cut: list[Stretch], people: People) -> Iterator[Body]:
    body: Body = {"user": people.slug(recorded["add"] or recorded["remove"])}
    if recorded["add"] and recorded["remove"]:
        if recorded["add"] == recorded["remove"]:
            return
        body["instead_of"] = people.slug(recorded["remove"])
    else:
        body["mode"] = "add" if recorded["add"] else "remove"
    left = [(_minute(recorded["start"]), _minute(recorded["end"]))]
    for first, last in cut:
        left = [
            (max(starts_at, low), min(ends_at, high))
            for starts_at, ends_at in left
            for low, high in ((starts_at, first), (last, ends_at))
        ]
    for starts_at, ends_at in left:
        if starts_at < ends_at:
            yield {**body, "from": instant(starts_at), "until": instant(ends_at)}


def translate_rule(case: Recorded, people: People) -> Schedule:
    """Return a case about one rule as a schedule with that rule alone."""
    at = utc(case["at"])
    when = Asked(start=at - _WEEK, end=at + 3 * _WEEK, now=None)
    rule = {"target": "somebody", **case["rule"]}
    layers = list(_rule(rule, 0, when, case["time_zone"], people))
    return compiled({"layers": layers}, people=people, time_zone=case["time_zone"])


def windows_around(schedule: Schedule, case: Recorded) -> list[Stretch]:
    """Return when the rule is active, some weeks around the instant asked about."""
    at = utc(case["at"])
    found = held(schedule, at - _WEEK, at + 3 * _WEEK)
    return [stretch for stretches in found.values() for stretch in stretches]
