"""Cover requests and swaps in the database, and the numbers of overrides."""

from datetime import datetime
from typing import Protocol, TypeVar

from handrail.core.cover.agreement import Agreement

A = TypeVar("A", bound=Agreement)


class AgreementStore(Protocol):
    """Cover requests and swaps; current state beside their event streams.

    What is asked for by ``kind`` is ``CoverRequest`` or ``Swap``.
    """

    def next_override(self) -> int:
        """Take and return the next n of ``override-n``; given back if undone."""
        ...

    def next_number(self, kind: type[Agreement]) -> int:
        """Take and return the next n of ``COV-n`` or ``SWAP-n``; back if undone."""
        ...

    def add(self, one: Agreement) -> None:
        """Insert one."""
        ...

    def get(self, kind: type[A], number: int, *, lock: bool = False) -> A | None:
        """Return the one of that number or none; ``lock`` holds its row to the end."""
        ...

    def save(self, one: Agreement, *, expected_sequence: int) -> None:
        """Write one back.

        Raises:
            LostRaceError: Its stored sequence is not the expected one.
        """
        ...

    def newest(self, kind: type[A], *, open_only: bool, limit: int) -> list[A]:
        """Return those of a kind, newest first."""
        ...

    def due(self, kind: type[A], *, limit: int) -> list[A]:
        """Return locked open ones whose time has run out, soonest first."""
        ...

    def next_due(self) -> datetime | None:
        """Return when the first open one of any kind runs out, if there is one."""
        ...
