"""The incident room: everything a response needs on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handrail.core.access.permission import Verb
from handrail.core.change.suspect import Suspect
from handrail.core.incident.event import PagePurpose
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import MEANING, IncidentRole
from handrail.core.incident.stage import Stage
from handrail.core.incident.wording import plain
from handrail.core.mitigation.catalogue import CatalogueEntry
from handrail.core.postmortem.action_item import ActionItem
from handrail.core.postmortem.postmortem import Postmortem
from handrail.core.status_page.notice import Notice
from handrail.usecases.timeline import TimelineEntry
from handrail.web.screens.action_item import (
    ActionItemLine,
    action_item_lines,
    people_of,
)
from handrail.web.screens.incident import (
    IncidentCard,
    StageMark,
    incident_card,
    services_of,
    severity_choices,
)
from handrail.web.screens.mitigation import (
    CatalogueLine,
    MitigationLine,
    SuspectLine,
    catalogue_line,
    mitigation_lines,
    suspect_lines,
)
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import person
from handrail.web.screens.notice import NoticeLine, notice_lines
from handrail.web.screens.page import Reader
from handrail.web.screens.promise import PromiseLine, promise_line
from handrail.web.screens.refusal import Refusal
from handrail.web.screens.timeline import EntryLine, entry_line, is_shown

_ORDER = (Stage.TRIAGE, Stage.MITIGATE, Stage.RESOLVE, Stage.LEARN, Stage.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRecord:
    """What a room is made from, beside its incident.

    Attributes:
        catalogue: What of it suits the incident.
        suspects: Changes shortly before the impact.
    """

    entries: Sequence[TimelineEntry]
    notices: Sequence[Notice] = ()
    catalogue: Sequence[CatalogueEntry] = ()
    suspects: Sequence[Suspect] = ()
    postmortem: Postmortem | None = None
    items: Sequence[ActionItem] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLine:
    """One role, and who holds it; nobody is a gap that shows.

    Attributes:
        others: Those of the holders who are not the reader.
    """

    role: str
    title: str
    meaning: str
    holders: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
    is_mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One task."""

    id: str
    title: str
    assignee: str
    is_mine: bool
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """One kept file."""

    href: str
    name: str
    size: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomScreen:
    """One incident whole.

    Attributes:
        known_at: As of when it is told, where that is not now; nothing is done then.
        can_act: The reader may act on incidents.
        offered: The reader was offered command.
        owed_now: What a resolution would leave open, in words.
        services: What it may be about; ``service`` is what it is about now.
        ticket: Of the tracker: what it is called and where it is, or none.
        postmortem: How far it is, or "" where there is none.
        sequence: Of the last entry shown; live updates go on from there.
        shown: The filter of the timeline.
    """

    card: IncidentCard
    known_at: Moment | None
    stages: tuple[StageMark, ...]
    stage: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    severities: tuple[tuple[str, str], ...]
    can_act: bool
    is_responding: bool
    is_commander: bool
    offered: bool
    needs_all_clear: bool
    was_resolved: bool
    owed_now: tuple[str, ...]
    promises: tuple[PromiseLine, ...]
    past_promises: tuple[PromiseLine, ...]
    roles: tuple[RoleLine, ...]
    people: tuple[tuple[str, str], ...]
    services: tuple[tuple[str, str], ...]
    service: str
    mitigations: tuple[MitigationLine, ...]
    catalogue: tuple[CatalogueLine, ...]
    suspects: tuple[SuspectLine, ...]
    notices: tuple[NoticeLine, ...]
    tasks: tuple[TaskLine, ...]
    evidence: tuple[EvidenceLine, ...]
    pages: tuple[tuple[str, str], ...]
    ticket: tuple[str, str] | None
    postmortem: str
    items: tuple[ActionItemLine, ...]
    entries: tuple[EntryLine, ...]
    pinned: tuple[EntryLine, ...]
    shown: str
    sequence: int
    refusal: Refusal | None


