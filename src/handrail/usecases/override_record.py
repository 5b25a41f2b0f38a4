"""Overrides that people make: configuration documents that no file holds."""

import json
from collections.abc import Sequence
from dataclasses import replace

from handrail.core.configuration.document import Document
from handrail.core.configuration.draft import MANAGED_BY_CONSOLE, canonical
from handrail.core.configuration.kind.schedule import OVERRIDE
from handrail.core.configuration.node import STORED, Json, plain_node
from handrail.core.configuration.problem import did_you_mean
from handrail.core.configuration.ranking import STRIDE
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.configuration.spelling import format_moment, quoted
from handrail.core.configuration.wire import read_drafts
from handrail.core.cover.new_override import NewOverride
from handrail.core.errors import InvalidError, LostRaceError
from handrail.core.ids import Slug
from handrail.core.schedule.schedule import Override
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases.configuration_record import record

KIND = OVERRIDE.kind


def put(
    tx: Transaction,
    added: Sequence[NewOverride],
    *,
    decided_on: Snapshot,
    by: str,
    because: str,
    ids: IdSource,
) -> tuple[Override, ...]:
    """Store overrides as created last, all in one revision.

    Args:
        tx: The transaction in which they were decided upon.
        added: In the order of their creation.
        decided_on: The configuration by which they were judged.
        by: ``user:ana``, ``token:ci`` or ``operator``.
        because: ``override``, or the cover or swap that they come from: ``COV-7``.
        ids: For the record's salt.

    Raises:
        InvalidError: One names what is not there, or ends before it begins.
        LostRaceError: The configuration changed meanwhile; the store tries again.
    """
    for one in added:
        _require_sound(tx, one)
    documents = [d for d in tx.configuration.documents() if d.kind == KIND]
    top = max((document.order for document in documents), default=0)
    taken = {document.name for document in documents}
    made = []
    for number, one in enumerate(added, start=1):
        name = _free_name(tx, taken)
        taken.add(name)
        made.append((one, name, top + STRIDE * number))
    _apply(
        tx, [_document(tx, *each) for each in made], [], by=by, seen=decided_on.revision
    )
    payload: dict[str, Json] = {
        "because": because,
        "overrides": [{"name": name, **one.body()} for one, name, _ in made],
    }
    record(tx, "override_added", payload, by=by, ids=ids)
    return tuple(one.made(name, order=order) for one, name, order in made)


def end(
    tx: Transaction, document: Document, *, decided_on: Snapshot, by: str, ids: IdSource
) -> None:
    """End an override now; one that has not begun never comes to be.

    Raises:
        LostRaceError: The configuration changed meanwhile; the store tries again.
    """
    body = json.loads(document.body)
    override = find(tx, document.name)
    assert override is not None, "a document in force is compiled"
    now = tx.now.replace(microsecond=0)
    added, removed = [], [document]
    if override.starts_at < now:
        body["until"] = format_moment(now)
        shorter = replace(document, body=canonical(body), effective_from=tx.now)
        added, removed = [shorter], []
    _apply(tx, added, removed, by=by, seen=decided_on.revision)
    payload: dict[str, Json] = {
        "name": document.name,
        "schedule": body["schedule"],
        "user": body["user"],
        "was_running": bool(added),
    }
    record(tx, "override_ended", payload, by=by, ids=ids)


def find(tx: Transaction, name: Slug) -> Override | None:
    """Return the override in force of that name, or none."""
    for schedule in tx.configuration.snapshot().schedules.values():
        for override in schedule.overrides:
            if override.name == name:
                return override
    return None


def _require_sound(tx: Transaction, one: NewOverride) -> None:
    """Return if a file could say the same.

    Raises:
        InvalidError: It could not; the fields say why.
    """
    entry: Json = {KIND: {"name": "new", **one.body()}}
    read = read_drafts([plain_node(entry, STORED)], {KIND: OVERRIDE})
    fields = {p.field.partition(".")[2]: p.sentence for p in read.problems}
    snapshot = tx.configuration.snapshot()
    known = {"user": snapshot.users, "schedule": snapshot.schedules}
    for draft in read.drafts:
        for reference in draft.references:
            names = known[reference.kind]
            if reference.name not in names:
                hint = did_you_mean(reference.name, names)
                wrong = f"no {reference.kind} {quoted(reference.name)}"
                fields[reference.path] = f"{wrong}; {hint}" if hint else wrong
    if fields:
        field, wrong = next(iter(fields.items()))
        msg = f"{field}: {wrong}"
        raise InvalidError(msg, fields=fields)


def _free_name(tx: Transaction, taken: set[Slug]) -> Slug:
    while (name := Slug(f"override-{tx.agreement.next_override()}")) in taken:
        pass
    return name


def _document(tx: Transaction, one: NewOverride, name: Slug, order: int) -> Document:
    return Document(
        kind=KIND,
        name=name,
        version=1,
        body=canonical(one.body()),
        order=order,
        revision=0,
        effective_from=tx.now,
        managed_by=MANAGED_BY_CONSOLE,
    )


def _apply(
    tx: Transaction,
    added: Sequence[Document],
    removed: Sequence[Document],
    *,
    by: str,
    seen: int,
) -> None:
    """Store the next revision, if it follows the one that was decided upon."""
    revision = tx.configuration.apply(added, removed, by=by)
    if revision.number != seen + 1:
        msg = "the configuration changed meanwhile; look at it again"
        raise LostRaceError(msg)
