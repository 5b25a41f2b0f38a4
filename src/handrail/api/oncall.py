"""Who is on call, on the wire."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from handrail.api.deps import GivenDeps
from handrail.core.access.permission import Verb
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.errors import InvalidError
from handrail.core.instants import parse_rfc3339
from handrail.core.schedule.on_call import on_call, tile_at
from handrail.core.schedule.schedule import Schedule
from handrail.ports.store import Transaction

YEAR_MIN, YEAR_MAX = 1990, 2200
"""Instants that schedules are asked about; far ones have no known time zone rules."""

At = Annotated[
    str | None,
    QueryParameter(
        description="The instant to ask about, RFC 3339 with an offset; else now."
    ),
]


class DutyView(msgspec.Struct, frozen=True, kw_only=True):
    """One schedule at one instant.

    Attributes:
        users: Who is on call, in order; none where nobody is.
        shadows: Who gets the same pages without responsibility.
        until: When the answer changes; none where it stays for well over a year.
        next_users: Who is on call from then on.
        why: The chain rule → restriction → override → person.
    """

    schedule: str
    title: str
    time_zone: str
    users: list[str]
    shadows: list[str]
    until: datetime | None
    next_users: list[str]
    override: str | None
    why: str


class DutyList(msgspec.Struct, frozen=True, kw_only=True):
    """Every schedule at the instant ``at``, by name."""

    at: datetime
    items: list[DutyView]


@get("/oncall", opt={"verb": Verb.ONCALL_READ}, sync_to_thread=True, tags=["on call"])
def list_oncall(deps: GivenDeps, at: At = None) -> DutyList:
    """Say who is on call, per schedule."""
    instant = None if at is None else _instant(at)

    def look(tx: Transaction) -> DutyList:
        return _duties(tx.configuration.snapshot(), instant or tx.now)

    return deps.store.read(look)


def _instant(text: str) -> datetime:
    """Return the instant that was asked about.

    Raises:
        InvalidError: It is not one, or outside the years we answer for.
    """
    msg = "Ask about an instant like 2026-01-31T08:00:00Z."
    # A plus sign that was not encoded arrives as a space.
    spelled = text.strip().replace(" ", "+") if "T" in text else text
    try:
        instant = parse_rfc3339(spelled)
    except ValueError as error:
        wrong = f"{text!r} is no instant with a date, a time and a zone"
        raise InvalidError(msg, fields={"at": wrong}) from error
    if not YEAR_MIN <= instant.year < YEAR_MAX:
        wrong = f"Ask about the years {YEAR_MIN} to {YEAR_MAX}."
        raise InvalidError(msg, fields={"at": wrong})
    return instant.astimezone(UTC)


def _duties(snapshot: Snapshot, at: datetime) -> DutyList:
    schedules = sorted(snapshot.schedules.values(), key=lambda s: s.name)
    return DutyList(at=at, items=[_duty(schedule, at) for schedule in schedules])


def _duty(schedule: Schedule, at: datetime) -> DutyView:
    answer = on_call(schedule, at)
    following = () if answer.until is None else tile_at(schedule, answer.until).users
    return DutyView(
        schedule=schedule.name,
        title=schedule.title,
        time_zone=schedule.time_zone,
        users=list(answer.users),
        shadows=list(answer.shadows),
        until=answer.until,
        next_users=list(following),
        override=answer.override,
        why=answer.why,
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_oncall,)
