"""Calendar files read with icalendar, their recurrences written out.

Recurrences are followed by recurring-ical-events. What would take long is refused
before it begins: files come from other programs, and from whoever may check files.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from handrail.core import limits
from handrail.core.configuration.calendar_event import (
    CalendarEvent,
    Edge,
    ReadCalendar,
)
from handrail.core.configuration.node import Place, SourceFile
from handrail.core.configuration.problem import Problem
from handrail.core.configuration.spelling import quoted
from handrail.ports.calendar import NOBODY, SHADOW_PROPERTY, USER_PROPERTY
from handrail.system import calendar_rule

if TYPE_CHECKING:
    from icalendar import Event

_BEGIN = "BEGIN:VEVENT"
_GAP_CATEGORY = "gap"
_MARK = "\ufeff"
"""Begins files of some programs, and is no part of them."""
_DAY = timedelta(days=1)
_ONCE = (
    "UID",
    "DTSTART",
    "DTEND",
    "DURATION",
    "RECURRENCE-ID",
    "SUMMARY",
    "STATUS",
)
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What the libraries raise for values that are not what their property says."""
_OTHERS = {"ROOM", "RESOURCE"}


class _Fault(NamedTuple):
    """What keeps one event from being read."""

    message: str
    remedy: str


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One file, and what was found in it so far."""

    file: str
    start: datetime
    end: datetime
    steps: int = 0
    events: list[CalendarEvent] = field(default_factory=list)
    endless: list[tuple[int, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, line: int, message: str, remedy: str = "") -> None:
        self.problems.append(
            Problem(
                place=Place(file=self.file, line=line),
                field="",
                message=message,
                remedy=remedy,
            )
        )

    def result(self) -> ReadCalendar:
        if len(self.events) > limits.CALENDAR_EVENTS_MAX:
            self.complain(
                1,
                f"more than {limits.CALENDAR_EVENTS_MAX} events in these years",
                "split the calendar, or take a rotation instead",
            )
            self.events.clear()
        self.events.sort(key=lambda e: (_sortable(e.starts_at), e.line))
        return ReadCalendar(
            events=tuple(self.events),
            endless=tuple(self.endless),
            problems=tuple(self.problems),
        )


def read_calendar(file: SourceFile, *, start: datetime, end: datetime) -> ReadCalendar:
    """Return the events of a file that touch ``[start, end)``; never raises for it."""
    reading = _Reading(file=file.name, start=start, end=end)
    if len(file.text) > limits.CALENDAR_FILE_CHARS_MAX:
        longest = limits.CALENDAR_FILE_CHARS_MAX
        reading.complain(1, f"longer than {longest} characters", "split it")
        return reading.result()
    found = _parsed(file.text.removeprefix(_MARK), reading)
    series: dict[str, list[tuple[int, Event]]] = {}
    for line, event in found:
        uid = str(event.get("UID") or f"line {line}")
        fault = _fault(event, reading)
        if fault is not None:
            said = f"event {quoted(uid)}: {fault.message}"
            reading.complain(line, said, fault.remedy)
            continue
        series.setdefault(uid, []).append((line, event))
    for uid, members in series.items():
        _follow(uid, members, reading)
        if len(reading.events) > limits.CALENDAR_EVENTS_MAX:
            break
    return reading.result()


def _parsed(text: str, reading: _Reading) -> "list[tuple[int, Event]]":
    """Return the events of all calendars of the text, each with its line."""
    from icalendar import Calendar

    try:
        calendars: Any = Calendar.from_ical(text, multiple=True)
    except _UNREADABLE as error:
        told = " ".join(str(error).split())
        reading.complain(
            _line_of(told, text), f"is no calendar: {told[:200]}", "export it again"
        )
        return []
    events = [e for one in calendars for e in one.walk("VEVENT")]
    lines = [
        number
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip().upper() == _BEGIN
    ]
    if not calendars or str(calendars[0].name) != "VCALENDAR":
        reading.complain(1, "is no calendar", "it begins with BEGIN:VCALENDAR")
        return []
    lines += [1] * (len(events) - len(lines))
    return list(zip(lines, events, strict=False))


def _line_of(message: str, text: str) -> int:
    """Return the line that a parser's message quotes, or 1."""
    for quote in re.findall(r"'([^']{3,})'", message):
        at = text.find(quote[:60])
        if at >= 0:
            return text.count("\n", 0, at) + 1
    return 1


