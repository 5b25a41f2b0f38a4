"""What is asked: an alert that might fire, and where it would come in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from handrail.core.alert.alert import Alert, AlertState
from handrail.core.configuration.snapshot import Integration, Snapshot
from handrail.core.errors import InvalidError
from handrail.core.ids import AlertId, Slug
from handrail.core.routing.route import Route
from handrail.core.severity.severity import Severity, Urgency

WHAT_IF = Slug("what-if")
"""What the supposed sender and its route are called, in every explanation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """The sender says that it has become worse."""

    at: datetime
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One alert as its sender makes it, from first to last.

    Attributes:
        alert: As it is admitted; its evaluation is due at ``opened_at``.
        raises: In order; each at which it still fires.
        closes_at: When it stops firing; none where it never does.
        closes_as: Recovered, or fallen silent, which is no recovery.
    """

    alert: Alert
    raises: tuple[Raise, ...] = ()
    closes_at: datetime | None = None
    closes_as: AlertState = AlertState.RESOLVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An alert that might fire: about a service, or with labels for the routes.

    Attributes:
        at: When it would fire.
        service: Past all routes; else ``labels`` decide.
        labels: What the sender would say; ``severity`` among them counts as its word.
        integration: Whose routes and default service; one without either if none.
        severity: What the sender would say instead of the default.
        urgency: Instead of the severity's; for a service only.
        resolves_after: The condition ends by itself; none for never.
    """

    at: datetime
    service: Slug | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    integration: Slug | None = None
    severity: Severity | None = None
    urgency: Urgency | None = None
    resolves_after: timedelta | None = None


def pose(question: Question, snapshot: Snapshot) -> tuple[Case, Snapshot]:
    """Return the case, and the configuration in which it comes in where asked.

    Raises:
        InvalidError: It names what is not there, or both or neither of the ways in.
    """
    _require(question, snapshot)
    if question.service is not None:
        snapshot = _leading_to(question.service, question.urgency, snapshot)
    word = question.severity or question.labels.get("severity")
    closes_after = question.resolves_after
    alert = Alert(
        id=AlertId("what-if"),
        integration=question.integration or WHAT_IF,
        dedup_key="what-if",
        state=AlertState.FIRING,
        title="what-if",
        labels=question.labels,
        severity_word=word,
        starts_at=question.at,
        opened_at=question.at,
        last_seen_at=question.at,
        evaluate_due_at=question.at,
    )
    closes_at = None if closes_after is None else question.at + closes_after
    return Case(alert=alert, closes_at=closes_at), snapshot


def _require(question: Question, snapshot: Snapshot) -> None:
    if (question.service is None) == (not question.labels):
        msg = "ask about a service, or about labels for the routes to decide"
        raise InvalidError(msg, fields={"service": msg})
    if question.service is not None and question.service not in snapshot.services:
        msg = f"there is no service {question.service}"
        raise InvalidError(msg, fields={"service": _one_of(msg, snapshot.services)})
    if question.labels and question.urgency is not None:
        msg = "the route decides the urgency; ask about a service to set it"
        raise InvalidError(msg, fields={"urgency": msg})
    integration = question.integration
    if integration is not None and integration not in snapshot.integrations:
        msg = f"there is no integration {integration}"
        fields = {"integration": _one_of(msg, snapshot.integrations)}
        raise InvalidError(msg, fields=fields)


def _one_of(msg: str, known: Mapping[Slug, object]) -> str:
    names = ", ".join(sorted(known)) or "none"
    return f"{msg}; known: {names}"


def _leading_to(service: Slug, urgency: Urgency | None, snapshot: Snapshot) -> Snapshot:
    """Return the configuration with one supposed sender, whose alerts go there."""
    sender = Integration(name=WHAT_IF, source="generic", service=service)
    routes: tuple[Route, ...] = ()
    if urgency is not None:
        # A route alone can set the urgency, as in the configuration itself.
        routes = (Route(name=WHAT_IF, matchers=(), service=service, urgency=urgency),)
    integrations = {**snapshot.integrations, WHAT_IF: sender}
    return replace(snapshot, routes=routes, integrations=integrations)
