"""What the public is told, on the wire: publish, list, suggest; and how it stands."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from handrail.api.deps import GivenActor, GivenDeps
from handrail.core import limits
from handrail.core.access.permission import Verb
from handrail.core.errors import InvalidError
from handrail.core.ids import Slug
from handrail.core.incident.public_notice import Draft
from handrail.core.status_page.advice import Advice, Concern
from handrail.core.status_page.component import ComponentStatus
from handrail.core.status_page.notice import Notice, NoticeStage
from handrail.core.status_page.public_view import Impact, PublicIncident, PublicView
from handrail.ports.store import Transaction
from handrail.usecases import notice
from handrail.usecases.desk import Desk

_DAY_SECONDS = 86_400
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=limits.UPDATE_CHARS_MAX)]
Title = Annotated[str, msgspec.Meta(max_length=limits.PUBLIC_TITLE_CHARS_MAX)]
Aware = Annotated[datetime, msgspec.Meta(tz=True)]
Stage = Annotated[
    NoticeStage, QueryParameter(name="stage", description="For which stage.")
]


class NoticeDraft(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """What is to be said.

    Attributes:
        title: What it is called in public; left out, what it was called before, or
            the incident's own title. A private incident asks for one.
        components: How they stand from now on. The all-clear (stage ``resolved``)
            puts everything affected back to operational, but what is named here.
        next_update_at: When the next word is promised.
        next_update_in_seconds: The same, counted from now.
        shown_at: When it held, for what is told late.
        is_correction: It puts an earlier notice right; needed after the all-clear.
    """

    stage: NoticeStage
    text: Text
    title: Title = ""
    components: dict[str, ComponentStatus] = {}
    next_update_at: Aware | None = None
    next_update_in_seconds: (
        Annotated[int, msgspec.Meta(ge=1, le=30 * _DAY_SECONDS)] | None
    ) = None
    shown_at: Aware | None = None
    is_correction: bool = False


class NoticeView(msgspec.Struct, frozen=True, kw_only=True):
    """One notice as it went out."""

    id: str
    incident: str
    number: int
    title: str
    stage: NoticeStage
    text: str
    components: dict[str, ComponentStatus]
    next_update_at: datetime | None
    by: str
    posted_at: datetime
    shown_at: datetime
    is_backfilled: bool
    is_correction: bool


class NoticeList(msgspec.Struct, frozen=True, kw_only=True):
    """What the public was told of one incident, oldest first."""

    items: list[NoticeView]


class AdviceView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to consider; nothing was refused for it."""

    concern: Concern
    words: str


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """The notice that went out, or would, and advice on it."""

    notice: NoticeView
    advice: list[AdviceView]


class SuggestionView(msgspec.Struct, frozen=True, kw_only=True):
    """Words to start from; nothing was published."""

    stage: NoticeStage
    title: str
    text: str
    components: dict[str, ComponentStatus]
    next_update_at: datetime | None


class ComponentView(msgspec.Struct, frozen=True, kw_only=True):
    """How a component stands."""

    name: str
    title: str
    group: str
    status: ComponentStatus


class OpenIncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that the public still waits for word on."""

    incident: str
    title: str
    stage: NoticeStage
    impact: Impact
    started_at: datetime
    last_notice_at: datetime
    next_update_at: datetime | None


class StatusView(msgspec.Struct, frozen=True, kw_only=True):
    """What the status page says, as of now."""

    title: str
    link: str
    as_of: datetime
    indicator: Impact
    description: str
    components: list[ComponentView]
    incidents: list[OpenIncidentView]


@post(
    "/incidents/{name:str}/notices",
    opt={"verb": Verb.INCIDENT_ACT},
    sync_to_thread=True,
    tags=["notices"],
)
def publish_notice(
    name: FromPath[str],
    data: JSONBody[NoticeDraft],
    deps: GivenDeps,
    actor: GivenActor,
) -> Published:
    """Tell the public how it stands; the status page shows it within seconds."""

    def work(tx: Transaction) -> Published:
        desk = Desk(tx=tx, actor=actor, ids=deps.ids)
        _, made, advice = notice.publish(desk, name, _draft(data, tx.now))
        return _published(made, advice)

    return deps.store.run(work)


@post(
    "/incidents/{name:str}/notices/preview",
    opt={"verb": Verb.INCIDENT_ACT},
    status_code=200,
    sync_to_thread=True,
    tags=["notices"],
)
def preview_notice(
    name: FromPath[str],
    data: JSONBody[NoticeDraft],
    deps: GivenDeps,
    actor: GivenActor,
) -> Published:
    """Show what publishing this would tell the public, and advice; publishes nothing.

    The notice's id stands for nothing.
    """

    def look(tx: Transaction) -> Published:
        desk = Desk(tx=tx, actor=actor, ids=deps.ids)
        made, advice, _ = notice.preview(desk, name, _draft(data, tx.now))
        return _published(made, advice)

    return deps.store.read(look)


@get(
    "/incidents/{name:str}/notices",
    opt={"verb": Verb.INCIDENT_READ},
    sync_to_thread=True,
    tags=["notices"],
)
def list_notices(name: FromPath[str], deps: GivenDeps, actor: GivenActor) -> NoticeList:
    """List what the public was told of an incident, oldest first."""

    def work(tx: Transaction) -> Sequence[Notice]:
        return notice.notices_of(Desk(tx=tx, actor=actor, ids=deps.ids), name)[1]

    return NoticeList(items=[notice_view(n) for n in deps.store.read(work)])


@get(
    "/incidents/{name:str}/notices/suggestion",
    opt={"verb": Verb.INCIDENT_ACT},
    sync_to_thread=True,
    tags=["notices"],
)
def suggest_notice(
    name: FromPath[str], stage: Stage, deps: GivenDeps, actor: GivenActor
) -> SuggestionView:
    """Suggest words for the next notice of an incident; publishes nothing."""
    found = deps.store.read(
        lambda tx: notice.suggest(Desk(tx=tx, actor=actor, ids=deps.ids), name, stage)
    )
    return SuggestionView(
        stage=found.stage,
        title=found.title,
        text=found.text,
        components={str(n): s for n, s in found.components.items()},
        next_update_at=found.next_update_at,
    )


@get("/status", opt={"verb": Verb.INCIDENT_READ}, sync_to_thread=True, tags=["notices"])
def get_status(deps: GivenDeps) -> StatusView:
    """Say what the status page says: every component, and what is open."""
    return status_view(deps.store.read(notice.public_view))


def _published(made: Notice, advice: Sequence[Advice]) -> Published:
    return Published(
        notice=notice_view(made),
        advice=[AdviceView(concern=a.concern, words=a.words) for a in advice],
    )


def notice_view(made: Notice) -> NoticeView:
    """Return the notice as the wire has it."""
    return NoticeView(
        id=made.id,
        incident=f"INC-{made.incident_number}",
        number=made.number,
        title=made.title,
        stage=made.stage,
        text=made.text,
        components={str(name): status for name, status in made.components.items()},
        next_update_at=made.next_update_at,
        by=made.by,
        posted_at=made.posted_at,
        shown_at=made.shown_at,
        is_backfilled=made.is_backfilled,
        is_correction=made.is_correction,
    )


def status_view(view: PublicView) -> StatusView:
    """Return what the public sees as the wire has it."""
    return StatusView(
        title=view.page.title,
        link=view.page.link,
        as_of=view.as_of,
        indicator=view.indicator,
        description=view.description,
        components=[
            ComponentView(
                name=shown.component.name,
                title=shown.component.title,
                group=shown.component.group,
                status=shown.status,
            )
            for shown in view.components
        ],
        incidents=[_open(incident) for incident in view.open_incidents],
    )


def _open(incident: PublicIncident) -> OpenIncidentView:
    return OpenIncidentView(
        incident=f"INC-{incident.number}",
        title=incident.title,
        stage=incident.stage,
        impact=incident.impact,
        started_at=incident.started_at,
        last_notice_at=incident.latest.posted_at,
        next_update_at=incident.latest.next_update_at,
    )


def _draft(data: NoticeDraft, now: datetime) -> Draft:
    promised = _utc(data.next_update_at, "next_update_at")
    if data.next_update_in_seconds is not None:
        if promised is not None:
            msg = "the next update is promised twice; name one of the two"
            fields = {"next_update_in_seconds": "next_update_at is there as well"}
            raise InvalidError(msg, fields=fields)
        promised = now + timedelta(seconds=data.next_update_in_seconds)
    return Draft(
        stage=data.stage,
        text=data.text,
        title=data.title,
        components={Slug(name): status for name, status in data.components.items()},
        next_update_at=promised,
        shown_at=_utc(data.shown_at, "shown_at"),
        is_correction=data.is_correction,
    )


def _utc(instant: datetime | None, field: str) -> datetime | None:
    try:
        return None if instant is None else instant.astimezone(UTC)
    except OverflowError as error:
        msg = f"{field} is out of range"
        raise InvalidError(msg, fields={field: "is out of range"}) from error


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    publish_notice,
    preview_notice,
    list_notices,
    suggest_notice,
    get_status,
)
