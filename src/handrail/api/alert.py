"""Alerts on the wire."""

from datetime import datetime
from enum import StrEnum, unique
from typing import Annotated

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from handrail.api.deps import GivenDeps
from handrail.api.listing import STRETCH_DEFAULT, Before, Limit, following
from handrail.core.access.permission import Verb
from handrail.core.alert.alert import Alert, AlertState, Disposition
from handrail.core.errors import NotFoundError
from handrail.core.ids import AlertId
from handrail.core.severity.severity import Severity, Urgency


@unique
class AlertChoice(StrEnum):
    """Which of the list are wanted.

    Open are those that fire, and expired ones whose page is not resolved.
    """

    OPEN = "open"
    ALL = "all"


State = Annotated[
    AlertChoice, QueryParameter(name="state", description="Which of them are wanted.")
]


class AlertView(msgspec.Struct, frozen=True, kw_only=True):
    """One alert; instants are UTC."""

    id: str
    integration: str
    dedup_key: str
    state: AlertState
    title: str
    labels: dict[str, str]
    annotations: dict[str, str]
    url: str
    service: str | None
    severity: Severity | None
    urgency: Urgency | None
    disposition: Disposition
    reason: str
    decided_by: str
    page_id: str | None
    starts_at: datetime
    opened_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None
    generation: int
    repeats: int


class AlertList(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts, newest first; ``next`` goes into ``before`` for those that follow."""

    items: list[AlertView]
    next: str | None


def view(alert: Alert) -> AlertView:
    """Return the alert as the wire has it."""
    return AlertView(
        id=alert.id,
        integration=alert.integration,
        dedup_key=alert.dedup_key,
        state=alert.state,
        title=alert.title,
        labels=dict(alert.labels),
        annotations=dict(alert.annotations),
        url=alert.url,
        service=alert.service,
        severity=alert.severity,
        urgency=alert.urgency,
        disposition=alert.disposition,
        reason=alert.reason,
        decided_by=alert.decided_by,
        page_id=alert.page_id,
        starts_at=alert.starts_at,
        opened_at=alert.opened_at,
        last_seen_at=alert.last_seen_at,
        closed_at=alert.closed_at,
        generation=alert.generation,
        repeats=alert.repeats,
    )


@get("/alerts", opt={"verb": Verb.ALERT_READ}, sync_to_thread=True, tags=["alerts"])
def list_alerts(
    deps: GivenDeps,
    which: State = AlertChoice.OPEN,
    limit: Limit = STRETCH_DEFAULT,
    before: Before = None,
) -> AlertList:
    """Return alerts, newest first."""
    found = deps.store.read(
        lambda tx: tx.alert.search(
            open_only=which is AlertChoice.OPEN,
            limit=limit + 1,
            before=AlertId(before) if before else None,
        )
    )
    return AlertList(
        items=[view(alert) for alert in found[:limit]],
        next=following([alert.id for alert in found], limit),
    )


@get(
    "/alerts/{alert_id:str}",
    opt={"verb": Verb.ALERT_READ},
    sync_to_thread=True,
    tags=["alerts"],
)
def get_alert(alert_id: FromPath[str], deps: GivenDeps) -> AlertView:
    """Return one alert."""
    found = deps.store.read(lambda tx: tx.alert.get(AlertId(alert_id)))
    if found is None:
        msg = f"There is no alert {alert_id!r}. List them to see their ids."
        raise NotFoundError(msg)
    return view(found)


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_alerts, get_alert)
