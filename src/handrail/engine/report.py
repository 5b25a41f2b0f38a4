"""What a duty did in one tick."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How much was done, and whether more is due at once."""

    done: int
    has_more: bool = False


class Duty(Protocol):
    """Something that time demands."""

    @property
    def name(self) -> str:
        """What it is called in logs and metrics."""
        ...

    def tick(self) -> Report:
        """Do what is due now; return at once where nothing is."""
        ...
