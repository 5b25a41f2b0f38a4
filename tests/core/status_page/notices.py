"""Notices and components to make public views of."""

from datetime import UTC, datetime, timedelta
from typing import Any

from handrail.core.ids import IncidentId, NoticeId, Slug
from handrail.core.status_page.component import Component, ComponentStatus
from handrail.core.status_page.notice import Notice, NoticeStage

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CHECKOUT, SEARCH = Slug("checkout"), Slug("search")
COMPONENTS = {
    CHECKOUT: Component(name=CHECKOUT, title="Checkout", group="Shop"),
    SEARCH: Component(name=SEARCH, title="Search", group="Shop", order=1),
    Slug("api"): Component(name=Slug("api"), title="API", order=2),
}


def notice(
    incident: int = 1,
    number: int = 1,
    stage: NoticeStage = NoticeStage.INVESTIGATING,
    *,
    at: datetime = NOON,
    checkout: ComponentStatus | None = None,
    **changes: Any,
) -> Notice:
    told = {} if checkout is None else {CHECKOUT: checkout}
    parts: dict[str, Any] = {
        "id": NoticeId(f"00000000-0000-7000-8000-{incident:06}{number:06}"),
        "incident_id": IncidentId(f"incident-{incident}"),
        "incident_number": incident,
        "number": number,
        "title": "Payments fail",
        "stage": stage,
        "text": "Some payments fail.",
        "components": told,
        "next_update_at": None,
        "by": Slug("ana"),
        "posted_at": at,
        "shown_at": at,
    }
    return Notice(**(parts | changes))
