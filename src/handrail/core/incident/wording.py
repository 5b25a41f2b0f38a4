"""What happened to an incident, in words: one sentence an event, for every surface.

People are named by ``who``, which turns a user's slug into what readers know them by.
"""

from collections.abc import Callable
from enum import StrEnum, unique
from functools import singledispatch

from handrail.core.ids import Slug
from handrail.core.incident import event as e
from handrail.core.instants import format_rfc3339
from handrail.core.obligation.obligation import Obligation

Who = Callable[[Slug], str]


@unique
class EntryKind(StrEnum):
    """What sort of thing a timeline entry tells, for filters and marks."""

    STATE = "state"
    HUMAN = "human"
    COMMUNICATION = "communication"
    MITIGATION = "mitigation"
    PAGE = "page"
    PROMISE = "promise"


_KINDS: dict[type[e.IncidentEvent], EntryKind] = {
    e.NoteAdded: EntryKind.HUMAN,
    e.EntryCorrected: EntryKind.HUMAN,
    e.EntryPinned: EntryKind.HUMAN,
    e.EvidenceAttached: EntryKind.HUMAN,
    e.TaskAdded: EntryKind.HUMAN,
    e.TaskAssigned: EntryKind.HUMAN,
    e.TaskDone: EntryKind.HUMAN,
    e.UpdatePosted: EntryKind.COMMUNICATION,
    e.NoticePublished: EntryKind.COMMUNICATION,
    e.MitigationStarted: EntryKind.MITIGATION,
    e.MitigationCarriedOut: EntryKind.MITIGATION,
    e.MitigationJudged: EntryKind.MITIGATION,
    e.PageLinked: EntryKind.PAGE,
    e.ResponderAcknowledged: EntryKind.PAGE,
    e.CommandOffered: EntryKind.PAGE,
    e.ObligationsAdded: EntryKind.PROMISE,
    e.ObligationsCancelled: EntryKind.PROMISE,
    e.ObligationMet: EntryKind.PROMISE,
    e.ObligationReminded: EntryKind.PROMISE,
    e.ObligationMissed: EntryKind.PROMISE,
}


def kind_of_entry(event: e.IncidentEvent) -> EntryKind:
    """Return what sort of thing the event tells; moves of the response are state."""
    return _KINDS.get(type(event), EntryKind.STATE)


def said_by_hand(event: e.IncidentEvent) -> str:
    """Return the words a person wrote into the event, or ""."""
    match event:
        case e.NoteAdded(text=text) | e.EntryCorrected(text=text):
            return text
        case e.UpdatePosted(text=text) | e.NoticePublished(text=text):
            return text
        case _:
            return ""


def plain(word: str) -> str:
    """Return a machine's word as people write it: ``incident commander``."""
    return word.replace("_", " ")


def promise(obligation_id: str) -> str:
    """Return what is owed, without the number: ``public notice``."""
    return plain(obligation_id.partition(".")[0])


@singledispatch
def describe(event: object, who: Who) -> str:
    """Return the event as one sentence without a full stop."""
    del who
    msg = f"{type(event).__name__} has no words"
    raise AssertionError(msg)


@describe.register
def _(event: e.IncidentDeclared, who: Who) -> str:
    severity = event.severity or "severity to be assessed"
    hidden = ", private" if event.is_private else ""
    return f"Declared by {who(event.declared_by)}, who commands: {severity}{hidden}"


@describe.register
def _(event: e.FactsAmended, who: Who) -> str:
    del who
    told = [
        ("title", event.title),
        ("summary", event.summary),
        ("service", event.service),
        ("detected by", event.detected_by),
        ("detected at", event.detected_at and format_rfc3339(event.detected_at)),
        (
            "impact started at",
            event.impact_started_at and format_rfc3339(event.impact_started_at),
        ),
    ]
    facts = "; ".join(f"{name}: {fact}" for name, fact in told if fact is not None)
    return f"Facts put right. {facts}"


@describe.register
def _(event: e.SeverityChanged, who: Who) -> str:
    del who
    before = event.previous or "to be assessed"
    why = f": {event.reason}" if event.reason else ""
    return f"Severity {before} → {event.severity}{why}"


@describe.register
def _(event: e.StageMoved, who: Who) -> str:
    del who
    return f"Stage {event.previous} → {event.stage}: {event.reason}"


@describe.register
def _(event: e.IncidentResolved, who: Who) -> str:
    del who
    return f"Resolved: {event.reason}"


@describe.register
def _(event: e.IncidentDeclined, who: Who) -> str:
    del who
    return f"Declined, no incident after all: {event.reason}"


@describe.register
def _(event: e.IncidentMerged, who: Who) -> str:
    del who
    return f"Merged into INC-{event.into_number}, which goes on: {event.reason}"


@describe.register
def _(event: e.IncidentAbsorbed, who: Who) -> str:
    del who
    return f"INC-{event.other_number} was merged into this one: {event.reason}"


@describe.register
def _(event: e.IncidentReopened, who: Who) -> str:
    return f"Reopened by {who(event.by)}, who commands: {event.reason}"


