"""Incidents: list them, look at one, declare one."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from handrail.api.deps import Deps, GivenActor, GivenDeps
from handrail.api.incident_view import (
    IncidentDetail,
    IncidentList,
    ObligationView,
    detail,
    obligation_views,
    view,
)
from handrail.api.listing import STRETCH_DEFAULT, Limit
from handrail.core import limits
from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.errors import InvalidError, NotFoundError
from handrail.core.ids import PageId, Slug
from handrail.core.incident.incident import Incident
from handrail.core.incident.stage import Detection
from handrail.core.severity.severity import Severity
from handrail.ports.store import Transaction
from handrail.usecases import incident as use
from handrail.usecases.desk import Desk, viewer_of
from handrail.usecases.incident import Declaration
from handrail.usecases.incident_record import as_known_at, find

NUMBER_MAX = 2**31 - 1
Title = Annotated[str, msgspec.Meta(max_length=limits.TITLE_CHARS_MAX)]
Text = Annotated[str, msgspec.Meta(max_length=limits.ENTRY_CHARS_MAX)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Number = Annotated[int, msgspec.Meta(ge=1, le=NUMBER_MAX)]

RetryKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="A name of your own for this declaration: sent again under it, "
        "it answers the incident that it made the first time.",
    ),
]
KnownAt = Annotated[
    datetime | None,
    QueryParameter(
        name="known_at", description="As it was known then; by default now."
    ),
]


@unique
class IncidentChoice(StrEnum):
    """Which of the list are wanted."""

    RESPONDING = "responding"
    ALL = "all"


State = Annotated[
    IncidentChoice,
    QueryParameter(name="state", description="Which of them are wanted."),
]
BelowNumber = Annotated[
    int,
    QueryParameter(
        name="before",
        ge=0,
        le=NUMBER_MAX,
        description="Only those of a lower number: the last `next`; 0 is the newest.",
    ),
]


class NewIncident(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """What somebody says who declares; a title, or a page, is enough.

    Attributes:
        severity: None means the service's default, or else to be assessed.
        is_to_be_assessed: Do not take the service's default.
        page_id: The page it is declared from: its title, service and alert.
    """

    title: Title = ""
    service: Name | None = None
    severity: Severity | None = None
    is_to_be_assessed: bool = False
    detected_by: Detection | None = None
    detected_at: Moment | None = None
    impact_started_at: Moment | None = None
    page_id: Name | None = None
    is_private: bool = False


class ObligationList(msgspec.Struct, frozen=True, kw_only=True):
    """Promises, those still owed first, by deadline."""

    items: list[ObligationView]


def acted(deps: Deps, actor: Actor, verb: Callable[[Desk], Incident]) -> IncidentDetail:
    """Let the actor do something; return the incident as it is after that."""

    def work(tx: Transaction) -> IncidentDetail:
        after = verb(Desk(tx=tx, actor=actor, ids=deps.ids))
        return detail(after, now=tx.now, base_url=deps.base_url)

    return deps.store.run(work)


def in_utc(moment: datetime | None) -> datetime | None:
    """Return the instant in UTC.

    Raises:
        InvalidError: It is local to nowhere, or outside of what can be counted.
    """
    if moment is None:
        return None
    wrong = "write it with a zone, as in 2026-01-31T08:00:00Z"
    if moment.tzinfo is None:
        msg = f"{moment} has no zone; {wrong}"
        raise InvalidError(msg)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        msg = "this instant is out of range"
        raise InvalidError(msg) from error


@get(
    "/incidents",
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    tags=["incidents"],
)
def list_incidents(
    deps: GivenDeps,
    actor: GivenActor,
    which: State = IncidentChoice.RESPONDING,
    limit: Limit = STRETCH_DEFAULT,
    before: BelowNumber = 0,
) -> IncidentList:
    """Return incidents, newest first; those that are responded to, or all."""

    def look(tx: Transaction) -> IncidentList:
        found = tx.incident.search(
            viewer=viewer_of(actor),
            responding_only=which is IncidentChoice.RESPONDING,
            limit=limit + 1,
            before=before or None,
        )
        shown = found[:limit]
        items = [view(one, now=tx.now, base_url=deps.base_url) for one in shown]
        more = len(found) > limit
        return IncidentList(items=items, next=shown[-1].number if more else None)

    return deps.store.read(look)


@get(
    "/incidents/{name:str}",
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    tags=["incidents"],
)
def get_incident(
    name: FromPath[str], deps: GivenDeps, actor: GivenActor, known_at: KnownAt = None
) -> IncidentDetail:
    """Return one incident whole, by ``INC-n``, number or id."""
    at = in_utc(known_at)

    def look(tx: Transaction) -> IncidentDetail:
        found = find(tx, name, viewer=viewer_of(actor))
        known = found if at is None else as_known_at(tx, found.id, at)
        if known is None:
            msg = f"{found.name} was not declared then"
            raise NotFoundError(msg)
        return detail(known, now=at or tx.now, base_url=deps.base_url)

    return deps.store.read(look)


@get(
    "/incidents/{name:str}/obligations",
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    tags=["incidents"],
)
def list_obligations(
    name: FromPath[str], deps: GivenDeps, actor: GivenActor
) -> ObligationList:
    """Return what is and was owed, with the seconds left."""

    def look(tx: Transaction) -> ObligationList:
        found = find(tx, name, viewer=viewer_of(actor))
        return ObligationList(items=obligation_views(found.obligations, now=tx.now))

    return deps.store.read(look)


@post(
    "/incidents",
    opt={"verb": Verb.INCIDENT_DECLARE},
    sync_to_thread=True,
    tags=["incidents"],
)
def declare_incident(
    data: JSONBody[NewIncident],
    deps: GivenDeps,
    actor: GivenActor,
    retry_key: RetryKey = None,
) -> IncidentDetail:
    """Declare an incident; the asker commands it until they hand over."""
    return acted(
        deps,
        actor,
        lambda desk: use.declare(desk, declaration(data, retry_key or "")),
    )


def declaration(data: NewIncident, retry_key: str) -> Declaration:
    """Return what is declared; a page says what the declarer does not."""
    return Declaration(
        title=data.title,
        service=Slug(data.service) if data.service else None,
        severity=data.severity,
        is_to_be_assessed=data.is_to_be_assessed,
        detected_by=data.detected_by,
        detected_at=in_utc(data.detected_at),
        impact_started_at=in_utc(data.impact_started_at),
        page_id=PageId(data.page_id) if data.page_id else None,
        is_private=data.is_private,
        retry_key=retry_key,
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_incidents,
    get_incident,
    list_obligations,
    declare_incident,
)
