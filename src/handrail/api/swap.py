"""Swaps on the wire: which there could be, who proposed one, who has agreed."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from handrail.api.agreement import AgreementChoice, Agreements, Choice
from handrail.api.deps import GivenActor, GivenDeps
from handrail.api.listing import STRETCH_DEFAULT, Limit
from handrail.core.access.permission import Verb
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.cover.agreement import AgreementState, Leg
from handrail.core.cover.swap import Swap
from handrail.core.cover.swap_search import Option
from handrail.core.errors import InvalidError
from handrail.core.ids import Slug
from handrail.ports.store import Transaction
from handrail.usecases import agreement, swap
from handrail.usecases.desk import Desk
from handrail.usecases.oncall import instant_asked
from handrail.usecases.override import find_schedule

OfSchedule = Annotated[
    str, QueryParameter(name="schedule", description="The schedule of the shift.")
]
OfUser = Annotated[
    str | None,
    QueryParameter(name="user", description="Whose shift; by default who asks."),
]
At = Annotated[
    str | None,
    QueryParameter(
        name="at",
        description=(
            "An instant, or local time of the schedule, within the shift; by default "
            "the next that has not begun."
        ),
    ),
]
Weeks = Annotated[
    int,
    QueryParameter(
        name="weeks",
        ge=1,
        le=swap.WEEKS_MAX,
        description="How far ahead other shifts may lie; by default 6.",
    ),
]


class LegView(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"starts_at": "from", "ends_at": "until"},
    forbid_unknown_fields=True,
):
    """A whole shift that goes from one to another."""

    schedule: str
    starts_at: datetime
    ends_at: datetime
    gives: str
    takes: str


class OptionView(msgspec.Struct, frozen=True, kw_only=True):
    """A swap that could be; propose it with its legs.

    Attributes:
        hours_moved: How much time changes hands beyond an even exchange.
        days_apart: How far the shifts lie from those given for them, on average.
        words: The legs in words.
    """

    legs: list[LegView]
    hours_moved: float
    days_apart: float
    words: list[str]


class Rejection(msgspec.Struct, frozen=True, kw_only=True):
    """Why swaps of two with somebody cannot be, or not all of them."""

    user: str
    why: list[str]


class SwapSearch(msgspec.Struct, frozen=True, kw_only=True):
    """What there is for a shift.

    Attributes:
        found: How many options there are; the list has the first of them.
    """

    shift: LegView
    time_zone: str
    options: list[OptionView]
    found: int
    rejected: list[Rejection]


class SwapView(msgspec.Struct, frozen=True, kw_only=True):
    """One swap.

    Attributes:
        awaits: Whose consent is wanting.
        overrides: What it became.
        words: The legs in words.
        notes: What the proposer should know when it was proposed; else none.
        url: Where it is answered in a browser.
    """

    name: str
    proposer: str
    legs: list[LegView]
    note: str
    state: AgreementState
    consents: list[str]
    awaits: list[str]
    declined_by: str | None
    overrides: list[str]
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    words: list[str]
    notes: list[str]
    url: str


class SwapList(msgspec.Struct, frozen=True, kw_only=True):
    """Swaps, newest first."""

    items: list[SwapView]


class NewSwap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A proposal: two or three whole shifts in a ring.

    Attributes:
        proposer: Whom it frees of a shift; left out, who asks.
    """

    legs: list[LegView]
    note: str = ""
    proposer: str | None = None


def view(
    found: Swap, snapshot: Snapshot, base_url: str, *, notes: tuple[str, ...] = ()
) -> SwapView:
    """Return the swap as the wire has it."""
    return SwapView(
        name=found.name,
        proposer=found.proposer,
        legs=[_leg_view(leg) for leg in found.legs],
        note=found.note,
        state=found.state,
        consents=list(found.consents),
        awaits=list(found.awaits) if found.is_open else [],
        declined_by=found.declined_by,
        overrides=list(found.overrides),
        created_at=found.created_at,
        expires_at=found.expires_at,
        closed_at=found.closed_at,
        words=[agreement.leg_words(leg, snapshot) for leg in found.legs],
        notes=list(notes),
        url=base_url + agreement.path(found),
    )


def _leg_view(leg: Leg) -> LegView:
    return LegView(
        schedule=leg.schedule,
        starts_at=leg.starts_at,
        ends_at=leg.ends_at,
        gives=leg.gives,
        takes=leg.takes,
    )


def _leg(said: LegView) -> Leg:
    if said.starts_at.tzinfo is None or said.ends_at.tzinfo is None:
        msg = "the times of a leg are instants, with an offset"
        raise InvalidError(msg, fields={"legs": "need an offset, such as Z"})
    return Leg(
        schedule=Slug(said.schedule),
        starts_at=said.starts_at.astimezone(UTC),
        ends_at=said.ends_at.astimezone(UTC),
        gives=Slug(said.gives),
        takes=Slug(said.takes),
    )


