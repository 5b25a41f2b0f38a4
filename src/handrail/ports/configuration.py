"""The configuration and its versions in the database."""

from collections.abc import Sequence
from typing import Protocol

from handrail.core.configuration.document import Document, Revision
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.ids import Slug


class ConfigurationStore(Protocol):
    """Immutable versioned documents."""

    def snapshot(self) -> Snapshot:
        """Return the compiled configuration in force; compiled once per revision."""
        ...

    def snapshot_at(self, revision: int) -> Snapshot:
        """Return the configuration as it was at that revision."""
        ...

    def documents(self) -> list[Document]:
        """Return the documents in force."""
        ...

    def history(self, kind: str, name: Slug) -> list[Document]:
        """Return every version of one document, oldest first."""
        ...

    def versions(self, kinds: Sequence[str]) -> list[Document]:
        """Return every version of every document of these kinds, oldest first."""
        ...

    def revisions(self) -> list[Revision]:
        """Return every revision, oldest first."""
        ...

    def apply(
        self, documents: Sequence[Document], removed: Sequence[Document], *, by: str
    ) -> Revision:
        """Store new versions and ends of documents as the next revision."""
        ...
