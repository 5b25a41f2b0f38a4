"""Cover requests, swaps and the numbers of overrides in the database."""

from datetime import datetime
from typing import Protocol

from handrail.core.cover.cover_request import CoverRequest
from handrail.core.cover.swap import Swap


class CoverStore(Protocol):
    """Cover requests and swaps; current state beside their event streams."""

    def next_override(self) -> int:
        """Take and return the next n of ``override-n``; given back if undone."""
        ...

    def next_request(self) -> int:
        """Take and return the next n of ``COV-n``; given back if this is undone."""
        ...

    def next_swap(self) -> int:
        """Take and return the next n of ``SWAP-n``; given back if this is undone."""
        ...

    def add_request(self, request: CoverRequest) -> None:
        """Insert a cover request."""
        ...

    def request(self, number: int, *, lock: bool = False) -> CoverRequest | None:
        """Return the request or none; ``lock`` holds its row to the end."""
        ...

    def save_request(self, request: CoverRequest, *, expected_sequence: int) -> None:
        """Write back a request.

        Raises:
            LostRaceError: Its stored sequence is not the expected one.
        """
        ...

    def requests(self, *, open_only: bool, limit: int) -> list[CoverRequest]:
        """Return cover requests, newest first."""
        ...

    def add_swap(self, swap: Swap) -> None:
        """Insert a swap."""
        ...

    def swap(self, number: int, *, lock: bool = False) -> Swap | None:
        """Return the swap or none; ``lock`` holds its row to the end."""
        ...

    def save_swap(self, swap: Swap, *, expected_sequence: int) -> None:
        """Write back a swap.

        Raises:
            LostRaceError: Its stored sequence is not the expected one.
        """
        ...

    def swaps(self, *, open_only: bool, limit: int) -> list[Swap]:
        """Return swaps, newest first."""
        ...

    def due_requests(self, *, limit: int) -> list[CoverRequest]:
        """Return locked open requests whose time has run out, soonest first."""
        ...

    def due_swaps(self, *, limit: int) -> list[Swap]:
        """Return locked open swaps whose time has run out, soonest first."""
        ...

    def next_due(self) -> datetime | None:
        """Return when the first open request or swap runs out, if there is one."""
        ...
