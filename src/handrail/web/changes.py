"""Changes from the console: what was reported, and a form to report one by hand."""

from typing import Annotated

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter

from handrail.core.access.permission import Verb
from handrail.core.change.change import ChangeKind
from handrail.core.errors import InvalidError
from handrail.core.ids import ChangeId, Slug
from handrail.ports.store import Transaction
from handrail.usecases import change
from handrail.usecases.desk import Desk
from handrail.web.act import moment_of, one_of, slug_in
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.form import FormRequest, fields, refused
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown, to
from handrail.web.screens.change import change_list_screen
from handrail.web.screens.refusal import Refusal

PLACE = "/changes"
ROWS_SHOWN = 50
UNPROCESSABLE = 422
_ID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
Before = Annotated[str | None, QueryParameter(pattern=_ID)]


@get(
    PLACE, opt={"verb": Verb.CHANGE_READ}, sync_to_thread=True, include_in_schema=False
)
def list_changes(
    console: GivenConsole,
    actor: GivenActor,
    *,
    service: FromQuery[str] = "",
    before: Before = None,
    news: FromQuery[str | None] = None,
) -> Response[str]:
    """List changes, last reported first."""
    asked = Asked(actor=actor, place=PLACE, news=news)
    shown = console.store.read(
        lambda tx: _screen(tx, asked, service=service, before=before)
    )
    return shown.response("changes.html")


@post(PLACE, opt={"verb": Verb.CHANGE_REPORT}, include_in_schema=False)
async def report(
    request: FormRequest, console: GivenConsole, actor: GivenActor
) -> Response[str] | Response[None]:
    """Record a change that nothing reported by itself."""
    form = await fields(request)

    def work(tx: Transaction) -> None:
        desk = Desk(tx=tx, actor=actor, ids=console.ids)
        change.report(
            desk,
            title=form.get("title", ""),
            kind=one_of(ChangeKind, form, "kind"),
            service=slug_in(form, "service"),
            version=form.get("version", ""),
            link=form.get("link", ""),
            changed_by=actor.responder,
            at=moment_of(desk, form, "at"),
        )

    try:
        await sync_to_thread(console.store.run, work)
    except InvalidError as error:
        refusal = refused("report", error, form)
        asked = Asked(actor=actor, place=PLACE)
        shown = await sync_to_thread(
            console.store.read, lambda tx: _screen(tx, asked, refusal=refusal)
        )
        return shown.response("changes.html", status=UNPROCESSABLE)
    return to(f"{PLACE}?news=reported")


def _screen(
    tx: Transaction,
    asked: Asked,
    *,
    service: str = "",
    before: str | None = None,
    refusal: Refusal | None = None,
) -> Shown:
    found = tx.change.search(
        limit=ROWS_SHOWN + 1,
        service=Slug(service) if service else None,
        before=ChangeId(before) if before else None,
    )
    screen = change_list_screen(
        found[:ROWS_SHOWN],
        service=service,
        following=found[ROWS_SHOWN - 1].id if len(found) > ROWS_SHOWN else None,
        reader=reader_of(tx, asked.actor),
        refusal=refusal,
    )
    return Shown(screen=screen, chrome=frame(tx, "Changes", asked))


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_changes, report)
