"""Changes on the wire: reported by whoever deploys, suspected by whoever responds."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from handrail.api.conversion import Conversion
from handrail.api.deps import GivenActor, GivenDeps
from handrail.api.incident import Moment, Title, in_utc
from handrail.api.listing import STRETCH_DEFAULT, Before, Limit, following
from handrail.core.access.permission import Verb
from handrail.core.change.change import Change, ChangeKind
from handrail.core.change.suspect import Nearness
from handrail.core.configuration.spelling import SLUG_PATTERN
from handrail.core.ids import ChangeId, Slug
from handrail.ports.store import Transaction
from handrail.usecases import change as use
from handrail.usecases.desk import Desk, viewer_of
from handrail.usecases.incident_record import find

Words = Annotated[str, msgspec.Meta(max_length=1000)]
OfService = Annotated[
    str | None,
    QueryParameter(
        name="service", pattern=SLUG_PATTERN, description="Only those of this service."
    ),
]


class NewChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changed; ``occurred_at`` is when it took effect, by default now."""

    title: Title
    kind: ChangeKind = ChangeKind.DEPLOY
    service: Annotated[str, msgspec.Meta(pattern=SLUG_PATTERN)] | None = None
    version: Words = ""
    link: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    changed_by: Words = ""
    occurred_at: Moment | None = None


class ReportedChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change; ``source`` is who reported it, such as ``token:ci``."""

    id: str
    kind: ChangeKind
    title: str
    service: str | None
    version: str
    link: str
    changed_by: str
    source: str
    occurred_at: datetime
    recorded_at: datetime


_REPORTED = Conversion(ReportedChange)


class ReportedChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Changes, last reported first; ``next`` goes into ``before`` for what follows."""

    items: list[ReportedChange]
    next: str | None


class SuspectView(msgspec.Struct, frozen=True, kw_only=True):
    """A change shortly before the impact, and why it is shown. It proves nothing."""

    change: ReportedChange
    nearness: str
    reason: str


class SuspectList(msgspec.Struct, frozen=True, kw_only=True):
    """Suspects, the nearest first and of those the newest."""

    items: list[SuspectView]


def view(change: Change) -> ReportedChange:
    """Return the change as the wire has it."""
    return _REPORTED.of(change)


@post(
    "/changes", opt={"verb": Verb.CHANGE_REPORT}, sync_to_thread=True, tags=["changes"]
)
def report_change(
    data: JSONBody[NewChange], deps: GivenDeps, actor: GivenActor
) -> ReportedChange:
    """Report a deploy, a flag flip or a migration, so that incidents can show it."""
    at = in_utc(data.occurred_at)
    made = deps.store.run(
        lambda tx: use.report(
            Desk(tx=tx, actor=actor, ids=deps.ids),
            title=data.title,
            kind=data.kind,
            service=Slug(data.service) if data.service else None,
            version=data.version,
            link=data.link,
            changed_by=data.changed_by,
            at=at,
        )
    )
    return view(made)


@get("/changes", opt={"verb": Verb.CHANGE_READ}, sync_to_thread=True, tags=["changes"])
def list_changes(
    deps: GivenDeps,
    service: OfService = None,
    limit: Limit = STRETCH_DEFAULT,
    before: Before = None,
) -> ReportedChanges:
    """Return changes, last reported first."""
    found = deps.store.read(
        lambda tx: tx.change.search(
            limit=limit + 1,
            service=Slug(service) if service else None,
            before=ChangeId(before) if before else None,
        )
    )
    return ReportedChanges(
        items=[view(one) for one in found[:limit]],
        next=following([one.id for one in found], limit),
    )


@get(
    "/incidents/{name:str}/suspects",
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    tags=["changes"],
)
def list_suspects(
    name: FromPath[str], deps: GivenDeps, actor: GivenActor
) -> SuspectList:
    """Return the changes of the day before the impact, and why each is shown."""

    def look(tx: Transaction) -> SuspectList:
        found = use.suspects_of(tx, find(tx, name, viewer=viewer_of(actor)))
        return SuspectList(
            items=[
                SuspectView(
                    change=view(one.change),
                    nearness=Nearness(one.nearness).name.lower(),
                    reason=one.reason,
                )
                for one in found
            ]
        )

    return deps.store.read(look)


HANDLERS: tuple[HTTPRouteHandler, ...] = (report_change, list_changes, list_suspects)
