"""Cover requests and swaps: what is asked, who has answered, what the reader may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handrail.core.access.permission import Verb
from handrail.core.cover import stretch
from handrail.core.cover.agreement import AgreementState, Leg
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.swap import Swap
from handrail.core.ids import Slug
from handrail.usecases.agreement import path
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import person
from handrail.web.screens.oncall_change import ChoiceLists
from handrail.web.screens.page import Reader
from handrail.web.screens.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementCard:
    """A cover request or a swap, with what the reader may do about it.

    Attributes:
        href: Its own page.
        lines: What changes hands, and when.
        state: In words.
        people: Who has said what, a sentence each.
        until: When it closes; none where it is settled.
        accept: What the button says; "" where the reader has none.
        advice: What speaks against the reader taking it.
        is_asked: Whether it waits for the reader's answer.
    """

    name: str
    href: str
    title: str
    lines: tuple[str, ...]
    note: str
    state: str
    people: tuple[str, ...]
    until: Moment | None
    accept: str
    can_decline: bool
    can_withdraw: bool
    advice: tuple[str, ...]
    is_asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementScreen:
    """Open cover requests and swaps, and the forms to begin one."""

    cards: tuple[AgreementCard, ...]
    choices: ChoiceLists
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class OneAgreementScreen:
    """One of them; ``notes`` are for who just began it."""

    card: AgreementCard
    refusal: Refusal
    notes: tuple[str, ...] = ()


def agreement_card(
    one: CoverRequest | Swap, *, reader: Reader, advice: Sequence[str] = ()
) -> AgreementCard:
    """Return a cover request or a swap as this reader sees it."""
    user = reader.actor.user
    can_answer = one.is_open and reader.actor.may(Verb.ONCALL_CHANGE)
    who = _name(one.proposed_by, reader)
    if isinstance(one, CoverRequest):
        title, accept = f"Cover for {who}: {_title(one.schedule, reader)}", "I take it"
        people = {"Asked": one.awaits, "Declined": one.declined}
        may_accept, may_decline = one.asked, one.awaits
    else:
        title, accept = f"{who} proposes a swap", "I agree"
        people = {"Agreed": one.consents}
        may_accept, may_decline = one.awaits, one.people[1:]
    return AgreementCard(
        name=one.name,
        href=path(one),
        title=title,
        lines=tuple(leg_words(leg, reader) for leg in one.moves),
        note=one.note,
        state=_state(one, reader),
        people=tuple(
            f"{what}: {_names(users, reader)}."
            for what, users in people.items()
            if users
        ),
        until=(
            moment(one.expires_at, zone=reader.zone, now=reader.now)
            if one.is_open
            else None
        ),
        accept=accept if can_answer and user in may_accept else "",
        can_decline=can_answer and user in may_decline,
        can_withdraw=can_answer and user == one.proposed_by,
        advice=tuple(advice),
        is_asked=can_answer and user in one.awaits,
    )


def _state(one: CoverRequest | Swap, reader: Reader) -> str:
    if isinstance(one, CoverRequest):
        said = {
            AgreementState.OPEN: "Open: the first who accepts has it",
            AgreementState.ACCEPTED: f"Taken by {_name(one.covered_by, reader)}",
            AgreementState.DECLINED: "Everybody asked has declined",
            AgreementState.EXPIRED: "Over: nobody took it",
        }
    else:
        said = {
            AgreementState.OPEN: f"Waits for {_names(one.awaits, reader)}",
            AgreementState.DONE: "Done: everybody agreed",
            AgreementState.DECLINED: f"Declined by {_name(one.declined_by, reader)}",
            AgreementState.EXPIRED: "Over: not everybody agreed in time",
        }
    return said.get(one.state, "Withdrawn")


def leg_words(leg: Leg, reader: Reader) -> str:
    """Return who takes whose shift, in the reader's zone; when, where nobody does."""
    when = span(leg.starts_at, leg.ends_at, reader)
    if leg.takes == leg.gives:
        return when
    takes, gives = _name(leg.takes, reader), _name(leg.gives, reader)
    return f"{takes} takes {gives}'s shift on {_title(leg.schedule, reader)}: {when}"


def span(starts_at: datetime, ends_at: datetime, reader: Reader) -> str:
    """Return a stretch of time in the reader's zone."""
    return stretch.words(starts_at, ends_at, reader.zone)


def _title(schedule: Slug, reader: Reader) -> str:
    known = reader.snapshot.schedules.get(schedule)
    return known.title if known else str(schedule)


def _name(user: Slug | None, reader: Reader) -> str:
    return person(user, reader.snapshot, otherwise="nobody")


def _names(users: Sequence[Slug], reader: Reader) -> str:
    return ", ".join(_name(user, reader) for user in users)
