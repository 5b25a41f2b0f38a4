"""Cover requests in the console: ask, accept, decline, withdraw by plain forms."""

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.cover.cover_request import CoverState
from handrail.core.cover.span_text import SpanText
from handrail.core.errors import DomainError, NotFoundError
from handrail.core.ids import Slug
from handrail.ports.store import Transaction
from handrail.usecases import cover
from handrail.usecases.cover import Asked as AskedFor
from handrail.usecases.cover_plea import Plea
from handrail.usecases.desk import Desk
from handrail.web.act import Form, slug_in
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import FormRequest, fields
from handrail.web.overrides import REFUSED, STATUS
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown, to
from handrail.web.screens.oncall_change import (
    NOTHING,
    AgreementScreen,
    OneCoverScreen,
    choices,
    cover_card,
    swap_card,
)
from handrail.web.screens.refusal import Refusal

PLACE = "/oncall/covers"
ROWS_SHOWN = 100
VERBS = {"accept": cover.accept, "decline": cover.decline, "withdraw": cover.withdraw}


@get(
    PLACE, opt={"verb": Verb.ONCALL_READ}, sync_to_thread=True, include_in_schema=False
)
def list_covers(
    console: GivenConsole, actor: GivenActor, schedule: FromQuery[str | None] = None
) -> Response[str]:
    """List open cover requests and swaps, with the forms to begin one."""
    shown = console.store.read(lambda tx: _all(tx, actor, first=schedule or ""))
    return shown.response("covers.html")


@post(PLACE, opt={"verb": Verb.ONCALL_CHANGE}, include_in_schema=False)
async def ask(
    request: FormRequest, console: GivenConsole, actor: GivenActor
) -> Response[str]:
    """Ask for cover, and show what was asked of whom."""
    form = await fields(request)
    whom = slug_in(form, "whom")
    plea = Plea(
        schedule=Slug(form.get("schedule", "")),
        span=SpanText(
            starts=form.get("from", ""),
            ends=form.get("until", ""),
            lasts=form.get("for", "") if not form.get("until") else "",
        ),
        whom=(whom,) if whom else (),
        note=form.get("note", ""),
    )

    def work(tx: Transaction) -> AskedFor:
        return cover.ask(Desk(tx=tx, actor=actor, ids=console.ids), plea)

    try:
        made = await sync_to_thread(console.store.run, work)
    except REFUSED as error:
        refusal = refused("ask", error, form)
        shown = await sync_to_thread(
            console.store.read,
            lambda tx: _all(tx, actor, first=plea.schedule, refusal=refusal),
        )
        return shown.response("covers.html", status=STATUS[type(error)])
    notes = (
        f"{made.request.name} is asked.",
        *(f"Not asked: {why}." for _, why in made.left_out),
        *made.notes,
    )
    shown = await sync_to_thread(
        console.store.read,
        lambda tx: _one(tx, actor, made.request.name, notes=notes),
    )
    return shown.response("cover.html")


@get(
    "/oncall/covers/{name:str}",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def show_cover(
    name: FromPath[str],
    console: GivenConsole,
    actor: GivenActor,
    news: FromQuery[str | None] = None,
) -> Response[str]:
    """Show one cover request, with the buttons to answer it."""
    shown = console.store.read(lambda tx: _one(tx, actor, name, news=news))
    return shown.response("cover.html")


@post(
    "/oncall/covers/{name:str}/{verb:str}",
    opt={"verb": Verb.ONCALL_CHANGE},
    include_in_schema=False,
)
async def answer(
    name: FromPath[str], verb: FromPath[str], console: GivenConsole, actor: GivenActor
) -> Response[str] | Response[None]:
    """Do what a button says."""
    done = VERBS.get(verb)
    if done is None:
        msg = f"There is no act {verb!r}. Go back and press one of the buttons."
        raise NotFoundError(msg)
    try:
        found = await sync_to_thread(
            console.store.run,
            lambda tx: done(Desk(tx=tx, actor=actor, ids=console.ids), name),
        )
    except REFUSED as error:
        refusal = refused(verb, error, {})
        shown = await sync_to_thread(
            console.store.read, lambda tx: _one(tx, actor, name, refusal=refusal)
        )
        return shown.response("cover.html", status=STATUS[type(error)])
    return to(f"{PLACE}/{found.name}?news=cover-{verb}")


def refused(act: str, error: DomainError, form: Form) -> Refusal:
    """Return what is shown of a press that was refused."""
    return Refusal(
        act=act, message=error.message, fields=dict(error.fields), kept=dict(form)
    )


def _all(
    tx: Transaction, actor: Actor, *, first: str, refusal: Refusal = NOTHING
) -> Shown:
    reader = reader_of(tx, actor)
    requests = tx.cover.requests(open_only=True, limit=ROWS_SHOWN)
    swaps = tx.cover.swaps(open_only=True, limit=ROWS_SHOWN)
    covers = [cover_card(one, reader=reader) for one in requests]
    cards = [swap_card(one, reader=reader) for one in swaps]
    screen = AgreementScreen(
        covers=tuple(sorted(covers, key=lambda card: not card.can_accept)),
        swaps=tuple(sorted(cards, key=lambda card: not card.can_accept)),
        choices=choices(reader, first=first),
        refusal=refusal,
    )
    asked = Asked(actor=actor, place="/oncall")
    return Shown(screen=screen, chrome=frame(tx, "Cover and swaps", asked))


def _one(
    tx: Transaction,
    actor: Actor,
    name: str,
    *,
    news: str | None = None,
    refusal: Refusal = NOTHING,
    notes: tuple[str, ...] = (),
) -> Shown:
    reader = reader_of(tx, actor)
    found = cover.find(tx, name)
    advice: tuple[str, ...] = ()
    is_asked = actor.user is not None and actor.user in found.asked
    if is_asked and actor.user and found.state is CoverState.OPEN:
        against = cover.objections(reader.snapshot, found, actor.user, now=tx.now)
        advice = tuple(one.why for one in against)
    screen = OneCoverScreen(
        card=cover_card(found, reader=reader, advice=advice),
        refusal=refusal,
        notes=notes,
    )
    asked = Asked(actor=actor, place="/oncall", news=news)
    return Shown(screen=screen, chrome=frame(tx, found.name, asked))


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_covers, ask, show_cover, answer)
