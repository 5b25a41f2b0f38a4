"""Changing who is on call by hand: overrides, cover requests and swaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handrail.core.access.permission import Verb
from handrail.core.cover import stretch
from handrail.core.cover.cover_request import CoverRequest, CoverState
from handrail.core.cover.swap import Leg, Swap, SwapState
from handrail.core.ids import Slug
from handrail.core.schedule.schedule import Override, OverrideMode, Schedule
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader
from handrail.web.screens.refusal import Refusal

NOTHING = Refusal(act="", message="")
LENGTHS = ("30m", "1h", "2h", "4h", "8h", "12h", "24h")
_COVER = {
    CoverState.OPEN: "Open: the first who accepts has it",
    CoverState.DECLINED: "Everybody asked has declined",
    CoverState.WITHDRAWN: "Withdrawn",
    CoverState.EXPIRED: "Over: nobody took it",
}
_SWAP = {
    SwapState.DONE: "Done: everybody agreed",
    SwapState.WITHDRAWN: "Withdrawn",
    SwapState.EXPIRED: "Over: not everybody agreed in time",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRow:
    """One override.

    Attributes:
        what: Such as ``Ben Okoro for Ana Berger``.
        when: In the reader's zone.
        doubts: Where it changes nothing, in words.
        is_running: Whether it holds now.
        can_remove: Whether the reader may end it.
    """

    name: str
    schedule: str
    what: str
    when: str
    doubts: tuple[str, ...]
    is_running: bool
    can_remove: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceLists:
    """What the forms offer.

    Attributes:
        schedules: Name and title, the one asked for first.
        people: Name and full name of everybody.
        lengths: Such as ``2h``.
        can_act: Whether the reader may change who is on call at all.
    """

    schedules: tuple[tuple[Slug, str], ...]
    people: tuple[tuple[Slug, str], ...]
    lengths: tuple[str, ...]
    can_act: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideScreen:
    """Overrides that run or come, and the form for a new one.

    Attributes:
        notes: What is to be known of the one just made or ended.
    """

    rows: tuple[OverrideRow, ...]
    choices: ChoiceLists
    refusal: Refusal
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverCard:
    """A cover request, with what the reader may do about it.

    Attributes:
        state: In words.
        asked: Names of those asked who have not said no.
        until: When it closes; none where it is settled.
        advice: What speaks against the reader taking it, or "".
    """

    name: str
    title: str
    when: str
    note: str
    state: str
    asked: str
    declined: str
    until: Moment | None
    can_accept: bool
    can_decline: bool
    can_withdraw: bool
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapCard:
    """A swap, with what the reader may do about it."""

    name: str
    title: str
    legs: tuple[str, ...]
    note: str
    state: str
    agreed: str
    until: Moment | None
    can_accept: bool
    can_decline: bool
    can_withdraw: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementScreen:
    """Open cover requests and swaps, and the forms to begin one."""

    covers: tuple[CoverCard, ...]
    swaps: tuple[SwapCard, ...]
    choices: ChoiceLists
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class OneCoverScreen:
    """One cover request; ``notes`` are for who just asked."""

    card: CoverCard
    refusal: Refusal
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSwapScreen:
    """One swap; ``notes`` are for who just proposed it."""

    card: SwapCard
    refusal: Refusal
    notes: tuple[str, ...] = ()


def choices(reader: Reader, *, first: str = "") -> ChoiceLists:
    """Return what the forms offer this reader; their own schedules come first."""
    user = reader.actor.user
    schedules = sorted(
        reader.snapshot.schedules.values(),
        key=lambda s: (s.name != first, user not in s.people, s.title),
    )
    people = sorted(reader.snapshot.users.values(), key=lambda u: u.full_name)
    return ChoiceLists(
        schedules=tuple((s.name, s.title) for s in schedules),
        people=tuple((u.name, u.full_name) for u in people if u.name != user),
        lengths=LENGTHS,
        can_act=reader.actor.may(Verb.ONCALL_CHANGE),
    )


def override_row(
    schedule: Schedule,
    override: Override,
    *,
    doubts: Sequence[str],
    can_remove: bool,
    reader: Reader,
) -> OverrideRow:
    """Return an override as the list shows it."""
    return OverrideRow(
        name=override.name,
        schedule=schedule.title,
        what=_what(override, reader),
        when=span(override.starts_at, override.ends_at, reader),
        doubts=tuple(doubts),
        is_running=override.starts_at <= reader.now < override.ends_at,
        can_remove=can_remove,
    )


def cover_card(
    request: CoverRequest, *, reader: Reader, advice: Sequence[str] = ()
) -> CoverCard:
    """Return a cover request as this reader sees it."""
    user, is_open = reader.actor.user, request.state is CoverState.OPEN
    can_answer = is_open and reader.actor.may(Verb.ONCALL_CHANGE)
    is_asked = can_answer and user in request.asked
    start = request.covered_from or request.starts_at
    taken = f"Taken by {_name(request.covered_by, reader)}"
    asker, schedule = _name(request.asker, reader), _title(request.schedule, reader)
    return CoverCard(
        name=request.name,
        title=f"Cover for {asker}: {schedule}",
        when=span(start, request.ends_at, reader),
        note=request.note,
        state=_COVER.get(request.state, taken),
        asked=_names(request.undecided, reader),
        declined=_names(request.declined, reader),
        until=_moment(request.expires_at, reader) if is_open else None,
        can_accept=is_asked,
        can_decline=is_asked and user not in request.declined,
        can_withdraw=can_answer and user == request.asker,
        advice=tuple(advice),
    )


def swap_card(swap: Swap, *, reader: Reader) -> SwapCard:
    """Return a swap as this reader sees it."""
    user, is_open = reader.actor.user, swap.state is SwapState.OPEN
    can_answer = is_open and reader.actor.may(Verb.ONCALL_CHANGE)
    is_awaited = can_answer and user in swap.awaits
    state = f"Waits for {_names(swap.awaits, reader)}"
    if swap.state is SwapState.DECLINED:
        state = f"Declined by {_name(swap.declined_by, reader)}"
    return SwapCard(
        name=swap.name,
        title=f"{_name(swap.proposer, reader)} proposes a swap",
        legs=tuple(leg_words(leg, reader) for leg in swap.legs),
        note=swap.note,
        state=_SWAP.get(swap.state, state),
        agreed=_names(swap.consents, reader),
        until=_moment(swap.expires_at, reader) if is_open else None,
        can_accept=is_awaited,
        can_decline=can_answer and user in swap.people and user != swap.proposer,
        can_withdraw=can_answer and user == swap.proposer,
    )


def leg_words(leg: Leg, reader: Reader) -> str:
    """Return who takes whose shift, in the reader's zone."""
    takes, gives = _name(leg.takes, reader), _name(leg.gives, reader)
    when = span(leg.starts_at, leg.ends_at, reader)
    return f"{takes} takes {gives}'s shift on {_title(leg.schedule, reader)}: {when}"


def span(starts_at: datetime, ends_at: datetime, reader: Reader) -> str:
    """Return a stretch of time in the reader's zone."""
    return stretch.words(starts_at, ends_at, reader.zone)


def _what(override: Override, reader: Reader) -> str:
    user = _name(override.user, reader)
    if override.mode is OverrideMode.REMOVE:
        return f"{user} is off call"
    if override.mode is OverrideMode.ADD:
        return f"{user} as well"
    if override.instead_of is None:
        return f"{user} alone"
    return f"{user} for {_name(override.instead_of, reader)}"


def _title(schedule: Slug, reader: Reader) -> str:
    known = reader.snapshot.schedules.get(schedule)
    return known.title if known else str(schedule)


def _name(user: Slug | None, reader: Reader) -> str:
    return person(user, reader.snapshot, otherwise="nobody")


def _names(users: Sequence[Slug], reader: Reader) -> str:
    return ", ".join(_name(user, reader) for user in users)


def _moment(at: datetime, reader: Reader) -> Moment:
    return moment(at, zone=reader.zone, now=reader.now)
