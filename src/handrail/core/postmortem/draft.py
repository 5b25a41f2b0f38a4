"""The draft: what the record already says, section by section.

Pure and always derivable: nothing of it is stored, so that it never disagrees with the
record. What only people know stays empty here and is asked for by the section's guide.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handrail.core.change.change import Change
from handrail.core.incident.duration import Figure, figures, span
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.wording import Who, plain, promise
from handrail.core.mitigation.mitigation import Mitigation, MitigationOutcome
from handrail.core.obligation.obligation import Obligation
from handrail.core.paging.page import Page
from handrail.core.postmortem.section import Section

TOLD_LATE = timedelta(minutes=1)
"""An entry written down later than this after it happened says so."""

_LEFT_OUT = frozenset(
    {
        "command_offered",
        "entry_pinned",
        "learning_finished",
        "obligation_met",
        "obligation_reminded",
        "obligations_added",
        "obligations_cancelled",
        "page_linked",
        "postmortem_drafted",
        "postmortem_published",
        "task_assigned",
        "ticket_opened",
        "ticket_requested",
    }
)
"""Kinds of entries that tell a reader nothing, unless somebody pinned one."""

_HELPED = frozenset({MitigationOutcome.WORKED, MitigationOutcome.HELPED_PARTLY})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEntry:
    """One entry of the incident's record, in words.

    Attributes:
        kind: What the stored event is called, such as ``severity_changed``.
        corrected_by: The later entry that puts this one right, or none.
    """

    sequence: int
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    what: str
    is_pinned: bool
    corrected_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything the draft is made from.

    Attributes:
        entries: In the order in which things happened.
        suspects: Changes that may have to do with it.
        who: Turns a user's slug into what readers know them by.
    """

    incident: Incident
    entries: Sequence[RecordEntry]
    pages: Sequence[Page] = ()
    suspects: Sequence[Change] = ()
    who: Who = str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineLine:
    """One line of the generated timeline.

    Attributes:
        at: When it happened.
        since_detected: How long after somebody first noticed; negative before.
        told_at: When it was written down, where that was later; else none.
    """

    sequence: int
    at: datetime
    since_detected: timedelta
    what: str
    is_pinned: bool
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the record says.

    Attributes:
        header: Names and values, for the head of the document.
        facts: By section, sentences without a full stop.
    """

    header: tuple[tuple[str, str], ...]
    facts: Mapping[Section, tuple[str, ...]] = field(default_factory=dict)
    timeline: tuple[TimelineLine, ...] = ()
    figures: tuple[Figure, ...] = ()


def draft(record: Record) -> Draft:
    """Return what the record says, section by section."""
    incident = record.incident
    measured = figures(incident, record.pages)
    facts = {
        Section.SUMMARY: tuple(_summary(record)),
        Section.IMPACT_USERS: tuple(_impact(incident, measured)),
        Section.WENT_WELL: tuple(_went_well(incident)),
        Section.WENT_POORLY: tuple(_went_poorly(record)),
        Section.SUPPORTING: tuple(_supporting(record)),
    }
    return Draft(
        header=tuple(_header(record)),
        facts={section: said for section, said in facts.items() if said},
        timeline=timeline(record),
        figures=measured,
    )


def timeline(record: Record) -> tuple[TimelineLine, ...]:
    """Return what was pinned and what matters; a corrected entry gives way to its."""
    detected_at = record.incident.detected_at
    return tuple(
        TimelineLine(
            sequence=entry.sequence,
            at=entry.occurred_at,
            since_detected=entry.occurred_at - detected_at,
            what=entry.what,
            is_pinned=entry.is_pinned,
            told_at=(
                entry.recorded_at
                if entry.recorded_at - entry.occurred_at > TOLD_LATE
                else None
            ),
        )
        for entry in record.entries
        if entry.is_pinned or (entry.kind not in _LEFT_OUT and not entry.corrected_by)
    )


def clock(at: datetime) -> str:
    """Return an instant as a reader wants it: ``2026-01-31 08:00 UTC``."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _header(record: Record) -> Iterator[tuple[str, str]]:
    incident, who = record.incident, record.who
    yield "Incident", f"{incident.name}: {incident.title}"
    yield "Severity", " → ".join(_severities(incident))
    yield "Service", incident.service or "none named"
    yield "Detected", f"{clock(incident.detected_at)}, by {plain(incident.detected_by)}"
    started = incident.impact_started_at
    yield "Impact started", clock(started) if started else "unknown"
    yield "Declared", f"{clock(incident.declared_at)}, by {who(incident.declared_by)}"
    yield "Mitigated", _clock_or(incident.mitigated_at, "not recorded")
    yield "Resolved", _clock_or(incident.resolved_at, "not yet")
    yield plain(IncidentRole.COMMANDER).capitalize(), who(incident.commander)
    for role in IncidentRole:
        names = [who(user) for held, user in incident.roles if held is role]
        if names:
            yield plain(role).capitalize(), ", ".join(names)
    if incident.absorbed:
        merged = ", ".join(f"INC-{number}" for number in incident.absorbed)
        yield "Merged into it", merged


