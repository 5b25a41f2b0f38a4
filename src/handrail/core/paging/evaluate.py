"""Where an alert goes and whether it pages now: routes, severity matrix, hours."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.alert.alert import Alert
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.escalation.policy import EscalationPolicy
from handrail.core.ids import Slug
from handrail.core.paging.event import PageOpened
from handrail.core.routing.route import Route
from handrail.core.service.service import Service
from handrail.core.service.support_hours import is_open, next_open
from handrail.core.severity.severity import (
    UNKNOWN_WORD,
    Hours,
    Severity,
    SeverityRule,
    Urgency,
    from_word,
)


@unique
class MuteReason(StrEnum):
    """Why an alert pages nobody, on purpose."""

    SEVERITY_NEVER_PAGES = "severity_never_pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where an alert belongs, and the rule that says so.

    Attributes:
        service: None where neither a route nor the integration names one.
        policy: None leads straight to the last resort.
        decided_by: For people: the route or default, and the configuration revision.
    """

    service: Slug | None
    severity: Severity
    urgency: Urgency
    policy: EscalationPolicy | None
    decided_by: str


def opened_about(
    alert: Alert, destination: Destination, *, revision: int
) -> PageOpened:
    """Return the first event of a page about the alert.

    Args:
        alert: The alert.
        destination: Where it belongs.
        revision: The configuration's that is in force.
    """
    return PageOpened(
        alert_id=alert.id,
        title=alert.title,
        service=destination.service,
        severity=destination.severity,
        urgency=destination.urgency,
        policy=destination.policy,
        revision=revision,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageNow:
    """Somebody must be found now."""

    destination: Destination


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Not yet: evaluated again at ``until`` if it still fires."""

    destination: Destination
    until: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Stored, counted and shown, but nobody is paged."""

    destination: Destination
    reason: MuteReason
    why: str


Verdict = PageNow | Hold | Mute


def evaluate(alert: Alert, *, snapshot: Snapshot, now: datetime) -> Verdict:
    """Decide where a firing alert goes, and whether it pages now, later or not."""
    labels = {"integration": alert.integration, **alert.labels}
    route = snapshot.router.match(labels)
    service = _service(alert, route, snapshot)
    severity = _severity(alert, route, service)
    rule = snapshot.matrix[severity]
    destination = Destination(
        service=service.name if service else None,
        severity=severity,
        urgency=urgency_of(route, rule),
        policy=snapshot.policies.get(service.escalation_policy) if service else None,
        decided_by=_decided_by(route, service, snapshot),
    )
    if route and route.settle and now < alert.opened_at + route.settle:
        why = f"route {route.name} lets it settle for {route.settle}"
        until = alert.opened_at + route.settle
        return Hold(destination=destination, until=until, why=why)
    return _by_hours(destination, hours_of(route, rule), service, now)


def urgency_of(route: Route | None, rule: SeverityRule) -> Urgency:
    """Return how loudly an alert of a severity pages that came over a route."""
    return (route and route.urgency) or rule.urgency


def hours_of(route: Route | None, rule: SeverityRule) -> Hours:
    """Return when an alert of a severity pages that came over a route.

    A route that says high urgency means now, whatever the severity's hours.
    """
    is_urgent = route is not None and route.urgency is Urgency.HIGH
    return Hours.ALWAYS if is_urgent else rule.hours


def _by_hours(
    destination: Destination, hours: Hours, service: Service | None, now: datetime
) -> Verdict:
    match hours:
        case Hours.ALWAYS:
            return PageNow(destination=destination)
        case Hours.NEVER:
            why = f"{destination.severity} does not page in the severity matrix"
            reason = MuteReason.SEVERITY_NEVER_PAGES
            return Mute(destination=destination, reason=reason, why=why)
        case Hours.SUPPORT_HOURS:
            support = service.support_hours if service else None
            if support is None or is_open(support, now):
                # A service without support hours is looked after at all hours.
                return PageNow(destination=destination)
            until = next_open(support, now)
            why = f"{destination.severity} waits for the service's support hours"
            return Hold(destination=destination, until=until, why=why)


def _service(alert: Alert, route: Route | None, snapshot: Snapshot) -> Service | None:
    if route is not None:
        return snapshot.services.get(route.service)
    integration = snapshot.integrations.get(alert.integration)
    if integration is None or integration.service is None:
        return None
    return snapshot.services.get(integration.service)


def _severity(alert: Alert, route: Route | None, service: Service | None) -> Severity:
    if route is not None and route.severity is not None:
        return route.severity
    if alert.severity_word:
        return from_word(alert.severity_word)
    if service is not None and service.default_severity is not None:
        return service.default_severity
    return UNKNOWN_WORD


def _decided_by(
    route: Route | None, service: Service | None, snapshot: Snapshot
) -> str:
    at = f"configuration {snapshot.revision}"
    if route is not None:
        return f"route {route.name}, {at}"
    if service is not None:
        return f"default service of the integration, {at}"
    return f"no route and no default service, {at}"