def _option(option: Option, snapshot: Snapshot) -> OptionView:
    return OptionView(
        legs=[_leg_view(leg) for leg in option.legs],
        hours_moved=option.hours_moved.total_seconds() / 3600,
        days_apart=option.days_apart.total_seconds() / 86400,
        words=[agreement.leg_words(leg, snapshot) for leg in option.legs],
    )


@get(
    "/swap-options",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    tags=["on call"],
)
def find_swaps(
    deps: GivenDeps,
    actor: GivenActor,
    schedule: OfSchedule,
    user: OfUser = None,
    at: At = None,
    weeks: Weeks = swap.WEEKS_DEFAULT,
) -> SwapSearch:
    """Return the swaps of two and three that would free somebody of a shift."""

    def look(tx: Transaction) -> SwapSearch:
        snapshot = tx.configuration.snapshot()
        whose = Slug(user) if user else actor.user
        if whose is None:
            msg = "say whose shift it is"
            raise InvalidError(msg, fields={"user": "is required here"})
        own = find_schedule(snapshot, Slug(schedule))
        instant = instant_asked(at, schedules=[own], now=tx.now) if at else None
        found = swap.find_swaps(tx, whose, own.name, at=instant, weeks=weeks)
        wanted = found.wanted
        return SwapSearch(
            shift=LegView(
                schedule=wanted.schedule,
                starts_at=wanted.starts_at,
                ends_at=wanted.ends_at,
                gives=wanted.user,
                takes="",
            ),
            time_zone=own.time_zone,
            options=[_option(one, snapshot) for one in found.result.options],
            found=found.result.found,
            rejected=[
                Rejection(user=who, why=list(why))
                for who, why in found.result.rejected.items()
            ],
        )

    return deps.store.read(look)


SWAPS = Agreements(kind=Swap, view=view)


@get("/swaps", opt={"verb": Verb.ONCALL_READ}, sync_to_thread=True, tags=["on call"])
def list_swaps(
    deps: GivenDeps,
    which: Choice = AgreementChoice.OPEN,
    limit: Limit = STRETCH_DEFAULT,
) -> SwapList:
    """Return swaps, newest first."""
    return SwapList(items=SWAPS.newest(deps, which, limit))


@get(
    "/swaps/{name:str}",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    tags=["on call"],
)
def get_swap(name: FromPath[str], deps: GivenDeps) -> SwapView:
    """Return one swap."""
    return SWAPS.one(deps, name)


@post("/swaps", opt={"verb": Verb.ONCALL_CHANGE}, sync_to_thread=True, tags=["on call"])
def propose_swap(
    data: JSONBody[NewSwap], deps: GivenDeps, actor: GivenActor
) -> SwapView:
    """Propose an exchange of whole shifts; who proposes consents by that."""
    legs = [_leg(leg) for leg in data.legs]

    def work(tx: Transaction) -> SwapView:
        desk = Desk(tx=tx, actor=actor, ids=deps.ids)
        proposer = Slug(data.proposer) if data.proposer else None
        made = swap.propose(desk, legs, note=data.note, proposer=proposer)
        snapshot = tx.configuration.snapshot()
        return view(made.swap, snapshot, deps.base_url, notes=made.notes)

    return deps.store.run(work)


@post(
    "/swaps/{name:str}/accept",
    opt={"verb": Verb.ONCALL_CHANGE},
    status_code=200,
    sync_to_thread=True,
    tags=["on call"],
)
def accept_swap(name: FromPath[str], deps: GivenDeps, actor: GivenActor) -> SwapView:
    """Consent; the last one who does makes it so."""
    return SWAPS.answer(deps, actor, agreement.accept, name)


@post(
    "/swaps/{name:str}/decline",
    opt={"verb": Verb.ONCALL_CHANGE},
    status_code=200,
    sync_to_thread=True,
    tags=["on call"],
)
def decline_swap(name: FromPath[str], deps: GivenDeps, actor: GivenActor) -> SwapView:
    """Say no, which ends it."""
    return SWAPS.answer(deps, actor, agreement.decline, name)


@post(
    "/swaps/{name:str}/withdraw",
    opt={"verb": Verb.ONCALL_CHANGE},
    status_code=200,
    sync_to_thread=True,
    tags=["on call"],
)
def withdraw_swap(name: FromPath[str], deps: GivenDeps, actor: GivenActor) -> SwapView:
    """Take a proposal back."""
    return SWAPS.answer(deps, actor, agreement.withdraw, name)


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    find_swaps,
    list_swaps,
    get_swap,
    propose_swap,
    accept_swap,
    decline_swap,
    withdraw_swap,
)
