"""Postmortems, incidents and action items to try the rules on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from handrail.core.ids import ActionItemId, IncidentId, PostmortemId, Slug
from handrail.core.incident import event as incident_events
from handrail.core.incident.evolve import begin as begin_incident
from handrail.core.incident.incident import Incident
from handrail.core.incident.stage import Detection
from handrail.core.postmortem import action_item, postmortem
from handrail.core.postmortem.action_item import (
    ActionCategory,
    ActionItem,
    ActionItemAdded,
    ActionPlan,
)
from handrail.core.postmortem.event import PostmortemBegun, PostmortemEvent
from handrail.core.postmortem.postmortem import Postmortem
from handrail.core.severity.severity import Severity

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
ANA, BEN = Slug("ana"), Slug("ben")
MINUTE = timedelta(minutes=1)


def incident(**facts: Any) -> Incident:
    declared = {
        "number": 7,
        "title": "Checkout is down",
        "service": Slug("checkout"),
        "severity": Severity.SEV2,
        "detected_by": Detection.CUSTOMER,
        "detected_at": START,
        "impact_started_at": None,
        "declared_by": ANA,
        **facts,
    }
    event = incident_events.IncidentDeclared(**declared)
    return begin_incident(IncidentId("i"), event, at=START + 2 * MINUTE)


def written(*events: PostmortemEvent, sections: Any = None) -> Postmortem:
    begun = PostmortemBegun(
        incident_id=IncidentId("i"),
        incident_number=7,
        title="Checkout is down",
        sections=sections or {},
    )
    made = postmortem.begin(PostmortemId("p"), begun, at=START)
    return after(made, events)


def after(made: Postmortem, events: tuple[PostmortemEvent, ...]) -> Postmortem:
    for event in events:
        made = postmortem.evolve(made, event, at=START + made.sequence * MINUTE)
    return made


def item(number: int = 1, **plan: Any) -> ActionItem:
    whole = {
        "title": "Alert on queue age",
        "category": ActionCategory.DETECTION,
        "owner": BEN,
        "due_on": date(2026, 4, 1),
        **plan,
    }
    added = ActionItemAdded(
        number=number,
        postmortem_id=PostmortemId("p"),
        incident_id=IncidentId("i"),
        incident_number=7,
        plan=ActionPlan(**whole),
        by=ANA,
    )
    return action_item.begin(ActionItemId(f"a{number}"), added, at=START)
