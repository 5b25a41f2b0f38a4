"""What is known of contact methods, and of whom gaps were told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handrail.core.coverage.evidence import Verification
from handrail.core.ids import Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class GapTelling:
    """That somebody was told of a service's gaps.

    Attributes:
        gaps: What was told, as a digest: other gaps are told again.
        until: The end of the last of these gaps, UTC.
        told: Whom, such as ``user:ana``.
    """

    service: Slug
    gaps: str
    until: datetime
    told_at: datetime
    told: str


class ContactStore(Protocol):
    """Verifications by contact method; tellings by service."""

    def verify(self, verification: Verification) -> None:
        """Keep it, in the place of what was known of the method; never an older one."""
        ...

    def verifications(self, user: Slug | None = None) -> list[Verification]:
        """Return what is known, of everybody or of one user, by key."""
        ...

    def tell(self, telling: GapTelling) -> None:
        """Keep it, in the place of what was told of the service before."""
        ...

    def tellings(self, *, lock: bool = False) -> dict[Slug, GapTelling]:
        """Return by service what was told last; ``lock`` lets nobody tell meanwhile."""
        ...
