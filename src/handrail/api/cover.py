"""Cover requests on the wire: who asks, who is asked, who took it."""

from datetime import datetime

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from handrail.api.agreement import AgreementChoice, Agreements, Choice
from handrail.api.deps import GivenActor, GivenDeps
from handrail.api.listing import STRETCH_DEFAULT, Limit
from handrail.core.access.permission import Verb
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.cover.agreement import AgreementState
from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.span_text import SpanText
from handrail.core.ids import Slug
from handrail.ports.store import Transaction
from handrail.usecases import agreement, cover
from handrail.usecases.cover_plea import Plea
from handrail.usecases.desk import Desk


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was not asked, and why."""

    user: str
    why: str


class CoverView(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"starts_at": "from", "ends_at": "until"},
):
    """One cover request.

    Attributes:
        asked: Who can accept it.
        declined: Who of them said no.
        expires_at: Until when it can be accepted.
        covered_from: Later than ``from`` where it was accepted after that.
        override: What it became.
        left_out: Who was not asked when it was made, and why; else none.
        notes: What the asker should know when it was made; else none.
        url: Where it is answered in a browser.
    """

    name: str
    schedule: str
    time_zone: str
    asker: str
    starts_at: datetime
    ends_at: datetime
    note: str
    state: AgreementState
    asked: list[str]
    declined: list[str]
    covered_by: str | None
    covered_from: datetime | None
    override: str | None
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    left_out: list[LeftOut]
    notes: list[str]
    url: str


class CoverList(msgspec.Struct, frozen=True, kw_only=True):
    """Cover requests, newest first."""

    items: list[CoverView]


class NewCover(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"starts": "from", "ends": "until", "lasts": "for"},
):
    """A plea for cover.

    Attributes:
        asker: Whose shift it is; left out, who asks.
        asked: Whom to ask; left out, everybody who may take shifts there.
        starts: As for overrides; all three left out, the present or next shift.
    """

    schedule: str
    asker: str | None = None
    asked: list[str] = []
    note: str = ""
    starts: str = ""
    ends: str = ""
    lasts: str = ""


def view(
    request: CoverRequest,
    snapshot: Snapshot,
    base_url: str,
    *,
    left_out: tuple[tuple[Slug, str], ...] = (),
    notes: tuple[str, ...] = (),
) -> CoverView:
    """Return the request as the wire has it."""
    schedule = snapshot.schedules.get(request.schedule)
    return CoverView(
        name=request.name,
        schedule=request.schedule,
        time_zone=schedule.time_zone if schedule else "UTC",
        asker=request.asker,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        note=request.note,
        state=request.state,
        asked=list(request.asked),
        declined=list(request.declined),
        covered_by=request.covered_by,
        covered_from=request.covered_from,
        override=request.override,
        created_at=request.created_at,
        expires_at=request.expires_at,
        closed_at=request.closed_at,
        left_out=[LeftOut(user=user, why=why) for user, why in left_out],
        notes=list(notes),
        url=base_url + agreement.path(request),
    )


COVERS = Agreements(kind=CoverRequest, view=view)


@get("/covers", opt={"verb": Verb.ONCALL_READ}, sync_to_thread=True, tags=["on call"])
def list_covers(
    deps: GivenDeps,
    which: Choice = AgreementChoice.OPEN,
    limit: Limit = STRETCH_DEFAULT,
) -> CoverList:
    """Return cover requests, newest first."""
    return CoverList(items=COVERS.newest(deps, which, limit))


@get(
    "/covers/{name:str}",
    opt={"verb": Verb.ONCALL_READ},
    sync_to_thread=True,
    tags=["on call"],
)
def get_cover(name: FromPath[str], deps: GivenDeps) -> CoverView:
    """Return one cover request."""
    return COVERS.one(deps, name)


@post(
    "/covers", opt={"verb": Verb.ONCALL_CHANGE}, sync_to_thread=True, tags=["on call"]
)
def ask_for_cover(
    data: JSONBody[NewCover], deps: GivenDeps, actor: GivenActor
) -> CoverView:
    """Ask others to take a stretch of a shift."""
    plea = Plea(
        schedule=Slug(data.schedule),
        span=SpanText(starts=data.starts, ends=data.ends, lasts=data.lasts),
        whom=tuple(map(Slug, data.asked)),
        note=data.note,
        asker=Slug(data.asker) if data.asker else None,
    )

    def work(tx: Transaction) -> CoverView:
        made = cover.ask(Desk(tx=tx, actor=actor, ids=deps.ids), plea)
        return view(
            made.request,
            tx.configuration.snapshot(),
            deps.base_url,
            left_out=made.left_out,
            notes=made.notes,
        )

    return deps.store.run(work)


@post(
    "/covers/{name:str}/accept",
    opt={"verb": Verb.ONCALL_CHANGE},
    status_code=200,
    sync_to_thread=True,
    tags=["on call"],
)
def accept_cover(name: FromPath[str], deps: GivenDeps, actor: GivenActor) -> CoverView:
    """Take it; the first who does has it."""
    return COVERS.answer(deps, actor, agreement.accept, name)


@post(
    "/covers/{name:str}/decline",
    opt={"verb": Verb.ONCALL_CHANGE},
    status_code=200,
    sync_to_thread=True,
    tags=["on call"],
)
def decline_cover(name: FromPath[str], deps: GivenDeps, actor: GivenActor) -> CoverView:
    """Say no."""
    return COVERS.answer(deps, actor, agreement.decline, name)


@post(
    "/covers/{name:str}/withdraw",
    opt={"verb": Verb.ONCALL_CHANGE},
    status_code=200,
    sync_to_thread=True,
    tags=["on call"],
)
def withdraw_cover(
    name: FromPath[str], deps: GivenDeps, actor: GivenActor
) -> CoverView:
    """Take a request back."""
    return COVERS.answer(deps, actor, agreement.withdraw, name)


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_covers,
    get_cover,
    ask_for_cover,
    accept_cover,
    decline_cover,
    withdraw_cover,
)
