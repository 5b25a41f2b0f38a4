"""How the work of a response changes an incident: promises, mitigations, tasks, words.

Importing this module teaches ``fold`` these events.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from handrail.core.incident import event as e
from handrail.core.incident.fold import fold, with_participant
from handrail.core.incident.incident import Evidence, Incident, Task, Ticket
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Stage
from handrail.core.mitigation.mitigation import Mitigation
from handrail.core.obligation.obligation import Obligation
from handrail.core.status_page.notice import NoticeStage

__all__ = ["fold"]
T = TypeVar("T")


@fold.register
def _(event: e.EntryPinned, incident: Incident, at: datetime) -> Incident:
    del at
    others = tuple(n for n in incident.pinned if n != event.entry)
    return replace(
        incident, pinned=(*others, event.entry) if event.is_pinned else others
    )


@fold.register
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


@fold.register
def _(event: e.UpdatePosted, incident: Incident, at: datetime) -> Incident:
    del at
    is_awaited = event.audience is not e.Audience.RESPONDERS
    if not is_awaited or incident.public_word_at is not None:
        return incident  # It is not the word that was promised.
    return replace(incident, next_update_at=event.next_update_at)


@fold.register
def _(event: e.ObligationsAdded, incident: Incident, at: datetime) -> Incident:
    del at
    return replace(incident, obligations=(*incident.obligations, *event.obligations))


@fold.register
def _(event: e.ObligationsCancelled, incident: Incident, at: datetime) -> Incident:
    for obligation_id in event.obligations:
        incident = _obligation(
            incident, obligation_id, lambda o: replace(o, cancelled_at=at)
        )
    return incident


@fold.register
def _(event: e.ObligationMet, incident: Incident, at: datetime) -> Incident:
    return _obligation(incident, event.obligation, lambda o: replace(o, met_at=at))


@fold.register
def _(event: e.ObligationMissed, incident: Incident, at: datetime) -> Incident:
    del at
    return _obligation(
        incident, event.obligation, lambda o: replace(o, missed_at=o.due_at)
    )


@fold.register
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


@fold.register
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
    after = with_participant(incident, event.by)
    return replace(after, mitigations=(*incident.mitigations, begun))


@fold.register
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


@fold.register
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


@fold.register
def _(event: e.TaskAdded, incident: Incident, at: datetime) -> Incident:
    task = Task(
        id=event.task_id, title=event.title, assignee=event.assignee, added_at=at
    )
    return replace(incident, tasks=(*incident.tasks, task))


@fold.register
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


@fold.register
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


@fold.register
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


@fold.register
def _(event: e.PageLinked, incident: Incident, at: datetime) -> Incident:
    del at
    return replace(incident, pages={**incident.pages, event.page_id: event.purpose})


@fold.register
def _(event: e.ResponderAcknowledged, incident: Incident, at: datetime) -> Incident:
    del at
    after = with_participant(incident, event.by)
    held = (IncidentRole.OPERATIONS, event.by)
    if event.purpose is e.PagePurpose.COMMAND or held in incident.roles:
        return after
    return replace(after, roles=(*incident.roles, held))


@fold.register
def _(event: e.TicketRequested, incident: Incident, at: datetime) -> Incident:
    del at
    return replace(incident, ticket=Ticket(id=event.ticket_id))


@fold.register
def _(event: e.TicketOpened, incident: Incident, at: datetime) -> Incident:
    del at
    opened = Ticket(id=event.ticket_id, reference=event.reference, link=event.link)
    return replace(incident, ticket=opened)


@fold.register
def _(event: e.PostmortemDrafted, incident: Incident, at: datetime) -> Incident:
    del at
    return replace(incident, postmortem_id=event.postmortem_id)


@fold.register
def _(event: e.PostmortemPublished, incident: Incident, at: datetime) -> Incident:
    del event
    return replace(incident, postmortem_published_at=at)


@fold.register
def _(event: e.LearningFinished, incident: Incident, at: datetime) -> Incident:
    del event
    return replace(incident, stage=Stage.CLOSED, learned_at=at, closed_at=at)
