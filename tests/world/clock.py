"""Time that passes only when a test says so."""

from datetime import UTC, datetime, timedelta

from typing_extensions import override

from handrail.ports.clock import Clock

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning far from any change of clocks."""


class VirtualClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self._began_at = at
        self._now = at

    @override
    def now(self) -> datetime:
        return self._now

    @override
    def monotonic(self) -> float:
        return (self._now - self._began_at).total_seconds()

    @property
    def elapsed(self) -> timedelta:
        """Return how much time has passed since the world began."""
        return self._now - self._began_at

    def move_to(self, instant: datetime) -> None:
        assert instant >= self._now, f"time went back from {self._now} to {instant}"
        self._now = instant
