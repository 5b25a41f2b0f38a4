"""What the operator asks for: the held state, the record's proof, a person's link."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from handrail.api.deps import GivenActor, GivenDeps
from handrail.core.access.permission import Verb
from handrail.core.audit.event import broken_link
from handrail.core.ids import Slug
from handrail.ports.store import Transaction
from handrail.usecases import access
from handrail.usecases.delivery import release, show_held
from handrail.usecases.desk import viewer_of
from handrail.usecases.incident_record import find, stream_of

HELD_SHOWN_MAX = 1000


class HeldItem(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery that waits."""

    delivery_id: str
    page_id: str | None
    bulletin_id: str | None
    recipient: str
    kind: str
    address: str
    due_at: datetime


class HeldState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether sending is held, why, and what would be sent first.

    Attributes:
        count: How many deliveries are owed, up to the thousand looked at.
        since: What put it on hold, or none.
    """

    is_held: bool
    since: str | None
    count: int
    per_recipient: dict[str, int]
    items: list[HeldItem]


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to release; with ``discard`` what was owed before is cancelled first."""

    discard: bool = False


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """Sending goes on; so many deliveries were cancelled."""

    cancelled: int


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """A place where the record does not verify."""

    stream: str
    sequence: int
    what: str


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What the check of the hash chains found; no breaks means whole.

    Attributes:
        head: The last value of the one chain that was checked; noted elsewhere, it
            shows later that nothing was rewritten. None where all were checked.
    """

    streams: int
    events: int
    breaks: list[Break]
    head: str | None = None


OfIncident = Annotated[
    str | None,
    QueryParameter(
        name="incident", max_length=64, description="Only this incident's record."
    ),
]


class SignInLink(msgspec.Struct, frozen=True, kw_only=True):
    """An address that signs one person in once."""

    url: str


@get("/held", opt={"verb": Verb.OPERATOR_RELEASE}, sync_to_thread=True, tags=["held"])
def get_held(deps: GivenDeps) -> HeldState:
    """Show whether sending is held, and what would be sent."""
    view = deps.store.read(lambda tx: show_held(tx, limit=HELD_SHOWN_MAX))
    return HeldState(
        is_held=view.since is not None,
        since=view.since,
        count=len(view.owed),
        per_recipient=dict(view.per_recipient),
        items=[
            HeldItem(
                delivery_id=d.id,
                page_id=d.page_id,
                bulletin_id=d.bulletin_id,
                recipient=d.recipient,
                kind=d.kind,
                address=d.address,
                due_at=d.due_at,
            )
            for d in view.owed
        ],
    )


@post(
    "/held/release",
    opt={"verb": Verb.OPERATOR_RELEASE},
    status_code=200,
    sync_to_thread=True,
    tags=["held"],
)
def release_held(
    data: JSONBody[Release], deps: GivenDeps, actor: GivenActor
) -> Released:
    """Let sending go on."""

    def work(tx: Transaction) -> int:
        cancelled = release(tx, discard=data.discard)
        access.note_release(tx, cancelled, actor=actor, ids=deps.ids)
        return cancelled

    return Released(cancelled=deps.store.run(work))


@get(
    "/audit/verify",
    opt={"verb": Verb.AUDIT_READ},
    sync_to_thread=True,
    tags=["audit"],
)
def verify_audit(
    deps: GivenDeps, actor: GivenActor, incident: OfIncident = None
) -> Verification:
    """Check every hash chain, or one: nothing changed, removed or moved."""

    def look(tx: Transaction) -> Verification:
        names, head = tx.event.streams(""), None
        if incident is not None:
            names = [stream_of(find(tx, incident, viewer=viewer_of(actor)).id)]
            head = tx.event.read(names[0])[-1].chain
        events, breaks = 0, []
        for name in names:
            stored = tx.event.read(name)
            events += len(stored)
            broken = broken_link(stored)
            if broken is not None:
                what = f"entry {broken} does not verify"
                breaks.append(Break(stream=name, sequence=broken, what=what))
        return Verification(streams=len(names), events=events, breaks=breaks, head=head)

    return deps.store.read(look)


@post(
    "/users/{name:str}/link",
    opt={"verb": Verb.USER_LINK},
    sync_to_thread=True,
    tags=["users"],
)
def make_link(name: FromPath[str], deps: GivenDeps, actor: GivenActor) -> SignInLink:
    """Make a one-time link for a person; whoever holds it can sign in as them."""
    secret = deps.store.run(
        lambda tx: access.link_for(tx, Slug(name), actor=actor, ids=deps.ids)
    )
    return SignInLink(url=f"{deps.base_url}/sign-in/{secret}")


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    get_held,
    release_held,
    verify_audit,
    make_link,
)
