"""Making identifiers."""

from typing import Protocol


class IdSource(Protocol):
    """The one maker of identifiers and of randomness."""

    def new_id(self) -> str:
        """Return a new UUIDv7 as canonical lower-case text."""
        ...

    def new_secret(self) -> str:
        """Return 256 bits of randomness as 43 URL-safe characters."""
        ...

    def jitter(self) -> float:
        """Return a number in [0, 1), for spreading retries."""
        ...
