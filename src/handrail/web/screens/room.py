"""The incident room: everything a response needs on one page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handrail.core.access.permission import Verb
from handrail.core.incident.event import PagePurpose
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import MEANING, IncidentRole
from handrail.core.incident.stage import Stage
from handrail.core.incident.wording import plain
from handrail.core.obligation.obligation import Obligation
from handrail.usecases.timeline import TimelineEntry
from handrail.web.screens.incident import (
    IncidentCard,
    StageMark,
    incident_card,
    severity_choices,
    urgency,
)
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import name_of, person
from handrail.web.screens.page import Reader

TOLD_LATE = timedelta(minutes=1)
_ORDER = (Stage.TRIAGE, Stage.MITIGATE, Stage.RESOLVE, Stage.LEARN, Stage.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One timeline entry.

    Attributes:
        told: When it was told, where that was later than it happened; else none.
    """

    number: int
    sort: str
    at: Moment
    told: Moment | None
    actor: str
    what: str
    is_pinned: bool
    corrected_by: int | None
    corrects: int | None
    evidence: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseLine:
    """One promise: late, soon, open, kept, kept late or missed."""

    what: str
    owner: str
    due: Moment
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLine:
    """One role, and who holds it; nobody is a gap that shows."""

    role: str
    title: str
    meaning: str
    holders: tuple[tuple[str, str], ...]
    is_mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MitigationLine:
    """One thing that was tried."""

    id: str
    title: str
    kind: str
    by: str
    at: Moment
    answer: str
    outcome: str
    remark: str
    can_judge: bool


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
class Refusal:
    """A press that was refused: what, why, and what had been typed."""

    act: str
    message: str
    fields: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomScreen:
    """One incident whole.

    Attributes:
        can_act: The reader may act on incidents.
        offered: The reader was offered command.
        owed_now: What a resolution would leave open, in words.
        sequence: Of the last entry shown; live updates go on from there.
        shown: The filter of the timeline.
    """

    card: IncidentCard
    stages: tuple[StageMark, ...]
    stage: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    severities: tuple[tuple[str, str], ...]
    rank: int
    can_act: bool
    is_responding: bool
    is_commander: bool
    offered: bool
    needs_all_clear: bool
    owed_now: tuple[str, ...]
    promises: tuple[PromiseLine, ...]
    past_promises: tuple[PromiseLine, ...]
    roles: tuple[RoleLine, ...]
    people: tuple[tuple[str, str], ...]
    mitigations: tuple[MitigationLine, ...]
    tasks: tuple[TaskLine, ...]
    evidence: tuple[EvidenceLine, ...]
    pages: tuple[tuple[str, str], ...]
    entries: tuple[EntryLine, ...]
    pinned: tuple[EntryLine, ...]
    shown: str
    sequence: int
    refusal: Refusal | None


def room_screen(
    incident: Incident,
    entries: Sequence[TimelineEntry],
    *,
    reader: Reader,
    shown: str = "all",
    refusal: Refusal | None = None,
) -> RoomScreen:
    """Return one incident whole, its timeline newest first."""
    lines = [_entry(entry, reader) for entry in reversed(entries)]
    owed = [o for o in incident.obligations if o.is_open]
    users = sorted(reader.snapshot.users.values(), key=lambda u: u.full_name)
    told = incident.public_told_at is not None and incident.all_clear_at is None
    return RoomScreen(
        card=incident_card(incident, reader=reader),
        stages=_stages(incident),
        stage=incident.stage,
        summary=incident.summary,
        facts=_facts(incident, reader),
        severities=severity_choices(reader),
        rank=incident.severity.rank if incident.severity else 9,
        can_act=reader.actor.may(Verb.INCIDENT_ACT),
        is_responding=incident.is_responding,
        is_commander=incident.commander == reader.actor.responder,
        offered=reader.actor.responder in incident.offered_to,
        needs_all_clear=told,
        owed_now=tuple(plain(o.kind) for o in owed),
        promises=tuple(
            _promise(o, incident, reader) for o in sorted(owed, key=lambda o: o.due_at)
        ),
        past_promises=tuple(
            _promise(o, incident, reader)
            for o in incident.obligations
            if not o.is_open and (o.met_at or o.missed_at)
        ),
        roles=tuple(_role(role, incident, reader) for role in IncidentRole),
        people=tuple((u.name, u.full_name) for u in users),
        mitigations=_mitigations(incident, reader),
        tasks=_tasks(incident, reader),
        evidence=_evidence(incident),
        pages=tuple(
            (page_id, _purpose(purpose)) for page_id, purpose in incident.pages.items()
        ),
        entries=tuple(line for line in lines if _is_shown(line, shown)),
        pinned=tuple(line for line in lines if line.is_pinned),
        shown=shown,
        sequence=incident.sequence,
        refusal=refusal,
    )


FILTERS = {
    "all": frozenset[str](),
    "people": frozenset({"human", "communication"}),
    "state": frozenset({"state", "page", "mitigation"}),
    "words": frozenset({"communication"}),
}
"""What may stand in ``?show=``; without sorts, everything is shown."""


def _is_shown(line: EntryLine, shown: str) -> bool:
    sorts = FILTERS.get(shown)
    return not sorts or line.sort in sorts


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


def _entry(entry: TimelineEntry, reader: Reader) -> EntryLine:
    is_late = entry.recorded_at - entry.occurred_at >= TOLD_LATE
    return EntryLine(
        number=entry.sequence,
        sort=entry.sort,
        at=_at(entry.occurred_at, reader),
        told=_at(entry.recorded_at, reader) if is_late else None,
        actor=name_of(entry.actor, reader.snapshot),
        what=entry.what,
        is_pinned=entry.is_pinned,
        corrected_by=entry.corrected_by,
        corrects=entry.corrects,
        evidence=entry.evidence,
    )


def _promise(owed: Obligation, incident: Incident, reader: Reader) -> PromiseLine:
    if owed.met_at is not None:
        state = "kept" if owed.is_kept else "kept late"
    elif owed.cancelled_at is not None:
        state = "missed"
    else:
        state = urgency(owed.due_at, reader.now)
    holders = incident.holders(IncidentRole(owed.owner)) or (incident.commander,)
    return PromiseLine(
        what=plain(owed.kind),
        owner=", ".join(person(h, reader.snapshot, otherwise="") for h in holders),
        due=_at(owed.due_at, reader),
        state=state,
    )


def _role(role: IncidentRole, incident: Incident, reader: Reader) -> RoleLine:
    holders = incident.holders(role)
    return RoleLine(
        role=role,
        title=plain(role).capitalize(),
        meaning=MEANING[role],
        holders=tuple((h, person(h, reader.snapshot, otherwise="")) for h in holders),
        is_mine=reader.actor.responder in holders,
    )


def _mitigations(incident: Incident, reader: Reader) -> tuple[MitigationLine, ...]:
    return tuple(
        MitigationLine(
            id=m.id,
            title=m.title,
            kind=plain(m.kind),
            by=person(m.by, reader.snapshot, otherwise=""),
            at=_at(m.started_at, reader),
            answer=m.answer,
            outcome=plain(m.outcome) if m.outcome else "",
            remark=m.remark,
            can_judge=m.outcome is None
            and (not m.is_automatic or m.carried_out_at is not None),
        )
        for m in reversed(incident.mitigations)
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
