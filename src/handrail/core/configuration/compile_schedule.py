"""Schedules, overrides and calendars: from stored documents to what the core asks."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from handrail.core import wall_clock
from handrail.core.configuration import spelling
from handrail.core.configuration.part import Body, Part
from handrail.core.configuration.spelling import (
    MIDNIGHT_AS_END,
    NOBODY,
    WEEKDAYS,
    moment_in,
)
from handrail.core.ids import Slug
from handrail.core.schedule.schedule import (
    Combination,
    FixedShift,
    Layer,
    NoticeRules,
    Override,
    OverrideMode,
    Party,
    Revision,
    Rotation,
    Schedule,
    Span,
    Turns,
    Window,
)

ONLY_LAYER = Slug("rotation")
"""Name of the layer of a schedule that is written as one rotation."""

_DAY = timedelta(days=1)
_EVERY_DAY = range(7)


def schedules(parts: Mapping[str, list[Part]]) -> dict[Slug, Schedule]:
    """Return every schedule by name, with its overrides and the calendars it skips."""
    overrides: dict[str, list[Part]] = {}
    for part in parts.get("override", ()):
        overrides.setdefault(part.body["schedule"], []).append(part)
    calendars = {part.name: part.body for part in parts.get("calendar", ())}
    return {
        part.name: schedule(part, overrides.get(part.name, []), calendars)
        for part in parts.get("schedule", ())
    }


def schedule(
    part: Part, overrides: Iterable[Part], calendars: Mapping[Slug, Body]
) -> Schedule:
    """Return the schedule of a document, with its overrides and calendars."""
    zone = str(part.body.get("time_zone", "UTC"))
    edits = sorted(
        (moment_in(zone, edit["effective_from"]), place, edit)
        for place, edit in enumerate(part.body.get("edits", ()))
    )
    first = Revision(layers=_layers(part.body, zone, calendars))
    return Schedule(
        name=part.name,
        title=part.title,
        time_zone=zone,
        revisions=(
            first,
            *(
                Revision(effective_from=at, layers=_layers(edit, zone, calendars))
                for at, _, edit in edits
            ),
        ),
        overrides=tuple(override(zone, one) for one in overrides),
        notices=_notices(part.body.get("notices")),
    )


def _notices(body: Body | None) -> NoticeRules | None:
    if not body:
        return None
    before, at = body.get("before_start"), body.get("at", ())
    return NoticeRules(
        before_start=None if before is None else spelling.parse_duration(before),
        at_start="start" in at,
        at_end="end" in at,
    )


def calendars_of(body: Body) -> Iterator[Slug]:
    """Yield the calendars that a schedule's layers skip, now or by an edit."""
    for plan in (body, *body.get("edits", ())):
        for item in plan.get("layers", ()):
            yield from map(Slug, item.get("skip", ()))


def _layers(body: Body, zone: str, calendars: Mapping[Slug, Body]) -> tuple[Layer, ...]:
    """Return the layers of a schedule or edit; one rotation is a layer of its own."""
    if "rotation" in body:
        return (Layer(name=ONLY_LAYER, rotation=rotation(body["rotation"])),)
    return tuple(_layer(item, zone, calendars) for item in body.get("layers", ()))


def _layer(item: Body, schedule_zone: str, calendars: Mapping[Slug, Body]) -> Layer:
    zone = item.get("time_zone", schedule_zone)
    skipped = (calendars.get(Slug(name), {}) for name in item.get("skip", ()))
    return Layer(
        name=Slug(item["name"]),
        rotation=rotation(item["rotation"]) if "rotation" in item else None,
        shifts=tuple(_shifts(item.get("shifts", ()), zone)),
        windows=tuple(
            window for one in item.get("active", ()) for window in windows(one)
        ),
        turns=Turns(item.get("turns", Turns.ALWAYS)),
        combination=Combination(item.get("combine", Combination.COVER)),
        starts_at=_moment(zone, item.get("starts_at")),
        ends_at=_moment(zone, item.get("ends_at")),
        holidays=_holidays(skipped, zone),
        time_zone=item.get("time_zone"),
        is_shadow=item.get("role") == "shadow",
    )


