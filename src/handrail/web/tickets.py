"""Backlog tickets from the console: what waits for the tracker, and what it took."""

from typing import Annotated

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from handrail.core.access.permission import Verb
from handrail.core.errors import ConflictError
from handrail.core.ids import TicketId
from handrail.ports.store import Transaction
from handrail.usecases import backlog
from handrail.usecases.desk import viewer_of
from handrail.web.deps import GivenActor, GivenConsole
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown, to
from handrail.web.screens.ticket import ticket_list_screen

PLACE = "/tickets"
ROWS_SHOWN = 50
_ID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
Before = Annotated[str | None, QueryParameter(pattern=_ID)]


@get(
    PLACE,
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    include_in_schema=False,
)
def list_tickets(
    console: GivenConsole,
    actor: GivenActor,
    *,
    show: FromQuery[str] = "waiting",
    before: Before = None,
    news: FromQuery[str | None] = None,
) -> Response[str]:
    """List backlog tickets, newest first; by default those no tracker took yet."""
    is_all = show == "all"

    def look(tx: Transaction) -> Shown:
        found = tx.backlog.search(
            viewer=viewer_of(actor),
            open_only=not is_all,
            limit=ROWS_SHOWN + 1,
            before=TicketId(before) if before else None,
        )
        screen = ticket_list_screen(
            found[:ROWS_SHOWN],
            is_all=is_all,
            following=found[ROWS_SHOWN - 1].id if len(found) > ROWS_SHOWN else None,
            reader=reader_of(tx, actor),
        )
        asked = Asked(actor=actor, place=PLACE, news=news)
        return Shown(screen=screen, chrome=frame(tx, "Tickets", asked))

    return console.store.read(look).response("tickets.html")


@post(
    "/tickets/{ticket_id:str}/retry",
    opt={"verb": Verb.INCIDENT_ACT},
    include_in_schema=False,
)
async def retry(
    ticket_id: FromPath[str], console: GivenConsole, actor: GivenActor
) -> Response[None]:
    """Let a ticket that failed or waits be tried now."""
    viewer = viewer_of(actor)
    news = "ticket-retry"
    try:
        await sync_to_thread(
            console.store.run,
            lambda tx: backlog.try_again(tx, ticket_id, viewer=viewer),
        )
    except ConflictError:
        news = "ticket-moved"
    return to(f"{PLACE}?news={news}")


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_tickets, retry)
