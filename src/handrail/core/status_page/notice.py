"""A notice: one honest word to the public about an incident."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.ids import IncidentId, NoticeId, Slug
from handrail.core.status_page.component import ComponentStatus


@unique
class NoticeStage(StrEnum):
    """What the public is told of the stage. ``resolved`` is the all-clear."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice.

    Attributes:
        incident_number: The n of ``INC-n``.
        number: Counts the incident's notices, from 1.
        title: Of the incident, in the public's words; its last notice's title holds.
        components: How each named component stands from now on.
        next_update_at: When the next word is promised, or none.
        posted_at: When it was published.
        shown_at: When it is said to have held, earlier where it is backfilled.
        is_correction: It puts an earlier one right.
    """

    id: NoticeId
    incident_id: IncidentId
    incident_number: int
    number: int
    title: str
    stage: NoticeStage
    text: str
    components: Mapping[Slug, ComponentStatus]
    next_update_at: datetime | None
    by: Slug
    posted_at: datetime
    shown_at: datetime
    is_correction: bool = False

    @property
    def leaves_open(self) -> bool:
        """Return whether, after it, the page still says that something is wrong."""
        affects = any(status.is_affected for status in self.components.values())
        return affects or self.stage is not NoticeStage.RESOLVED

    @property
    def is_backfilled(self) -> bool:
        """Return whether it says something of the past."""
        return self.shown_at < self.posted_at
