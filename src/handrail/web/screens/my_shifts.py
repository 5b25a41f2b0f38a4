"""A person's shifts over all schedules: the one that runs or comes next is first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.ids import Slug
from handrail.core.instants import format_rfc3339
from handrail.core.schedule.on_call import Shift, shifts
from handrail.core.schedule.schedule import Schedule
from handrail.web.screens.moment import Moment, moment, span, typed
from handrail.web.screens.oncall import names_of
from handrail.web.screens.page import Reader

AHEAD = timedelta(weeks=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftLine:
    """One shift.

    Attributes:
        override: The override that says so, or "".
        why: Address of the reasons.
        is_running: It holds the present.
        is_cut: It goes on beyond what is shown.
    """

    title: str
    href: str
    starts: Moment
    ends: Moment
    length: str
    override: str
    is_shadow: bool
    is_running: bool
    is_cut: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MyShiftsScreen:
    """The shifts of the coming weeks, in the reader's zone.

    Attributes:
        name: Of the person.
        is_reader: It is the reader.
        first: The shift that runs or comes next, or none.
        lines: Those after it, by start.
        typed: From when on, as a form has it.
        wrong: Why what was asked about is no instant, or "".
    """

    user: str
    name: str
    is_reader: bool
    zone: str
    weeks: int
    first: ShiftLine | None
    lines: tuple[ShiftLine, ...]
    typed: str
    wrong: str


def my_shifts_screen(
    schedules: Iterable[Schedule],
    user: Slug,
    since: datetime,
    *,
    wrong: str,
    reader: Reader,
) -> MyShiftsScreen:
    """Return a person's shifts from an instant on."""
    until = since + AHEAD
    found = [
        (schedule, shift)
        for schedule in schedules
        if user in schedule.people
        for shift in shifts(schedule, since, until)
        if shift.user == user
    ]
    found.sort(key=lambda pair: (pair[1].starts_at, pair[0].name, pair[1].ends_at))
    lines = [_line(one, shift, until, reader) for one, shift in found]
    return MyShiftsScreen(
        user=user,
        name=names_of([user], reader),
        is_reader=user == reader.actor.user,
        zone=reader.zone,
        weeks=AHEAD // timedelta(weeks=1),
        first=lines[0] if lines else None,
        lines=tuple(lines[1:]),
        typed=typed(since, zone=reader.zone),
        wrong=wrong,
    )


def _line(
    schedule: Schedule, shift: Shift, until: datetime, reader: Reader
) -> ShiftLine:
    place = f"/oncall/schedules/{schedule.name}"
    return ShiftLine(
        title=schedule.title,
        href=place,
        starts=moment(shift.starts_at, zone=reader.zone, now=reader.now),
        ends=moment(shift.ends_at, zone=reader.zone, now=reader.now),
        length=span(shift.ends_at - shift.starts_at),
        override=shift.override or "",
        is_shadow=shift.is_shadow,
        is_running=shift.starts_at <= reader.now < shift.ends_at,
        is_cut=shift.ends_at == until,
        why=f"{place}/why?at={format_rfc3339(shift.starts_at)}",
    )
