"""A page: one run of an escalation policy, seeking one person's acknowledgement."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.escalation.policy import EscalationPolicy
from handrail.core.ids import AlertId, EntryId, IncidentId, PageId, Slug
from handrail.core.severity.severity import Severity, Urgency


@unique
class PageState(StrEnum):
    """Open seeks somebody; the others are at rest. Exhausted may still be taken."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    EXHAUSTED = "exhausted"


LAST_RESORT_LEVEL = -1
"""The level number of the last resort, which comes after every level and round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One run of a policy about one alert or one incident.

    Attributes:
        alert_id: The alert it is about, or none where it is about an incident.
        incident_id: The incident it is about, or none where it is about an alert.
        policy: The snapshot this page runs; later edits do not touch it.
        revision: The configuration revision of that snapshot.
        round: 1 at first; counts passes over the levels.
        level: Index of the level last notified or skipped, ``LAST_RESORT_LEVEL`` for
            the last resort, none before the first.
        entry_id: The level entry now waiting for an answer, or none.
        advance_due_at: The timer: when the next level is notified; none at rest.
        last_resort_times: How often the last resort has been notified.
        nudge_due_at: When who has it is asked to declare an incident, if none is
            declared by then; none where nobody is to be asked.
        alert_expired: The alert's sender fell silent; the page goes on and says so.
        sequence: Number of the last event in the page's stream.
    """

    id: PageId
    title: str
    service: Slug | None
    severity: Severity
    urgency: Urgency
    policy: EscalationPolicy | None
    revision: int
    opened_at: datetime
    alert_id: AlertId | None = None
    incident_id: IncidentId | None = None
    state: PageState = PageState.OPEN
    round: int = 1
    level: int | None = None
    entry_id: EntryId | None = None
    advance_due_at: datetime | None = None
    last_resort_times: int = 0
    acknowledged_by: Slug | None = None
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    nudge_due_at: datetime | None = None
    alert_expired: bool = False
    sequence: int = 0

    @property
    def is_seeking(self) -> bool:
        """Return whether somebody must still be found for it."""
        return self.state is PageState.OPEN