def _fault(event: "Event", reading: _Reading) -> _Fault | None:
    """Return what keeps an event from being followed, if anything does."""
    try:
        return next(_faults(event, reading), None)
    except _UNREADABLE as error:
        return _Fault(f"cannot be read: {_in_line(error)}", "mend it")


def _in_line(error: Exception) -> str:
    return " ".join(str(error).split())[:150]


def _faults(event: "Event", reading: _Reading) -> Iterator[_Fault]:
    """Yield what keeps an event from being followed; only the first is sure."""
    for name, error in event.errors:
        told = " ".join(str(error).split())[:150]
        yield _Fault(f"{name or 'a line'} cannot be read: {told}", "mend it")
    yield from (
        _Fault(f"has more than one {name}", "leave one")
        for name in _ONCE
        if isinstance(event.get(name), list)
    )
    if "DTSTART" not in event:
        yield _Fault("has no DTSTART", "give it a beginning")
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        yield from _zone_faults(event, name)
    starts_at, ends_at = event.start, event.end
    if _kind(starts_at) != _kind(ends_at):
        yield _Fault(
            "begins and ends in different kinds of time",
            "write both as days, both with a zone, or both without",
        )
    if ends_at < starts_at or _is_negative(event):
        yield _Fault("ends before it begins", "mend DTEND or DURATION")
    for rule in _list(event.get("RRULE")):
        yield from _rule_faults(rule, starts_at, reading)


def _is_negative(event: "Event") -> bool:
    lasts = event.get("DURATION")
    return lasts is not None and lasts.dt < timedelta(0)


def _zone_faults(event: "Event", name: str) -> Iterator[_Fault]:
    """Yield a zone that neither the file, Windows nor the IANA database knows."""
    value = event.get(name)
    zone = value.params.get("TZID") if value is not None else None
    if zone is not None and _kind(value.dt) == "floating":
        yield _Fault(
            f"the time zone {quoted(str(zone))} of {name} is unknown",
            "write an IANA name such as Europe/Berlin, or a VTIMEZONE",
        )


def _rule_faults(
    rule: Any,  # noqa: ANN401
    starts_at: Edge,
    reading: _Reading,
) -> Iterator[_Fault]:
    """Yield rules of minutes and seconds, and what takes too long to follow."""
    frequency = str(next(iter(rule.get("FREQ", [])), "")).upper()
    dense = any(len(rule.get(name, [])) > 1 for name in ("BYMINUTE", "BYSECOND"))
    if frequency not in calendar_rule.STEPS or dense:
        yield _Fault(
            f"recurs {frequency or 'by no FREQ'}, which no shift or holiday does",
            "recur by hours, days, weeks, months or years",
        )
        return
    interval = next(iter(rule.get("INTERVAL", [])), 1)
    if not isinstance(interval, int) or interval < 1:
        yield _Fault("INTERVAL is less than 1", "write 1 or more")
        return
    reading.steps += calendar_rule.steps(rule, _sortable(starts_at), reading.end)
    if reading.steps > limits.CALENDAR_STEPS_MAX:
        yield _Fault(
            "its recurrences take too long to follow",
            "let recurring events begin later, write a rule that surely has days, or "
            "list the events",
        )


def _follow(uid: str, members: "list[tuple[int, Event]]", reading: _Reading) -> None:
    """Add the occurrences of one event and its exceptions."""
    line = members[0][0]
    if any(_is_endless(rule) for _, e in members for rule in _list(e.get("RRULE"))):
        reading.endless.append((line, uid))
    try:
        for found, starts_at, until, is_exact in _occurrences(members, reading):
            ends_at = _end(starts_at, until, is_exact=is_exact)
            _add(found, starts_at, ends_at, (line, uid), reading)
            if len(reading.events) > limits.CALENDAR_EVENTS_MAX:
                return
    except _UNREADABLE as error:
        said = f"event {quoted(uid)}: cannot be followed: {_in_line(error)}"
        reading.complain(line, said)


def _occurrences(
    members: "list[tuple[int, Event]]", reading: _Reading
) -> "Iterator[tuple[Event, Edge, Edge, bool]]":
    """Yield occurrences with their ends, and whether these are exact."""
    if not any({"RRULE", "RDATE", "RECURRENCE-ID"} & set(e) for _, e in members):
        for _, event in members:
            yield event, event.start, event.end, _is_exact(event)
        return
    from icalendar import Calendar
    from recurring_ical_events import CalendarQuery

    is_exact = all(_is_exact(event) for _, event in members)
    calendar = Calendar()
    calendar.subcomponents.extend(event for _, event in members)
    for series in CalendarQuery(calendar).series:
        for one in series.between(reading.start, reading.end):
            component: Any = one.as_component(keep_recurrence_attributes=False)
            yield component, one.start, one.end, is_exact