def room_screen(
    incident: Incident,
    record: RoomRecord,
    *,
    reader: Reader,
    known_at: Moment | None = None,
    shown: str = "all",
    refusal: Refusal | None = None,
) -> RoomScreen:
    """Return one incident whole, its timeline newest first."""
    lines = [entry_line(entry, reader=reader) for entry in reversed(record.entries)]
    owed = sorted(
        (o for o in incident.obligations if o.is_open), key=lambda o: o.due_at
    )
    past = (o for o in incident.obligations if not o.is_open)
    is_now = known_at is None
    return RoomScreen(
        card=incident_card(incident, reader=reader),
        known_at=known_at,
        stages=_stages(incident),
        stage=incident.stage,
        summary=incident.summary,
        facts=_facts(incident, reader),
        severities=severity_choices(reader),
        can_act=is_now and reader.actor.may(Verb.INCIDENT_ACT),
        is_responding=incident.is_responding,
        is_commander=incident.commander == reader.actor.responder,
        offered=is_now and reader.actor.responder in incident.offered_to,
        needs_all_clear=_awaits_all_clear(incident),
        was_resolved=incident.resolved_at is not None,
        owed_now=tuple(plain(o.kind) for o in owed),
        promises=tuple(promise_line(o, incident, reader=reader) for o in owed),
        past_promises=tuple(promise_line(o, incident, reader=reader) for o in past),
        roles=tuple(_role(role, incident, reader) for role in IncidentRole),
        people=people_of(reader),
        services=services_of(reader),
        service=incident.service or "",
        mitigations=mitigation_lines(incident, reader=reader),
        catalogue=tuple(catalogue_line(entry) for entry in record.catalogue),
        suspects=suspect_lines(record.suspects, reader=reader),
        notices=notice_lines(record.notices, reader=reader),
        tasks=_tasks(incident, reader),
        evidence=_evidence(incident),
        pages=tuple(
            (page_id, _purpose(purpose)) for page_id, purpose in incident.pages.items()
        ),
        ticket=_ticket(incident),
        postmortem=plain(record.postmortem.state) if record.postmortem else "",
        items=action_item_lines(record.items, reader=reader),
        entries=tuple(line for line in lines if is_shown(line, shown)),
        pinned=tuple(line for line in lines if line.is_pinned),
        shown=shown,
        sequence=incident.sequence,
        refusal=refusal,
    )


def _awaits_all_clear(incident: Incident) -> bool:
    return incident.public_told_at is not None and incident.all_clear_at is None


def _ticket(incident: Incident) -> tuple[str, str] | None:
    ticket = incident.ticket
    if ticket is None:
        return None
    is_link = ticket.link.startswith(("https://", "http://"))
    name = ticket.reference or "asked for, not yet there"
    return name, ticket.link if is_link else ""


def _stages(incident: Incident) -> tuple[StageMark, ...]:
    now = _ORDER.index(incident.stage)
    return tuple(
        StageMark(
            word=stage,
            state="now" if place == now else "past" if place < now else "ahead",
        )
        for place, stage in enumerate(_ORDER)
    )


def _facts(incident: Incident, reader: Reader) -> tuple[tuple[str, str], ...]:
    instants = (
        ("Impact since", incident.impact_started_at, "unknown"),
        ("Detected", incident.detected_at, ""),
        ("Declared", incident.declared_at, ""),
        ("Mitigated", incident.mitigated_at, ""),
        ("Resolved", incident.resolved_at, ""),
        ("Learned", incident.learned_at, ""),
    )
    merged = ", ".join(f"INC-{number}" for number in incident.absorbed)
    facts = [
        (name, _at(instant, reader).shown if instant else otherwise)
        for name, instant, otherwise in instants
    ]
    facts += [("Noticed by", str(incident.detected_by)), ("Merged in", merged)]
    return tuple((name, fact) for name, fact in facts if fact)


def _at(instant: datetime, reader: Reader) -> Moment:
    return moment(instant, zone=reader.zone, now=reader.now)


def _role(role: IncidentRole, incident: Incident, reader: Reader) -> RoleLine:
    holders, mine = incident.holders(role), reader.actor.responder
    named = tuple((h, person(h, reader.snapshot, otherwise="")) for h in holders)
    return RoleLine(
        role=role,
        title=plain(role).capitalize(),
        meaning=MEANING[role],
        holders=named,
        others=tuple(pair for pair in named if pair[0] != mine),
        is_mine=mine in holders,
    )


def _tasks(incident: Incident, reader: Reader) -> tuple[TaskLine, ...]:
    lines = (
        TaskLine(
            id=t.id,
            title=t.title,
            assignee=person(t.assignee, reader.snapshot, otherwise="nobody"),
            is_mine=t.assignee == reader.actor.responder,
            is_done=t.done_at is not None,
        )
        for t in incident.tasks
    )
    return tuple(sorted(lines, key=lambda line: line.is_done))


def _evidence(incident: Incident) -> tuple[EvidenceLine, ...]:
    return tuple(
        EvidenceLine(
            href=f"/incidents/{incident.name}/evidence/{kept.id}",
            name=kept.name,
            size=f"{max(1, kept.size // 1024)} KiB",
            note=kept.note,
        )
        for kept in incident.evidence
    )


def _purpose(purpose: PagePurpose) -> str:
    match purpose:
        case PagePurpose.ORIGIN:
            return "the page it was declared from"
        case PagePurpose.COMMAND:
            return "the commanders' rota"
        case PagePurpose.RESPONSE:
            return "the service's on-call"
