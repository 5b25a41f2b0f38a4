"""What follows by itself from what happened: promises created, met, missed, lifted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from handrail.core.ids import IncidentId
from handrail.core.incident import event as e
from handrail.core.incident.evolve import begin, evolve
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Stage
from handrail.core.obligation.demand import Demands, demand_of
from handrail.core.obligation.derive import Standing, Turn, demanded, derive
from handrail.core.obligation.obligation import Obligation, ObligationKind
from handrail.core.status_page.notice import NoticeStage

_NAMED = {
    IncidentRole.COMMUNICATIONS_LEAD: ObligationKind.COMMUNICATIONS_LEAD_NAMED,
    IncidentRole.SCRIBE: ObligationKind.SCRIBE_NAMED,
    IncidentRole.OPERATIONS: ObligationKind.RESPONDER_ACKNOWLEDGED,
}
_TOLD = {
    e.Audience.EXECUTIVES: ObligationKind.EXECUTIVES_TOLD,
    e.Audience.STAKEHOLDERS: ObligationKind.STAKEHOLDERS_TOLD,
}


def follow(  # noqa: C901, PLR0911, PLR0912 - one flat table, a line an event
    incident: Incident, event: e.IncidentEvent, *, demands: Demands, now: datetime
) -> tuple[e.IncidentEvent, ...]:
    """Return what follows from an event that this incident has just gone through.

    Args:
        incident: As the event left it.
        event: What happened.
        demands: Of the severity matrix in force.
        now: The present instant; deadlines run on it, whenever the event occurred.
    """
    match event:
        case e.SeverityChanged():
            return tuple(_severity(incident, event, demands, now))
        case e.IncidentDeclared():
            return tuple(_demanded(incident, demands, now))
        case e.IncidentReopened():
            lifted = _lifted(incident, "the response began anew", now)
            return (*lifted, *_demanded(incident, demands, now))
        case e.StageMoved(previous=Stage.RESOLVE):
            return tuple(_recurred(incident, demands, now))
        case e.RoleTaken(role=role) if role in _NAMED:
            why = f"{event.user} is {role.replace('_', ' ')}"
            return tuple(_met(incident, _NAMED[role], why, now))
        case e.ResponderAcknowledged():
            kind = ObligationKind.RESPONDER_ACKNOWLEDGED
            return tuple(_met(incident, kind, f"{event.by} answered", now))
        case e.UpdatePosted() | e.NoticePublished():
            return tuple(_word(incident, event, demands, now))
        case e.IncidentResolved():
            return tuple(_resolved(incident, event, demands, now))
        case e.IncidentDeclined() | e.IncidentMerged():
            return tuple(_lifted(incident, "the response ended", now))
        case e.PostmortemPublished():
            kind = ObligationKind.POSTMORTEM_PUBLISHED
            return tuple(_met(incident, kind, "the postmortem is published", now))
        case _:
            return ()


def _severity(
    incident: Incident, event: e.SeverityChanged, demands: Demands, now: datetime
) -> Iterator[e.IncidentEvent]:
    if event.previous is None:
        kind = ObligationKind.SEVERITY_ASSESSED
        yield from _met(incident, kind, f"it is {event.severity}", now)
        owed = tuple(o for o in incident.obligations if o.kind is not kind)
        turn = Turn.ASSESSED
    else:
        owed = incident.obligations
        is_raised = event.severity.rank < event.previous.rank
        turn = Turn.RAISED if is_raised else Turn.LOWERED
    derived = derive(
        owed,
        demand_of(event.severity, demands),
        turn=turn,
        standing=_standing(incident),
        now=now,
    )
    if derived.cancelled:
        why = f"the severity is {event.severity} now"
        yield e.ObligationsCancelled(obligations=derived.cancelled, why=why)
    if derived.added:
        yield e.ObligationsAdded(obligations=derived.added)


def _demanded(
    incident: Incident, demands: Demands, now: datetime
) -> Iterator[e.IncidentEvent]:
    derived = derive(
        tuple(replace(o, cancelled_at=now) for o in incident.obligations),
        demand_of(incident.severity, demands),
        turn=Turn.ASSESSED,
        standing=_standing(incident),
        now=now,
    )
    if derived.added:
        yield e.ObligationsAdded(obligations=derived.added)


def _standing(incident: Incident) -> Standing:
    """Return what needs no promise any more, and who waits for the next word.

    What was met before a reopening is owed anew, but for roles that are still held.
    """
    present = incident.obligations[incident.earlier_obligations :]
    done = {o.kind for o in present if o.met_at is not None}
    done |= {kind for role, kind in _NAMED.items() if incident.holders(role)}
    was_told = incident.public_word_at is not None
    if was_told:
        done.add(ObligationKind.PUBLIC_NOTICE)
    had_next = any(o.kind is ObligationKind.NEXT_UPDATE for o in present)
    return Standing(
        done=frozenset(done),
        is_word_awaited=incident.all_clear_at is None and (was_told or had_next),
        promised_at=incident.next_update_at,
    )


def _met(
    incident: Incident, kind: ObligationKind, why: str, now: datetime
) -> Iterator[e.IncidentEvent]:
    for owing in incident.obligations:
        if owing.kind is kind and owing.is_open:
            if now > owing.due_at and owing.missed_at is None:
                yield e.ObligationMissed(obligation=owing.id)
            yield e.ObligationMet(obligation=owing.id, why=why)


def _word(
    incident: Incident,
    event: e.UpdatePosted | e.NoticePublished,
    demands: Demands,
    now: datetime,
) -> Iterator[e.IncidentEvent]:
    is_over = False
    if isinstance(event, e.NoticePublished):
        is_over = event.stage is NoticeStage.RESOLVED
        yield from _met(incident, ObligationKind.PUBLIC_NOTICE, "the public knows", now)
    elif event.audience in _TOLD:
        why = f"{event.audience} were told"
        yield from _met(incident, _TOLD[event.audience], why, now)
        if incident.public_word_at is not None:
            return  # The public was promised the next word; this one is not for them.
    else:
        return
    yield from _met(incident, ObligationKind.NEXT_UPDATE, "the word is out", now)
    if not is_over:
        yield from _next_word(incident, event.next_update_at, demands, now)


def _recurred(
    incident: Incident, demands: Demands, now: datetime
) -> Iterator[e.IncidentEvent]:
    """Yield that the public, which had the all-clear, waits for word again."""
    kind = ObligationKind.NEXT_UPDATE
    is_owed = any(o.kind is kind and o.is_open for o in incident.obligations)
    if incident.public_word_at is not None and not is_owed:
        yield from _next_word(incident, None, demands, now)


def _next_word(
    incident: Incident, promised_at: datetime | None, demands: Demands, now: datetime
) -> Iterator[e.IncidentEvent]:
    """Yield the promise of the next word, where one is due to anybody."""
    kind = ObligationKind.NEXT_UPDATE
    cadence = demand_of(incident.severity, demands).within.get(kind)
    due_at = promised_at or (now + cadence if cadence else None)
    if incident.is_responding and due_at is not None:
        following = demanded(kind, incident.obligations, since=now, due_at=due_at)
        yield e.ObligationsAdded(obligations=(following,))


def _resolved(
    incident: Incident, event: e.IncidentResolved, demands: Demands, now: datetime
) -> Iterator[e.IncidentEvent]:
    yield from _lifted(incident, "the response ended", now)
    kind = ObligationKind.POSTMORTEM_PUBLISHED
    within = demand_of(incident.severity, demands).within.get(kind)
    if within is not None and event.next_stage is Stage.LEARN:
        owed = demanded(kind, incident.obligations, since=now, due_at=now + within)
        yield e.ObligationsAdded(obligations=(owed,))


def _lifted(incident: Incident, why: str, now: datetime) -> Iterator[e.IncidentEvent]:
    """Yield that nothing is owed any more; what was missed stays missed."""
    lifted = [o for o in incident.obligations if o.is_open]
    for owing in lifted:
        if now > owing.due_at and owing.missed_at is None:
            yield e.ObligationMissed(obligation=owing.id)
    if lifted:
        ids = tuple(o.id for o in lifted)
        yield e.ObligationsCancelled(obligations=ids, why=why)


Happened = tuple[e.IncidentEvent, datetime]
"""An event, and when it occurred."""


def with_consequences(
    incident: Incident,
    events: tuple[e.IncidentEvent, ...],
    *,
    demands: Demands,
    occurred_at: datetime,
    now: datetime,
) -> tuple[Incident, tuple[Happened, ...]]:
    """Return the incident after the events and all that follows, and all of those.

    Args:
        incident: Before the events.
        events: What was decided, in order.
        demands: Of the severity matrix in force.
        occurred_at: When the events happened, which may be before they are told.
        now: When they are told: deadlines are judged by it, so that nothing told
            late can have been in time.
    """
    happened: list[Happened] = []
    for event in events:
        waiting = [(event, occurred_at)]
        while waiting:
            next_one, at = waiting.pop(0)
            incident = evolve(incident, next_one, at=at)
            happened.append((next_one, at))
            following = follow(incident, next_one, demands=demands, now=now)
            waiting[:0] = [(one, now) for one in following]
    return incident, tuple(happened)


def begun(
    incident_id: IncidentId,
    declared: e.IncidentDeclared,
    *,
    demands: Demands,
    now: datetime,
) -> tuple[Incident, tuple[Happened, ...]]:
    """Return a new incident with all that its declaration brings, and all of that."""
    first = begin(incident_id, declared, at=now)
    following = follow(first, declared, demands=demands, now=now)
    after, happened = with_consequences(
        first, following, demands=demands, occurred_at=now, now=now
    )
    return after, ((declared, now), *happened)


def overdue(incident: Incident, *, now: datetime) -> tuple[Obligation, ...]:
    """Return what is owed and late."""
    return tuple(o for o in incident.obligations if o.is_open and o.due_at < now)
