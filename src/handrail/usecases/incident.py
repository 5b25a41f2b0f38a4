"""What people do to an incident; each verb is one transaction's work."""

from dataclasses import dataclass
from datetime import datetime

from handrail.core import limits
from handrail.core.errors import InvalidError
from handrail.core.ids import (
    AlertId,
    IncidentId,
    MitigationId,
    PageId,
    Slug,
    TaskId,
    UpdateId,
)
from handrail.core.incident import command, record_keeping
from handrail.core.incident import event as e
from handrail.core.incident.consequence import begun
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Detection, Stage
from handrail.core.mitigation.mitigation import MitigationKind, MitigationOutcome
from handrail.core.obligation.demand import demand_of
from handrail.core.obligation.obligation import ObligationKind
from handrail.core.paging.page import Page
from handrail.core.severity.severity import Severity
from handrail.usecases.desk import Desk, Events, change, in_the_past, require_user
from handrail.usecases.incident_bulletin import who_is_told
from handrail.usecases.incident_effect import carry_out
from handrail.usecases.incident_learning import begin_learning
from handrail.usecases.incident_origin import origin_of
from handrail.usecases.incident_page import lock_pages, require_pages_locked
from handrail.usecases.incident_record import append, find, look_again_at, record
from handrail.usecases.retry_key import declared_before, id_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What somebody says who declares; only the title is needed.

    What is left out is taken from the page or alert it is declared from: title,
    service, severity, when it was noticed, and that monitoring did.

    Attributes:
        severity: None means the service's default, or else to be assessed.
        is_to_be_assessed: Do not take the service's default.
        detected_by: By default an employee, or monitoring where there is an alert.
        detected_at: By default now, or when the alert it is about opened.
        alert_id: The alert it is declared from, or none.
        page_id: The page it is declared from, or none; its alert comes with it.
        retry_key: The sender's name for this declaration, or "": sent again under
            it, it is no second incident.
    """

    title: str = ""
    service: Slug | None = None
    severity: Severity | None = None
    is_to_be_assessed: bool = False
    detected_by: Detection | None = None
    detected_at: datetime | None = None
    impact_started_at: datetime | None = None
    alert_id: AlertId | None = None
    page_id: PageId | None = None
    is_private: bool = False
    retry_key: str = ""


def declare(desk: Desk, declaration: Declaration) -> Incident:
    """Declare an incident; the declarer commands it at once.

    Raises:
        InvalidError: The title is empty, or something named does not exist.
        NotFoundError: The page or alert it is declared from does not exist.
        ConflictError: An incident that still runs was declared from it already, or
            the retry key named another declaration before.
    """
    tx = desk.tx
    retry_key = declaration.retry_key
    before = declared_before(
        tx, desk.actor, retry_key=retry_key, title=declaration.title
    )
    if before is not None:
        return before
    snapshot = tx.configuration.snapshot()
    origin = origin_of(tx, page_id=declaration.page_id, alert_id=declaration.alert_id)
    alert = origin.alert
    inherited = alert.title[: limits.TITLE_CHARS_MAX] if alert else ""
    title = command.require_text(
        declaration.title.strip() or inherited,
        field="title",
        most=limits.TITLE_CHARS_MAX,
    )
    service = declaration.service or origin.service
    if declaration.service is not None and service not in snapshot.services:
        known = ", ".join(sorted(snapshot.services)) or "none is configured"
        msg = f"there is no service {service!r}; known are: {known}"
        raise InvalidError(msg, fields={"service": "no such service"})
    severity = declaration.severity
    if severity is None and not declaration.is_to_be_assessed:
        known_service = snapshot.services.get(service) if service else None
        default = known_service.default_severity if known_service else None
        severity = origin.severity or default
    noticed_at = alert.opened_at if alert else tx.now
    by_default = Detection.MONITORING if alert else Detection.EMPLOYEE
    detected_at = in_the_past(declaration.detected_at, "detected_at", tx)
    impact = in_the_past(declaration.impact_started_at, "impact_started_at", tx)
    declared = e.IncidentDeclared(
        number=tx.incident.next_number(),
        title=title,
        service=service,
        severity=severity,
        detected_by=declaration.detected_by or by_default,
        detected_at=detected_at or noticed_at,
        impact_started_at=impact,
        declared_by=desk.by,
        alert_id=alert.id if alert else None,
        is_private=declaration.is_private,
    )
    new_id = IncidentId(desk.ids.new_id())
    incident_id = id_of(desk.actor, retry_key) if retry_key else new_id
    return _begin(desk, incident_id, declared, origin=origin.page)


def _begin(
    desk: Desk,
    incident_id: IncidentId,
    declared: e.IncidentDeclared,
    *,
    origin: Page | None,
) -> Incident:
    tx = desk.tx
    incident, happened = begun(
        incident_id,
        declared,
        demands=tx.configuration.snapshot().demands,
        now=tx.now,
    )
    tx.incident.add(incident, next_due_at=look_again_at(incident))
    actor = str(desk.actor)
    append(tx, incident_id, happened, after=0, actor=actor, ids=desk.ids)
    incident = carry_out(
        tx, incident, happened, by=desk.by, ids=desk.ids, origin=origin
    )
    return begin_learning(tx, incident, happened, by=desk.by, actor=actor, ids=desk.ids)


def amend(desk: Desk, name: str, facts: e.FactsAmended) -> Incident:
    """Put facts right: title, summary, service, when and by whom it was noticed.

    Raises:
        InvalidError: An instant lies in the future, there is no such service, or the
            title is empty.
    """
    services = desk.tx.configuration.snapshot().services
    if facts.service is not None and facts.service not in services:
        msg = f"there is no service {facts.service!r}"
        raise InvalidError(msg, fields={"service": "no such service"})
    in_the_past(facts.detected_at, "detected_at", desk.tx)
    in_the_past(facts.impact_started_at, "impact_started_at", desk.tx)
    return change(desk, name, lambda i: command.amend(i, facts), ends_pages=True)


def change_severity(
    desk: Desk, name: str, severity: Severity, *, reason: str = ""
) -> Incident:
    """Say how bad it is; only lowering asks for a reason."""
    return change(
        desk,
        name,
        lambda i: command.change_severity(i, severity, reason=reason),
        ends_pages=True,
    )


def confirm(desk: Desk, name: str, *, reason: str = "") -> Incident:
    """End the triage."""
    return change(desk, name, lambda i: command.confirm(i, reason=reason))


def mitigated(
    desk: Desk, name: str, *, reason: str, at: datetime | None = None
) -> Incident:
    """Say that the impact stopped, now or at an instant that has passed."""
    return change(
        desk, name, lambda i: command.mitigated(i, reason=reason, at=at), occurred_at=at
    )


def recurred(desk: Desk, name: str, *, reason: str) -> Incident:
    """Say that the impact is back."""
    return change(desk, name, lambda i: command.recurred(i, reason=reason))


def resolve(
    desk: Desk,
    name: str,
    *,
    reason: str = "",
    despite_obligations: bool = False,
    wants_postmortem: bool = False,
) -> Incident:
    """Confirm full recovery; the learning follows where it is due or wanted."""
    demands = desk.tx.configuration.snapshot().demands

    def decide(incident: Incident) -> Events:
        within = demand_of(incident.severity, demands).within
        is_due = ObligationKind.POSTMORTEM_PUBLISHED in within
        learns = is_due or wants_postmortem
        return command.resolve(
            incident,
            by=desk.by,
            reason=reason,
            despite_obligations=despite_obligations,
            next_stage=Stage.LEARN if learns else Stage.CLOSED,
        )

    return change(desk, name, decide, ends_pages=True)


def decline(desk: Desk, name: str, *, reason: str) -> Incident:
    """Say that it was no incident; it stays out of every figure."""
    return change(
        desk, name, lambda i: command.decline(i, reason=reason), ends_pages=True
    )


def merge(desk: Desk, name: str, into: str, *, reason: str = "") -> Incident:
    """Let another incident go on for both; returns that one.

    Raises:
        NotFoundError: One of them does not exist.
        ConflictError: One of them has ended, or they are the same.
    """
    tx = desk.tx
    locked = lock_pages(tx, find(tx, name, viewer=desk.viewer))
    both = sorted({find(tx, n, viewer=desk.viewer).number for n in (name, into)})
    # Locked in the order of their numbers, so that two merges never wait in a circle.
    for number in both:
        tx.incident.by_number(number, lock=True)
    gone, kept = (find(tx, n, viewer=desk.viewer, lock=True) for n in (name, into))
    require_pages_locked(gone, locked)
    for_gone, for_kept = command.merge(gone, kept, reason=reason)
    actor = str(desk.actor)
    over, happened = record(tx, gone, for_gone, actor=actor, ids=desk.ids)
    carry_out(tx, over, happened, by=desk.by, ids=desk.ids)
    after, _ = record(tx, kept, for_kept, actor=actor, ids=desk.ids)
    return after


def reopen(desk: Desk, name: str, *, reason: str) -> Incident:
    """Go on with it; who reopens commands."""
    now = desk.tx.now
    return change(
        desk, name, lambda i: command.reopen(i, by=desk.by, reason=reason, now=now)
    )


def hand_over(desk: Desk, name: str, to: Slug, *, reason: str = "") -> Incident:
    """Give command to somebody, or take it: one event."""
    require_user(desk, to, field="to")
    return change(desk, name, lambda i: command.hand_over(i, to, reason=reason))


def take_role(desk: Desk, name: str, role: IncidentRole, user: Slug) -> Incident:
    """Give somebody a role; command is handed over."""
    require_user(desk, user, field="user")
    return change(desk, name, lambda i: command.take_role(i, role, user))


def leave_role(desk: Desk, name: str, role: IncidentRole, user: Slug) -> Incident:
    """Give a role back."""
    return change(desk, name, lambda i: command.leave_role(i, role, user))


def note(desk: Desk, name: str, text: str, *, at: datetime | None = None) -> Incident:
    """Write down what was seen, tried or decided, now or when it happened."""
    return change(
        desk, name, lambda _: record_keeping.note(text, by=desk.by), occurred_at=at
    )


def correct(desk: Desk, name: str, entry: int, text: str) -> Incident:
    """Put an entry right by a new one."""
    return change(
        desk, name, lambda i: record_keeping.correct(i, entry, text, by=desk.by)
    )


def pin(desk: Desk, name: str, entry: int, *, on: bool = True) -> Incident:
    """Pin or unpin an entry."""
    return change(desk, name, lambda i: record_keeping.pin(i, entry, on=on))


def post_update(
    desk: Desk,
    name: str,
    *,
    text: str,
    audience: e.Audience,
    next_update_at: datetime | None = None,
) -> Incident:
    """Tell people inside how it stands; ``who_is_told`` says whom this reaches."""
    update_id, now = UpdateId(desk.ids.new_id()), desk.tx.now
    return change(
        desk,
        name,
        lambda i: record_keeping.post_update(
            i,
            update_id,
            text=text,
            audience=audience,
            by=desk.by,
            next_update_at=next_update_at,
            now=now,
            told=who_is_told(desk.tx, i, audience, by=desk.by),
        ),
    )


def try_mitigation(
    desk: Desk,
    name: str,
    *,
    title: str,
    kind: MitigationKind = MitigationKind.CUSTOM,
    by: Slug | None = None,
    at: datetime | None = None,
) -> Incident:
    """Record that somebody sets about stopping the bleeding, by hand."""
    mitigation_id, who = MitigationId(desk.ids.new_id()), by or desk.by
    require_user(desk, who, field="by")
    return change(
        desk,
        name,
        lambda i: record_keeping.start_mitigation(
            i, mitigation_id, kind=kind, title=title, by=who
        ),
        occurred_at=at,
    )


def judge_mitigation(
    desk: Desk,
    name: str,
    mitigation_id: MitigationId,
    *,
    outcome: MitigationOutcome,
    remark: str = "",
) -> Incident:
    """Say whether a mitigation helped; one that worked stops the impact."""
    return change(
        desk,
        name,
        lambda i: record_keeping.judge_mitigation(
            i, mitigation_id, outcome=outcome, remark=remark, by=desk.by
        ),
    )


def add_task(
    desk: Desk, name: str, *, title: str, assignee: Slug | None = None
) -> Incident:
    """Add something to do."""
    task_id = TaskId(desk.ids.new_id())
    if assignee is not None:
        require_user(desk, assignee, field="assignee")

    def decide(incident: Incident) -> Events:
        command.require_responding(incident, "add tasks to it")
        return record_keeping.add_task(task_id, title=title, assignee=assignee)

    return change(desk, name, decide)


def assign_task(
    desk: Desk, name: str, task_id: TaskId, assignee: Slug | None
) -> Incident:
    """Make a task somebody's, or nobody's."""
    if assignee is not None:
        require_user(desk, assignee, field="assignee")
    return change(
        desk, name, lambda i: record_keeping.assign_task(i, task_id, assignee=assignee)
    )


def finish_task(
    desk: Desk, name: str, task_id: TaskId, *, done: bool = True
) -> Incident:
    """Say that a task is done, or not after all."""
    return change(
        desk,
        name,
        lambda i: record_keeping.finish_task(i, task_id, done=done, by=desk.by),
    )
