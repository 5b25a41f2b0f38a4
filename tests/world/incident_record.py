"""What must hold of every incident and its record, said without the product's rules."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.world.incident_ledger import NEXT, Ledger, Promise, ledger_of

from handrail.core.audit.event import StoredEvent, broken_link
from handrail.core.ids import IncidentId
from handrail.core.incident.evolve import rebuild
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.obligation.obligation import ReminderPoint
from handrail.ports.incident import EVERYBODY, Viewer
from handrail.ports.store import Transaction
from handrail.usecases.incident_record import incident_event, stream_of

MOVES = {
    "triage": {"mitigate", "closed"},
    "mitigate": {"resolve", "closed"},
    "resolve": {"mitigate", "learn", "closed"},
    "learn": {"mitigate", "closed"},
    "closed": {"mitigate"},
}
"""By domain.md §4; back to mitigate because the impact is back."""
RESPONDING = {"triage", "mitigate", "resolve"}
REMINDED_IN_ORDER = [p.value for p in ReminderPoint]

COMMANDED_BY = {
    "incident_declared": "declared_by",
    "incident_reopened": "by",
    "command_handed_over": "to",
}
"""In which field of which entry who commands from then on is named."""

Record = tuple[Incident, list[StoredEvent]]


def every_record(tx: Transaction) -> list[Record]:
    """Return every incident with its stream."""
    found = tx.incident.search(viewer=EVERYBODY, responding_only=False, limit=10_000)
    return [(one, tx.event.read(stream_of(one.id))) for one in found]


def faults_of(incident: Incident, entries: Sequence[StoredEvent]) -> Iterator[str]:
    """Yield whatever is wrong with one incident."""
    name = incident.name
    if broken_link(list(entries)) is not None:
        yield f"{name}: the chain breaks"
    if [entry.sequence for entry in entries] != [*range(1, incident.sequence + 1)]:
        yield f"{name}: {incident.sequence} entries are said, {len(entries)} there"
    if _rebuilt(incident.id, entries) != incident:
        yield f"{name}: the record amounts to another state than the stored one"
    yield from (f"{name}: {what}" for what in _wrong_course(incident, entries))
    yield from (f"{name}: {what}" for what in _wrong_times(incident))
    yield from (f"{name}: {what}" for what in _wrong_promises(incident, entries))


def numbering_faults(records: Sequence[Record]) -> Iterator[str]:
    """Yield where a number is missing or twice there."""
    numbers = sorted(incident.number for incident, _ in records)
    if numbers != [*range(1, len(numbers) + 1)]:
        yield f"the numbers are {numbers}"


def viewing_faults(
    tx: Transaction, records: Sequence[Record], people: Sequence[Any]
) -> Iterator[str]:
    """Yield where somebody sees what is private, or does not see what is theirs."""
    for incident, entries in records:
        theirs = _participants(entries)
        for who in people:
            viewer = Viewer(user=who)
            sees = tx.incident.get(incident.id, viewer=viewer) is not None
            if sees != (who in theirs or not incident.is_private):
                yield f"{incident.name}: {who} sees it: {sees}"


def _rebuilt(incident_id: IncidentId, entries: Sequence[StoredEvent]) -> Incident:
    told = []
    for entry in entries:
        event = incident_event(entry)
        assert event is not None
        told.append((event, entry.occurred_at))
    return rebuild(incident_id, told)


def _wrong_course(incident: Incident, entries: Sequence[StoredEvent]) -> Iterator[str]:
    """Follow the stages and the command from entry to entry."""
    stage, commander = "", ""
    for entry in entries:
        said = json.loads(entry.payload)
        before, was_commander = stage, commander
        stage = _stage_after(entry.kind, said, stage)
        commander = said.get(COMMANDED_BY.get(entry.kind, ""), commander)
        if before and stage != before and stage not in MOVES[before]:
            yield f"entry {entry.sequence} moves from {before} to {stage}"
        if entry.kind == "stage_moved" and said["previous"] != before:
            yield f"entry {entry.sequence} moves from {said['previous']}"
        if entry.kind == "incident_reopened" and before in RESPONDING:
            yield "it was reopened while it ran"
        handed = (said.get("previous"), before in RESPONDING)
        if entry.kind == "command_handed_over" and handed != (was_commander, True):
            yield f"entry {entry.sequence} takes from who did not command"
    holders = incident.holders(IncidentRole.COMMANDER)
    found = (incident.stage, incident.commander, holders)
    wanted = (stage, commander, (commander,) if stage in RESPONDING else ())
    if found != wanted:
        yield f"it is {found} and should be {wanted}"


def _stage_after(kind: str, said: Mapping[str, Any], stage: str) -> str:
    match kind:
        case "incident_declared":
            return "triage"
        case "stage_moved":
            return str(said["stage"])
        case "incident_resolved":
            return str(said["next_stage"])
        case "incident_declined" | "incident_merged" | "learning_finished":
            return "closed"
        case "incident_reopened":
            return "mitigate"
        case _:
            return stage


def _participants(entries: Sequence[StoredEvent]) -> set[str]:
    fields = {
        "incident_declared": "declared_by",
        "command_handed_over": "to",
        "command_offered": "to",
        "role_taken": "user",
        "mitigation_started": "by",
        "incident_reopened": "by",
        "responder_acknowledged": "by",
    }
    return {
        json.loads(entry.payload)[fields[entry.kind]]
        for entry in entries
        if entry.kind in fields
    }


def _wrong_times(incident: Incident) -> Iterator[str]:
    one = incident
    ending = None if one.ending is None else one.ending.value
    was_over = one.stage == "resolve" or ending == "resolved"
    has_impact = one.stage in {"triage", "mitigate"}
    back = max((a for a in (one.recurred_at, one.reopened_at) if a), default=None)
    wrong = {
        f"ended as {ending}": (ending is None) != (one.stage in RESPONDING),
        f"resolved at {one.resolved_at}": (one.resolved_at is not None)
        != (ending == "resolved"),
        f"closed at {one.closed_at}": (one.closed_at is not None)
        != (one.stage == "closed"),
        "mitigated nobody knows when": one.mitigated_at is None and was_over,
        "mitigated and has impact": one.mitigated_at is not None and has_impact,
        "mitigated before it came back": not _is_ascending([back, one.mitigated_at]),
        "mitigated, resolved and closed in another order": not _is_ascending(
            [one.mitigated_at, one.resolved_at, one.closed_at]
        ),
        "over, and promises the next word": one.next_update_at is not None
        and not one.is_responding,
    }
    yield from (
        f"in {one.stage} it is {what}" for what, is_so in wrong.items() if is_so
    )


def _is_ascending(instants: Sequence[datetime | None]) -> bool:
    known = [at for at in instants if at is not None]
    return known == sorted(known)


def _wrong_promises(
    incident: Incident, entries: Sequence[StoredEvent]
) -> Iterator[str]:
    ledger = ledger_of(entries)
    kinds = {p.kind for p in ledger.lines} | {str(o.kind) for o in incident.obligations}
    for kind in sorted(kinds):
        wanted = [_line(p) for p in ledger.lines if p.kind == kind]
        mine = [o for o in incident.obligations if o.kind == kind]
        found = [(o.due_at, o.met_at, o.missed_at, o.cancelled_at) for o in mine]
        if found != wanted:
            yield f"{kind} is owed as {found}, and should be as {wanted}"
        if [o.id for o in mine] != [f"{kind}.{n}" for n in range(1, len(mine) + 1)]:
            yield f"{kind} has ids {[o.id for o in mine]}"
        if sum(o.is_open for o in mine) > 1:
            yield f"{kind} is owed twice at once"
    yield from _wrong_words(incident, ledger)


def _wrong_words(incident: Incident, ledger: Ledger) -> Iterator[str]:
    for owed in incident.obligations:
        order = [REMINDED_IN_ORDER.index(point) for point in owed.reminded]
        if order != sorted(set(order)):
            yield f"{owed.id} was reminded of as {owed.reminded}"
    if incident.next_update_at != ledger.promised:
        yield f"the next word is said to come at {incident.next_update_at}"
    if ledger.promised is not None and ledger.open(NEXT) is None:
        yield "nobody owes the word that was promised"


def _line(promise: Promise) -> tuple[datetime | None, ...]:
    return promise.due, promise.met, promise.missed, promise.lifted
