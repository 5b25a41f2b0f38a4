"""What a duty did in one tick."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How much was done, and whether more is due at once.

    Attributes:
        lag: How late this tick came after the earliest row was due; none where
            nothing was due.
    """

    done: int
    has_more: bool = False
    lag: timedelta | None = None


class Duty(Protocol):
    """Something that time demands."""

    @property
    def name(self) -> str:
        """What it is called in logs and metrics."""
        ...

    def tick(self) -> Report:
        """Do what is due now; return at once where nothing is."""
        ...


def lag(due_at: datetime | None, now: datetime) -> timedelta | None:
    """Return for how long something has been due; none where nothing is."""
    return now - due_at if due_at is not None and due_at <= now else None