def rotation(body: Body) -> Rotation:
    """Return the rotation of its body."""
    written = body["every"]
    every = [written] if isinstance(written, str) else written
    lengths = [spelling.parse_every(text) for text in every]
    return Rotation(
        participants=tuple(_party(one) for one in body["participants"]),
        unit=lengths[0][1],
        lengths=tuple(count for count, _ in lengths),
        starts_on=spelling.parse_date(body["starts_on"]),
        handoff=spelling.parse_wall_time(body["handoff"]),
        lasts=spelling.parse_duration(body["lasts"]) if "lasts" in body else None,
        time_zone=body.get("time_zone"),
    )


def _party(written: str | list[str]) -> Party:
    names = [written] if isinstance(written, str) else written
    return tuple(Slug(name) for name in names if name != NOBODY)


def windows(item: Body) -> tuple[Window, ...]:
    """Return a window for each weekday on which the written one begins."""
    first, start = spelling.parse_week_time(item["from"])
    last, end = spelling.parse_week_time(item["to"])
    if first is not None and last is not None:
        days = (last - first) % 7
        if days == 0 and end <= start:
            days = 7
        return (Window(weekday=first, start=start, days=days, end=end),)
    named = item.get("days")
    begins = _EVERY_DAY if named is None else [WEEKDAYS.index(day) for day in named]
    later = int(item["from"] == MIDNIGHT_AS_END)
    return tuple(
        Window(weekday=(day + later) % 7, start=start, days=int(end <= start), end=end)
        for day in begins
    )


def _shifts(items: Iterable[Body], zone: str) -> Iterator[FixedShift]:
    """Yield listed shifts; one that lies in skipped local time lasts no time at all."""
    for item in items:
        starts_at, ends_at = (moment_in(zone, item[edge]) for edge in ("from", "until"))
        if starts_at < ends_at:
            users = _party(item["users"])
            yield FixedShift(users=users, starts_at=starts_at, ends_at=ends_at)


def _moment(zone: str, written: str | None) -> datetime | None:
    return None if written is None else moment_in(zone, written)


def _holidays(calendars: Iterable[Body], zone: str) -> tuple[Span, ...]:
    """Return the times the calendars close, sorted and disjoint.

    Whole days are days of the layer's zone.
    """
    found = sorted(
        (_closed(item, zone) for body in calendars for item in body.get("closed", ())),
        key=lambda span: span.starts_at,
    )
    result: list[Span] = []
    titles: dict[str, None] = {}
    for span in found:
        if not result or span.starts_at > result[-1].ends_at:
            titles = {}
            result.append(span)
        last = result[-1]
        titles |= dict.fromkeys([span.title] if span.title else [])
        result[-1] = Span(
            starts_at=last.starts_at,
            ends_at=max(last.ends_at, span.ends_at),
            title=", ".join(titles),
        )
    return tuple(result)


def _closed(item: Body, zone: str) -> Span:
    title = item.get("title", "")
    if "day" in item:
        day = spelling.parse_date(item["day"])
        first, last = _midnight(day, zone), _midnight(day + _DAY, zone)
        return Span(starts_at=first, ends_at=last, title=title)
    return Span(
        starts_at=moment_in(zone, item["from"]),
        ends_at=moment_in(zone, item["until"]),
        title=title,
    )


def _midnight(day: date, zone: str) -> datetime:
    return wall_clock.instant(day, time(0), wall_clock.zone(zone))


def override(zone: str, part: Part) -> Override:
    """Return the override of a document; local times are read in the zone."""
    body = part.body
    instead_of = body.get("instead_of")
    return Override(
        name=part.name,
        user=Slug(body["user"]),
        starts_at=moment_in(zone, body["from"]),
        ends_at=moment_in(zone, body["until"]),
        order=part.document.order,
        mode=OverrideMode(body.get("mode", OverrideMode.REPLACE)),
        instead_of=None if instead_of is None else Slug(instead_of),
    )
