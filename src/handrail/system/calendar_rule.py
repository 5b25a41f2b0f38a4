"""How far the recurrences of a rule are walked through before they are found.

A rule that matches again and again is walked through until the end of what is asked.
One that may match nothing, such as every 30 February, would be walked through until the
year 9999; few of those take longer than all else that a calendar file can hold.
"""

from datetime import MAXYEAR, datetime, timedelta
from typing import Any

_DAY = timedelta(days=1)
STEPS = {
    "HOURLY": timedelta(hours=1),
    "DAILY": _DAY,
    "WEEKLY": _DAY,
    "MONTHLY": _DAY,
    "YEARLY": _DAY,
}
"""How far one step of looking for a recurrence goes at least."""
_DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_OF_EACH_WEEKDAY = 4
"""So many of each has every month, at least."""
_WEEKS_OF_YEAR = 52
_DATES = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS")
_WEEK = 7

Given = dict[str, list[Any]]
"""The parts of a rule that pick dates, with their values."""


def steps(rule: Any, starts_at: datetime, end: datetime) -> int:  # noqa: ANN401
    """Return how many days, or hours, are looked at for the recurrences until ``end``.

    Args:
        rule: As the icalendar library reads it; its frequency is one of ``STEPS``.
        starts_at: Of the first occurrence, UTC.
        end: Where recurrences are cut off, UTC.
    """
    frequency = str(rule["FREQ"][0]).upper()
    if not _recurs_surely(rule, frequency, day=starts_at.day):
        end = datetime(MAXYEAR, 1, 1, tzinfo=starts_at.tzinfo)
    return max((end - starts_at) // STEPS[frequency], 0)


def _recurs_surely(rule: Any, frequency: str, *, day: int) -> bool:  # noqa: ANN401
    """Return whether a rule is seen to match within a few decades, from wherever on."""
    given = {name: list(rule.get(name, ())) for name in _DATES if rule.get(name)}
    if set(given) == {"BYMONTH"} and frequency in {"MONTHLY", "YEARLY"}:
        # It has the day of its beginning, which in its own zone may be the one after.
        given["BYMONTHDAY"] = [min(day + 1, max(_DAYS_OF_MONTH))]
    interval = int(next(iter(rule.get("INTERVAL", [])), 1))
    if not given:
        return True
    if {"BYYEARDAY", "BYWEEKNO"} & set(given):
        return _counts_in_the_year(given, frequency)
    return (
        _has_its_weekdays(given, frequency, interval)
        and _has_its_places(given, frequency)
        and _has_a_date(given, interval)
        and _keeps_step(given, frequency, interval)
    )


def _counts_in_the_year(given: Given, frequency: str) -> bool:
    """Return whether each year has a day, or a week, with one of these numbers."""
    if frequency != "YEARLY":
        return False
    if set(given) == {"BYYEARDAY"}:
        last = sum(_DAYS_OF_MONTH)
        return any(1 <= abs(int(day)) <= last for day in given["BYYEARDAY"])
    if set(given) - {"BYWEEKNO", "BYDAY"} or any(map(_ordinal, given.get("BYDAY", ()))):
        return False
    return any(1 <= abs(int(week)) <= _WEEKS_OF_YEAR for week in given["BYWEEKNO"])


def _has_its_weekdays(given: Given, frequency: str, interval: int) -> bool:
    """Return whether there is such a weekday as the fifth Monday of a month."""
    ordinals = [abs(_ordinal(day)) for day in given.get("BYDAY", ())]
    if not any(ordinals) or frequency not in {"MONTHLY", "YEARLY"}:
        return True
    most = _OF_EACH_WEEKDAY
    if "BYMONTH" not in given:
        most = _WEEKS_OF_YEAR
        if frequency == "MONTHLY":
            most = _OF_EACH_WEEKDAY + (interval == 1)
    return not {"BYMONTHDAY", "BYSETPOS"} & set(given) and min(ordinals) <= most


def _has_its_places(given: Given, frequency: str) -> bool:
    """Return whether every set has a member that is picked by its position."""
    if "BYSETPOS" not in given:
        return True
    days = {abs(int(day)) for day in given.get("BYMONTHDAY", ())}
    weekdays = {str(day)[-2:] for day in given.get("BYDAY", ())}
    if frequency not in {"MONTHLY", "YEARLY"} or bool(days) == bool(weekdays):
        return False
    least = sum(1 <= day <= _DAYS_OF_MONTH[1] for day in days)
    least += len(weekdays) * _OF_EACH_WEEKDAY
    return any(1 <= abs(int(place)) <= least for place in given["BYSETPOS"])


def _has_a_date(given: Given, interval: int) -> bool:
    """Return whether some month it names has a day it names."""
    if "BYMONTHDAY" not in given:
        return True
    every = range(1, len(_DAYS_OF_MONTH) + 1)
    months = [int(month) for month in given.get("BYMONTH", every)]
    lengths = [_DAYS_OF_MONTH[month - 1] for month in months if month in every]
    longest = max(lengths, default=0) + (months == [2] and interval == 1)
    return any(1 <= abs(int(day)) <= longest for day in given["BYMONTHDAY"])


def _keeps_step(given: Given, frequency: str, interval: int) -> bool:
    """Return whether an interval cannot pass over all that is named."""
    names = set(given)
    if interval == 1 or frequency == "YEARLY":
        return True
    if frequency == "MONTHLY":
        days = [abs(int(day)) for day in given.get("BYMONTHDAY", ())]
        return "BYMONTH" not in names and min(days, default=1) <= _DAYS_OF_MONTH[1]
    if frequency == "WEEKLY":
        return names == {"BYDAY"} or interval < _OF_EACH_WEEKDAY
    if names == {"BYMONTH"}:
        return interval <= _DAYS_OF_MONTH[1]
    return names == {"BYDAY"} and interval % _WEEK != 0


def _ordinal(day: object) -> int:
    """Return which of the weekdays of a month or year is meant; 0 for each."""
    return int(str(day)[:-2] or 0)
