"""What a shift notice says: when, who is before and after, what is open, what happened.

Times are in the zone of the person it is for. Of a private incident it says the number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from handrail.core import wall_clock
from handrail.core.incident.bulletin_words import Words
from handrail.core.incident.incident import Incident
from handrail.core.paging.page import Page, PageState
from handrail.core.schedule.shift_notice import NoticeKind, Shift, ShiftNotice

LISTED_MAX = 5
_STATES = {
    PageState.OPEN: "nobody has answered it",
    PageState.EXHAUSTED: "nobody answered it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What stands around a shift.

    Attributes:
        title: Of the schedule.
        incidents: Responses under way in the services it answers for.
        pages: Pages that lead to it and are not resolved.
        paged: During the shift: how often the person was paged.
        at_night: How often of these at night.
        declared: During the shift: how many incidents were declared.
    """

    title: str
    incidents: Sequence[Incident]
    pages: Sequence[Page]
    paged: int = 0
    at_night: int = 0
    declared: int = 0


def shift_words(
    notice: ShiftNotice, shift: Shift, now: Situation, zone: ZoneInfo
) -> Words:
    """Return title and text of a notice."""
    lines = {
        NoticeKind.BEFORE_START: _before,
        NoticeKind.AT_START: _at_start,
        NoticeKind.AT_END: _at_end,
    }[notice.kind]
    title, *text = lines(notice, shift, now, zone)
    return Words(title=title, text="\n".join(text))


def _before(
    notice: ShiftNotice, shift: Shift, now: Situation, zone: ZoneInfo
) -> Iterator[str]:
    when = _moment(notice.at, zone)
    yield f"You are on call from {when}: {now.title}"
    yield f"Your shift{_role(notice)} begins {when}{_until(shift, zone)}."
    if shift.before:
        yield f"You take over from {_names(shift.before)}."
    yield "Is your phone reachable then? If you cannot: handrail oncall --help"


def _at_start(
    notice: ShiftNotice, shift: Shift, now: Situation, zone: ZoneInfo
) -> Iterator[str]:
    yield f"You are on call: {now.title}"
    when = _moment(notice.at, zone)
    yield f"Your shift{_role(notice)} began {when}{_until(shift, zone)}."
    if shift.before:
        yield f"You take over from {_names(shift.before)}: ask what is going on."
    yield from _open(now)


def _at_end(
    notice: ShiftNotice, shift: Shift, now: Situation, zone: ZoneInfo
) -> Iterator[str]:
    yield f"Your shift is over: {now.title}"
    since = (
        "" if shift.starts_at is None else f", since {_moment(shift.starts_at, zone)}"
    )
    yield f"Your shift{_role(notice)} ended {_moment(notice.at, zone)}{since}."
    night = f", {now.at_night} of them at night" if now.at_night else ""
    yield (
        f"In it you were paged {_times(now.paged)}{night}; "
        f"{_count(now.declared, 'incident')} began."
    )
    yield from _open(now)
    if shift.after:
        yield (
            f"{_names(shift.after)} took over. Say what is open, what you tried, and "
            "what to watch."
        )
    else:
        yield "Nobody took over."


def _open(now: Situation) -> Iterator[str]:
    if not now.incidents and not now.pages:
        yield "Nothing is open."
    for incident in now.incidents[:LISTED_MAX]:
        if incident.is_private:
            yield f"Open: {incident.name}, private"
            continue
        severity = incident.severity or "to be assessed"
        yield (
            f"Open: {incident.name} {severity} {incident.title} "
            f"({incident.stage}, {incident.commander} commands)"
        )
    for page in now.pages[:LISTED_MAX]:
        state = _STATES.get(page.state, f"{page.acknowledged_by} has it")
        yield f"Open: {page.severity} {page.title} ({state})"
    more = sum(max(0, len(one) - LISTED_MAX) for one in (now.incidents, now.pages))
    if more:
        yield f"And {more} more."


def _until(shift: Shift, zone: ZoneInfo) -> str:
    if shift.ends_at is None:
        return " and has no end in the next weeks"
    return f" and ends {_moment(shift.ends_at, zone)}"


def _role(notice: ShiftNotice) -> str:
    return " as shadow" if notice.place.is_shadow else ""


def _moment(at: datetime, zone: ZoneInfo) -> str:
    local = wall_clock.local(at, zone)
    return f"{local:%a} {local.day} {local:%b %H:%M} ({zone.key})"


def _names(names: Sequence[str]) -> str:
    return " and ".join(names)


def _times(number: int) -> str:
    return "not at all" if not number else "once" if number == 1 else f"{number} times"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
