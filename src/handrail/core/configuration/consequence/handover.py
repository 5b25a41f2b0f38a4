"""Handovers that move, and what a change of the clocks does to them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.configuration.consequence.consequence import (
    Consequence,
    ConsequenceKind,
    day_in_words,
    moment_in_words,
    names_in_words,
    span_in_words,
)
from handrail.core.schedule.clock_change import (
    ClockChange,
    clock_changes,
    is_repeated,
    is_skipped,
)
from handrail.core.schedule.difference import Moved, difference
from handrail.core.schedule.layer import rotation_zone
from handrail.core.schedule.rotation import handoff, period_at, wall_handoff
from handrail.core.schedule.schedule import Layer, Schedule

YEAR = timedelta(days=366)
"""How far ahead changes of the clocks are looked at."""

_NO = timedelta(0)
_DAY = timedelta(days=1)
_AROUND = timedelta(days=9)
"""A weekly handover lies within that of any change of the clocks."""


def moves(schedule: Schedule, moved: Sequence[Moved]) -> Iterator[Consequence]:
    """Yield handovers that move, one consequence for all that move as far."""
    by_far: dict[timedelta, list[Moved]] = {}
    for one in moved:
        by_far.setdefault(one.by, []).append(one)
    zone = wall_clock.zone(schedule.time_zone)
    for by, those in by_far.items():
        first = those[0]
        was, will = (wall_clock.local(h.at, zone) for h in first)
        later = "later" if by > timedelta(0) else "earlier"
        who = f"{names_in_words(first.after.leaving)} to "
        who += names_in_words(first.after.coming)
        text = (
            f"the handover of {schedule.name} on {moment_in_words(was)} ({who}) moves "
            f"to {will:%H:%M}, {span_in_words(by)} {later}"
        )
        if len(those) > 1:
            text += f"; {len(those) - 1} more after it move alike"
        yield Consequence(
            kind=ConsequenceKind.HANDOVER,
            text=text,
            schedule=schedule.name,
            starts_at=min(first.before.at, first.after.at),
            ends_at=max(first.before.at, first.after.at),
            weight=float(len(those)),
        )


def clocks(
    before: Schedule | None, after: Schedule, now: datetime
) -> Iterator[Consequence]:
    """Yield what the coming year's changes of the clocks newly do to handovers."""
    yield from _skipped_handoffs(before, after, now)
    if before is not None:
        for change in _changes(before, after, now):
            yield from _moved_by(before, after, change, now)
    else:
        yield from _elsewhere(after, now)


def _zones(schedule: Schedule) -> set[ZoneInfo]:
    layers = [layer for one in schedule.revisions for layer in one.layers]
    return {
        wall_clock.zone(schedule.time_zone),
        *(rotation_zone(layer, schedule.time_zone) for layer in layers),
    }


def _changes(before: Schedule, after: Schedule, now: datetime) -> list[ClockChange]:
    zones = _zones(before) | _zones(after)
    found = {c for zone in zones for c in clock_changes(zone, now, now + YEAR)}
    return sorted(found)


def _moved_by(
    before: Schedule, after: Schedule, change: ClockChange, now: datetime
) -> Iterator[Consequence]:
    """Yield the first handover that moves with the clocks, and did not before them."""
    earlier = difference(before, after, max(now, change.at - _AROUND), change.at)
    later = difference(before, after, change.at, change.at + _AROUND)
    usual = {one.by for one in earlier.moved} or {_NO}
    if len(usual) > 1 or (usual == {_NO} and not earlier.is_empty):
        return
    zone = wall_clock.zone(after.time_zone)
    for one in later.moved:
        if abs(one.by - min(usual)) != abs(change.by):
            continue
        was, will = (wall_clock.local(handover.at, zone) for handover in one)
        times = f"from {was:%H:%M} to {will:%H:%M} {zone.key}"
        more = "" if usual == {_NO} else f", and no more by {span_in_words(min(usual))}"
        yield Consequence(
            kind=ConsequenceKind.DST,
            text=(
                f"the handover of {after.name} on {day_in_words(will)} moves by "
                f"{span_in_words(one.by)}{more} because of DST: {times}"
            ),
            schedule=after.name,
            starts_at=min(one.before.at, one.after.at),
            ends_at=max(one.before.at, one.after.at),
        )
        return


