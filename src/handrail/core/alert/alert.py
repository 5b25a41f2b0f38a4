"""An alert: a deduplicated condition that fires and resolves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique

from handrail.core.ids import AlertId, PageId, Slug
from handrail.core.severity.severity import Severity, Urgency


@unique
class AlertState(StrEnum):
    """Firing until the sender or a person resolves it, or the sender falls silent."""

    FIRING = "firing"
    RESOLVED = "resolved"
    EXPIRED = "expired"


@unique
class Disposition(StrEnum):
    """What became of an accepted signal. ``is_final`` says which are an end."""

    OPENED = "opened"
    REPEATED = "repeated"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    EXPIRED = "expired"
    MUTED = "muted"
    HELD = "held"
    PAGED = "paged"
    PAGED_ACKNOWLEDGED = "paged→acknowledged"
    PAGED_EXHAUSTED = "paged→exhausted"
    LAST_RESORT = "last_resort"
    UNPARSED = "unparsed"
    DROPPED = "dropped"


STILL_OPEN = frozenset(
    {Disposition.OPENED, Disposition.HELD, Disposition.PAGED, Disposition.LAST_RESORT}
)
"""Dispositions of a firing alert that still owes something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A deduplicated condition with labels.

    Attributes:
        generation: 1 at first, one more with each reopening.
        repeats: How many repeats were accepted since it opened.
        closed_at: When it resolved or expired; none while it fires.
        disposition: What became of it so far, with ``reason`` in words.
        decided_by: The rule that decided (``route payments v3``), or "".
        evaluate_due_at: When routing must (again) decide; none when decided.
        expire_due_at: When it expires unless repeated; none where the sender resolves.
    """

    id: AlertId
    integration: Slug
    dedup_key: str
    state: AlertState
    title: str
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    severity_word: str | None = None
    starts_at: datetime
    opened_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None = None
    generation: int = 1
    repeats: int = 0
    service: Slug | None = None
    severity: Severity | None = None
    urgency: Urgency | None = None
    disposition: Disposition = Disposition.OPENED
    reason: str = ""
    decided_by: str = ""
    page_id: PageId | None = None
    evaluate_due_at: datetime | None = None
    expire_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAlert:
    """The little that admission must know of an alert with the same key.

    Attributes:
        closed_at: When it resolved or expired; none while it fires.
        is_expired: It closed because its sender fell silent, not by recovery.
    """

    id: AlertId
    generation: int
    closed_at: datetime | None
    severity_word: str | None
    is_expired: bool = False
