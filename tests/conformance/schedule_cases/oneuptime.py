"""OneUptime's layers: restricted rotations, the first with the highest priority.

Of a restriction's dates only weekday and clock count, in the layer's zone, and a period
that lies wholly outside it uses up no turn. The stretch from the layer's start to its
first handoff is a turn of its own, of any length. Hours are elapsed hours: they are
written as hours of UTC where the zone's clocks change meanwhile. A month or year that
runs into a shorter month sticks to its last day: from there another layer goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tests.conformance.cases import utc
from tests.conformance.schedule_cases import coverage
from tests.conformance.schedule_cases.writing import (
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
from handrail.core.configuration.compile_schedule import windows
from handrail.core.schedule import restriction
from handrail.core.schedule.schedule import Schedule

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
MONTHS = {"Month": 1, "Year": 12}

Recorded = dict[str, Any]
Held = dict[tuple[str, int], list[coverage.Stretch]]
"""By user and priority: 1 is the highest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """A recorded layer, read."""

    number: int
    users: list[str]
    zone: ZoneInfo
    start: datetime
    handoff: datetime
    every: int
    unit: str
    active: list[Body]
    until: datetime

    @property
    def body(self) -> Body:
        """Return what all that is written for it says."""
        return {"active": self.active} if self.active else {}

    def touches(self, start: datetime, end: datetime) -> bool:
        """Return whether the restriction leaves anything of a stretch."""
        if not self.active:
            return start < end
        hours = tuple(window for one in self.active for window in windows(one))
        return bool(restriction.stretches(hours, self.zone, start, end))


def translate(case: Recorded, people: People) -> Schedule:
    """Return the case as the schedule that its configuration makes."""
    layers = [
        layer
        for number, recorded in reversed(list(enumerate(case["layers"], start=1)))
        for layer in _layer(_read(recorded, number, case, people))
    ]
    if not layers:
        layers = [{"name": "l0-nobody", "rotation": at_all_hours()}]
    return compiled({"layers": layers}, people=people, time_zone="UTC")


def expected(case: Recorded) -> tuple[Held, datetime]:
    """Return what everybody holds, and up to when the case says so.

    A case that asks for so many events says nothing of what comes after the last.
    """
    found: Held = {}
    events = [
        (utc(one["start"]), utc(one["end"]), one["user"], one.get("priority", 1))
        for one in case["expect"]
    ]
    for starts_at, ends_at, user, priority in events:
        if starts_at < ends_at:
            found.setdefault((user, priority), []).append((starts_at, ends_at))
    end = utc(case["to"])
    limit = (case["options"] or {}).get("getNumberOfEvents")
    if limit is not None and len(events) == limit:
        end = max(one[1] for one in events)
    return {
        key: coverage.merged(stretches, apart=2 * SECOND)
        for key, stretches in found.items()
    }, end


def answer(schedule: Schedule, case: Recorded, end: datetime, people: People) -> Held:
    """Return what everybody holds by the schedule, up to an end."""
    found: Held = {}
    said = coverage.duties(schedule, utc(case["from"]), end)
    for duty, stretches in said.items():
        assert duty.layer is not None
        priority = int(duty.layer.split("-")[0].removeprefix("l"))
        key = people.name(duty.user), priority
        found.setdefault(key, []).extend(stretches)
    return {key: coverage.merged(stretches) for key, stretches in found.items()}


def agree(ours: Held, theirs: Held) -> bool:
    """Return whether both say the same of half-open and of closed seconds.

    In theirs an event may begin a second after the one before it ended, and end a
    second before the next begins.
    """
    return ours.keys() == theirs.keys() and all(
        len(ours[key]) == len(theirs[key])
        and all(
            timedelta(0) <= other[0] - one[0] <= SECOND
            and timedelta(0) <= one[1] - other[1] <= SECOND
            for one, other in zip(ours[key], theirs[key], strict=True)
        )
        for key in ours
    )


def _read(recorded: Recorded, number: int, case: Recorded, people: People) -> _Layer:
    zone = wall_clock.zone(recorded["timezone"] or "UTC")
    return _Layer(
        number=number,
        users=[people.slug(name) for name in recorded["users"]],
        zone=zone,
        start=utc(recorded["start"]),
        handoff=utc(recorded["handoff"]),
        every=recorded["rotation"]["every"],
        unit=recorded["rotation"]["unit"],
        active=list(_active(recorded["restriction"] or {"type": "None"}, zone)),
        until=expected(case)[1],
    )


