"""A small part of iCalendar: events that repeat by the day or week, in their zone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tests.conformance.schedule_cases.recurrence import CODES, Recurrence
from tests.conformance.schedule_cases.writing import RefusedError

READ = {"UID", "SUMMARY", "RRULE", "DTSTART", "DTEND", "SEQUENCE", "CREATED"}
READ |= {"LAST-MODIFIED", "DTSTAMP", "STATUS", "DESCRIPTION", "LOCATION", "TRANSP"}


class Event:
    """One event, with its recurrence in local time."""

    def __init__(self, lines: dict[str, tuple[str, str]]) -> None:
        if unread := set(lines) - READ:
            msg = f"a calendar's {', '.join(sorted(unread))}"
            raise RefusedError(msg)
        self.summary = lines["SUMMARY"][1]
        self.time_zone, self.start = _moment(*lines["DTSTART"])
        zone, self.end = _moment(*lines["DTEND"])
        if zone != self.time_zone:
            msg = "a calendar's event that ends in another zone"
            raise RefusedError(msg)
        rule = lines.get("RRULE")
        self.recurrence = None if rule is None else self._recurrence(rule[1])

    def _recurrence(self, rule: str) -> Recurrence:
        parts = dict(part.split("=") for part in rule.split(";") if part)
        frequency = parts.pop("FREQ", "").lower()
        interval = int(parts.pop("INTERVAL", "1"))
        codes = parts.pop("BYDAY", "")
        days = [CODES.index(code) for code in codes.split(",") if code in CODES]
        parts.pop("WKST", None)
        is_plain = all(code in CODES for code in codes.split(",") if code)
        if frequency not in {"daily", "weekly"} or parts or not is_plain:
            msg = f"a calendar's recurrence {rule!r}"
            raise RefusedError(msg)
        return Recurrence(
            start=self.start,
            frequency=frequency,
            interval=interval,
            weekdays=tuple(sorted(days)),
            monthdays=(),
            week_start=0,
        )


def events(text: str) -> Iterator[Event]:
    """Yield the events of a calendar."""
    lines: dict[str, tuple[str, str]] | None = None
    for line in text.replace("\r\n ", "").replace("\n ", "").splitlines():
        if line == "BEGIN:VEVENT":
            lines = {}
        elif line == "END:VEVENT" and lines is not None:
            yield Event(lines)
            lines = None
        elif lines is not None:
            name, _, value = line.partition(":")
            key, _, parameters = name.partition(";")
            lines[key] = parameters, value


def _moment(parameters: str, value: str) -> tuple[str, datetime]:
    if "T" not in value:
        msg = "a calendar's event of whole days"
        raise RefusedError(msg)
    zone = parameters.removeprefix("TZID=") or "UTC"
    naive = datetime.strptime(value.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    return zone, naive.replace(tzinfo=UTC).replace(tzinfo=None)


def users_of(summary: str, users: list[dict[str, Any]]) -> list[str]:
    """Return whom an event's title names, by name or address."""
    return [
        one["username"]
        for one in users
        if summary.strip().lower() in {one["username"].lower(), one["email"].lower()}
    ]
