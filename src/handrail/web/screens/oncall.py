"""Who is on call: each schedule now, until when, and who follows."""

from dataclasses import dataclass

from handrail.core.access.permission import Verb
from handrail.core.ids import Slug
from handrail.core.schedule.on_call import on_call, tile_at
from handrail.core.schedule.schedule import Schedule
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCard:
    """One schedule.

    Attributes:
        who: On call now; "" where nobody is.
        until: When somebody else takes over; none where that is well over a year ahead.
        then: Who that is; "" where it is nobody.
        why: The chain rotation → override → person.
    """

    name: str
    title: str
    zone: str
    who: str
    until: Moment | None
    then: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OncallScreen:
    """Every schedule, at the instant that was asked about.

    Attributes:
        can_see_coverage: The reader may see how people are reached.
    """

    at: Moment
    duties: tuple[DutyCard, ...]
    can_see_coverage: bool


def oncall_screen(*, reader: Reader) -> OncallScreen:
    """Return who is on call at the reader's instant."""
    return OncallScreen(
        at=moment(reader.now, zone=reader.zone, now=reader.now),
        duties=duty_cards(reader=reader),
        can_see_coverage=reader.actor.may(Verb.CONTACT_READ),
    )


def duty_cards(*, reader: Reader) -> tuple[DutyCard, ...]:
    """Return each schedule as it stands, by name."""
    schedules = sorted(reader.snapshot.schedules.values(), key=lambda s: s.name)
    return tuple(_card(schedule, reader) for schedule in schedules)


def _card(schedule: Schedule, reader: Reader) -> DutyCard:
    answer = on_call(schedule, reader.now)
    until, then = None, answer.users
    if answer.until is not None:
        until = moment(answer.until, zone=reader.zone, now=reader.now)
        then = tile_at(schedule, answer.until).users
    return DutyCard(
        name=schedule.name,
        title=schedule.title,
        zone=schedule.time_zone,
        who=_names(answer.users, reader),
        until=until,
        then=_names(then, reader),
        why=answer.why,
    )


def _names(users: tuple[Slug, ...], reader: Reader) -> str:
    return ", ".join(person(user, reader.snapshot, otherwise=user) for user in users)