def _active(recorded: Recorded, zone: ZoneInfo) -> Iterator[Body]:
    def local(text: str) -> datetime:
        return wall_clock.local(utc(text), zone)

    if recorded["type"] == "Daily":
        one = recorded["daily"]
        yield {"from": clock(local(one["start"])), "to": clock(local(one["end"]))}
    for one in recorded.get("weekly") or ():
        edges = local(one["start"]), local(one["end"])
        first, last = (f"{WEEKDAYS[at.weekday()]} {clock(at)}" for at in edges)
        yield {"from": first, "to": last}


def _layer(layer: _Layer) -> Iterator[Body]:
    """Yield what a recorded layer is written as."""
    if not layer.users:
        return
    if layer.handoff < layer.start:
        msg = "a first handoff before the layer's start: what is on turn at the start "
        msg += "is not stated"
        raise RefusedError(msg)
    turn = 0
    if layer.start < layer.handoff:
        yield {
            **_named(layer, "first"),
            "rotation": at_all_hours(layer.users[0]),
            "starts_at": instant(layer.start),
            "ends_at": instant(layer.handoff),
        }
        turn = int(layer.touches(layer.start, layer.handoff))
    if layer.unit in MONTHS:
        yield from _months(layer, turn)
    else:
        yield _turns(layer, turn)


def _named(layer: _Layer, part: str) -> Body:
    name = f"l{layer.number}-{part}"
    return {"name": name, "time_zone": layer.zone.key, **layer.body}


def _turns(layer: _Layer, turn: int) -> Body:
    zone, own = layer.zone, {}
    if layer.unit == "Hour" and _clocks_change(layer):
        if layer.active:
            msg = "restricted hours in a zone whose clocks change meanwhile: here "
            msg += "hours and restriction are of one wall clock"
            raise RefusedError(msg)
        zone = ZoneInfo("UTC")
        own = {"time_zone": zone.key}
    body = {
        **_named(layer, "turns"),
        **own,
        "rotation": _rotation(layer, wall_clock.local(layer.handoff, zone), turn),
        "starts_at": instant(layer.handoff),
    }
    return {**body, "turns": "only_active"} if layer.active else body


def _clocks_change(layer: _Layer) -> bool:
    days = (layer.until - layer.start) // DAY + 2
    offsets = {
        (layer.start + count * DAY).astimezone(layer.zone).utcoffset()
        for count in range(days)
    }
    return len(offsets) > 1


def _rotation(layer: _Layer, first: datetime, turn: int) -> Body:
    size = len(layer.users)
    every = f"{layer.every} {layer.unit.lower()}"
    return {
        "every": every,
        "handoff": clock(first),
        "starts_on": first.date().isoformat(),
        "participants": [layer.users[(turn + i) % size] for i in range(size)],
    }


def _months(layer: _Layer, turn: int) -> Iterator[Body]:
    """Yield a layer for each day of the month that the handoffs come to stick to."""
    step = layer.every * MONTHS[layer.unit]
    handoffs = [wall_clock.local(layer.handoff, layer.zone)]
    while handoffs[-1].replace(tzinfo=UTC) < layer.until + 62 * DAY:
        handoffs.append(_clamped(handoffs[-1], step))
    anchors = [
        place
        for place, (one, other) in enumerate(pairwise(handoffs), start=1)
        if one.day != other.day
    ]
    for first, last in pairwise([0, *anchors, len(handoffs)]):
        body: Body = {
            **_named(layer, f"from-{first}"),
            "rotation": _rotation(layer, handoffs[first], turn + first),
            "starts_at": _at(handoffs[first], layer.zone),
        }
        if last < len(handoffs):
            body["ends_at"] = _at(handoffs[last], layer.zone)
        yield body


def _at(naive: datetime, zone: ZoneInfo) -> str:
    return instant(wall_clock.instant_of(naive, zone))


def _clamped(naive: datetime, months: int) -> datetime:
    """Return so many months later, on the last day where the month is too short."""
    following = wall_clock.add_months(naive.replace(day=1), months + 1)
    last_day = (following - DAY).day
    first = wall_clock.add_months(naive.replace(day=1), months)
    return first.replace(day=min(naive.day, last_day))
