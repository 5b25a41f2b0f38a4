"""Calendar feeds: one's own shifts, or a schedule's, in a calendar program."""

from collections.abc import Callable

from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from handrail.core.access.actor import Actor
from handrail.core.access.grant import FeedSubject
from handrail.core.access.permission import Verb
from handrail.core.errors import InvalidError
from handrail.core.ids import Slug
from handrail.ports.store import Transaction
from handrail.usecases import feed
from handrail.usecases.feed import IssuedFeed
from handrail.web.deps import Console, GivenActor, GivenConsole
from handrail.web.form import FormRequest, fields
from handrail.web.reading import Asked, frame, reader_of
from handrail.web.rendering import Shown, to
from handrail.web.screens.feed import MINE, feed_screen

_PLACE = "/oncall/feeds"


@get(_PLACE, opt={"verb": Verb.FEED_READ}, sync_to_thread=True, include_in_schema=False)
def list_feeds(
    console: GivenConsole, actor: GivenActor, news: FromQuery[str | None] = None
) -> Response[str]:
    """List calendar feeds, with the form for a new one."""
    shown = console.store.read(lambda tx: _show(tx, actor, news=news))
    return shown.response("feeds.html")


@post(_PLACE, opt={"verb": Verb.FEED_CREATE}, include_in_schema=False)
async def create_feed(
    request: FormRequest, console: GivenConsole, actor: GivenActor
) -> Response[str]:
    """Make a feed and show its address this once."""
    of = (await fields(request)).get("of", "")

    def make(tx: Transaction) -> IssuedFeed:
        subject = FeedSubject.USER if of == MINE else FeedSubject.SCHEDULE
        return feed.create_feed(
            tx,
            subject=subject,
            name=None if of == MINE else Slug(of),
            actor=actor,
            ids=console.ids,
        )

    return await _made(console, actor, make)


@post(
    "/oncall/feeds/{feed_id:str}/rotate",
    opt={"verb": Verb.FEED_CREATE},
    include_in_schema=False,
)
async def rotate_feed(
    feed_id: FromPath[str], console: GivenConsole, actor: GivenActor
) -> Response[str]:
    """Give a feed a new address and show it this once."""
    return await _made(
        console,
        actor,
        lambda tx: feed.rotate_feed(tx, feed_id, actor=actor, ids=console.ids),
    )


@post(
    "/oncall/feeds/{feed_id:str}/revoke",
    opt={"verb": Verb.FEED_REVOKE},
    include_in_schema=False,
    sync_to_thread=True,
)
def revoke_feed(
    feed_id: FromPath[str], console: GivenConsole, actor: GivenActor
) -> Response[None]:
    """Close the address of a feed."""
    console.store.run(
        lambda tx: feed.revoke_feed(tx, feed_id, actor=actor, ids=console.ids)
    )
    return to(f"{_PLACE}?news=feed-revoked")


async def _made(
    console: Console, actor: Actor, make: Callable[[Transaction], IssuedFeed]
) -> Response[str]:
    url, wrong = "", ""
    try:
        issued = await sync_to_thread(console.store.run, make)
        url = console.base_url + issued.path
    except InvalidError as error:
        wrong = error.message
    shown = await sync_to_thread(
        console.store.read, lambda tx: _show(tx, actor, url=url, wrong=wrong)
    )
    return shown.response("feeds.html", status=422 if wrong else 200)


def _show(
    tx: Transaction,
    actor: Actor,
    *,
    news: str | None = None,
    url: str = "",
    wrong: str = "",
) -> Shown:
    feeds = feed.visible_feeds(tx, actor=actor)
    screen = feed_screen(feeds, reader=reader_of(tx, actor), url=url, wrong=wrong)
    asked = Asked(actor=actor, place="/oncall", news=news)
    return Shown(screen=screen, chrome=frame(tx, "Calendar feeds", asked))


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_feeds,
    create_feed,
    rotate_feed,
    revoke_feed,
)
