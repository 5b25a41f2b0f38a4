"""Asking for cover in the console, and what waits for an answer."""

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from handrail.core.access.permission import Verb
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.span_text import SpanText
from handrail.core.ids import Slug
from handrail.ports.store import Transaction
from handrail.usecases import cover
from handrail.usecases.cover import Asked as AskedFor
from handrail.usecases.cover_plea import Plea
from handrail.usecases.desk import Desk
from handrail.web.act import slug_in
from handrail.web.agreements import all_open, one_of, routes
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import REFUSALS, FormRequest, fields, refused, status_of

PLACE = "/oncall/covers"


@get(
    PLACE, opt={"verb": Verb.ONCALL_READ}, sync_to_thread=True, include_in_schema=False
)
def list_covers(
    console: GivenConsole, actor: GivenActor, schedule: FromQuery[str | None] = None
) -> Response[str]:
    """List open cover requests and swaps, with the forms to begin one."""
    shown = console.store.read(lambda tx: all_open(tx, actor, first=schedule or ""))
    return shown.response("agreements.html")


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
    except REFUSALS as error:
        refusal = refused("ask", error, form)
        shown = await sync_to_thread(
            console.store.read,
            lambda tx: all_open(tx, actor, first=plea.schedule, refusal=refusal),
        )
        return shown.response("agreements.html", status=status_of(error))
    notes = (
        f"{made.request.name} is asked.",
        *(f"Not asked: {why}." for _, why in made.left_out),
        *made.notes,
    )
    shown = await sync_to_thread(
        console.store.read,
        lambda tx: one_of(tx, actor, made.request, notes=notes),
    )
    return shown.response("agreement.html")


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_covers, ask, *routes(CoverRequest))
