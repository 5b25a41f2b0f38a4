"""An act: what a button says, done with what its form holds."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from handrail.core import wall_clock
from handrail.core.errors import InvalidError
from handrail.core.ids import Slug
from handrail.core.incident.incident import Incident
from handrail.core.instants import parse_rfc3339
from handrail.usecases.desk import Desk
from handrail.web.screens.ack import zone_of

T = TypeVar("T")
Form = Mapping[str, str]
Act = Callable[[Desk, str, Form], Incident]
"""Does what a form of the room says to the incident of that name."""

PROMISE_MINUTES_MAX = 30 * 24 * 60
_TIME_OF_DAY = len("23:59")


def one_of(kind: Callable[[str], T], form: Form, name: str) -> T:
    """Return the form's choice.

    Raises:
        InvalidError: It is none of those offered.
    """
    try:
        return kind(form.get(name, ""))
    except ValueError as error:
        msg = f"choose a {name.replace('_', ' ')} from the list"
        raise InvalidError(msg, fields={name: "not one of the list"}) from error


def whole(form: Form, name: str) -> int:
    """Return the form's whole number.

    Raises:
        InvalidError: It is none.
    """
    return one_of(int, form, name)


def slug_in(form: Form, name: str) -> Slug | None:
    """Return who or what is named, or none where nothing was chosen."""
    return Slug(form[name]) if form.get(name) else None


def moment_of(desk: Desk, form: Form, name: str) -> datetime | None:
    """Return the instant typed as ``14:05`` or a date and time in the reader's zone.

    A time of day alone is the last such time that has passed.

    Raises:
        InvalidError: It cannot be read.
    """
    return instant_in(form.get(name, ""), desk=desk, field=name)


def promise_of(desk: Desk, form: Form, name: str = "next") -> datetime | None:
    """Return when the next word is promised: in so many minutes, at a time, or none.

    A time of day alone is the next such time.

    Raises:
        InvalidError: It cannot be read.
    """
    text = form.get(name, "").strip()
    if not text.isdigit():
        return instant_in(text, desk=desk, field=name, is_ahead=True)
    minutes = int(text[:9])
    if not 0 < minutes <= PROMISE_MINUTES_MAX:
        msg = "promise the next update in 1 minute to 30 days"
        raise InvalidError(msg, fields={name: f"1 to {PROMISE_MINUTES_MAX}"})
    return desk.tx.now + timedelta(minutes=minutes)


def instant_in(
    text: str, *, desk: Desk, field: str, is_ahead: bool = False
) -> datetime | None:
    """Return the instant that somebody typed, read in their zone; none for nothing.

    Raises:
        InvalidError: It cannot be read.
    """
    text = text.strip()
    if not text:
        return None
    zone = wall_clock.zone(zone_of(desk.actor.user, desk.tx.configuration.snapshot()))
    now = desk.tx.now.astimezone(zone)
    try:
        if len(text) > _TIME_OF_DAY:
            is_placed = text[-1] in "Zz" or "+" in text
            if is_placed:
                return parse_rfc3339(text)
            return wall_clock.instant_of(datetime.fromisoformat(text), zone)
        of_day = datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - made aware below
        local = datetime.combine(now.date(), of_day)
        at = wall_clock.instant_of(local, zone)
        day = timedelta(days=1)
        if is_ahead and at <= desk.tx.now:
            return wall_clock.instant_of(local + day, zone)
        if not is_ahead and at > desk.tx.now:
            return wall_clock.instant_of(local - day, zone)
    except (ValueError, OverflowError) as error:
        msg = f"{text!r} is no time; write it like 14:05"
        raise InvalidError(msg, fields={field: "write it like 14:05"}) from error
    return at
