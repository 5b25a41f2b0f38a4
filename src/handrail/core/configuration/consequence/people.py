"""What each person gains and gives up: nights, weekends and hours, by month."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.configuration.consequence.consequence import (
    Consequence,
    ConsequenceKind,
    names_in_words,
)
from handrail.core.configuration.rest_check import zone_of
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.schedule import night
from handrail.core.schedule.difference import Difference, Place
from handrail.core.schedule.night import Day, NightHours
from handrail.core.schedule.restriction import Stretch, joined

Compared = Mapping[Slug, Difference]
"""By schedule."""
Figures = dict[str, dict[str, float]]
"""By local month, such as ``2026-12``; then ``nights_gained`` and so on."""

_HOUR = timedelta(hours=1)
_NIGHT_HOURS = 8
_WEEKEND_HOURS = 24
_NAMED = 3
"""More schedules than these are counted, not named."""


def people(compared: Compared, after: Snapshot) -> Iterator[Consequence]:
    """Yield a consequence for everybody whose time on call changes."""
    touched: dict[Place, list[Slug]] = {}
    for name, one in compared.items():
        for place in {**one.gained, **one.lost}:
            touched.setdefault(place, []).append(name)
    for place in sorted(touched):
        yield _person(place, touched[place], compared, after)


def _person(
    place: Place, names: Sequence[Slug], compared: Compared, after: Snapshot
) -> Consequence:
    those = [compared[name] for name in names]
    gained = _whole(one.gained.get(place, ()) for one in those)
    lost = _whole(one.lost.get(place, ()) for one in those)
    zone = zone_of(after, place.user)
    figures: Figures = {}
    _add_hours(figures, "hours_gained", gained, zone)
    _add_hours(figures, "hours_lost", lost, zone)
    _add_days(
        figures,
        _whole(one.before.times.get(place, ()) for one in those),
        _whole(one.after.times.get(place, ()) for one in those),
        hours=after.rest.rules.night,
        zone=zone,
    )
    said = ", ".join(
        _month_in_words(month, figures[month]) for month in sorted(figures)
    )
    where = names_in_words(names)
    if len(names) > _NAMED:
        where = f"{len(names)} schedules"
    shadow = "as shadow " if place.is_shadow else ""
    return Consequence(
        kind=ConsequenceKind.PERSON,
        text=f"{place.user} {shadow}{said} ({where})",
        user=place.user,
        schedule=names[0] if len(names) == 1 else None,
        starts_at=min(span[0] for span in (*gained, *lost)),
        weight=_weight(figures),
        figures=figures,
    )


def _whole(parts: Iterable[Iterable[Stretch]]) -> list[Stretch]:
    return joined(span for spans in parts for span in spans)


def _add_hours(
    figures: Figures, key: str, spans: Sequence[Stretch], zone: ZoneInfo
) -> None:
    """Add the hours of the stretches to the local months they lie in."""
    for starts_at, ends_at in spans:
        at = starts_at
        while at < ends_at:
            first = wall_clock.local(at, zone).date().replace(day=1)
            following = _month_after(first, zone)
            if following <= at:
                # Clocks went back over midnight: the month that began goes on.
                first = wall_clock.local(following, zone).date()
                following = _month_after(first, zone)
            until = min(ends_at, following)
            told = figures.setdefault(f"{first:%Y-%m}", {})
            told[key] = round(told.get(key, 0.0) + (until - at) / _HOUR, 4)
            at = until


def _month_after(first: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which the month after that of ``first`` begins."""
    following = (first + timedelta(days=32)).replace(day=1)
    return wall_clock.instant(following, time(0), zone)


def _add_days(
    figures: Figures,
    before: Sequence[Stretch],
    after: Sequence[Stretch],
    *,
    hours: NightHours,
    zone: ZoneInfo,
) -> None:
    """Count the nights and weekends that the person has on one side only."""
    both = [*before, *after]
    start, end = min(s[0] for s in both), max(s[1] for s in both)
    for noun, days in (
        ("nights", night.nights(hours, zone, start, end)),
        ("weekends", night.weekends(zone, start, end)),
    ):
        old, new = _dates(before, days), _dates(after, days)
        for word, dates in (("gained", new - old), ("lost", old - new)):
            for day in dates:
                told = figures.setdefault(f"{day:%Y-%m}", {})
                told[f"{noun}_{word}"] = told.get(f"{noun}_{word}", 0) + 1


def _dates(spans: Sequence[Stretch], days: Sequence[Day]) -> set[date]:
    return {day.date for day in night.touched(spans, days)}


def _month_in_words(month: str, told: Mapping[str, float]) -> str:
    parts = [
        f"{verb} {_amount(told, word)}"
        for word, verb in (("gained", "gains"), ("lost", "gives up"))
        if any(told.get(f"{noun}_{word}") for noun in ("nights", "weekends", "hours"))
    ]
    first = datetime.fromisoformat(f"{month}-01")
    return f"{' and '.join(parts)} in {first:%B}"


def _amount(told: Mapping[str, float], word: str) -> str:
    days = [
        _count(int(told[f"{noun}_{word}"]), noun)
        for noun in ("nights", "weekends")
        if told.get(f"{noun}_{word}")
    ]
    hours = f"{told.get(f'hours_{word}', 0.0):.4g} h"
    return f"{' and '.join(days)} ({hours})" if days else hours


def _count(number: int, noun: str) -> str:
    return f"{number} {noun.removesuffix('s') if number == 1 else noun}"


def _weight(figures: Figures) -> float:
    """Return how much changes, in hours, where nights and weekends weigh more."""
    total = 0.0
    for told in figures.values():
        for key, amount in told.items():
            noun, _, _ = key.partition("_")
            weights = {"nights": _NIGHT_HOURS, "weekends": _WEEKEND_HOURS, "hours": 1}
            total += amount * weights[noun]
    return total
