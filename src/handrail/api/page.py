"""Pages on the wire: list, evidence, acknowledge, escalate, resolve."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum, unique
from typing import Annotated, Literal

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from handrail.api.deps import GivenActor, GivenDeps
from handrail.api.listing import STRETCH_DEFAULT, Before, Limit, following
from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.errors import NotFoundError
from handrail.core.ids import PageId
from handrail.core.paging.delivery import Attempt, Delivery, DeliveryState
from handrail.core.paging.forecast import forecast
from handrail.core.paging.page import LAST_RESORT_LEVEL, Page, PageState
from handrail.core.paging.wording import safely
from handrail.core.severity.severity import Severity, Urgency
from handrail.ports.store import Transaction
from handrail.usecases import paging
from handrail.usecases.explain import PageStory, page_story

HIDDEN = "(hidden)"
"""Stands for an address that the asker's role may not see."""


@unique
class PageChoice(StrEnum):
    """Which of the list are wanted."""

    ACTIVE = "active"
    ALL = "all"


State = Annotated[
    PageChoice, QueryParameter(name="state", description="Which of them are wanted.")
]


class NextView(msgspec.Struct, frozen=True, kw_only=True):
    """What happens next if nobody answers; ``who`` is empty when it gives up."""

    at: datetime
    who: list[str]
    what: str


class PageView(msgspec.Struct, frozen=True, kw_only=True):
    """One page, about an alert or about an incident.

    ``level`` counts from 1, and 0 is the last resort.
    """

    id: str
    alert_id: str | None
    incident_id: str | None
    title: str
    service: str | None
    severity: Severity
    urgency: Urgency
    state: PageState
    policy: str | None
    policy_version: int | None
    round: int
    level: int | None
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    closed_at: datetime | None
    alert_expired: bool
    forecast: list[NextView]


class PageList(msgspec.Struct, frozen=True, kw_only=True):
    """Pages, newest first; ``next`` goes into ``before`` for those that follow."""

    items: list[PageView]
    next: str | None


class AttemptView(msgspec.Struct, frozen=True, kw_only=True):
    """One try at a delivery."""

    id: str
    started_at: datetime
    ended_at: datetime
    outcome: str
    detail: str
    reference: str
    bundle_id: str


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """The debt to one recipient over one contact method, and every try at it."""

    id: str
    recipient: str
    target: str
    why: str
    method: str
    kind: str
    address: str
    state: DeliveryState
    reason: str
    due_at: datetime
    closed_at: datetime | None
    attempts: list[AttemptView]


class TimelineView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a page's record."""

    at: str
    actor: str
    what: str


class PageEvidence(PageView, frozen=True, kw_only=True):
    """One page with its record and the evidence of who was told."""

    timeline: list[TimelineView]
    deliveries: list[DeliveryView]


class Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the asker came to act, for the record."""

    via: Literal["api", "cli"] = "api"


def page_view(page: Page, *, snapshot: Snapshot) -> PageView:
    """Return the page as the wire has it."""
    policy = page.policy
    coming = safely(lambda: forecast(page, snapshot=snapshot), otherwise=lambda: ())
    level = page.level
    if level is not None:
        level = 0 if level == LAST_RESORT_LEVEL else level + 1
    return PageView(
        id=page.id,
        alert_id=page.alert_id,
        incident_id=page.incident_id,
        title=page.title,
        service=page.service,
        severity=page.severity,
        urgency=page.urgency,
        state=page.state,
        policy=policy.name if policy else None,
        policy_version=policy.version if policy else None,
        round=page.round,
        level=level,
        opened_at=page.opened_at,
        acknowledged_at=page.acknowledged_at,
        acknowledged_by=page.acknowledged_by,
        closed_at=page.closed_at,
        alert_expired=page.alert_expired,
        forecast=[
            NextView(at=step.at, who=list(step.who), what=step.what) for step in coming
        ],
    )


def evidence(story: PageStory, *, snapshot: Snapshot, actor: Actor) -> PageEvidence:
    """Return the page with its evidence, as far as the asker may see it."""
    view = page_view(story.page, snapshot=snapshot)
    return PageEvidence(
        **msgspec.structs.asdict(view),
        timeline=[
            TimelineView(at=e.at, actor=e.actor, what=e.what) for e in story.entries
        ],
        deliveries=[
            delivery_view(delivery, story.attempts, actor=actor)
            for delivery in story.deliveries
        ],
    )


def delivery_view(
    delivery: Delivery, attempts: Sequence[Attempt], *, actor: Actor
) -> DeliveryView:
    """Return the delivery and its attempts; a provider's words may hold the address."""
    is_shown = actor.may(Verb.CONTACT_READ)
    return DeliveryView(
        id=delivery.id,
        recipient=delivery.recipient,
        target=delivery.target,
        why=delivery.why,
        method=delivery.method,
        kind=delivery.kind,
        address=delivery.address if is_shown else HIDDEN,
        state=delivery.state,
        reason=delivery.reason if is_shown else "",
        due_at=delivery.due_at,
        closed_at=delivery.closed_at,
        attempts=[
            AttemptView(
                id=attempt.id,
                started_at=attempt.started_at,
                ended_at=attempt.ended_at,
                outcome=attempt.outcome,
                detail=attempt.detail if is_shown else "",
                reference=attempt.reference,
                bundle_id=attempt.bundle_id,
            )
            for attempt in attempts
            if attempt.delivery_id == delivery.id
        ],
    )


