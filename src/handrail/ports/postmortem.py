"""Postmortems and their action items in the database."""

from typing import Protocol

from handrail.core.ids import IncidentId, Slug
from handrail.core.postmortem.action_item import ActionItem
from handrail.core.postmortem.postmortem import Postmortem
from handrail.ports.incident import EVERYBODY, Viewer


class PostmortemStore(Protocol):
    """Postmortems, one an incident; current state beside the event stream."""

    def add(self, postmortem: Postmortem) -> None:
        """Insert a postmortem.

        Raises:
            ConflictError: The incident has one already.
        """
        ...

    def for_incident(
        self, incident_id: IncidentId, *, lock: bool = False
    ) -> Postmortem | None:
        """Return the incident's postmortem or none; ``lock`` holds its row.

        Whoever asks has found the incident before, by its viewer.
        """
        ...

    def save(self, postmortem: Postmortem, *, expected_sequence: int) -> None:
        """Write back the postmortem.

        Raises:
            ConflictError: Its stored sequence is not the expected one.
        """
        ...

    def search(
        self, *, viewer: Viewer, limit: int, before: int | None = None
    ) -> list[Postmortem]:
        """Return postmortems by incident, highest number first, below the given one."""
        ...


class ActionItemStore(Protocol):
    """Action items of all postmortems; current state beside the event stream."""

    def next_number(self) -> int:
        """Take and return the next n of ``ACT-n``; given back if this is undone."""
        ...

    def add(self, item: ActionItem) -> None:
        """Insert an action item."""
        ...

    def by_number(
        self, number: int, *, viewer: Viewer = EVERYBODY, lock: bool = False
    ) -> ActionItem | None:
        """Return the item, or none where there is none the viewer may see."""
        ...

    def save(self, item: ActionItem, *, expected_sequence: int) -> None:
        """Write back the item.

        Raises:
            ConflictError: Its stored sequence is not the expected one.
        """
        ...

    def for_incident(self, incident_id: IncidentId) -> list[ActionItem]:
        """Return the incident's items by number."""
        ...

    def search(
        self, *, viewer: Viewer, open_only: bool, owner: Slug | None, limit: int
    ) -> list[ActionItem]:
        """Return items, soonest due first, those without a date last."""
        ...
