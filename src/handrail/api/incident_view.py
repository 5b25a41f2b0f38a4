"""Incidents as the wire has them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from handrail.api.conversion import Conversion
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Detection, Ending, Stage
from handrail.core.mitigation.mitigation import (
    Mitigation,
    MitigationKind,
    MitigationOutcome,
)
from handrail.core.obligation.obligation import Obligation, ObligationKind, OwnerRole
from handrail.core.severity.severity import Severity
from handrail.core.status_page.component import ComponentStatus


class ObligationView(msgspec.Struct, frozen=True, kw_only=True):
    """One promise.

    Attributes:
        is_open: Still owed, in time or late.
        is_kept: Met in time.
        seconds_left: Until the deadline, negative once it passed; none where it is
            not owed any more.
    """

    id: str
    kind: ObligationKind
    owner: OwnerRole
    since: datetime
    due_at: datetime
    seconds_left: int | None
    is_open: bool
    is_kept: bool
    met_at: datetime | None
    missed_at: datetime | None
    cancelled_at: datetime | None


class IncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """One incident in a list; instants are UTC.

    Attributes:
        name: What people call it, such as ``INC-42``.
        severity: None while it is to be assessed.
        commander: The one incident commander; the last one once it is over.
        next_update_at: When the next word was promised, or none.
        next_owed: The open promise that is due first, or none.
    """

    id: str
    name: str
    number: int
    title: str
    service: str | None
    severity: Severity | None
    stage: Stage
    is_responding: bool
    commander: str
    declared_by: str
    declared_at: datetime
    detected_by: Detection
    detected_at: datetime
    impact_started_at: datetime | None
    mitigated_at: datetime | None
    resolved_at: datetime | None
    ending: Ending | None
    is_private: bool
    next_update_at: datetime | None
    next_owed: ObligationView | None
    url: str


class IncidentList(msgspec.Struct, frozen=True, kw_only=True):
    """Incidents, newest first; ``next`` goes into ``before`` for those that follow."""

    items: list[IncidentView]
    next: int | None


class RoleView(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds a role."""

    role: IncidentRole
    user: str


class SeverityMomentView(msgspec.Struct, frozen=True, kw_only=True):
    """From when a severity held, and why."""

    severity: Severity | None
    since: datetime
    reason: str


class MitigationView(msgspec.Struct, frozen=True, kw_only=True):
    """What was tried.

    Attributes:
        entry: Of the catalogue, or none for what was done by hand.
        outcome: As people judged it, or ``failed`` or ``unknown`` by the call itself;
            none while it is under way or not judged.
    """

    id: str
    kind: MitigationKind
    title: str
    entry: str | None
    by: str
    started_at: datetime
    is_automatic: bool
    answer: str
    carried_out_at: datetime | None
    outcome: MitigationOutcome | None
    ended_at: datetime | None
    remark: str


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do during the incident."""

    id: str
    title: str
    assignee: str | None
    added_at: datetime
    done_at: datetime | None


class EvidenceView(msgspec.Struct, frozen=True, kw_only=True):
    """A kept file; its content is at ``evidence/{id}`` below the incident."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    note: str
    attached_at: datetime


_SEVERITY_MOMENT = Conversion(SeverityMomentView)
_MITIGATION = Conversion(MitigationView)
_TASK = Conversion(TaskView)
_EVIDENCE = Conversion(EvidenceView)


class IncidentDetail(IncidentView, frozen=True, kw_only=True):
    """One incident, whole.

    Attributes:
        offered_to: Who was offered command and has not taken it.
        pages: From the id of each of its pages to why there is one.
        sequence: Number of the last timeline entry; a stream goes on after it.
    """

    summary: str
    alert_id: str | None
    roles: list[RoleView]
    participants: list[str]
    offered_to: list[str]
    severity_history: list[SeverityMomentView]
    obligations: list[ObligationView]
    mitigations: list[MitigationView]
    tasks: list[TaskView]
    evidence: list[EvidenceView]
    pinned: list[int]
    pages: dict[str, str]
    notices: list[str]
    component_status: dict[str, ComponentStatus]
    public_told_at: datetime | None
    all_clear_at: datetime | None
    reopened_at: datetime | None
    learned_at: datetime | None
    closed_at: datetime | None
    merged_into: str | None
    absorbed: list[str]
    postmortem_id: str | None
    postmortem_published_at: datetime | None
    sequence: int


