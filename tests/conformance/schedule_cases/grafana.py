"""Grafana OnCall's shifts: rolling users, overrides, swaps, by priority.

A shift is a rotation whose turns last as long as its events, or, on weekdays, one with
hours. Shifts of one priority join each other and cover those of a lower one; overrides
are a layer above all; a swap that was taken is an override. Recordings have whatever
seconds the clock had: where all starts have the same, time is moved by as much.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from typing import Any

from tests.conformance.cases import utc
from tests.conformance.schedule_cases import calendar, coverage, recurrence
from tests.conformance.schedule_cases.coverage import Stretch
from tests.conformance.schedule_cases.recurrence import Recurrence
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
from handrail.core.schedule.restriction import common
from handrail.core.schedule.schedule import Schedule

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
UNITS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}
LENGTHS = {"hourly": timedelta(hours=1), "daily": DAY, "weekly": WEEK}
SHORTEST_MONTH = 28 * DAY
VIEWER = 2

Recorded = dict[str, Any]
Groups = list[list[str]]


def moved(case: Recorded) -> timedelta:
    """Return by how much time is moved, so that clock times are to the minute."""
    starts = [utc(shift["start"]) for shift in case["schedule"].get("shifts", ())]
    seconds = {at.replace(microsecond=0).second for at in starts}
    if len(seconds) > 1:
        msg = "clock times with different seconds: configuration has them to the minute"
        raise RefusedError(msg)
    return timedelta(seconds=seconds.pop() if seconds else 0)


def translate(case: Recorded, people: People) -> list[Schedule]:
    """Return the schedules a case asks about; most ask about one."""
    if case["schedule"]["class"] == "ical":
        return [_calendar(case["schedule"], people)]
    return [_written(case, shifts, people) for shifts in asks_for(case)]


def _calendar(schedule: Recorded, people: People) -> Schedule:
    """Return a calendar's events as layers that are one."""
    if schedule["ics_overrides"] or schedule["swap_requests"]:
        msg = "a calendar of overrides"
        raise RefusedError(msg)
    layers: list[Body] = []
    for place, event in enumerate(calendar.events(schedule["ics_primary"])):
        users = calendar.users_of(event.summary, schedule["users"])
        groups = [[people.slug(name) for name in users]]
        length = event.end - event.start
        first = wall_clock.instant_of(event.start, wall_clock.zone(event.time_zone))
        rule = event.recurrence
        if rule is None:
            ends_at = first + length
            body: Body = {"shifts": [_held(groups[0], first, ends_at)]}
        elif rule.weekdays:
            body = on_weekdays(rule, length, groups)
        else:
            body = {"rotation": rotation(rule, length, groups)}
        layers.append(
            {
                "name": f"event-{place}",
                "time_zone": event.time_zone,
                "starts_at": instant(first),
                "combine": "join" if place else "cover",
                **body,
            }
        )
    return compiled({"layers": layers}, people=people, time_zone="UTC")


def _written(case: Recorded, shifts: list[Recorded], people: People) -> Schedule:
    """Return some of a case's shifts as the schedule their configuration makes."""
    schedule, by = case["schedule"], moved(case)
    _refuse_zone(schedule)
    absent = {u["username"] for u in schedule["users"] if (u["role"] or 0) >= VIEWER}
    is_alone = len(shifts) == 1
    layers: list[Body] = []
    for _, level in groupby(sorted(shifts, key=_level), key=_level):
        bodies = [
            body
            for shift in level
            for body in _shift(_moved(shift, by), absent, people, alone=is_alone)
        ]
        layers += [{**body, "combine": "join"} for body in bodies]
        if bodies:
            layers[-len(bodies)].pop("combine")
    named = [{"name": f"layer-{place}", **body} for place, body in enumerate(layers)]
    if not named:
        long_ago = "1999-01-01T00:00:00Z"
        named = [{"name": "silent", "rotation": at_all_hours(), "ends_at": long_ago}]
    return compiled(
        {"layers": named},
        people=people,
        time_zone="UTC",
        overrides=list(_swaps(schedule["swap_requests"], by, people)),
    )


def _level(shift: Recorded) -> tuple[bool, int]:
    """Return what decides which shift covers which."""
    return shift["type"] == "override", int(shift["priority_level"] or 0)