def _severities(incident: Incident) -> Iterator[str]:
    for moment in incident.severity_history:
        word = moment.severity or "to be assessed"
        yield f"{word} ({clock(moment.since)})"


def _clock_or(at: datetime | None, otherwise: str) -> str:
    return clock(at) if at else otherwise


def _summary(record: Record) -> Iterator[str]:
    incident = record.incident
    severity = f" ({incident.severity})" if incident.severity else ""
    about = f", in {incident.service}" if incident.service else ""
    yield f"What: {incident.title}{severity}{about}"
    yield f"How long: {_how_long(incident)}"
    helped = [m for m in incident.mitigations if m.outcome in _HELPED]
    for mitigation in helped:
        yield f"What helped: {_mitigation(mitigation, record.who)}"


def _how_long(incident: Incident) -> str:
    resolved_at = incident.resolved_at
    if resolved_at is None:
        return "it is not resolved"
    since_detected = span(resolved_at - incident.detected_at)
    until = f"until it was resolved at {clock(resolved_at)}"
    if incident.impact_started_at is None:
        return (
            f"when the impact started is unknown; {since_detected} from detection "
            f"({clock(incident.detected_at)}) {until}"
        )
    whole = span(resolved_at - incident.impact_started_at)
    return (
        f"{whole} from the impact's start ({clock(incident.impact_started_at)}) {until}"
    )


def _impact(incident: Incident, measured: Sequence[Figure]) -> Iterator[str]:
    known = {figure.key: figure for figure in measured}
    for key in ("time_to_resolve", "detected_to_resolved"):
        yield sentence(known[key])
    worst = sorted({slug: str(s) for slug, s in incident.component_status.items()})
    for component in worst:
        status = plain(incident.component_status[component])
        yield f"Status page, {component}: last said to be {status}"


def sentence(figure: Figure) -> str:
    """Return a figure with its definition, as one sentence."""
    value = f"unknown: {figure.unknown}" if figure.value is None else span(figure.value)
    return f"{figure.name} ({figure.definition}): {value}"


def _went_well(incident: Incident) -> Iterator[str]:
    for owed in incident.obligations:
        if owed.is_kept and owed.met_at is not None:
            yield f"Kept: {_promise(owed)}, with {span(owed.due_at - owed.met_at)} left"


def _went_poorly(record: Record) -> Iterator[str]:
    for owed in record.incident.obligations:
        if owed.missed_at is None and (owed.met_at is None or owed.is_kept):
            continue
        if owed.met_at is None:
            yield f"Missed: {_promise(owed)}, never met"
        else:
            yield f"Missed: {_promise(owed)}, {span(owed.met_at - owed.due_at)} late"
    for mitigation in record.incident.mitigations:
        if mitigation.outcome not in _HELPED:
            yield f"Did not stop it: {_mitigation(mitigation, record.who)}"


def _promise(owed: Obligation) -> str:
    return f"{promise(owed.id)} by {owed.due_at:%H:%M} UTC"


def _mitigation(mitigation: Mitigation, who: Who) -> str:
    came = plain(mitigation.outcome) if mitigation.outcome else "nobody judged it"
    remark = f", {mitigation.remark}" if mitigation.remark else ""
    tried = f"{mitigation.title}, tried by {who(mitigation.by)}"
    return f"{tried} at {mitigation.started_at:%H:%M} UTC: {came}{remark}"


def _supporting(record: Record) -> Iterator[str]:
    for kept in record.incident.evidence:
        note = f": {kept.note}" if kept.note else ""
        yield f"Evidence {kept.name} (sha256 {kept.sha256[:12]}){note}"
    for change in record.suspects:
        where = f" in {change.service}" if change.service else ""
        version = f", version {change.version}" if change.version else ""
        yield (
            f"Change before it{where}: {change.title} ({change.kind}{version}) at "
            f"{clock(change.occurred_at)}"
        )
