"""Who is on call: each schedule now, until when, and who follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from handrail.core.access.permission import Verb
from handrail.core.coverage.gap_weight import gap_weight
from handrail.core.ids import Slug
from handrail.core.schedule.on_call import on_call, tile_at
from handrail.core.schedule.schedule import Schedule
from handrail.core.schedule.tile import Tile
from handrail.web.screens.moment import Moment, moment, typed
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader

MANY = 12
"""From so many schedules on, the page offers to find one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCard:
    """One schedule.

    Attributes:
        href: Its page.
        who: On call now; "" where nobody is.
        shadows: Who goes along; "" where nobody does.
        gap: Of nobody: what that weighs, by ``gap_weight``; else "".
        until: When somebody else takes over; none where that is well over a year ahead.
        then: Who that is; "" where it is nobody.
        why: The chain rotation → override → person.
    """

    name: str
    href: str
    title: str
    zone: str
    who: str
    shadows: str
    gap: str
    until: Moment | None
    then: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OncallScreen:
    """Every schedule, at the instant that was asked about.

    Attributes:
        is_now: Nothing else was asked about.
        typed: The instant as a form has it, in the reader's zone.
        wrong: Why what was asked about is no instant, or "".
        mine: The page of the reader's own shifts, or "".
        sought: A part of a schedule's or a person's name: only those are shown.
        is_findable: There are so many that one is looked for.
        can_see_coverage: The reader may see how people are reached.
    """

    at: Moment
    is_now: bool
    typed: str
    zone: str
    wrong: str
    mine: str
    sought: str
    is_findable: bool
    duties: tuple[DutyCard, ...]
    can_see_coverage: bool


def oncall_screen(
    schedules: Iterable[Schedule],
    *,
    at: datetime,
    asked: str,
    wrong: str,
    reader: Reader,
    sought: str = "",
) -> OncallScreen:
    """Return who is on call at an instant; of what is sought, or everywhere."""
    user = reader.actor.user
    cards = _cards(schedules, at, reader)
    return OncallScreen(
        at=moment(at, zone=reader.zone, now=reader.now),
        is_now=at == reader.now,
        typed=asked if wrong else typed(at, zone=reader.zone),
        zone=reader.zone,
        wrong=wrong,
        mine=f"/oncall/people/{user}" if user in reader.snapshot.users else "",
        sought=sought,
        is_findable=len(cards) >= MANY,
        duties=tuple(card for card in cards if _is_sought(card, sought)),
        can_see_coverage=reader.actor.may(Verb.CONTACT_READ),
    )


def duty_cards(*, reader: Reader) -> tuple[DutyCard, ...]:
    """Return each schedule as it stands, by name."""
    return _cards(reader.snapshot.schedules.values(), reader.now, reader)


def duty_card(schedule: Schedule, at: datetime, reader: Reader) -> DutyCard:
    """Return one schedule at an instant."""
    answer = on_call(schedule, at)
    until, then = None, answer.users
    if answer.until is not None:
        until = moment(answer.until, zone=reader.zone, now=reader.now)
        then = tile_at(schedule, answer.until).users
    return DutyCard(
        name=schedule.name,
        href=f"/oncall/schedules/{schedule.name}",
        title=schedule.title,
        zone=schedule.time_zone,
        who=names_of(answer.users, reader),
        shadows=names_of(answer.shadows, reader),
        gap=gap_of(schedule.name, tile_at(schedule, at), at, reader),
        until=until,
        then=names_of(then, reader),
        why=answer.why,
    )


def gap_of(name: Slug, tile: Tile, at: datetime, reader: Reader) -> str:
    """Return what it weighs that nobody is on duty at an instant, else ""."""
    if tile.duties:
        return ""
    snapshot = reader.snapshot
    return gap_weight(name, is_intended=tile.is_intended, at=at, snapshot=snapshot)


def _is_sought(card: DutyCard, sought: str) -> bool:
    named = (card.name, card.title, card.who, card.then, card.shadows)
    return sought.strip().casefold() in "\n".join(named).casefold()


def names_of(users: Iterable[Slug], reader: Reader) -> str:
    """Return full names in a line."""
    return ", ".join(person(user, reader.snapshot, otherwise=user) for user in users)


def _cards(
    schedules: Iterable[Schedule], at: datetime, reader: Reader
) -> tuple[DutyCard, ...]:
    ranked = sorted(schedules, key=lambda s: s.name)
    return tuple(duty_card(schedule, at, reader) for schedule in ranked)
