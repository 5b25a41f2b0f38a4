"""What an installation remembers of itself, by key."""

from collections.abc import Mapping
from typing import Protocol


class MetaStore(Protocol):
    """Small facts about the installation: held mode, key fingerprint, last audit."""

    def get(self, key: str) -> str | None:
        """Return the value or none."""
        ...

    def set(self, key: str, value: str) -> None:
        """Set the value."""
        ...

    def all(self) -> Mapping[str, str]:
        """Return every fact."""
        ...
