"""An incident is the fold of its events; this is the one place that says how."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import singledispatch
from typing import TypeVar

from handrail.core.ids import IncidentId, Slug
from handrail.core.incident import event as e
from handrail.core.incident.incident import (
    Evidence,
    Incident,
    SeverityMoment,
    Task,
    Ticket,
)
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Ending, Stage
from handrail.core.mitigation.mitigation import Mitigation
from handrail.core.obligation.obligation import Obligation
from handrail.core.status_page.notice import NoticeStage

T = TypeVar("T")


def begin(
    incident_id: IncidentId, event: e.IncidentDeclared, *, at: datetime
) -> Incident:
    """Return the incident as its declaration leaves it."""
    first = SeverityMoment(severity=event.severity, since=at, reason="declared")
    return Incident(
        id=incident_id,
        number=event.number,
        title=event.title,
        service=event.service,
        severity=event.severity,
        stage=Stage.TRIAGE,
        commander=event.declared_by,
        declared_by=event.declared_by,
        declared_at=at,
        detected_by=event.detected_by,
        detected_at=event.detected_at,
        impact_started_at=event.impact_started_at,
        is_private=event.is_private,
        alert_id=event.alert_id,
        participants=(event.declared_by,),
        severity_history=(first,),
        sequence=1,
    )


def evolve(incident: Incident, event: e.IncidentEvent, *, at: datetime) -> Incident:
    """Return the incident after one more event that happened at ``at``."""
    after = _apply(event, incident, at)
    return replace(after, sequence=incident.sequence + 1)


def rebuild(
    incident_id: IncidentId, events: Iterable[tuple[e.IncidentEvent, datetime]]
) -> Incident:
    """Return the incident that this whole stream of events and times amounts to."""
    stream = iter(events)
    first, at = next(stream)
    assert isinstance(first, e.IncidentDeclared), "a stream begins with the declaration"
    incident = begin(incident_id, first, at=at)
    for event, happened_at in stream:
        incident = evolve(incident, event, at=happened_at)
    return incident


@singledispatch
def _apply(event: object, incident: Incident, at: datetime) -> Incident:
    del incident, at
    msg = f"an incident cannot go through {type(event).__name__}"
    raise AssertionError(msg)


@_apply.register(e.NoteAdded)
@_apply.register(e.EntryCorrected)
def _recorded(event: object, incident: Incident, at: datetime) -> Incident:
    """Leave the state as it is: the entry itself is what matters."""
    del event, at
    return incident


@_apply.register
def _(event: e.FactsAmended, incident: Incident, at: datetime) -> Incident:
    del at
    return replace(
        incident,
        title=event.title or incident.title,
        summary=incident.summary if event.summary is None else event.summary,
        service=event.service or incident.service,
        detected_by=event.detected_by or incident.detected_by,
        detected_at=event.detected_at or incident.detected_at,
        impact_started_at=event.impact_started_at or incident.impact_started_at,
    )


@_apply.register
def _(event: e.SeverityChanged, incident: Incident, at: datetime) -> Incident:
    moment = SeverityMoment(severity=event.severity, since=at, reason=event.reason)
    return replace(
        incident,
        severity=event.severity,
        severity_history=(*incident.severity_history, moment),
    )


@_apply.register
def _(event: e.StageMoved, incident: Incident, at: datetime) -> Incident:
    moved = replace(incident, stage=event.stage)
    if event.stage is Stage.RESOLVE:
        return replace(moved, mitigated_at=at)
    if event.previous is Stage.RESOLVE:
        return replace(moved, mitigated_at=None, recurred_at=at, all_clear_at=None)
    return moved


@_apply.register
def _(event: e.IncidentResolved, incident: Incident, at: datetime) -> Incident:
    return replace(
        _ended(incident, Ending.RESOLVED),
        stage=event.next_stage,
        resolved_at=at,
        closed_at=at if event.next_stage is Stage.CLOSED else None,
    )


@_apply.register
def _(event: e.IncidentDeclined, incident: Incident, at: datetime) -> Incident:
    del event
    return replace(_ended(incident, Ending.DECLINED), stage=Stage.CLOSED, closed_at=at)


@_apply.register
def _(event: e.IncidentMerged, incident: Incident, at: datetime) -> Incident:
    return replace(
        _ended(incident, Ending.MERGED),
        stage=Stage.CLOSED,
        closed_at=at,
        merged_into=event.into,
    )


def _ended(incident: Incident, ending: Ending) -> Incident:
    return replace(incident, ending=ending, offered_to=(), next_update_at=None)


@_apply.register
def _(event: e.IncidentAbsorbed, incident: Incident, at: datetime) -> Incident:
    del at
    return replace(incident, absorbed=(*incident.absorbed, event.other_number))


@_apply.register
def _(event: e.IncidentReopened, incident: Incident, at: datetime) -> Incident:
    back = replace(
        incident,
        stage=Stage.MITIGATE,
        ending=None,
        mitigated_at=None,
        resolved_at=None,
        learned_at=None,
        closed_at=None,
        reopened_at=at,
        merged_into=None,
        public_word_at=None,
        all_clear_at=None,
        earlier_obligations=len(incident.obligations),
    )
    return _commanded(back, event.by)


@_apply.register
def _(event: e.CommandHandedOver, incident: Incident, at: datetime) -> Incident:
    del at
    return _commanded(incident, event.to)


def _commanded(incident: Incident, user: Slug) -> Incident:
    return replace(
        _with_participant(incident, user),
        commander=user,
        offered_to=tuple(u for u in incident.offered_to if u != user),
    )


@_apply.register
def _(event: e.CommandOffered, incident: Incident, at: datetime) -> Incident:
    del at
    others = tuple(u for u in incident.offered_to if u != event.to)
    return replace(
        _with_participant(incident, event.to), offered_to=(*others, event.to)
    )


@_apply.register
def _(event: e.RoleTaken, incident: Incident, at: datetime) -> Incident:
    del at
    held = (event.role, event.user)
    if held in incident.roles:
        return incident
    after = _with_participant(incident, event.user)
    return replace(after, roles=(*incident.roles, held))


@_apply.register
def _(event: e.RoleLeft, incident: Incident, at: datetime) -> Incident:
    del at
    left = (event.role, event.user)
    return replace(incident, roles=tuple(h for h in incident.roles if h != left))


def _with_participant(incident: Incident, user: Slug) -> Incident:
    if user in incident.participants:
        return incident
    return replace(incident, participants=(*incident.participants, user))


@_apply.register
def _(event: e.EntryPinned, incident: Incident, at: datetime) -> Incident:
    del at
    others = tuple(n for n in incident.pinned if n != event.entry)
    return replace(
        incident, pinned=(*others, event.entry) if event.is_pinned else others
    )


@_apply.register
def _(event: e.EvidenceAttached, incident: Incident, at: datetime) -> Incident:
    kept = Evidence(
        id=event.evidence_id,
        name=event.name,
        media_type=event.media_type,
        size=event.size,
        sha256=event.sha256,
        note=event.note,
        attached_at=at,
    )
    return replace(incident, evidence=(*incident.evidence, kept))


@_apply.register
def _(event: e.UpdatePosted, incident: Incident, at: datetime) -> Incident:
    del at
    is_awaited = event.audience is not e.Audience.RESPONDERS
    if not is_awaited or incident.public_word_at is not None:
        return incident  # It is not the word that was promised.
    return replace(incident, next_update_at=event.next_update_at)


@_apply.register
def _(event: e.ObligationsAdded, incident: Incident, at: datetime) -> Incident:
    del at
    return replace(incident, obligations=(*incident.obligations, *event.obligations))


@_apply.register
def _(event: e.ObligationsCancelled, incident: Incident, at: datetime) -> Incident:
    for obligation_id in event.obligations:
        incident = _obligation(
            incident, obligation_id, lambda o: replace(o, cancelled_at=at)
        )
    return incident


@_apply.register
def _(event: e.ObligationMet, incident: Incident, at: datetime) -> Incident:
    return _obligation(incident, event.obligation, lambda o: replace(o, met_at=at))


@_apply.register
def _(event: e.ObligationMissed, incident: Incident, at: datetime) -> Incident:
    del at
    return _obligation(
        incident, event.obligation, lambda o: replace(o, missed_at=o.due_at)
    )


@_apply.register
def _(event: e.ObligationReminded, incident: Incident, at: datetime) -> Incident:
    del at
    return _obligation(
        incident,
        event.obligation,
        lambda o: replace(o, reminded=(*o.reminded, event.point)),
    )


def _obligation(
    incident: Incident, obligation_id: str, change: Callable[[Obligation], Obligation]
) -> Incident:
    return replace(
        incident,
        obligations=_changed(
            incident.obligations, lambda o: o.id == obligation_id, change
        ),
    )


@_apply.register
def _(event: e.MitigationStarted, incident: Incident, at: datetime) -> Incident:
    begun = Mitigation(
        id=event.mitigation_id,
        kind=event.kind,
        title=event.title,
        entry=event.entry,
        by=event.by,
        started_at=at,
        is_automatic=event.is_automatic,
    )
    after = _with_participant(incident, event.by)
    return replace(after, mitigations=(*incident.mitigations, begun))


@_apply.register
def _(event: e.MitigationCarriedOut, incident: Incident, at: datetime) -> Incident:
    return replace(
        incident,
        mitigations=_changed(
            incident.mitigations,
            lambda m: m.id == event.mitigation_id,
            lambda m: replace(
                m,
                answer=event.answer,
                carried_out_at=at,
                outcome=event.outcome,
                ended_at=at if event.outcome else None,
            ),
        ),
    )


@_apply.register
def _(event: e.MitigationJudged, incident: Incident, at: datetime) -> Incident:
    return replace(
        incident,
        mitigations=_changed(
            incident.mitigations,
            lambda m: m.id == event.mitigation_id,
            lambda m: replace(
                m, outcome=event.outcome, remark=event.remark, ended_at=at
            ),
        ),
    )


@_apply.register
def _(event: e.TaskAdded, incident: Incident, at: datetime) -> Incident:
    task = Task(
        id=event.task_id, title=event.title, assignee=event.assignee, added_at=at
    )
    return replace(incident, tasks=(*incident.tasks, task))


@_apply.register
def _(event: e.TaskAssigned, incident: Incident, at: datetime) -> Incident:
    del at
    return replace(
        incident,
        tasks=_changed(
            incident.tasks,
            lambda t: t.id == event.task_id,
            lambda t: replace(t, assignee=event.assignee),
        ),
    )


@_apply.register
def _(event: e.TaskDone, incident: Incident, at: datetime) -> Incident:
    done_at = at if event.is_done else None
    return replace(
        incident,
        tasks=_changed(
            incident.tasks,
            lambda t: t.id == event.task_id,
            lambda t: replace(t, done_at=done_at),
        ),
    )


def _changed(
    items: tuple[T, ...], is_meant: Callable[[T], bool], change: Callable[[T], T]
) -> tuple[T, ...]:
    return tuple(change(item) if is_meant(item) else item for item in items)


@_apply.register
def _(event: e.NoticePublished, incident: Incident, at: datetime) -> Incident:
    is_over = event.stage is NoticeStage.RESOLVED
    return replace(
        incident,
        notices=(*incident.notices, event.notice_id),
        public_told_at=incident.public_told_at or at,
        public_word_at=at,
        all_clear_at=at if is_over else None,
        component_status={**incident.component_status, **event.components},
        next_update_at=None if is_over else event.next_update_at,
    )


@_apply.register
def _(event: e.PageLinked, incident: Incident, at: datetime) -> Incident:
    del at
    return replace(incident, pages={**incident.pages, event.page_id: event.purpose})


@_apply.register
def _(event: e.ResponderAcknowledged, incident: Incident, at: datetime) -> Incident:
    del at
    after = _with_participant(incident, event.by)
    held = (IncidentRole.OPERATIONS, event.by)
    if event.purpose is e.PagePurpose.COMMAND or held in incident.roles:
        return after
    return replace(after, roles=(*incident.roles, held))


@_apply.register
def _(event: e.TicketRequested, incident: Incident, at: datetime) -> Incident:
    del at
    return replace(incident, ticket=Ticket(id=event.ticket_id))


@_apply.register
def _(event: e.TicketOpened, incident: Incident, at: datetime) -> Incident:
    del at
    opened = Ticket(id=event.ticket_id, reference=event.reference, link=event.link)
    return replace(incident, ticket=opened)


@_apply.register
def _(event: e.PostmortemDrafted, incident: Incident, at: datetime) -> Incident:
    del at
    return replace(incident, postmortem_id=event.postmortem_id)


@_apply.register
def _(event: e.PostmortemPublished, incident: Incident, at: datetime) -> Incident:
    del event
    return replace(incident, postmortem_published_at=at)


@_apply.register
def _(event: e.LearningFinished, incident: Incident, at: datetime) -> Incident:
    del event
    return replace(incident, stage=Stage.CLOSED, learned_at=at, closed_at=at)
