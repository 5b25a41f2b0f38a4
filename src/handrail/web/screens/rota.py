"""A schedule's weeks as a timeline: a row a day, a bar and words for each stretch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handrail.core import wall_clock
from handrail.core.coverage.gap_weight import GapWeight
from handrail.core.ids import Slug
from handrail.core.instants import format_rfc3339
from handrail.core.schedule.resolve import resolve
from handrail.core.schedule.schedule import Schedule
from handrail.core.schedule.tile import Tile
from handrail.web.screens.oncall import DutyCard, duty_card, gap_of, names_of
from handrail.web.screens.page import Reader
from handrail.web.screens.rota_override import (
    OVERRIDES_SHOWN,
    SHORTEST_TOLD,
    OverrideLine,
    override_lines,
)

WEEKS = 4
BAR = 1000
"""Length of a day's bar."""
LANE = 16
HUES = 8
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a day's bar.

    Attributes:
        kind: ``duty``, ``override``, ``shadow``, ``gap`` or ``intended``.
        hue: Which of the ``HUES`` a person has.
        x: From the day's beginning, of ``BAR``.
        y: From the top, in units of the bar.
    """

    kind: str
    hue: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of a day with one answer, in words.

    Attributes:
        hours: ``09:00`` to ``17:00`` in the schedule's zone, or ``all day``.
        who: "" where nobody is on call.
        shadows: Who goes along, or "".
        overrides: Those that decided, or "".
        is_new: It does not go on from the day before.
        is_brief: Shorter than what a reader can tell apart; in the bar alone.
        why: Address of the reasons.
        hues: Of the people.
    """

    hours: str
    who: str
    gap: str
    shadows: str
    overrides: str
    is_new: bool
    is_brief: bool
    why: str
    hues: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One local day.

    Attributes:
        label: ``Mon 5 Jan``.
        note: What the clocks do on that day, or "".
        now_x: Where the present is, of ``BAR``; -1 on every other day.
        height: Of the bar.
    """

    label: str
    is_today: bool
    is_past: bool
    note: str
    now_x: int
    height: int
    blocks: tuple[Block, ...]
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days from Monday on."""

    label: str
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaScreen:
    """A schedule: now and next, the weeks, its overrides.

    Attributes:
        gaps: How many stretches of the weeks nobody has although somebody is missed.
        wrong: Why what was asked about is no day, or "".
    """

    card: DutyCard
    weeks: tuple[Week, ...]
    gaps: int
    overrides: tuple[OverrideLine, ...]
    overrides_cut: bool
    earlier: str
    later: str
    is_present: bool
    first: str
    wrong: str


def first_day(at: datetime, zone: str) -> date:
    """Return the Monday of an instant's week, in the zone."""
    day = at.astimezone(wall_clock.zone(zone)).date()
    return day - timedelta(days=day.weekday())


