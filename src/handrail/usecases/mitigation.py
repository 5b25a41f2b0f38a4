"""Mitigations of the catalogue: looked at, run once at most, their answers recorded."""

from dataclasses import dataclass

from handrail.core import limits
from handrail.core.errors import ConflictError, InvalidError, NotFoundError
from handrail.core.ids import MitigationId, NodeId, Slug
from handrail.core.incident import event as e
from handrail.core.incident.command import require_responding
from handrail.core.incident.incident import Incident
from handrail.core.incident.record_keeping import find_mitigation, start_mitigation
from handrail.core.mitigation.catalogue import Call, CatalogueEntry, filled
from handrail.core.mitigation.mitigation import MitigationOutcome
from handrail.core.mitigation.run import (
    NOBODY_KNOWS,
    Answered,
    MitigationRun,
    RunState,
    claimed,
    ended,
)
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases.delivery import HELD
from handrail.usecases.desk import Desk
from handrail.usecases.incident_record import find, record

ENGINE = "engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run would do, and what must be typed for it."""

    incident: Incident
    entry: CatalogueEntry
    call: Call


def catalogue_for(tx: Transaction, service: Slug | None) -> tuple[CatalogueEntry, ...]:
    """Return what suits a service; what is made for it comes first."""
    entries = tx.configuration.snapshot().mitigations.values()
    found = [entry for entry in entries if entry.suits(service)]
    return tuple(sorted(found, key=lambda entry: not entry.services))


def catalogue_entry(tx: Transaction, name: str) -> CatalogueEntry:
    """Return the entry of this name.

    Raises:
        NotFoundError: There is none.
    """
    entries = tx.configuration.snapshot().mitigations
    found = entries.get(Slug(name))
    if found is None:
        known = ", ".join(sorted(entries)) or "none is configured"
        msg = f"there is no mitigation {name!r}; known are: {known}"
        raise NotFoundError(msg)
    return found


def plan(desk: Desk, name: str, entry_name: str, *, lock: bool = False) -> Plan:
    """Return what running this would send; sends nothing.

    Raises:
        ConflictError: The response has ended, or the entry is done by hand.
    """
    incident = find(desk.tx, name, viewer=desk.viewer, lock=lock)
    entry = catalogue_entry(desk.tx, entry_name)
    require_responding(incident, "mitigate it")
    if not entry.suits(incident.service):
        msg = f"{entry.name} is for {', '.join(entry.services)}; {incident.name} is "
        msg += f"about {incident.service or 'no service'}: amend it first"
        raise ConflictError(msg)
    if entry.call is None:
        msg = f"{entry.name} is done by hand: {entry.manual}. Then tell what was tried"
        raise ConflictError(msg)
    values = {
        "incident": incident.name,
        "severity": str(incident.severity or "to be assessed"),
        "service": incident.service or "",
        "by": desk.by,
    }
    return Plan(incident=incident, entry=entry, call=filled(entry.call, values))


def begun(incident: Incident, entry: CatalogueEntry) -> int:
    """Return how often this was begun for the incident."""
    return sum(tried.entry == entry.name for tried in incident.mitigations)


def start(
    desk: Desk, name: str, entry_name: str, *, confirm: str, seen: int | None = None
) -> Incident:
    """Have a mitigation carried out, once at most.

    Args:
        desk: Who acts.
        name: What people call the incident.
        entry_name: Of the catalogue.
        confirm: The target's name, typed.
        seen: How often it had been begun when the asker looked, so that a button
            pressed twice runs it once; by default that does not matter.

    Raises:
        InvalidError: The target's name was not typed.
        ConflictError: The same is still under way, was begun since the asker looked,
            or sending is held.
    """
    if desk.tx.meta.get(HELD):
        msg = "this server is held since it was restored; release it, then mitigate"
        raise ConflictError(msg)
    planned = plan(desk, name, entry_name, lock=True)
    incident, entry = planned.incident, planned.entry
    if entry.confirm and confirm.strip() != entry.confirm:
        msg = f"to run {entry.name} in {entry.environment}, type {entry.confirm}"
        raise InvalidError(msg, fields={"confirm": f"must be {entry.confirm}"})
    if seen is not None and seen != begun(incident, entry):
        msg = f"{entry.name} was begun since you looked; see what came of it first"
        raise ConflictError(msg)
    for run in desk.tx.mitigation_run.under_way(incident.id):
        if run.entry == entry.name:
            msg = f"{entry.name} is being carried out already; wait for its answer"
            raise ConflictError(msg)
    run_id = MitigationId(desk.ids.new_id())
    events = start_mitigation(
        incident,
        run_id,
        kind=entry.kind,
        title=entry.title,
        by=desk.by,
        entry=entry.name,
        is_automatic=True,
    )
    after, _ = record(desk.tx, incident, events, actor=str(desk.actor), ids=desk.ids)
    desk.tx.mitigation_run.add(
        MitigationRun(
            id=run_id,
            incident_id=incident.id,
            entry=entry.name,
            call=planned.call,
            state=RunState.WAITING,
            asked_at=desk.tx.now,
            due_at=desk.tx.now,
        )
    )
    return after


def take_due(
    tx: Transaction, *, node: NodeId, ids: IdSource, limit: int
) -> list[MitigationRun]:
    """Claim what is to be called; what a dead claim left behind becomes unknown.

    So does what a restored backup holds: whether it was called since, nobody knows.

    Returns:
        What this node, and nobody else, calls now.
    """
    to_call = []
    is_held = bool(tx.meta.get(HELD))
    for run in tx.mitigation_run.due(limit=limit):
        if run.state is RunState.WAITING and not is_held:
            mine = claimed(run, node=node, now=tx.now)
            tx.mitigation_run.save(mine)
            to_call.append(mine)
        else:
            lost = Answered(answer=NOBODY_KNOWS, outcome=MitigationOutcome.UNKNOWN)
            _end(tx, run, lost, state=RunState.UNKNOWN, ids=ids)
    return to_call


def record_answer(
    tx: Transaction, run_id: MitigationId, answered: Answered, *, ids: IdSource
) -> None:
    """Record what came of the call, even where it was given up before."""
    run = tx.mitigation_run.get(run_id, lock=True)
    if run is None or run.state is RunState.ANSWERED:
        return
    _end(tx, run, answered, state=RunState.ANSWERED, ids=ids)


def _end(
    tx: Transaction,
    run: MitigationRun,
    answered: Answered,
    *,
    state: RunState,
    ids: IdSource,
) -> None:
    tx.mitigation_run.save(ended(run, state, now=tx.now))
    incident = find(tx, run.incident_id, lock=True)
    judged = find_mitigation(incident, run.id).outcome
    is_judged = judged not in {None, MitigationOutcome.UNKNOWN}
    told = e.MitigationCarriedOut(
        mitigation_id=run.id,
        answer=answered.answer[: limits.ENTRY_CHARS_MAX],
        outcome=judged if is_judged else answered.outcome,
    )
    record(tx, incident, (told,), actor=ENGINE, ids=ids)
