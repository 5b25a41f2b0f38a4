"""On-call load: a person's figures, and a team's as distributions without names.

There is no figure by which people could be ranked: a person sees their own, and a team
sees how its people's figures are spread.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum, unique
from math import ceil
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.schedule import night
from handrail.core.schedule.night import Day, NightHours
from handrail.core.schedule.rest_book import RestBook, WorkingHours
from handrail.core.schedule.restriction import Stretch, joined

LEAST_PEOPLE = 3
"""Of fewer there is no distribution: it would name them."""

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@unique
class Measure(StrEnum):
    """What is counted of one person."""

    HOURS = "hours"
    NIGHTS = "nights"
    WEEKENDS = "weekends"
    HOLIDAYS = "holidays"
    PAGES = "pages"
    PAGES_OUT_OF_HOURS = "pages_out_of_hours"
    PAGES_AT_NIGHT = "pages_at_night"


Figures = Mapping[Measure, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How one figure is spread over a team's people.

    Attributes:
        p90: The smallest figure that nine of ten people do not exceed.
    """

    least: float
    median: float
    p90: float
    most: float


def time_on_call(
    stretches: Iterable[Stretch], book: RestBook, zone: ZoneInfo
) -> Figures:
    """Return one person's hours, nights, weekends and holidays on call.

    Args:
        stretches: ``[start, end)`` in UTC over all schedules; they may overlap.
        book: Says when nights and holidays are.
        zone: The person's.
    """
    runs = joined(stretches)
    if not runs:
        return dict.fromkeys((m for m in Measure if not m.startswith("pages")), 0.0)
    start, end = runs[0][0], runs[-1][1]
    return {
        Measure.HOURS: round(sum(((b - a) / _HOUR for a, b in runs), 0.0), 2),
        Measure.NIGHTS: _count(runs, night.nights(book.rules.night, zone, start, end)),
        Measure.WEEKENDS: _count(runs, night.weekends(zone, start, end)),
        Measure.HOLIDAYS: _count(runs, _holidays(book.holidays, zone)),
    }


def interruptions(pages: Iterable[datetime], book: RestBook, zone: ZoneInfo) -> Figures:
    """Return how often one person was paged, outside working hours, and at night."""
    at = list(pages)
    return {
        Measure.PAGES: float(len(at)),
        Measure.PAGES_OUT_OF_HOURS: float(
            sum(not is_working(one, book.working_hours, zone) for one in at)
        ),
        Measure.PAGES_AT_NIGHT: float(
            sum(is_night(one, book.rules.night, zone) for one in at)
        ),
    }


def is_working(at: datetime, hours: WorkingHours, zone: ZoneInfo) -> bool:
    """Return whether a person works at an instant, by the wall clock of their zone."""
    local = wall_clock.local(at, zone)
    if hours.start < hours.end:
        is_within = hours.start <= local.time() < hours.end
        return is_within and local.weekday() in hours.weekdays
    if local.time() >= hours.start:
        return local.weekday() in hours.weekdays
    before = (local.weekday() - 1) % 7
    return local.time() < hours.end and before in hours.weekdays


def is_night(at: datetime, hours: NightHours, zone: ZoneInfo) -> bool:
    """Return whether it is night for a person at an instant."""
    return bool(night.nights(hours, zone, at, at + timedelta(microseconds=1)))


def spread(figures: Sequence[float]) -> Spread | None:
    """Return how figures are spread; none of fewer than ``LEAST_PEOPLE`` people."""
    if len(figures) < LEAST_PEOPLE:
        return None
    ordered = sorted(figures)
    return Spread(
        least=ordered[0],
        median=_middle(ordered),
        p90=ordered[ceil(0.9 * len(ordered)) - 1],
        most=ordered[-1],
    )


def spreads(people: Sequence[Figures]) -> Mapping[Measure, Spread]:
    """Return by measure how a team's figures are spread, over all its people.

    None at all where fewer than ``LEAST_PEOPLE`` of them carry anything: whoever shares
    it with one other would read the other's figures off it, beside their own.
    """
    carrying = sum(any(figures.values()) for figures in people)
    if carrying < LEAST_PEOPLE:
        return {}
    found = {one: spread([figures[one] for figures in people]) for one in people[0]}
    return {measure: one for measure, one in found.items() if one is not None}


def _middle(ordered: Sequence[float]) -> float:
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def _count(runs: Sequence[Stretch], days: Iterable[Day]) -> float:
    return float(len(night.touched(runs, days)))


def _holidays(dates: Iterable[date], zone: ZoneInfo) -> list[Day]:
    return [
        Day(
            day,
            wall_clock.instant(day, time(0), zone),
            wall_clock.instant(day + _DAY, time(0), zone),
        )
        for day in sorted(dates)
    ]
