"""Shift notices that were told, in the database."""

from datetime import datetime
from typing import Protocol

from handrail.core.ids import BulletinId
from handrail.core.schedule.shift_notice import ShiftNotice


class ShiftNoticeStore(Protocol):
    """Which shift notices were told; each is told once, by whoever comes first."""

    def take(self, notice: ShiftNotice, bulletin_id: BulletinId) -> bool:
        """Note that this transaction tells it; return false where another did."""
        ...

    def told(self, notice: ShiftNotice) -> bool:
        """Return whether it was told."""
        ...

    def for_bulletin(self, bulletin_id: BulletinId) -> ShiftNotice | None:
        """Return the notice that a bulletin tells, or none."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete notices of shifts that began or ended before then; return how many."""
        ...