def _is_exact(event: "Event") -> bool:
    """Return whether an event lasts some hours, whatever clocks do meanwhile."""
    return "DURATION" in event and bool(event.duration % _DAY)


def _end(starts_at: Edge, ends_at: Edge, *, is_exact: bool) -> Edge:
    """Return when an occurrence ends.

    A DTEND is read on the wall clock, as a DURATION of whole days is; other durations
    are exact (RFC 5545, 3.3.6).
    """
    if not is_exact or _kind(starts_at) != "instant":
        return ends_at
    assert isinstance(starts_at, datetime), repr(starts_at)
    assert isinstance(ends_at, datetime), repr(ends_at)
    lasts = ends_at.replace(tzinfo=None) - starts_at.replace(tzinfo=None)
    return starts_at.astimezone(UTC) + lasts


def _add(
    event: "Event",
    starts_at: Edge,
    ends_at: Edge,
    whence: tuple[int, str],
    reading: _Reading,
) -> None:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    first, last = _edge(starts_at), _edge(ends_at)
    if first == last and not isinstance(first, datetime):
        last = first + _DAY
    is_near = _sortable(last) > reading.start and _sortable(first) < reading.end
    if not is_near or _sortable(first) >= _sortable(last):
        return
    first, last = _within(first, last, reading)
    users = tuple(str(one) for one in _list(event.get(USER_PROPERTY)))
    categories = [str(one).lower() for one in event.categories]
    reading.events.append(
        CalendarEvent(
            uid=whence[1],
            line=whence[0],
            summary=_on_one_line(str(event.get("SUMMARY", ""))),
            starts_at=first,
            ends_at=last,
            mails=tuple(_mails(event)),
            users=users,
            is_shadow=SHADOW_PROPERTY in event,
            is_gap=NOBODY in users or (not users and _GAP_CATEGORY in categories),
        )
    )


def _within(first: Edge, last: Edge, reading: _Reading) -> tuple[Edge, Edge]:
    """Return what lies within the stretch that is read; nothing else is known of it."""
    start: Edge = reading.start
    end: Edge = reading.end
    if not isinstance(first, datetime):
        start, end = reading.start.date(), reading.end.date()
    elif first.tzinfo is None:
        start = reading.start.replace(tzinfo=None)
        end = reading.end.replace(tzinfo=None)
    return max(first, start), min(last, end)


def _on_one_line(text: str) -> str:
    """Return text that says nothing to a terminal but what it shows."""
    return "".join(c if c.isprintable() else " " for c in text).strip()


def _mails(event: "Event") -> Iterator[str]:
    """Yield the addresses of people who did not decline, in lower case."""
    for attendee in _list(event.get("ATTENDEE")):
        params = attendee.params
        address = str(attendee).strip().lower()
        is_person = str(params.get("CUTYPE", "")).upper() not in _OTHERS
        has_declined = str(params.get("PARTSTAT", "")).upper() == "DECLINED"
        if address.startswith("mailto:") and is_person and not has_declined:
            yield address.removeprefix("mailto:")


def _is_endless(rule: Any) -> bool:  # noqa: ANN401
    return not rule.get("UNTIL") and not rule.get("COUNT")


def _list(value: Any) -> list[Any]:  # noqa: ANN401
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _kind(edge: Edge) -> str:
    if not isinstance(edge, datetime):
        return "day"
    return "floating" if edge.tzinfo is None else "instant"


def _edge(edge: Edge) -> Edge:
    """Return a day or floating time as it is, and anything else in UTC, to the second.

    Reading a zone's time with its first offset is RFC 5545's rule for skipped times.
    """
    if not isinstance(edge, datetime):
        return edge
    edge = edge.replace(microsecond=0)
    return edge if edge.tzinfo is None else edge.astimezone(UTC)


def _sortable(edge: Edge) -> datetime:
    """Return an instant near an edge that may have no zone."""
    if not isinstance(edge, datetime):
        return datetime(edge.year, edge.month, edge.day, tzinfo=UTC)
    return edge.replace(tzinfo=UTC) if edge.tzinfo is None else edge.astimezone(UTC)
