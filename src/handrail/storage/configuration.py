"""Configuration documents: every version of each, and the snapshots they compile to."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    func,
    select,
)
from typing_extensions import override

from handrail.core.configuration.compile import compile_snapshot
from handrail.core.configuration.document import Document, Revision
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug
from handrail.ports.configuration import ConfigurationStore
from handrail.storage.codec import RowCodec
from handrail.storage.schema import INSTANT, KEY, METADATA
from handrail.storage.scope import Scope

REVISION = Table(
    "revision",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("applied_at", INSTANT, nullable=False),
    Column("applied_by", KEY, nullable=False),
    Column("changes", Integer, nullable=False),
)
DOCUMENT = Table(
    "document",
    METADATA,
    Column("kind", KEY, primary_key=True),
    Column("name", KEY, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column(
        "revision", Integer, ForeignKey(REVISION.c.number), nullable=False, index=True
    ),
    Column("effective_from", INSTANT, nullable=False),
    Column("managed_by", KEY, nullable=False),
    Column("renamed_from", KEY),
    Column("is_removed", Boolean, nullable=False),
)

_SNAPSHOTS_KEPT = 16
_DOCUMENT = RowCodec(Document, DOCUMENT, key="name", renamed={"order": "position"})
_REVISION = RowCodec(Revision, REVISION, key="number", renamed={"by": "applied_by"})
_NUMBER = select(func.max(REVISION.c.number))
_LATEST = (
    select(
        DOCUMENT.c.kind, DOCUMENT.c.name, func.max(DOCUMENT.c.version).label("version")
    )
    .where(DOCUMENT.c.revision <= bindparam("revision"))
    .group_by(DOCUMENT.c.kind, DOCUMENT.c.name)
    .subquery()
)
_AT_REVISION = (
    select(*_DOCUMENT.columns)
    .join(
        _LATEST,
        and_(
            DOCUMENT.c.kind == _LATEST.c.kind,
            DOCUMENT.c.name == _LATEST.c.name,
            DOCUMENT.c.version == _LATEST.c.version,
        ),
    )
    .where(DOCUMENT.c.is_removed.is_(False))
    .order_by(DOCUMENT.c.kind, DOCUMENT.c.position, DOCUMENT.c.name)
)
_HISTORY = (
    select(*_DOCUMENT.columns)
    .where(DOCUMENT.c.kind == bindparam("kind"), DOCUMENT.c.name == bindparam("name"))
    .order_by(DOCUMENT.c.version)
)
_VERSIONS = (
    select(*_DOCUMENT.columns)
    .where(DOCUMENT.c.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(DOCUMENT.c.revision, DOCUMENT.c.kind, DOCUMENT.c.name, DOCUMENT.c.version)
)
_REVISIONS = select(*_REVISION.columns).order_by(REVISION.c.number)
_LAST_VERSION = (
    "SELECT coalesce(max(version), 0) FROM document WHERE kind = ? AND name = ?"
)


class SnapshotCache:
    """The latest compiled snapshots of one store, by revision.

    Revisions are immutable, so that an entry never goes stale; what a transaction
    applied itself is not put here, for it may yet be rolled back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[int, Snapshot] = {}

    def get(self, revision: int) -> Snapshot | None:
        """Return the snapshot of the revision, or none."""
        return self._kept.get(revision)

    def put(self, snapshot: Snapshot) -> None:
        """Keep a snapshot; the oldest kept one may go."""
        with self._lock:
            self._kept[snapshot.revision] = snapshot
            while len(self._kept) > _SNAPSHOTS_KEPT:
                del self._kept[next(iter(self._kept))]


class SqlConfigurationStore(ConfigurationStore):
    """Documents and revisions; versions and revision numbers are given out here."""

    def __init__(self, scope: Scope, cache: SnapshotCache) -> None:
        self._scope = scope
        self._cache = cache
        self._has_applied = False
        self._own: Snapshot | None = None
        """What this transaction applied last, compiled; not shared."""

    @override
    def snapshot(self) -> Snapshot:
        return self.snapshot_at(self._last_revision())

    @override
    def snapshot_at(self, revision: int) -> Snapshot:
        # What this transaction applied may yet be rolled back: it is not shared.
        kept = self._own if self._has_applied else self._cache.get(revision)
        if kept is not None and kept.revision == revision:
            return kept
        documents = self._documents_at(revision)
        snapshot = compile_snapshot(documents, revision=revision)
        if self._has_applied:
            self._own = snapshot
        else:
            self._cache.put(snapshot)
        return snapshot

    @override
    def documents(self) -> list[Document]:
        return self._documents_at(self._last_revision())

    @override
    def history(self, kind: str, name: Slug) -> list[Document]:
        asked = {"kind": kind, "name": name}
        return [_DOCUMENT.item(row) for row in self._scope.read(_HISTORY, asked)]

    @override
    def versions(self, kinds: Sequence[str]) -> list[Document]:
        asked = {"kinds": list(kinds)}
        return [_DOCUMENT.item(row) for row in self._scope.read(_VERSIONS, asked)]

    @override
    def revisions(self) -> list[Revision]:
        return [_REVISION.item(row) for row in self._scope.read(_REVISIONS)]

    @override
    def apply(
        self, documents: Sequence[Document], removed: Sequence[Document], *, by: str
    ) -> Revision:
        revision = Revision(
            number=self._last_revision() + 1,
            applied_at=self._scope.now,
            by=by,
            changes=len(documents) + len(removed),
        )
        ended = (
            replace(document, is_removed=True, effective_from=self._scope.now)
            for document in removed
        )
        self._has_applied, self._own = True, None
        self._scope.change(_REVISION.insert, _REVISION.values(revision))
        rows = [
            _DOCUMENT.values(self._next_version(document, revision))
            for document in chain(ended, documents)
        ]
        self._scope.change_many(_DOCUMENT.insert, rows)
        return revision

    def _next_version(self, document: Document, revision: Revision) -> Document:
        last = self._scope.fetch(_LAST_VERSION, (document.kind, document.name))
        version = last[0][0] + 1
        return replace(document, version=version, revision=revision.number)

    def _last_revision(self) -> int:
        return self._scope.read(_NUMBER).scalar() or 0

    def _documents_at(self, revision: int) -> list[Document]:
        rows = self._scope.read(_AT_REVISION, {"revision": revision})
        return [_DOCUMENT.item(row) for row in rows]
