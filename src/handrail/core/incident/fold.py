"""How each move of the response changes an incident: facts, severity, stages, roles."""

from dataclasses import replace
from datetime import datetime
from functools import singledispatch

from handrail.core.ids import Slug
from handrail.core.incident import event as e
from handrail.core.incident.incident import Incident, SeverityMoment
from handrail.core.incident.stage import Ending, Stage


@singledispatch
def fold(event: object, incident: Incident, at: datetime) -> Incident:
    """Return the incident after one more event that happened at ``at``."""
    del incident, at
    msg = f"an incident cannot go through {type(event).__name__}"
    raise AssertionError(msg)


@fold.register(e.NoteAdded)
@fold.register(e.EntryCorrected)
def _recorded(event: object, incident: Incident, at: datetime) -> Incident:
    """Leave the state as it is: the entry itself is what matters."""
    del event, at
    return incident


@fold.register
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


@fold.register
def _(event: e.SeverityChanged, incident: Incident, at: datetime) -> Incident:
    moment = SeverityMoment(severity=event.severity, since=at, reason=event.reason)
    return replace(
        incident,
        severity=event.severity,
        severity_history=(*incident.severity_history, moment),
    )


@fold.register
def _(event: e.StageMoved, incident: Incident, at: datetime) -> Incident:
    moved = replace(incident, stage=event.stage)
    if event.stage is Stage.RESOLVE:
        return replace(moved, mitigated_at=at)
    if event.previous is Stage.RESOLVE:
        return replace(moved, mitigated_at=None, recurred_at=at, all_clear_at=None)
    return moved


@fold.register
def _(event: e.IncidentResolved, incident: Incident, at: datetime) -> Incident:
    return replace(
        _ended(incident, Ending.RESOLVED),
        stage=event.next_stage,
        resolved_at=at,
        closed_at=at if event.next_stage is Stage.CLOSED else None,
    )


@fold.register
def _(event: e.IncidentDeclined, incident: Incident, at: datetime) -> Incident:
    del event
    return replace(_ended(incident, Ending.DECLINED), stage=Stage.CLOSED, closed_at=at)


@fold.register
def _(event: e.IncidentMerged, incident: Incident, at: datetime) -> Incident:
    return replace(
        _ended(incident, Ending.MERGED),
        stage=Stage.CLOSED,
        closed_at=at,
        merged_into=event.into,
    )


def _ended(incident: Incident, ending: Ending) -> Incident:
    return replace(incident, ending=ending, offered_to=(), next_update_at=None)


@fold.register
def _(event: e.IncidentAbsorbed, incident: Incident, at: datetime) -> Incident:
    del at
    return replace(incident, absorbed=(*incident.absorbed, event.other_number))


@fold.register
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


@fold.register
def _(event: e.CommandHandedOver, incident: Incident, at: datetime) -> Incident:
    del at
    return _commanded(incident, event.to)


def _commanded(incident: Incident, user: Slug) -> Incident:
    return replace(
        with_participant(incident, user),
        commander=user,
        offered_to=tuple(u for u in incident.offered_to if u != user),
    )


@fold.register
def _(event: e.CommandOffered, incident: Incident, at: datetime) -> Incident:
    del at
    others = tuple(u for u in incident.offered_to if u != event.to)
    return replace(with_participant(incident, event.to), offered_to=(*others, event.to))


@fold.register
def _(event: e.RoleTaken, incident: Incident, at: datetime) -> Incident:
    del at
    held = (event.role, event.user)
    if held in incident.roles:
        return incident
    after = with_participant(incident, event.user)
    return replace(after, roles=(*incident.roles, held))


@fold.register
def _(event: e.RoleLeft, incident: Incident, at: datetime) -> Incident:
    del at
    left = (event.role, event.user)
    return replace(incident, roles=tuple(h for h in incident.roles if h != left))


def with_participant(incident: Incident, user: Slug) -> Incident:
    """Return the incident with the user among those who have or had a part."""
    if user in incident.participants:
        return incident
    return replace(incident, participants=(*incident.participants, user))
