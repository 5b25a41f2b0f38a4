"""Pages in the database."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from handrail.core.escalation.policy import TurningLevel
from handrail.core.ids import AlertId, PageId
from handrail.core.paging.page import Page
from handrail.ports.setback import Otherwise, refuse


class PageStore(Protocol):
    """Pages; current state beside the event stream."""

    def add(self, page: Page) -> None:
        """Insert a page."""
        ...

    def get(self, page_id: PageId, *, lock: bool = False) -> Page | None:
        """Return the page or none; ``lock`` holds its row (PostgreSQL)."""
        ...

    def save(self, page: Page, *, expected_sequence: int) -> None:
        """Write back the page.

        Raises:
            ConflictError: Its stored sequence is not the expected one.
        """
        ...

    def due(self, *, limit: int, otherwise: Otherwise = refuse) -> list[Page]:
        """Return locked open pages whose timer has run out, oldest first.

        Their alerts are locked first; those that others hold are left for later.
        """
        ...

    def put_off(self, page_id: PageId, until: datetime) -> None:
        """Let the timer of this row run out then; for one that cannot be read."""
        ...

    def timed(self, *, otherwise: Otherwise = refuse) -> list[Page]:
        """Return every open page whose timer is still to come."""
        ...

    def next_due(self) -> datetime | None:
        """Return the earliest timer of any page."""
        ...

    def for_alert(self, alert_id: AlertId) -> list[Page]:
        """Return the pages about this alert, oldest first."""
        ...

    def due_for_nudge(self, *, limit: int) -> list[Page]:
        """Return pages whose ``nudge_due_at`` has come, longest due first.

        Their rows are not locked, since their alerts' must be locked before.
        """
        ...

    def next_nudge(self) -> datetime | None:
        """Return the earliest ``nudge_due_at`` of any page."""
        ...

    def next_turn(self, level: TurningLevel) -> int:
        """Return the next turn at this level, from 1."""
        ...

    def lock_turns(self, levels: Collection[TurningLevel]) -> None:
        """Let no other transaction take a turn at these levels until this one ends.

        All that a transaction needs at once, in the order of locks. What is wanted
        later and comes before what is held is not waited for.

        Raises:
            LostRaceError: Another transaction has such a level.
        """
        ...

    def take_turn(self, level: TurningLevel) -> int:
        """Count the next turn at this level as had, and return it."""
        ...

    def continue_turns(self, before: TurningLevel, after: TurningLevel) -> None:
        """Let the turns after go on where those before are, unless they are ahead."""
        ...

    def search(
        self, *, active_only: bool, limit: int, before: PageId | None = None
    ) -> list[Page]:
        """Return pages, newest first; active means open, acknowledged or exhausted."""
        ...
