"""When the events of a Grafana OnCall shift begin, as its recurrence says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from tests.conformance.cases import utc
from tests.conformance.schedule_cases.writing import RefusedError

from handrail.core import wall_clock

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
STEPS = {"hourly": timedelta(hours=1), "daily": DAY, "weekly": WEEK}
LAST_DAY_OF_EVERY_MONTH = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """Local times at which events begin, without an end.

    Attributes:
        start: The first that may be.
        weekdays: Of the events; Monday is 0. None: as the start says.
        week_start: On which weekday weeks begin.
    """

    start: datetime
    frequency: str
    interval: int
    weekdays: tuple[int, ...]
    monthdays: tuple[int, ...]
    week_start: int

    def starts(self) -> Iterator[datetime]:
        """Yield when events begin, in order."""
        if self.frequency in STEPS and not self.weekdays:
            step = STEPS[self.frequency] * self.interval
            for place in count():
                yield self.start + place * step
        if not (self.weekdays or self.monthdays):
            for place in count():
                yield wall_clock.add_months(self.start, place * self.interval)
        for place in count():
            at = self.start + place * DAY
            if self._holds(at.date()):
                yield at

    @property
    def first(self) -> datetime:
        """Return when the first event begins."""
        return next(self.starts())

    def week_of(self, day: date) -> date:
        """Return the day on which the week of a day begins."""
        return day - (day.weekday() - self.week_start) % 7 * DAY

    def _holds(self, day: date) -> bool:
        if self.weekdays and day.weekday() not in self.weekdays:
            return False
        if self.monthdays and day.day not in self.monthdays:
            return False
        if self.frequency == "weekly":
            weeks = (self.week_of(day) - self.week_of(self._anchor)) // WEEK
            return weeks % self.interval == 0
        if self.frequency == "monthly":
            first = datetime.combine(self._anchor, time(0))
            months = wall_clock.months_between(first, datetime.combine(day, time(0)))
            return months % self.interval == 0
        return True

    @property
    def _anchor(self) -> date:
        """Return the first day that may have an event: weeks and months count on."""
        day = self.start.date()
        while (self.weekdays and day.weekday() not in self.weekdays) or (
            self.monthdays and day.day not in self.monthdays
        ):
            day += DAY
        return day


def read(shift: dict[str, Any]) -> Recurrence:
    """Return a recorded shift's recurrence."""
    found = Recurrence(
        start=utc(shift["start"]).replace(tzinfo=None),
        frequency=shift["frequency"],
        interval=shift["interval"] or 1,
        weekdays=tuple(sorted(CODES.index(code) for code in shift["by_day"] or ())),
        monthdays=tuple(shift["by_monthday"] or ()),
        week_start=CODES.index(shift["week_start"] or "MO"),
    )
    if shift["by_month"]:
        msg = "months of the year: a layer has hours of the week"
        raise RefusedError(msg)
    if found.frequency == "hourly" and found.weekdays:
        msg = "hours of weekdays that take turns by the hour"
        raise RefusedError(msg)
    days = found.monthdays or (found.start.day,)
    is_dated = found.frequency == "monthly" and not found.weekdays
    if is_dated and max(days) > LAST_DAY_OF_EVERY_MONTH:
        msg = "a month without that day: there no event, here the day after its end"
        raise RefusedError(msg)
    if found.monthdays and (found.weekdays or found.frequency != "monthly"):
        msg = "days of the month beside weekdays"
        raise RefusedError(msg)
    return found