def _skipped_handoffs(
    before: Schedule | None, after: Schedule, now: datetime
) -> Iterator[Consequence]:
    """Yield handoffs at wall-clock times that do not exist, or come twice."""
    known = {(name, naive) for name, naive, _ in _odd_handoffs(before, now)}
    for name, naive, zone in _odd_handoffs(after, now):
        if (name, naive) in known:
            continue
        at = wall_clock.instant_of(naive, zone)
        written = moment_in_words(naive)
        happens = wall_clock.local(at, zone)
        says = (
            f"does not exist, because the clocks go forward: it is at {happens:%H:%M}"
            if is_skipped(naive, zone)
            else "comes twice, because the clocks go back: the first is meant"
        )
        yield Consequence(
            kind=ConsequenceKind.CLOCK_GAP,
            text=f"the handoff of {after.name} on {written} {zone.key} {says}",
            schedule=after.name,
            starts_at=at,
            ends_at=at,
        )


def _odd_handoffs(
    schedule: Schedule | None, now: datetime
) -> Iterator[tuple[str, datetime, ZoneInfo]]:
    """Yield handoffs, by layer, that fall on a change of the clocks."""
    if schedule is None:
        return
    for layer in _layers(schedule, now):
        rotation = layer.rotation
        assert rotation is not None
        zone = rotation_zone(layer, schedule.time_zone)
        for change in clock_changes(zone, now, now + YEAR):
            index, _, _ = period_at(rotation, zone, change.at - _DAY)
            while handoff(rotation, zone, index) <= change.at + _DAY:
                naive = wall_handoff(rotation, index)
                if is_skipped(naive, zone) or is_repeated(naive, zone):
                    yield layer.name, naive, zone
                    break
                index += 1


def _layers(schedule: Schedule, now: datetime) -> list[Layer]:
    """Return the layers with turns of all revisions that are still to hold."""
    held = schedule.layers_at(now)
    coming = [
        layer
        for one in schedule.revisions
        if one.effective_from is not None and one.effective_from > now
        for layer in one.layers
    ]
    return [layer for layer in (*held, *coming) if layer.rotation is not None]


def _elsewhere(after: Schedule, now: datetime) -> Iterator[Consequence]:
    """Yield the shift in UTC of a handoff whose wall-clock time stays what it is."""
    for naive, was, zone in _utc_shifts(after, now).values():
        will = wall_clock.instant_of(naive, zone)
        yield Consequence(
            kind=ConsequenceKind.DST_ELSEWHERE,
            text=(
                f"the handover of {after.name} on {day_in_words(naive)} moves from "
                f"{was:%H:%M} to {will:%H:%M} UTC because of DST; it stays "
                f"{naive:%H:%M} in {zone.key}"
            ),
            schedule=after.name,
            starts_at=will,
            ends_at=will,
        )


def _utc_shifts(
    schedule: Schedule, now: datetime
) -> Mapping[tuple[str, datetime], tuple[datetime, datetime, ZoneInfo]]:
    """Return, by zone and clock change, the first handoff that is elsewhere in UTC.

    With its wall-clock time, and the UTC time of day of the handoff before the change.
    """
    found: dict[tuple[str, datetime], tuple[datetime, datetime, ZoneInfo]] = {}
    for layer in _layers(schedule, now):
        rotation = layer.rotation
        assert rotation is not None
        zone = rotation_zone(layer, schedule.time_zone)
        for change in clock_changes(zone, now, now + YEAR):
            index, was, will = period_at(rotation, zone, change.at)
            naive = wall_handoff(rotation, index + 1)
            last = wall_handoff(rotation, index)
            is_alike = naive.time() == last.time() and not is_skipped(last, zone)
            if is_alike and was.time() != will.time():
                found.setdefault((zone.key, change.at), (naive, was, zone))
    return found
