"""What became of it: receipts and explanations on the wire."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from handrail.api.alert import AlertView
from handrail.api.alert import view as alert_view
from handrail.api.deps import GivenActor, GivenDeps
from handrail.api.page import HIDDEN, PageEvidence, evidence
from handrail.core.access.actor import Actor
from handrail.core.access.permission import Verb
from handrail.core.alert.alert import Disposition
from handrail.core.ids import ReceiptId
from handrail.core.incident.incident import Incident
from handrail.core.paging.delivery import Delivery
from handrail.ports.store import Transaction
from handrail.usecases import receipt
from handrail.usecases.desk import viewer_of
from handrail.usecases.explain import Explanation, PageStory, explain
from handrail.usecases.incident_story import incident_behind, incident_story


class EntryView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one signal of the request."""

    kind: str
    disposition: Disposition
    is_final: bool
    reason: str
    decided_by: str
    alert_id: str | None
    alert_disposition: Disposition | None


class ReceiptView(msgspec.Struct, frozen=True, kw_only=True):
    """One accepted request; ``error`` says what of it could not be read."""

    id: str
    integration: str
    received_at: datetime
    entries: list[EntryView]
    error: str


class ExplanationView(msgspec.Struct, frozen=True, kw_only=True):
    """The story of one alert or one incident, as data and as lines of text."""

    alert: AlertView | None
    incident: str | None
    receipt_ids: list[str]
    pages: list[PageEvidence]
    lines: list[str]


@get(
    "/receipts/{receipt_id:str}",
    opt={"verb": Verb.RECEIPT_READ},
    sync_to_thread=True,
    tags=["stories"],
)
def get_receipt(receipt_id: FromPath[str], deps: GivenDeps) -> ReceiptView:
    """Tell what became of each signal of an accepted request."""
    story = deps.store.read(lambda tx: receipt.tell(tx, ReceiptId(receipt_id)))
    return ReceiptView(
        id=story.id,
        integration=story.integration,
        received_at=story.received_at,
        entries=[
            EntryView(
                kind=entry.kind,
                disposition=entry.disposition,
                is_final=entry.is_final,
                reason=entry.reason,
                decided_by=entry.decided_by,
                alert_id=entry.alert_id,
                alert_disposition=entry.alert_disposition,
            )
            for entry in story.entries
        ],
        error=story.error,
    )


@get(
    "/explain/{some_id:str}",
    opt={"verb": Verb.EXPLAIN_READ},
    sync_to_thread=True,
    tags=["stories"],
)
def get_explanation(
    some_id: FromPath[str], deps: GivenDeps, actor: GivenActor
) -> ExplanationView:
    """Tell an alert's or incident's story, given its id or one that belongs to it.

    A page's, delivery's or receipt's id will do, and a name such as ``INC-42``.
    """

    def look(tx: Transaction) -> ExplanationView:
        incident = incident_behind(tx, some_id, viewer=viewer_of(actor))
        if incident is not None:
            return _incident_view(tx, incident, actor)
        story = explain(tx, some_id)
        snapshot = tx.configuration.snapshot()
        return ExplanationView(
            alert=alert_view(story.alert),
            incident=None,
            receipt_ids=[r.id for r in story.receipts],
            pages=[
                evidence(page, snapshot=snapshot, actor=actor) for page in story.pages
            ],
            lines=list(_for_eyes_of(actor, story).lines()),
        )

    return deps.store.read(look)


def _incident_view(
    tx: Transaction, incident: Incident, actor: Actor
) -> ExplanationView:
    story = incident_story(tx, incident)
    snapshot = tx.configuration.snapshot()
    if not actor.may(Verb.CONTACT_READ):
        story = replace(
            story,
            pages=_without_addresses(story.pages),
            bulletins=tuple(
                replace(told, deliveries=_hidden(told.deliveries))
                for told in story.bulletins
            ),
        )
    return ExplanationView(
        alert=None,
        incident=incident.name,
        receipt_ids=[],
        pages=[evidence(page, snapshot=snapshot, actor=actor) for page in story.pages],
        lines=list(story.lines()),
    )


def _for_eyes_of(actor: Actor, story: Explanation) -> Explanation:
    """Return the story without addresses where the role may not see them."""
    if actor.may(Verb.CONTACT_READ):
        return story
    return replace(story, pages=_without_addresses(story.pages))


def _without_addresses(pages: Sequence[PageStory]) -> tuple[PageStory, ...]:
    return tuple(
        replace(
            page,
            deliveries=_hidden(page.deliveries),
            attempts=tuple(replace(a, detail="") for a in page.attempts),
        )
        for page in pages
    )


def _hidden(deliveries: Sequence[Delivery]) -> tuple[Delivery, ...]:
    return tuple(replace(d, address=HIDDEN, reason="") for d in deliveries)


HANDLERS: tuple[HTTPRouteHandler, ...] = (get_receipt, get_explanation)
