"""Incidents at a glance: who commands, how bad, where it stands, what is due next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.access.permission import Verb
from handrail.core.ids import Slug
from handrail.core.incident.incident import Incident
from handrail.core.incident.stage import Stage
from handrail.core.incident.wording import plain
from handrail.core.obligation.obligation import Obligation, ObligationKind
from handrail.core.paging.wording import one_line
from handrail.core.severity.severity import Severity
from handrail.web.screens.moment import Moment, moment, span
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader

TO_ASSESS = "to be assessed"
SOON = timedelta(minutes=5)
WORDS_OWED = frozenset(
    {
        ObligationKind.EXECUTIVES_TOLD,
        ObligationKind.STAKEHOLDERS_TOLD,
        ObligationKind.PUBLIC_NOTICE,
        ObligationKind.NEXT_UPDATE,
    }
)
"""The promises of a word to somebody: the clock in the head of the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The next word that is due.

    Attributes:
        what: Which, such as ``public notice``.
        due: When.
        state: ``late``, ``soon`` or ``open``.
    """

    what: str
    due: Moment
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMark:
    """One stage on the way; ``state`` is ``past``, ``now`` or ``ahead``."""

    word: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCard:
    """One incident at a glance.

    Attributes:
        state: ``responding``, ``learning`` or ``over``.
        standing: The stage and, when it is over, how it ended.
        running: How long the response has run, or ran.
        clock: The next word that is due, or none.
    """

    name: str
    title: str
    severity: str
    service: str
    stage: str
    standing: str
    state: str
    commander: str
    is_yours: bool
    is_private: bool
    since: Moment
    running: str
    clock: Clock | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentListScreen:
    """Incidents, those that run first."""

    responding: tuple[IncidentCard, ...]
    others: tuple[IncidentCard, ...]
    next: int | None
    can_declare: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareScreen:
    """The form that needs one field.

    Attributes:
        kept: What was typed before it was refused.
        problems: Field to what is wrong with it.
        page_id: The page it is declared from, or "".
    """

    services: tuple[tuple[str, str], ...]
    severities: tuple[tuple[str, str], ...]
    kept: dict[str, str]
    problems: dict[str, str]
    page_id: str = ""


def incident_card(incident: Incident, *, reader: Reader) -> IncidentCard:
    """Return one incident at a glance."""
    ended_at = incident.resolved_at or incident.closed_at
    until = ended_at if not incident.is_responding and ended_at else reader.now
    service = reader.snapshot.services.get(incident.service or Slug(""))
    return IncidentCard(
        name=incident.name,
        title=one_line(incident.title, limit=200) or "(no title)",
        severity=incident.severity or TO_ASSESS,
        service=service.title if service else incident.service or "",
        stage=incident.stage,
        standing=_standing(incident),
        state=_state(incident),
        commander=person(incident.commander, reader.snapshot, otherwise="nobody"),
        is_yours=incident.commander == reader.actor.responder,
        is_private=incident.is_private,
        since=moment(incident.declared_at, zone=reader.zone, now=reader.now),
        running=span(until - incident.declared_at),
        clock=next_word(incident, reader=reader),
    )


def _standing(incident: Incident) -> str:
    if incident.ending is None or incident.stage is Stage.LEARN:
        return str(incident.stage)
    return f"{incident.stage}, {incident.ending}"


def _state(incident: Incident) -> str:
    if incident.is_responding:
        return "responding"
    return "learning" if incident.stage is Stage.LEARN else "over"


def next_word(incident: Incident, *, reader: Reader) -> Clock | None:
    """Return the next word that is due to anybody, the one most overdue first."""
    owed = [o for o in incident.obligations if o.is_open and o.kind in WORDS_OWED]
    if not incident.is_responding:
        return None
    if owed:
        first = min(owed, key=lambda o: o.due_at)
        return clock(first, reader=reader)
    if incident.next_update_at is None:
        return None
    at = incident.next_update_at
    return Clock(
        what="next update",
        due=moment(at, zone=reader.zone, now=reader.now),
        state=urgency(at, reader.now),
    )


def clock(owed: Obligation, *, reader: Reader) -> Clock:
    """Return what is owed with its deadline."""
    return Clock(
        what=plain(owed.kind),
        due=moment(owed.due_at, zone=reader.zone, now=reader.now),
        state=urgency(owed.due_at, reader.now),
    )


def urgency(due_at: datetime, now: datetime) -> str:
    """Return ``late``, ``soon`` within five minutes, or ``open``."""
    if due_at < now:
        return "late"
    return "soon" if due_at - now <= SOON else "open"


def incident_list_screen(
    incidents: Sequence[Incident], *, following: int | None, reader: Reader
) -> IncidentListScreen:
    """Return incidents, those that run first."""
    cards = [incident_card(i, reader=reader) for i in incidents]
    return IncidentListScreen(
        responding=tuple(c for c in cards if c.state == "responding"),
        others=tuple(c for c in cards if c.state != "responding"),
        next=following,
        can_declare=reader.actor.may(Verb.INCIDENT_DECLARE),
    )


def declare_screen(
    *,
    reader: Reader,
    kept: dict[str, str],
    problems: dict[str, str],
    page_id: str = "",
) -> DeclareScreen:
    """Return the form to declare."""
    return DeclareScreen(
        services=services_of(reader),
        severities=severity_choices(reader),
        kept=kept,
        problems=problems,
        page_id=page_id,
    )


def severity_choices(reader: Reader) -> tuple[tuple[str, str], ...]:
    """Return every severity with its impact in words."""
    matrix = reader.snapshot.matrix
    return tuple((str(severity), matrix[severity].impact) for severity in Severity)


def services_of(reader: Reader) -> tuple[tuple[str, str], ...]:
    """Return every service by title, with the word a form sends."""
    services = sorted(reader.snapshot.services.values(), key=lambda s: s.title)
    return tuple((s.name, s.title) for s in services)
