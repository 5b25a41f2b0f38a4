"""Documents of the response compiled: catalogue, status page, tracker."""

from handrail.core.configuration.part import Body, Part
from handrail.core.configuration.snapshot import TrackerKind, TrackerPlace
from handrail.core.ids import Slug
from handrail.core.mitigation.catalogue import (
    PRODUCTION,
    Call,
    CallHeader,
    CatalogueEntry,
)
from handrail.core.mitigation.mitigation import MitigationKind
from handrail.core.status_page.component import Component, StatusPage


def mitigation(part: Part) -> CatalogueEntry:
    """Return an entry of the catalogue."""
    body = part.body
    call: Body | None = body.get("http")
    return CatalogueEntry(
        name=part.name,
        title=part.title,
        kind=MitigationKind(body.get("kind", MitigationKind.CUSTOM)),
        description=body["description"],
        services=tuple(map(Slug, body.get("services", ()))),
        environment=body.get("environment", PRODUCTION),
        confirm=body.get("confirm", ""),
        manual=body.get("manual", ""),
        call=None if call is None else _call(call),
    )


def _call(body: Body) -> Call:
    return Call(
        method=body.get("method", "POST"),
        url=body["url"],
        headers=tuple(CallHeader(**header) for header in body.get("headers", ())),
        body=body.get("body", ""),
        secret=body.get("secret", ""),
    )


def component(part: Part) -> Component:
    """Return a component of the status page."""
    return Component(
        name=part.name,
        title=part.title,
        description=part.body.get("description", ""),
        group=part.body.get("group", ""),
        service=part.body.get("service"),
        order=part.document.order,
        since=part.document.effective_from,
    )


def status_page(part: Part) -> StatusPage:
    """Return the status page's own settings."""
    body = part.body
    return StatusPage(
        title=body.get("title", "Status"),
        link=body.get("link", "").rstrip("/"),
        support=body.get("support", ""),
    )


def tracker(part: Part) -> TrackerPlace:
    """Return where backlog tickets go."""
    return TrackerPlace(
        kind=TrackerKind(part.body["kind"]),
        url=part.body.get("url", ""),
        secret=part.body.get("secret", ""),
    )
