"""Suggested words for a notice: a start at three in the morning, to be edited.

A template per stage, with the impact in the words of the severity. It says nothing that
the record does not hold: no cause, no guess at an end. Source: domain.md §5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.ids import Slug
from handrail.core.incident.incident import Incident
from handrail.core.incident.stage import Stage
from handrail.core.obligation.demand import Demands, demand_of
from handrail.core.obligation.obligation import ObligationKind
from handrail.core.severity.severity import Severity
from handrail.core.status_page.component import Component, ComponentStatus
from handrail.core.status_page.notice import NoticeStage

NEXT_UPDATE_DEFAULT = timedelta(hours=1)
"""Where the severity matrix demands no rhythm."""
_NAMED_MAX = 3
_OPENING = {
    NoticeStage.INVESTIGATING: "We are looking into a problem with {what}.",
    NoticeStage.IDENTIFIED: (
        "We have found what goes wrong with {what} and are working to stop it."
    ),
    NoticeStage.MONITORING: (
        "The impact on {what} has stopped. We are watching to be sure that it lasts."
    ),
    NoticeStage.RESOLVED: (
        "{What} works as usual again. We are sorry for the disruption, and will look "
        "at how to make it less likely."
    ),
}
_IMPACT: Mapping[Severity | None, str] = {
    Severity.SEV1: "It may be unavailable for many of you.",
    Severity.SEV2: "It may fail or be slow for some of you.",
    Severity.SEV3: "A small part of it may not work as usual.",
    Severity.SEV4: "It is hardly affected.",
    None: "It may not work as usual; we do not know yet how far this reaches.",
}
_ONGOING = frozenset({NoticeStage.INVESTIGATING, NoticeStage.IDENTIFIED})
_STATUS = {
    Severity.SEV1: ComponentStatus.MAJOR_OUTAGE,
    Severity.SEV2: ComponentStatus.PARTIAL_OUTAGE,
}


_NEXT_WORD = {
    Stage.TRIAGE: NoticeStage.INVESTIGATING,
    Stage.MITIGATE: NoticeStage.IDENTIFIED,
    Stage.RESOLVE: NoticeStage.MONITORING,
}


def next_word(incident: Incident) -> NoticeStage:
    """Return which word to the public the stage of the response asks for.

    The first one admits no more than that it is being looked into; when the response
    is over, only the all-clear is left.
    """
    stage = _NEXT_WORD.get(incident.stage, NoticeStage.RESOLVED)
    is_first = incident.public_word_at is None
    if is_first and stage is NoticeStage.IDENTIFIED:
        return NoticeStage.INVESTIGATING
    return stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Words to start from.

    Attributes:
        title: What the public could call it; "" where only a person can say.
        next_update_at: What the text promises, or none after the all-clear.
    """

    stage: NoticeStage
    title: str
    text: str
    components: Mapping[Slug, ComponentStatus]
    next_update_at: datetime | None


def suggest(
    incident: Incident,
    stage: NoticeStage,
    *,
    components: Mapping[Slug, Component],
    demands: Demands,
    now: datetime,
) -> Suggestion:
    """Return words for this stage of this incident.

    Args:
        incident: As it stands.
        stage: Which word to the public it would be.
        components: Of the status page.
        demands: Of the severity matrix in force: how often the public hears.
        now: The present instant.
    """
    named = _concerned(incident, components)
    what = _what(incident, [components[name].title for name in named])
    parts = [_OPENING[stage].format(what=what, What=what[:1].upper() + what[1:])]
    if stage in _ONGOING:
        parts.append(_IMPACT[incident.severity])
    promised = None
    if stage is not NoticeStage.RESOLVED:
        within = demand_of(incident.severity, demands).within
        wait = within.get(ObligationKind.NEXT_UPDATE, NEXT_UPDATE_DEFAULT)
        promised = now + wait
        if wait > timedelta(minutes=1):
            promised = promised.replace(second=0, microsecond=0)
        parts.append(f"Next update by {promised:%H:%M} UTC.")
    return Suggestion(
        stage=stage,
        title="" if incident.is_private else f"Problem with {what}",
        text=" ".join(parts),
        components={n: _status(incident, n, stage) for n in named},
        next_update_at=promised,
    )


def _concerned(
    incident: Incident, components: Mapping[Slug, Component]
) -> tuple[Slug, ...]:
    told = tuple(n for n in components if n in incident.component_status)
    if told or incident.service is None:
        return told
    service = incident.service
    return tuple(n for n, c in components.items() if c.service == service)


def _what(incident: Incident, titles: list[str]) -> str:
    if not titles:
        return "one of our systems" if incident.is_private else "our service"
    if len(titles) > _NAMED_MAX:
        return "several of our systems"
    return " and ".join(filter(None, (", ".join(titles[:-1]), titles[-1])))


def _status(incident: Incident, name: Slug, stage: NoticeStage) -> ComponentStatus:
    if stage not in _ONGOING:
        return ComponentStatus.OPERATIONAL
    told = incident.component_status.get(name, ComponentStatus.OPERATIONAL)
    if told.is_affected or incident.severity is None:
        return told if told.is_affected else ComponentStatus.DEGRADED_PERFORMANCE
    return _STATUS.get(incident.severity, ComponentStatus.DEGRADED_PERFORMANCE)
