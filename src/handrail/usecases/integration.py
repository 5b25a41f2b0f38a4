"""Integration keys that Handrail issues: shown once, two live while rotating."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from handrail.core.configuration.diff import Change, ChangeKind
from handrail.core.configuration.document import Document
from handrail.core.configuration.draft import MANAGED_BY_CONSOLE, canonical
from handrail.core.configuration.integration_key import (
    ISSUED_LIVE_MAX,
    key_digest,
    key_from,
)
from handrail.core.configuration.node import Json
from handrail.core.configuration.problem import did_you_mean
from handrail.core.configuration.spelling import quoted
from handrail.core.errors import NotFoundError
from handrail.core.ids import Slug
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases.configuration_record import record

KIND = "integration_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedKey:
    """A new key; this is the only time it can be seen.

    Attributes:
        key: 32 characters of ``[0-9a-f]``.
        live: How many issued keys now work, this one included.
    """

    integration: Slug
    source: str
    key: str
    live: int


def issue_key(
    tx: Transaction, integration: Slug, *, by: str, ids: IdSource
) -> IssuedKey:
    """Make a new key; the last issued one goes on working, older ones end.

    Raises:
        NotFoundError: There is no such integration.
    """
    source = _source(tx, integration)
    issued = _issued(tx, integration)
    ended = issued[: len(issued) - ISSUED_LIVE_MAX + 1] if issued else []
    number = max((document.order for document in issued), default=0) + 1
    key = key_from(ids.new_secret())
    made = _key_document(tx, integration, digest=key_digest(key), number=number)
    tx.configuration.apply([made], ended, by=by)
    payload: dict[str, Json] = {
        "integration": integration,
        "key": made.name,
        "ended": len(ended),
    }
    record(tx, "integration_key_issued", payload, by=by, ids=ids)
    live = len(issued) - len(ended) + 1
    return IssuedKey(integration=integration, source=source, key=key, live=live)


def retire_keys(tx: Transaction, integration: Slug, *, by: str, ids: IdSource) -> int:
    """End every issued key but the newest; return how many ended.

    Raises:
        NotFoundError: There is no such integration.
    """
    _source(tx, integration)
    ended = _issued(tx, integration)[:-1]
    if ended:
        tx.configuration.apply([], ended, by=by)
        payload: dict[str, Json] = {"integration": integration, "ended": len(ended)}
        record(tx, "integration_key_retired", payload, by=by, ids=ids)
    return len(ended)


def follow_integrations(
    tx: Transaction, changes: Sequence[Change]
) -> tuple[list[Document], list[Document]]:
    """Return the issued keys to store and to end with these changes.

    Keys of a removed integration end; those of a renamed one go on under its name.
    """
    added: list[Document] = []
    removed: list[Document] = []
    for change in changes:
        stored = change.stored
        if stored is None or stored.kind != "integration":
            continue
        if change.kind not in {ChangeKind.REMOVED, ChangeKind.RENAMED}:
            continue
        issued = _issued(tx, stored.name)
        removed.extend(issued)
        if change.draft is not None:
            added.extend(
                _key_document(
                    tx,
                    change.draft.name,
                    digest=json.loads(document.body)["digest"],
                    number=document.order,
                )
                for document in issued
            )
    return added, removed


def _source(tx: Transaction, integration: Slug) -> str:
    known = tx.configuration.snapshot().integrations
    if integration not in known:
        hint = did_you_mean(integration, known) or "add it to the configuration first"
        msg = f"no integration {quoted(integration)}; {hint}"
        raise NotFoundError(msg)
    return known[integration].source


def _issued(tx: Transaction, integration: Slug) -> list[Document]:
    """Return the live issued keys of an integration, oldest first."""
    keys = (
        document
        for document in tx.configuration.documents()
        if document.kind == KIND
        and json.loads(document.body)["integration"] == integration
    )
    return sorted(keys, key=lambda document: document.order)


def _key_document(
    tx: Transaction, integration: Slug, *, digest: str, number: int
) -> Document:
    return Document(
        kind=KIND,
        name=Slug(f"{integration}.{number}"),
        version=1,
        body=canonical({"integration": integration, "digest": digest}),
        order=number,
        revision=0,
        effective_from=tx.now,
        managed_by=MANAGED_BY_CONSOLE,
    )