def _refuse_zone(schedule: Recorded) -> None:
    zones = {schedule["time_zone"]}
    for shift in schedule.get("shifts", ()):
        zones.add(shift["time_zone"])
    if zones - {None, "UTC", "Etc/UTC"}:
        msg = "a zone whose clocks change: the recording has the peer's gaps"
        raise RefusedError(msg)


def _moved(shift: Recorded, by: timedelta) -> Recorded:
    found = dict(shift)
    for name in ("start", "rotation_start", "until"):
        if found[name] is not None:
            found[name] = instant(utc(found[name]) - by)
    return found


def _shift(
    shift: Recorded, absent: set[str], people: People, *, alone: bool
) -> Iterator[Body]:
    """Yield the layers that a shift is written as."""
    groups = _groups(shift, absent, people)
    if not alone and [] in groups:
        msg = "a turn of people who cannot be on call: there lower shifts show "
        msg += "through, here it is a turn of nobody"
        raise RefusedError(msg)
    length = timedelta(seconds=shift["duration_seconds"])
    if shift["type"] in {"single_event", "override"} and not shift["frequency"]:
        yield {"shifts": [_listed(shift, group) for group in groups]}
        return
    rule = recurrence.read(shift)
    bounds = _bounds(shift, rule, length)
    if bounds is None:
        return
    if rule.weekdays:
        yield {**bounds, **on_weekdays(rule, length, groups)}
        return
    if not rule.monthdays:
        yield {**bounds, "rotation": rotation(rule, length, groups)}
        return
    for day in rule.monthdays:
        first = next(at for at in rule.starts() if at.day == day)
        one = replace(rule, start=first, monthdays=())
        shift_by = (first.year - rule.first.year) * 12 + first.month - rule.first.month
        turned = _turned(groups, shift_by // rule.interval)
        yield {**bounds, "rotation": rotation(one, length, turned)}


def _groups(shift: Recorded, absent: set[str], people: People) -> Groups:
    groups = shift.get("rolling_users") or [shift.get("users") or []]
    groups = _turned(groups, shift.get("start_rotation_from_user_index") or 0)
    return [[people.slug(name) for name in one if name not in absent] for one in groups]


def _turned(groups: Groups, by: int) -> Groups:
    by %= len(groups)
    return groups[by:] + groups[:by]


def _listed(shift: Recorded, users: list[str]) -> Body:
    starts_at = utc(shift["start"])
    ends_at = starts_at + timedelta(seconds=shift["duration_seconds"])
    return _held(users, starts_at, ends_at)


def _held(users: list[str], starts_at: datetime, ends_at: datetime) -> Body:
    return {
        "users": users or [NOBODY],
        "from": instant(starts_at),
        "until": instant(ends_at),
    }


def _bounds(shift: Recorded, rule: Recurrence, length: timedelta) -> Body | None:
    """Return from when to when the shift counts; None where it never does.

    What was made in the web is cut at both ends; the rest begins and ends with events.
    """
    if shift["source"] == "web":
        cut = {"starts_at": shift["rotation_start"], "ends_at": shift["until"]}
        return {name: at for name, at in cut.items() if at is not None}
    begins = utc(shift["rotation_start"]).replace(tzinfo=None)
    first = next(at for at in rule.starts() if at >= begins)
    bounds = {"starts_at": instant(first)}
    if shift["until"] is None:
        return bounds
    until = utc(shift["until"]).replace(tzinfo=None)
    held = list(takewhile(lambda at: at <= until, rule.starts()))
    if not held or held[-1] < first:
        return None
    return {**bounds, "ends_at": instant(held[-1] + length)}


def rotation(rule: Recurrence, length: timedelta, groups: Groups) -> Body:
    """Return turns that last as long as the events."""
    shortest = LENGTHS.get(rule.frequency, SHORTEST_MONTH) * rule.interval
    if length > shortest and len(groups) > 1:
        msg = "events that go on past the next one's beginning: here a turn ends there"
        raise RefusedError(msg)
    body = _turns(rule, rule.start, groups)
    return {**body, "lasts": f"{length // timedelta(seconds=1)}s"}


def _turns(rule: Recurrence, first: datetime, groups: Groups) -> Body:
    return {
        "every": f"{rule.interval} {UNITS[rule.frequency]}",
        "handoff": clock(first),
        "starts_on": first.date().isoformat(),
        "participants": [group or NOBODY for group in groups],
    }


def on_weekdays(rule: Recurrence, length: timedelta, groups: Groups) -> Body:
    """Return turns of days, weeks or months with hours on weekdays."""
    if length > DAY:
        msg = "events of more than a day on weekdays: they would cross the handoffs"
        raise RefusedError(msg)
    closes = rule.start + length
    hours = {
        "days": [WEEKDAYS[day] for day in rule.weekdays],
        "from": clock(rule.start),
        "to": clock(closes),
    }
    body: Body = {"active": hours}
    first = rule.first
    if rule.frequency == "daily":
        often = [group for group in groups for _ in range(rule.interval)]
        daily = replace(rule, interval=1)
        body["rotation"] = _turns(daily, first, often)
        return {**body, "turns": "only_active"}
    if rule.frequency == "weekly":
        week = datetime.combine(rule.week_of(first.date()), first.time())
        body["rotation"] = _turns(rule, week, groups)
        if rule.interval > 1:
            body["rotation"]["lasts"] = "7d"
        return body
    if rule.interval > 1:
        msg = "weekdays of every other month: no length is that of every month"
        raise RefusedError(msg)
    body["rotation"] = _turns(rule, first.replace(day=1), groups)
    return body


def _swaps(swaps: list[Recorded], by: timedelta, people: People) -> Iterator[Body]:
    for one in swaps:
        if one["status"] == "taken":
            yield {
                "user": people.slug(one["benefactor"]),
                "instead_of": people.slug(one["beneficiary"]),
                "from": instant(utc(one["start"]) - by),
                "until": instant(utc(one["end"]) - by),
            }


Held = dict[str, list[Stretch]]


def asks_for(case: Recorded) -> list[list[Recorded]]:
    """Return the shifts that a case asks about; those in one list count together."""
    shifts = case["schedule"].get("shifts", [])
    if case["call"] != "filter_events" or case["args"].get("from_cached_final"):
        return [shifts]
    kind = case["args"].get("filter_by")
    wanted = [
        one
        for one in shifts
        if kind is None or (one["type"] == "override") == bool(kind)
    ]
    return [[one] for one in wanted] or [[]]


def window(case: Recorded) -> Stretch:
    """Return the stretch that a case asks about; one instant is a microsecond."""
    args = case["args"]
    start = utc(args["at"] if "at" in args else args["datetime_start"])
    end = utc(args["at"] if "at" in args else args["datetime_end"])
    return start, max(end, start + timedelta(microseconds=1))


def expected(case: Recorded) -> tuple[Held, list[Stretch] | None]:
    """Return who holds what, and the gaps where the case tells them."""
    start, end = window(case)
    if case["call"] == "oncall_at":
        return {name: [(start, end)] for name in case["expect"]}, None
    found: Held = {}
    gaps: list[Stretch] = []
    for event in case["expect"]:
        first, last = max(utc(event["start"]), start), min(utc(event["end"]), end)
        if first >= last:
            continue
        if event["kind"] == "gap":
            gaps.append((first, last))
        for name in event["users"]:
            found.setdefault(name, []).append((first, last))
    tells = case["call"] == "final_events" and end - start > timedelta(seconds=1)
    return {
        name: coverage.merged(stretches) for name, stretches in found.items()
    }, coverage.merged(gaps) if tells or gaps else None


def answer(
    schedules: list[Schedule], case: Recorded, people: People
) -> tuple[Held, list[Stretch]]:
    """Return who holds what by schedules, and where nobody does and it is not meant."""
    start, end = window(case)
    by = moved(case)
    found: Held = {}
    for schedule in schedules:
        held = coverage.held(schedule, start - by, end - by)
        for user, stretches in held.items():
            found.setdefault(people.name(user), []).extend(
                (first + by, last + by) for first, last in stretches
            )
    open_ = [
        (first + by, last + by)
        for first, last in coverage.gaps(schedules[0], start - by, end - by)
    ]
    for schedule in schedules[1:]:
        others = coverage.gaps(schedule, start - by, end - by)
        open_ = common(open_, [(first + by, last + by) for first, last in others])
    return {name: coverage.merged(held) for name, held in found.items()}, open_