def rota_window(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return the weeks from a day on as ``[start, end)``, UTC."""
    place = wall_clock.zone(zone)
    end = day + WEEKS * _WEEK
    return (
        wall_clock.instant(day, time(0), place),
        wall_clock.instant(end, time(0), place),
    )


def rota_screen(
    schedule: Schedule, day: date, *, wrong: str, reader: Reader
) -> RotaScreen:
    """Return a schedule's weeks from a Monday on."""
    start, end = rota_window(day, schedule.time_zone)
    tiles = resolve(schedule, start, end)
    days = tuple(_days(schedule, tiles, day, reader))
    overrides = override_lines(schedule, start, end, reader=reader)
    place = f"/oncall/schedules/{schedule.name}?week="
    return RotaScreen(
        card=duty_card(schedule, reader.now, reader),
        weeks=tuple(
            Week(label=_week_label(day + index * _WEEK), days=days[7 * index :][:7])
            for index in range(WEEKS)
        ),
        gaps=_exposed(days),
        overrides=overrides[:OVERRIDES_SHOWN],
        overrides_cut=len(overrides) > OVERRIDES_SHOWN,
        earlier=f"{place}{day - WEEKS * _WEEK}",
        later=f"{place}{day + WEEKS * _WEEK}",
        is_present=start <= reader.now < end,
        first=f"{day}",
        wrong=wrong,
    )


def _exposed(days: Sequence[Day]) -> int:
    """Return how many stretches have a gap that matters; over midnight it is one."""
    told = [one for day in days for one in day.stretches]
    return sum(
        one.gap == GapWeight.EXPOSED
        and (one.is_new or before is None or before.gap != GapWeight.EXPOSED)
        for before, one in zip([None, *told], told, strict=False)
    )


def _week_label(day: date) -> str:
    last = day + 6 * _DAY
    return f"Week {day.isocalendar().week}: {day:%d %b} to {last:%d %b %Y}".replace(
        " 0", " "
    )


def _days(
    schedule: Schedule, tiles: Sequence[Tile], first: date, reader: Reader
) -> Iterator[Day]:
    zone = wall_clock.zone(schedule.time_zone)
    hues = {user: place % HUES for place, user in enumerate(schedule.people)}
    today = reader.now.astimezone(zone).date()
    index = 0
    for place in range(7 * WEEKS):
        day = first + place * _DAY
        start = wall_clock.instant(day, time(0), zone)
        end = wall_clock.instant(day + _DAY, time(0), zone)
        while index < len(tiles) and tiles[index].ends_at <= start:
            index += 1
        last = index
        while last < len(tiles) and tiles[last].starts_at < end:
            last += 1
        here = tiles[index:last]
        stretches = [
            _stretch(tile, start, end, schedule, hues, reader) for tile in here
        ]
        gaps = [one.gap for one in stretches]
        lanes = max((len(t.duties) + len(t.shadows) for t in here), default=1) or 1
        yield Day(
            label=f"{day:%a} {day.day} {day:%b}",
            is_today=day == today,
            is_past=day < today,
            note=_clocks(day, schedule.time_zone),
            now_x=_x(reader.now, start, end) if day == today else -1,
            height=lanes * LANE,
            blocks=tuple(_blocks(here, start, end, lanes * LANE, hues, gaps)),
            stretches=tuple(one for one in stretches if not one.is_brief),
        )


def _x(at: datetime, start: datetime, end: datetime) -> int:
    inside = min(max(at, start), end)
    return round((inside - start) / (end - start) * BAR) if end > start else 0


def _blocks(
    tiles: Sequence[Tile],
    start: datetime,
    end: datetime,
    height: int,
    hues: dict[Slug, int],
    gaps: Sequence[str],
) -> Iterator[Block]:
    """Yield a lane for each person of each tile; a gap takes the whole height."""
    for tile, gap in zip(tiles, gaps, strict=True):
        left, right = _x(tile.starts_at, start, end), _x(tile.ends_at, start, end)
        who = [(d.user, "override" if d.override else "duty") for d in tile.duties]
        if not who:
            who = [(Slug(""), "gap" if gap == GapWeight.EXPOSED else "intended")]
        who += [(duty.user, "shadow") for duty in tile.shadows]
        lane = height // len(who)
        for place, (user, kind) in enumerate(who):
            yield Block(
                kind=kind,
                hue=hues.get(user, 0),
                x=left,
                y=place * lane,
                width=max(right - left, 2),
                height=lane,
            )


def _stretch(
    tile: Tile,
    start: datetime,
    end: datetime,
    schedule: Schedule,
    hues: dict[Slug, int],
    reader: Reader,
) -> Stretch:
    begins, ends = max(tile.starts_at, start), min(tile.ends_at, end)
    zone = wall_clock.zone(schedule.time_zone)
    first = f"{begins.astimezone(zone):%H:%M}"
    last = "24:00" if ends == end else f"{ends.astimezone(zone):%H:%M}"
    at = format_rfc3339(begins)
    overrides = dict.fromkeys(d.override for d in tile.duties if d.override)
    return Stretch(
        hours="all day" if (begins, ends) == (start, end) else f"{first} to {last}",
        who=names_of(tile.users, reader),
        gap=gap_of(schedule.name, tile, begins, reader),
        shadows=names_of(tile.companions, reader),
        overrides=", ".join(overrides),
        is_new=tile.starts_at >= start,
        is_brief=ends - begins < SHORTEST_TOLD,
        why=f"/oncall/schedules/{schedule.name}/why?at={at}",
        hues=tuple(hues.get(user, 0) for user in tile.users),
    )


def _clocks(day: date, zone_name: str) -> str:
    """Say what the clocks do on a day, in words; "" where they do nothing."""
    zone = wall_clock.zone(zone_name)
    start = wall_clock.instant(day, time(0), zone)
    end = wall_clock.instant(day + _DAY, time(0), zone)
    before, after = (at.astimezone(zone).utcoffset() for at in (start, end))
    assert before is not None
    assert after is not None
    if before == after:
        return ""
    hours = f"{(end - start) / timedelta(hours=1):g} hours long"
    if after > before:
        rule = "a handoff in the skipped time happens when it ends"
        return f"Clocks go forward, the day is {hours}; {rule}."
    rule = "a handoff in the repeated time happens the first time"
    return f"Clocks go back, the day is {hours}; {rule}."
