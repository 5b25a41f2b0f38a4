"""Calendar feeds on the wire: made by who is signed in, read by calendar programs."""

import hashlib
from datetime import datetime
from math import ceil
from typing import Annotated

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from handrail.api.deps import Deps, GivenActor, GivenDeps
from handrail.core.access.actor import Actor
from handrail.core.access.grant import CalendarFeed, FeedSubject
from handrail.core.access.permission import Verb
from handrail.core.errors import NotFoundError, ThrottledError
from handrail.core.ids import Slug
from handrail.ports.calendar import Feed
from handrail.ports.store import Transaction
from handrail.usecases import feed as usecase
from handrail.usecases import throttle
from handrail.usecases.feed import IssuedFeed

SUFFIX = ".ics"
CACHE = "private, max-age=300"
"""No shared cache keeps it; an override is seen by who asks again in five minutes."""
AnyRequest = Request[Actor, None, State]


class FeedView(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar feed without its address.

    Attributes:
        owner: Who made it; none for the operator.
        last_used_at: When it was last read, to the hour.
    """

    id: str
    subject: FeedSubject
    name: str
    owner: str | None
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class FeedList(msgspec.Struct, frozen=True, kw_only=True):
    """The asker's feeds, or everybody's for an admin; newest first."""

    items: list[FeedView]


class NewFeed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a feed is asked for with.

    Attributes:
        name: The schedule or user; without one, the asker.
    """

    subject: FeedSubject
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None


class IssuedFeedView(msgspec.Struct, frozen=True, kw_only=True):
    """A feed just made. Its address is told here and never again."""

    feed: FeedView
    url: str


@get(
    "/oncall/feeds",
    opt={"verb": Verb.FEED_READ},
    sync_to_thread=True,
    tags=["on call"],
)
def list_feeds(deps: GivenDeps, actor: GivenActor) -> FeedList:
    """Return calendar feeds, newest first."""
    found = deps.store.read(lambda tx: usecase.visible_feeds(tx, actor=actor))
    return FeedList(items=[_view(one) for one in found[: usecase.SHOWN_MAX]])


@post(
    "/oncall/feeds",
    opt={"verb": Verb.FEED_CREATE},
    sync_to_thread=True,
    tags=["on call"],
)
def create_feed(
    data: JSONBody[NewFeed], deps: GivenDeps, actor: GivenActor
) -> IssuedFeedView:
    """Make a calendar feed of a schedule, or of a person's shifts."""
    name = None if data.name is None else Slug(data.name)
    return _issued(
        deps,
        deps.store.run(
            lambda tx: usecase.create_feed(
                tx, subject=data.subject, name=name, actor=actor, ids=deps.ids
            )
        ),
    )


@post(
    "/oncall/feeds/{feed_id:str}/rotate",
    opt={"verb": Verb.FEED_CREATE},
    sync_to_thread=True,
    tags=["on call"],
)
def rotate_feed(
    feed_id: FromPath[str], deps: GivenDeps, actor: GivenActor
) -> IssuedFeedView:
    """Give a feed a new address; the one before stops working at once."""
    return _issued(
        deps,
        deps.store.run(
            lambda tx: usecase.rotate_feed(tx, feed_id, actor=actor, ids=deps.ids)
        ),
    )


@delete(
    "/oncall/feeds/{feed_id:str}",
    opt={"verb": Verb.FEED_REVOKE},
    sync_to_thread=True,
    tags=["on call"],
    status_code=200,
)
def revoke_feed(feed_id: FromPath[str], deps: GivenDeps, actor: GivenActor) -> FeedView:
    """Close a feed's address from now on."""
    return _view(
        deps.store.run(
            lambda tx: usecase.revoke_feed(tx, feed_id, actor=actor, ids=deps.ids)
        )
    )


@get(
    "/ical/{file:str}",
    opt={"verb": Verb.PUBLIC},
    sync_to_thread=True,
    media_type="text/calendar",
    tags=["on call"],
    responses={
        304: ResponseSpec(
            None, description="As the reader has it", generate_examples=False
        )
    },
)
def read_feed(
    file: FromPath[str], request: AnyRequest, deps: GivenDeps
) -> Response[bytes]:
    """Return the calendar of a feed; the address is the permission."""
    secret = file.removesuffix(SUFFIX)
    known = request.headers.get("if-none-match", "")
    asker = throttle.asker(request.client.host if request.client else "")
    _refuse_guessing(deps, asker)

    def look(tx: Transaction) -> tuple[str, Feed | None, bool]:
        found = usecase.find_feed(tx, secret) if file.endswith(SUFFIX) else None
        if found is None:
            if not usecase.was_issued(tx, secret):
                deps.misses.allows(asker)
            msg = "There is no such calendar here, or its address was revoked."
            raise NotFoundError(msg)
        tag = _tag(f"{found.state}.{deps.version}.{deps.tzdata}")
        content = None if _is_known(tag, known) else found.content()
        return tag, content, found.is_noteworthy

    tag, content, is_noteworthy = deps.store.read(look)
    if is_noteworthy:
        deps.store.run(lambda tx: usecase.note_use(tx, secret))
    headers = {"ETag": tag, "Cache-Control": CACHE}
    if content is None:
        return Response(b"", status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="on-call.ics"'
    return Response(
        deps.calendar.write(content),
        media_type="text/calendar",
        headers=headers,
    )


def _refuse_guessing(deps: Deps, asker: str) -> None:
    """Return unless the asker has tried too many addresses, right or wrong the next.

    Raises:
        ThrottledError: Said before the address is looked up.
    """
    wait = deps.misses.wait(asker)
    if wait > 0:
        msg = "Too many addresses that open no calendar. Ask again later."
        raise ThrottledError(msg, retry_after_seconds=ceil(wait))


def _tag(state: str) -> str:
    return f'"{hashlib.sha256(state.encode()).hexdigest()[:32]}"'


def _is_known(tag: str, header: str) -> bool:
    told = [one.strip().removeprefix("W/") for one in header.split(",")]
    return tag in told or "*" in told


def _issued(deps: Deps, issued: IssuedFeed) -> IssuedFeedView:
    return IssuedFeedView(feed=_view(issued.feed), url=deps.base_url + issued.path)


def _view(feed: CalendarFeed) -> FeedView:
    return FeedView(
        id=feed.id,
        subject=feed.subject,
        name=feed.name,
        owner=feed.owner,
        created_at=feed.created_at,
        last_used_at=feed.last_used_at,
        revoked_at=feed.revoked_at,
    )


V1_HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_feeds,
    create_feed,
    rotate_feed,
    revoke_feed,
)
HANDLERS: tuple[HTTPRouteHandler, ...] = (read_feed,)