def obligation_view(owed: Obligation, *, now: datetime) -> ObligationView:
    """Return the promise as it stands now."""
    left = (owed.due_at - now) // timedelta(seconds=1)
    return ObligationView(
        id=owed.id,
        kind=owed.kind,
        owner=owed.owner,
        since=owed.since,
        due_at=owed.due_at,
        seconds_left=left if owed.is_open else None,
        is_open=owed.is_open,
        is_kept=owed.is_kept,
        met_at=owed.met_at,
        missed_at=owed.missed_at,
        cancelled_at=owed.cancelled_at,
    )


def obligation_views(
    owed: Sequence[Obligation], *, now: datetime
) -> list[ObligationView]:
    """Return promises, those still owed first, by deadline."""
    ordered = sorted(owed, key=lambda o: (not o.is_open, o.due_at, o.id))
    return [obligation_view(one, now=now) for one in ordered]


def view(incident: Incident, *, now: datetime, base_url: str) -> IncidentView:
    """Return the incident as a list has it."""
    owed = obligation_views(incident.obligations, now=now)
    return IncidentView(
        id=incident.id,
        name=incident.name,
        number=incident.number,
        title=incident.title,
        service=incident.service,
        severity=incident.severity,
        stage=incident.stage,
        is_responding=incident.is_responding,
        commander=incident.commander,
        declared_by=incident.declared_by,
        declared_at=incident.declared_at,
        detected_by=incident.detected_by,
        detected_at=incident.detected_at,
        impact_started_at=incident.impact_started_at,
        mitigated_at=incident.mitigated_at,
        resolved_at=incident.resolved_at,
        ending=incident.ending,
        is_private=incident.is_private,
        next_update_at=incident.next_update_at,
        next_owed=owed[0] if owed and owed[0].is_open else None,
        url=f"{base_url}/incidents/{incident.name}",
    )


def detail(incident: Incident, *, now: datetime, base_url: str) -> IncidentDetail:
    """Return the whole incident."""
    return IncidentDetail(
        **msgspec.structs.asdict(view(incident, now=now, base_url=base_url)),
        summary=incident.summary,
        alert_id=incident.alert_id,
        roles=_roles(incident),
        participants=list(incident.participants),
        offered_to=list(incident.offered_to),
        severity_history=[
            _SEVERITY_MOMENT.of(moment) for moment in incident.severity_history
        ],
        obligations=obligation_views(incident.obligations, now=now),
        mitigations=[mitigation_view(one) for one in incident.mitigations],
        tasks=[_TASK.of(task) for task in incident.tasks],
        evidence=[_EVIDENCE.of(file) for file in incident.evidence],
        pinned=list(incident.pinned),
        pages={page_id: str(why) for page_id, why in incident.pages.items()},
        notices=list(incident.notices),
        component_status={str(k): v for k, v in incident.component_status.items()},
        public_told_at=incident.public_told_at,
        all_clear_at=incident.all_clear_at,
        reopened_at=incident.reopened_at,
        learned_at=incident.learned_at,
        closed_at=incident.closed_at,
        merged_into=incident.merged_into,
        absorbed=[f"INC-{number}" for number in incident.absorbed],
        postmortem_id=incident.postmortem_id,
        postmortem_published_at=incident.postmortem_published_at,
        sequence=incident.sequence,
    )


def mitigation_view(tried: Mitigation) -> MitigationView:
    """Return the mitigation as the wire has it."""
    return _MITIGATION.of(tried)


def _roles(incident: Incident) -> list[RoleView]:
    return [
        RoleView(role=role, user=user)
        for role in IncidentRole
        for user in incident.holders(role)
    ]
