"""Now and the pages: what seeks somebody, with the buttons to answer it."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from handrail.core.access.permission import Verb
from handrail.core.errors import ConflictError, NotFoundError
from handrail.core.ids import PageId
from handrail.ports.store import Transaction
from handrail.usecases import paging
from handrail.usecases.agreement import all_open
from handrail.usecases.desk import viewer_of
from handrail.usecases.explain import page_story
from handrail.web.deps import Console, GivenActor, GivenConsole
from handrail.web.form import FormRequest, fields
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown, to
from handrail.web.screens.ack import entry_mark
from handrail.web.screens.home import ITEMS_SHOWN, home_screen
from handrail.web.screens.page import page_screen

PAGES_SHOWN_MAX = 100


@get("/", opt={"verb": Verb.PAGE_READ}, sync_to_thread=True, include_in_schema=False)
def show_now(
    console: GivenConsole, actor: GivenActor, news: FromQuery[str | None] = None
) -> Response[str]:
    """Show the active pages and who is on call."""

    def look(tx: Transaction) -> Shown:
        pages = tx.page.search(active_only=True, limit=PAGES_SHOWN_MAX)
        deliveries = {page.id: tx.delivery.for_page(page.id) for page in pages}
        viewer = viewer_of(actor)
        running = tx.incident.search(
            viewer=viewer, responding_only=True, limit=PAGES_SHOWN_MAX
        )
        recent = tx.incident.search(
            viewer=viewer, responding_only=False, limit=PAGES_SHOWN_MAX
        )
        incidents = [*running, *(i for i in recent if not i.is_responding)]
        items = tx.action_item.search(
            viewer=viewer,
            open_only=True,
            owner=actor.responder,
            limit=ITEMS_SHOWN + 1,
        )
        reader = reader_of(tx, actor)
        agreements = all_open(tx, limit=PAGES_SHOWN_MAX)
        waiting = [one for one in agreements if actor.user in one.awaits]
        screen = home_screen(
            pages, deliveries, incidents, items, waiting, reader=reader
        )
        asked = Asked(actor=actor, place="/", news=news)
        return Shown(screen=screen, chrome=frame(tx, "Now", asked))

    return console.store.read(look).response("home.html")


@get(
    "/pages/{page_id:str}",
    opt={"verb": Verb.PAGE_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def show_page(
    page_id: FromPath[str],
    console: GivenConsole,
    actor: GivenActor,
    news: FromQuery[str | None] = None,
) -> Response[str]:
    """Show one page: its timeline, what comes, and the evidence of every try."""

    def look(tx: Transaction) -> Shown:
        page = tx.page.get(PageId(page_id))
        if page is None:
            msg = "There is no such page. Those that are active stand under Now."
            raise NotFoundError(msg)
        screen = page_screen(page_story(tx, page), reader=reader_of(tx, actor))
        asked = Asked(actor=actor, place="", news=news)
        chrome = frame(tx, f"Page: {page.title}", asked)
        return Shown(screen=screen, chrome=chrome)

    return console.store.read(look).response("page.html")


@post(
    "/pages/{page_id:str}/acknowledge",
    opt={"verb": Verb.PAGE_ACKNOWLEDGE},
    include_in_schema=False,
)
async def acknowledge(
    page_id: FromPath[str],
    request: FormRequest,
    console: GivenConsole,
    actor: GivenActor,
) -> Response[None]:
    """Take the page."""

    def work(tx: Transaction, _: Mapping[str, str]) -> str:
        paging.acknowledge(
            tx,
            PageId(page_id),
            by=actor.responder,
            via="web",
            actor=str(actor),
            ids=console.ids,
        )
        return "acknowledged"

    return await _act(console, request, page_id, work, threads=console.urgent)


@post(
    "/pages/{page_id:str}/escalate",
    opt={"verb": Verb.PAGE_ESCALATE},
    include_in_schema=False,
)
async def escalate(
    page_id: FromPath[str],
    request: FormRequest,
    console: GivenConsole,
    actor: GivenActor,
) -> Response[None]:
    """Pass the page on, once for each level shown."""

    def work(tx: Transaction, form: Mapping[str, str]) -> str:
        page = tx.page.get(PageId(page_id))
        if page is not None and form.get("entry", "") != entry_mark(page):
            return "moved"
        paging.escalate_now(
            tx, PageId(page_id), by=actor.responder, actor=str(actor), ids=console.ids
        )
        return "escalated"

    return await _act(console, request, page_id, work)


@post(
    "/pages/{page_id:str}/resolve",
    opt={"verb": Verb.PAGE_RESOLVE},
    include_in_schema=False,
)
async def resolve(
    page_id: FromPath[str],
    request: FormRequest,
    console: GivenConsole,
    actor: GivenActor,
) -> Response[None]:
    """End the page, and its alert with it."""

    def work(tx: Transaction, _: Mapping[str, str]) -> str:
        paging.resolve(
            tx, PageId(page_id), by=actor.responder, actor=str(actor), ids=console.ids
        )
        return "resolved"

    return await _act(console, request, page_id, work)


async def _act(
    console: Console,
    request: FormRequest,
    page_id: str,
    work: Callable[[Transaction, Mapping[str, str]], str],
    *,
    threads: Executor | None = None,
) -> Response[None]:
    """Run the press of a button, and go back to where it was pressed."""
    form = await fields(request)
    loop = asyncio.get_running_loop()
    try:
        news = await loop.run_in_executor(
            threads, console.store.run, lambda tx: work(tx, form)
        )
    except ConflictError:
        news = "moved"
    back = "/" if form.get("back") == "now" else f"/pages/{page_id}"
    return to(f"{back}?news={news}")


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    show_now,
    show_page,
    acknowledge,
    escalate,
    resolve,
)