@get("/pages", opt={"verb": Verb.PAGE_READ}, sync_to_thread=True, tags=["pages"])
def list_pages(
    deps: GivenDeps,
    which: State = PageChoice.ACTIVE,
    limit: Limit = STRETCH_DEFAULT,
    before: Before = None,
) -> PageList:
    """Return pages, newest first; active ones are open, acknowledged or exhausted."""
    found, snapshot = deps.store.read(
        lambda tx: (
            tx.page.search(
                active_only=which is PageChoice.ACTIVE,
                limit=limit + 1,
                before=PageId(before) if before else None,
            ),
            tx.configuration.snapshot(),
        )
    )
    return PageList(
        items=[page_view(page, snapshot=snapshot) for page in found[:limit]],
        next=following([page.id for page in found], limit),
    )


@get(
    "/pages/{page_id:str}",
    opt={"verb": Verb.PAGE_READ},
    sync_to_thread=True,
    tags=["pages"],
)
def get_page(
    page_id: FromPath[str], deps: GivenDeps, actor: GivenActor
) -> PageEvidence:
    """Return one page, its record, and the evidence of every delivery and attempt."""

    def look(tx: Transaction) -> PageEvidence:
        page = tx.page.get(PageId(page_id))
        if page is None:
            msg = f"There is no page {page_id!r}. List them to see their ids."
            raise NotFoundError(msg)
        snapshot = tx.configuration.snapshot()
        return evidence(page_story(tx, page), snapshot=snapshot, actor=actor)

    return deps.store.read(look)


@post(
    "/pages/{page_id:str}/acknowledge",
    opt={"verb": Verb.PAGE_ACKNOWLEDGE},
    status_code=200,
    tags=["pages"],
)
async def acknowledge(
    page_id: FromPath[str], data: JSONBody[Act], deps: GivenDeps, actor: GivenActor
) -> PageView:
    """Take the page; whatever was still owed is cancelled."""

    def work(tx: Transaction) -> PageView:
        page = paging.acknowledge(
            tx,
            PageId(page_id),
            by=actor.responder,
            via=data.via,
            actor=str(actor),
            ids=deps.ids,
        )
        return page_view(page, snapshot=tx.configuration.snapshot())

    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(deps.urgent, deps.store.run, work)


@post(
    "/pages/{page_id:str}/escalate",
    opt={"verb": Verb.PAGE_ESCALATE},
    status_code=200,
    sync_to_thread=True,
    tags=["pages"],
)
def escalate(
    page_id: FromPath[str], data: JSONBody[Act], deps: GivenDeps, actor: GivenActor
) -> PageView:
    """Notify the next level at once."""
    del data

    def work(tx: Transaction) -> PageView:
        page = paging.escalate_now(
            tx, PageId(page_id), by=actor.responder, actor=str(actor), ids=deps.ids
        )
        return page_view(page, snapshot=tx.configuration.snapshot())

    return deps.store.run(work)


@post(
    "/pages/{page_id:str}/resolve",
    opt={"verb": Verb.PAGE_RESOLVE},
    status_code=200,
    sync_to_thread=True,
    tags=["pages"],
)
def resolve(
    page_id: FromPath[str], data: JSONBody[Act], deps: GivenDeps, actor: GivenActor
) -> PageView:
    """End the page, and its alert with it."""
    del data

    def work(tx: Transaction) -> PageView:
        page = paging.resolve(
            tx, PageId(page_id), by=actor.responder, actor=str(actor), ids=deps.ids
        )
        return page_view(page, snapshot=tx.configuration.snapshot())

    return deps.store.run(work)


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_pages,
    get_page,
    acknowledge,
    escalate,
    resolve,
)
