"""Understanding what a sender posts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from handrail.core.alert.signal import Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a body said.

    Attributes:
        signals: Everything that could be read, in the sender's order.
        errors: One sentence for each item that could not; the others are kept.
        unparsed: Why nothing at all could be read, or none.
        expires_after: A firing signal without ``ends_at`` expires this long after it
            was admitted, unless repeated; none where the sender always resolves.
        describes_anew: Repeats may bring a new description, which replaces the old;
            else they are only counted, which is much cheaper.
    """

    signals: tuple[Signal, ...] = ()
    errors: tuple[str, ...] = ()
    unparsed: str | None = None
    expires_after: timedelta | None = None
    describes_anew: bool = False

    @property
    def complaint(self) -> str:
        """Return what could not be read, in words; "" when all of it could."""
        return "; ".join(((self.unparsed,) if self.unparsed else ()) + self.errors)


class Parse(Protocol):
    """The one function of a source: pure, and total over all bodies."""

    def __call__(self, body: bytes, *, received_at: datetime) -> Parsed:
        """Read one body; never raises, whatever the bytes."""
        ...
