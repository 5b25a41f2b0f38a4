"""Postmortems and action items as stored text; the draft that a resolution begins."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from handrail.core.audit.event import NewEvent
from handrail.core.errors import ConflictError, NotFoundError
from handrail.core.ids import PostmortemId, Slug
from handrail.core.incident import event as incident_events
from handrail.core.incident.incident import Incident
from handrail.core.incident.stage import Ending
from handrail.core.postmortem import action_item, command, postmortem
from handrail.core.postmortem import event as e
from handrail.core.postmortem.action_item import ActionItem, ActionItemEvent
from handrail.core.postmortem.postmortem import Postmortem, PostmortemState
from handrail.core.postmortem.publish import learned_by
from handrail.core.postmortem.section import Section
from handrail.ports.id_source import IdSource
from handrail.ports.incident import EVERYBODY, Viewer
from handrail.ports.store import Transaction
from handrail.usecases import incident_record

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


def _kinds(union: object) -> dict[type, str]:
    classes: Sequence[type] = getattr(union, "__args__", ())
    return {kind: _WORD_START.sub("_", kind.__name__).lower() for kind in classes}


POSTMORTEM_KINDS = _kinds(e.PostmortemEvent)
"""``sections_written`` and so on, after the classes' own names."""
ACTION_ITEM_KINDS = _kinds(ActionItemEvent)


def stream_of(postmortem_id: str) -> str:
    """Return the name of a postmortem's stream."""
    return f"postmortem:{postmortem_id}"


def item_stream_of(item_id: str) -> str:
    """Return the name of an action item's stream."""
    return f"action_item:{item_id}"


def find(
    tx: Transaction, name: str, *, viewer: Viewer = EVERYBODY, lock: bool = False
) -> tuple[Incident, Postmortem]:
    """Return an incident and its postmortem; locked in this order.

    Raises:
        NotFoundError: There is none, or none the viewer may see.
    """
    incident = incident_record.find(tx, name, viewer=viewer, lock=lock)
    found = tx.postmortem.for_incident(incident.id, lock=lock)
    if found is None:
        msg = (
            f"{incident.name} has no postmortem; begin one: "
            f"handrail postmortem draft {incident.name}"
        )
        raise NotFoundError(msg)
    return incident, found


def find_item(
    tx: Transaction, name: str, *, viewer: Viewer = EVERYBODY, lock: bool = False
) -> ActionItem:
    """Return the action item that people call so: ``ACT-7`` or ``7``.

    Raises:
        NotFoundError: There is none, or none the viewer may see.
    """
    spelled = name.strip().upper().removeprefix("ACT-")
    found = None
    if spelled.isascii() and spelled.isdigit() and len(spelled) < 10:  # noqa: PLR2004 - what an integer column holds
        found = tx.action_item.by_number(int(spelled), viewer=viewer, lock=lock)
    if found is None:
        msg = f"there is no action item {name!r}; handrail action list shows them"
        raise NotFoundError(msg)
    return found


def record(
    tx: Transaction,
    before: Postmortem,
    events: tuple[e.PostmortemEvent, ...],
    *,
    actor: str,
    ids: IdSource,
) -> Postmortem:
    """Write events; return the postmortem after."""
    if not events:
        return before
    after = before
    for event in events:
        after = postmortem.evolve(after, event, at=tx.now)
    stream = stream_of(before.id)
    new = _new(tx, events, POSTMORTEM_KINDS, actor=actor, ids=ids)
    tx.event.append(stream, new, after=before.sequence)
    tx.postmortem.save(after, expected_sequence=before.sequence)
    return after


def record_item(
    tx: Transaction,
    before: ActionItem,
    events: tuple[ActionItemEvent, ...],
    *,
    actor: str,
    ids: IdSource,
) -> ActionItem:
    """Write events; return the action item after."""
    if not events:
        return before
    after = before
    for event in events:
        after = action_item.evolve(after, event, at=tx.now)
    new = _new(tx, events, ACTION_ITEM_KINDS, actor=actor, ids=ids)
    tx.event.append(item_stream_of(before.id), new, after=before.sequence)
    tx.action_item.save(after, expected_sequence=before.sequence)
    return after


def add_item(
    tx: Transaction,
    item: ActionItem,
    added: action_item.ActionItemAdded,
    *,
    actor: str,
    ids: IdSource,
) -> None:
    """Write a new action item down."""
    new = _new(tx, (added,), ACTION_ITEM_KINDS, actor=actor, ids=ids)
    tx.action_item.add(item)
    tx.event.append(item_stream_of(item.id), new, after=0)


def _new(
    tx: Transaction,
    events: Sequence[object],
    kinds: Mapping[type, str],
    *,
    actor: str,
    ids: IdSource,
) -> list[NewEvent]:
    return [
        NewEvent(
            kind=kinds[type(event)],
            occurred_at=tx.now,
            actor=actor,
            payload=msgspec.json.encode(event, order="deterministic").decode(),
            salt=ids.new_secret(),
        )
        for event in events
    ]


def draft_for(
    tx: Transaction, incident: Incident, *, by: Slug, actor: str, ids: IdSource
) -> Incident:
    """Begin the incident's postmortem, or take a published one up again.

    Called where an incident was resolved and is to be learned from, in the same
    transaction; the incident's row is locked.

    Returns:
        The incident, which now names its postmortem.

    Raises:
        ConflictError: Its response still runs, or it was no incident of its own.
    """
    if incident.is_responding:
        msg = f"{incident.name} is not over; its postmortem begins when it is resolved"
        raise ConflictError(msg)
    if incident.ending is not Ending.RESOLVED:
        msg = f"{incident.name} was {incident.ending}; there is nothing to learn here"
        raise ConflictError(msg)
    known = tx.postmortem.for_incident(incident.id, lock=True)
    if known is None:
        made = _begin(tx, incident, actor=actor, ids=ids)
    else:
        made = known
        if known.state is PostmortemState.PUBLISHED:
            why = f"{incident.name} was reopened and resolved again"
            again = command.take_up_again(known, reason=why, by=by)
            record(tx, known, again, actor=actor, ids=ids)
    if incident.postmortem_id == made.id and known is not None:
        return incident
    drafted = incident_events.PostmortemDrafted(postmortem_id=made.id)
    after, _ = incident_record.record(tx, incident, (drafted,), actor=actor, ids=ids)
    return after


def _begin(
    tx: Transaction, incident: Incident, *, actor: str, ids: IdSource
) -> Postmortem:
    # A summary that people wrote during the response is theirs, and a start.
    said = {Section.SUMMARY: incident.summary} if incident.summary.strip() else {}
    begun = e.PostmortemBegun(
        incident_id=incident.id,
        incident_number=incident.number,
        title=incident.title,
        sections=said,
    )
    made = postmortem.begin(PostmortemId(ids.new_id()), begun, at=tx.now)
    tx.postmortem.add(made)
    new = _new(tx, (begun,), POSTMORTEM_KINDS, actor=actor, ids=ids)
    tx.event.append(stream_of(made.id), new, after=0)
    return made


def finish_learning(
    tx: Transaction,
    incident: Incident,
    written: Postmortem,
    *,
    actor: str,
    ids: IdSource,
) -> Incident:
    """Close the incident if nothing of its learning is left to do."""
    items = tx.action_item.for_incident(incident.id)
    why = learned_by(incident, written, items)
    if why is None:
        return incident
    finished = incident_events.LearningFinished(why=why)
    after, _ = incident_record.record(tx, incident, (finished,), actor=actor, ids=ids)
    return after
