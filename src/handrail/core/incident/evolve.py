"""An incident is the fold of its events; this is the one place that says how."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from handrail.core.ids import IncidentId
from handrail.core.incident import event as e
from handrail.core.incident.fold_work import fold
from handrail.core.incident.incident import Incident, SeverityMoment
from handrail.core.incident.stage import Stage


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
    after = fold(event, incident, at)
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
