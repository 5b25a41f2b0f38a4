"""Finding and proposing swaps in the console."""

from dataclasses import replace

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.cover.swap import Swap
from handrail.core.errors import DomainError, InvalidError, NotFoundError
from handrail.core.ids import Slug
from handrail.ports.store import Transaction
from handrail.usecases import swap
from handrail.usecases.desk import Desk
from handrail.usecases.oncall import instant_asked
from handrail.usecases.override import find_schedule
from handrail.usecases.swap import Proposed
from handrail.web.agreements import all_open, one_of, routes
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import REFUSALS, FormRequest, fields, status_of
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown
from handrail.web.screens.swap_option import (
    SwapOptionScreen,
    option_screen,
    read,
)

PLACE = "/oncall/swaps"


@get(
    PLACE, opt={"verb": Verb.ONCALL_READ}, sync_to_thread=True, include_in_schema=False
)
def find_swaps(
    console: GivenConsole,
    actor: GivenActor,
    schedule: FromQuery[str] = "",
    at: FromQuery[str] = "",
) -> Response[str]:
    """Show the swaps that would free the reader of a shift; else what is open."""
    if not schedule:
        shown = console.store.read(lambda tx: all_open(tx, actor, first=""))
        return shown.response("agreements.html")
    shown = console.store.read(lambda tx: _options(tx, actor, schedule, at))
    return shown.response("swap_options.html")


@post(PLACE, opt={"verb": Verb.ONCALL_CHANGE}, include_in_schema=False)
async def propose(
    request: FormRequest, console: GivenConsole, actor: GivenActor
) -> Response[str]:
    """Propose one of them."""
    form = await fields(request)
    first = form.get("schedule", "")

    def work(tx: Transaction) -> Proposed:
        desk = Desk(tx=tx, actor=actor, ids=console.ids)
        legs = read(form.get("legs", ""))
        return swap.propose(desk, legs, note=form.get("note", ""))

    try:
        made = await sync_to_thread(console.store.run, work)
    except REFUSALS as error:
        why = error.message
        shown = await sync_to_thread(
            console.store.read, lambda tx: _options(tx, actor, first, "", wrong=why)
        )
        return shown.response("swap_options.html", status=status_of(error))
    notes = (f"{made.swap.name} is proposed.", *made.notes)
    shown = await sync_to_thread(
        console.store.read, lambda tx: one_of(tx, actor, made.swap, notes=notes)
    )
    return shown.response("agreement.html")


def _options(
    tx: Transaction, actor: Actor, schedule: str, at: str, *, wrong: str = ""
) -> Shown:
    try:
        screen = _found(tx, actor, schedule, at)
    except (InvalidError, NotFoundError) as error:
        screen = _none(schedule, error)
    if wrong:
        screen = replace(screen, wrong=wrong)
    asked = Asked(actor=actor, place="/oncall")
    return Shown(screen=screen, chrome=frame(tx, "Find a swap", asked))


def _found(tx: Transaction, actor: Actor, schedule: str, at: str) -> SwapOptionScreen:
    if actor.user is None:
        msg = "Only a person has shifts; sign in as one."
        raise InvalidError(msg)
    name = Slug(schedule)
    own = find_schedule(tx.configuration.snapshot(), name)
    instant = None
    if at.strip():
        instant = instant_asked(at, schedules=[own], now=tx.now)
    found = swap.find_swaps(tx, actor.user, name, at=instant)
    return option_screen(found.wanted, found.result, reader=reader_of(tx, actor))


def _none(schedule: str, error: DomainError) -> SwapOptionScreen:
    return SwapOptionScreen(
        schedule=schedule,
        shift="",
        options=(),
        found=0,
        rejected=(),
        wrong=error.message,
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (find_swaps, propose, *routes(Swap))
