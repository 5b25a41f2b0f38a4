"""Which pages can be about a service, and when they may start."""

from collections.abc import Iterator
from dataclasses import dataclass

from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.core.paging.evaluate import hours_of, urgency_of
from handrail.core.routing.route import Route
from handrail.core.severity.severity import Hours, Severity, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSource:
    """One way in which a page about a service begins.

    Attributes:
        via: ``incident``, ``route checkout-latency`` or ``integration prometheus``.
        is_held: It waits for the service's support hours and starts only within them.
    """

    via: str
    severity: Severity
    urgency: Urgency
    is_held: bool


def page_sources(snapshot: Snapshot) -> dict[Slug, tuple[PageSource, ...]]:
    """Return by service what can page about it; anything may be declared an incident.

    A route that fixes no severity passes on what the sender says, which may be any.
    """
    found: dict[Slug, list[PageSource]] = {name: [] for name in snapshot.services}
    for name in snapshot.services:
        found[name] += _pages(snapshot, name, "incident", None)
    for route in snapshot.routes:
        if route.service in found:
            via = f"route {route.name}"
            found[route.service] += _pages(snapshot, route.service, via, route)
        if not route.matchers:
            return {name: tuple(pages) for name, pages in found.items()}
    for integration in snapshot.integrations.values():
        service = integration.service
        if service is not None and service in found:
            via = f"integration {integration.name}"
            found[service] += _pages(snapshot, service, via, None)
    return {name: tuple(pages) for name, pages in found.items()}


def _pages(
    snapshot: Snapshot, service: Slug, via: str, route: Route | None
) -> Iterator[PageSource]:
    fixed = route.severity if route is not None else None
    for severity in Severity if fixed is None else (fixed,):
        rule = snapshot.matrix[severity]
        hours = hours_of(route, rule)
        if hours is Hours.NEVER:
            continue
        # A service without support hours is looked after at all hours.
        has_hours = snapshot.services[service].support_hours is not None
        yield PageSource(
            via=via,
            severity=severity,
            urgency=urgency_of(route, rule),
            is_held=hours is Hours.SUPPORT_HOURS and has_hours,
        )