@describe.register
def _(event: e.CommandHandedOver, who: Who) -> str:
    return f"Command {who(event.previous)} → {who(event.to)}: {event.reason}"


@describe.register
def _(event: e.CommandOffered, who: Who) -> str:
    return f"{who(event.to)} was offered command: {event.why}"


@describe.register
def _(event: e.RoleTaken, who: Who) -> str:
    return f"{who(event.user)} is {plain(event.role)}"


@describe.register
def _(event: e.RoleLeft, who: Who) -> str:
    return f"{who(event.user)} is no longer {plain(event.role)}"


@describe.register
def _(event: e.NoteAdded, who: Who) -> str:
    del who
    return event.text


@describe.register
def _(event: e.EntryCorrected, who: Who) -> str:
    del who
    return f"Correction of entry {event.entry}: {event.text}"


@describe.register
def _(event: e.EntryPinned, who: Who) -> str:
    del who
    return f"Entry {event.entry} {'pinned' if event.is_pinned else 'unpinned'}"


@describe.register
def _(event: e.EvidenceAttached, who: Who) -> str:
    del who
    note = f": {event.note}" if event.note else ""
    return f"Evidence {event.name} ({event.size} bytes){note}"


@describe.register
def _(event: e.UpdatePosted, who: Who) -> str:
    told = ", ".join(who(Slug(one.removeprefix("user:"))) for one in event.told)
    return f"Update to {event.audience} ({told or 'sent to nobody'}): {event.text}"


@describe.register
def _(event: e.ObligationsAdded, who: Who) -> str:
    del who
    owed = (f"{promise(o.id)} by {_deadline(o)} UTC" for o in event.obligations)
    return f"Owed: {', '.join(owed)}"


def _deadline(owed: Obligation) -> str:
    """Return the time of day, with the date where that is another day."""
    is_today = owed.due_at.date() == owed.since.date()
    return f"{owed.due_at:%H:%M}" if is_today else f"{owed.due_at:%a %d %b %H:%M}"


@describe.register
def _(event: e.ObligationsCancelled, who: Who) -> str:
    del who
    names = ", ".join(promise(name) for name in event.obligations)
    return f"No longer owed: {names} ({event.why})"


@describe.register
def _(event: e.ObligationMet, who: Who) -> str:
    del who
    return f"Kept: {promise(event.obligation)} ({event.why})"


@describe.register
def _(event: e.ObligationReminded, who: Who) -> str:
    told = ", ".join(who(Slug(name.removeprefix("user:"))) for name in event.told)
    return f"Reminded {told or 'nobody'} of {promise(event.obligation)}"


@describe.register
def _(event: e.ObligationMissed, who: Who) -> str:
    del who
    return f"Deadline passed: {promise(event.obligation)}"


@describe.register
def _(event: e.MitigationStarted, who: Who) -> str:
    return f"{who(event.by)} tries: {event.title} ({plain(event.kind)})"


@describe.register
def _(event: e.MitigationCarriedOut, who: Who) -> str:
    del who
    if event.outcome is None:
        return f"Mitigation carried out: {event.answer}"
    return f"Mitigation {plain(event.outcome)}: {event.answer}"


@describe.register
def _(event: e.MitigationJudged, who: Who) -> str:
    remark = f": {event.remark}" if event.remark else ""
    return f"{who(event.by)} says the mitigation {plain(event.outcome)}{remark}"


@describe.register
def _(event: e.TaskAdded, who: Who) -> str:
    whose = f" for {who(event.assignee)}" if event.assignee else ""
    return f"Task{whose}: {event.title}"


@describe.register
def _(event: e.TaskAssigned, who: Who) -> str:
    return f"Task given to {who(event.assignee) if event.assignee else 'nobody'}"


@describe.register
def _(event: e.TaskDone, who: Who) -> str:
    return f"Task {'done' if event.is_done else 'taken up again'} by {who(event.by)}"


@describe.register
def _(event: e.NoticePublished, who: Who) -> str:
    del who
    return f"Public notice, {event.stage}: {event.text}"


@describe.register
def _(event: e.PageLinked, who: Who) -> str:
    del who
    match event.purpose:
        case e.PagePurpose.ORIGIN:
            return f"Declared from the page {event.title}".rstrip()
        case e.PagePurpose.COMMAND:
            return "The commanders' rota is paged"
        case e.PagePurpose.RESPONSE:
            return "The service's escalation policy is paged"


@describe.register
def _(event: e.ResponderAcknowledged, who: Who) -> str:
    return f"{who(event.by)} acknowledged the page"


@describe.register
def _(event: e.TicketRequested, who: Who) -> str:
    del event, who
    return "A backlog ticket is asked of the tracker"


@describe.register
def _(event: e.TicketOpened, who: Who) -> str:
    del who
    return f"Backlog ticket {event.reference or event.link} opened"


@describe.register
def _(event: e.PostmortemDrafted, who: Who) -> str:
    del event, who
    return "The postmortem is drafted from this record"


@describe.register
def _(event: e.PostmortemPublished, who: Who) -> str:
    del event, who
    return "The postmortem is published"


@describe.register
def _(event: e.LearningFinished, who: Who) -> str:
    del who
    return f"Learned: {event.why}"
