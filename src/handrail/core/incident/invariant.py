"""What must always hold of an incident: checked in scenarios and every night.

The numbers are those of ``docs/invariants.md``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.incident import event as e
from handrail.core.incident.evolve import begin, evolve
from handrail.core.incident.incident import Incident
from handrail.core.obligation.reminder import is_missed
from handrail.core.paging.invariant import LATENESS_MAX, Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFacts:
    """All that is recorded about one incident; none of the events is redacted."""

    incident: Incident
    events: Sequence[tuple[e.IncidentEvent, datetime]]


def incident_violations(
    facts: IncidentFacts, *, now: datetime, lateness_max: timedelta = LATENESS_MAX
) -> tuple[Violation, ...]:
    """Return every broken promise that this incident's record shows."""
    found = (
        *_one_commander(facts),
        *_promises_are_looked_after(facts, now, lateness_max),
    )
    return tuple(
        Violation(invariant=name, subject=facts.incident.name, what=what)
        for name, what in found
    )


Found = Iterator[tuple[str, str]]


def _one_commander(facts: IncidentFacts) -> Found:
    """Walk the record: command goes from hand to hand, and the row is its fold."""
    (first, at), *rest = facts.events
    assert isinstance(first, e.IncidentDeclared), "a stream begins with the declaration"
    incident = begin(facts.incident.id, first, at=at)
    for event, happened_at in rest:
        if isinstance(event, e.CommandHandedOver):
            if event.previous != incident.commander:
                yield (
                    "I12",
                    f"{event.previous} gave command, {incident.commander} had it",
                )
            if not incident.is_responding:
                yield "I12", f"{event.to} was given command of a response that is over"
        incident = evolve(incident, event, at=happened_at)
        if incident.is_responding and not incident.commander:
            yield "I12", f"nobody commands after entry {incident.sequence}"
    if incident != facts.incident:
        yield "I8", f"the record rebuilds {incident}, stored is {facts.incident}"


def _promises_are_looked_after(
    facts: IncidentFacts, now: datetime, lateness_max: timedelta
) -> Found:
    for owed in facts.incident.obligations:
        is_late = now - owed.due_at > lateness_max
        if is_late and is_missed(owed, now=now):
            yield "I13", f"{owed.id} passed its deadline and is not recorded missed"
