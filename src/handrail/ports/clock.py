"""Knowing the time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The one reader of the clock."""

    def now(self) -> datetime:
        """Return the present instant, UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only grow, for measuring durations in one process."""
        ...
