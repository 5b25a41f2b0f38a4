"""What happens to a page: the events of its stream, from which it can be rebuilt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

from handrail.core.escalation.policy import EscalationPolicy
from handrail.core.ids import AlertId, EntryId, IncidentId, Slug
from handrail.core.people.contact_method import ChannelKind
from handrail.core.severity.severity import Severity, Urgency


@unique
class EscalationReason(StrEnum):
    """Why a level was reached."""

    OPENED = "opened"
    NO_ANSWER = "no_answer"
    LEVEL_EMPTY = "level_empty"
    ALL_TARGETS_DEAD = "all_targets_dead"
    REQUESTED = "requested"
    NO_POLICY = "no_policy"
    LEVEL_FAILED = "level_failed"

    @property
    def words(self) -> str:
        """Return it as people say it, to follow "level 2 was told: "."""
        return _WHY_TOLD[self]


@unique
class ResolveReason(StrEnum):
    """Why a page ended without or after an acknowledgement."""

    ALERT_RESOLVED = "alert_resolved"
    PERSON = "person"
    SUPERSEDED = "superseded"
    INCIDENT_OVER = "incident_over"

    @property
    def words(self) -> str:
        """Return it as people say it, to follow "it is over: "."""
        return _WHY_OVER[self]


_WHY_TOLD: Mapping[EscalationReason, str] = {
    EscalationReason.OPENED: "the page has just opened",
    EscalationReason.NO_ANSWER: "nobody answered in time",
    EscalationReason.LEVEL_EMPTY: "the level before led to nobody",
    EscalationReason.ALL_TARGETS_DEAD: "nobody of the level before could be reached",
    EscalationReason.REQUESTED: "somebody passed it on",
    EscalationReason.NO_POLICY: "there is no escalation policy",
    EscalationReason.LEVEL_FAILED: "the next level could not be worked out",
}
_WHY_OVER: Mapping[ResolveReason, str] = {
    ResolveReason.ALERT_RESOLVED: "its sender says it recovered",
    ResolveReason.PERSON: "a person resolved it",
    ResolveReason.SUPERSEDED: "it goes on as another page",
    ResolveReason.INCIDENT_OVER: "the response to its incident ended",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDelivery:
    """A delivery that a level notification owes.

    Attributes:
        recipient: ``user:ana`` or ``channel:ops``.
        target: The policy's target that led there, e.g. ``schedule:primary``.
        why: How the target led to this recipient, in words.
        after: Delay from the level's notification.
        is_shadow: Told the same without responsibility; nobody waits for them.
    """

    recipient: str
    target: str
    why: str
    method: Slug
    kind: ChannelKind
    address: str
    secret: str
    after: timedelta
    is_shadow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOpened:
    """The page began, about an alert or about an incident: exactly one of them."""

    title: str
    service: Slug | None
    severity: Severity
    urgency: Urgency
    policy: EscalationPolicy | None
    revision: int
    alert_id: AlertId | None = None
    incident_id: IncidentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSkipped:
    """A level led to nobody and was skipped at once."""

    round: int
    level: int
    targets: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelNotified:
    """A level's people are sought; the debt to them is in ``deliveries``.

    Attributes:
        level: Index from 0, or ``LAST_RESORT_LEVEL``.
        escalate_at: When the next level follows without an answer.
        turn: Where people take turns: whose it was, counted from 1 over the pages
            that reached this level; else none.
        left_out: Targets that lead to nobody and people whom nothing reaches, in words.
    """

    entry_id: EntryId
    round: int
    level: int
    reason: EscalationReason
    by: Slug | None
    escalate_at: datetime
    deliveries: tuple[PlannedDelivery, ...]
    left_out: tuple[str, ...] = ()
    turn: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAcknowledged:
    """A person took it; whatever was still owed is cancelled.

    Attributes:
        by: The user, or none where the sender acknowledged.
        via: ``link``, ``cli``, ``api``, ``web`` or ``sender``.
        nudge_at: When they are asked to declare an incident, or none.
    """

    by: Slug | None
    via: str
    nudge_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResolved:
    """It is over."""

    reason: ResolveReason
    by: Slug | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageExhausted:
    """Everybody including the last resort was sought, in vain. Still takeable."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertExpired:
    """The alert's sender fell silent. That is not recovery: the page goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRestarted:
    """The engine stood still and nobody had been told: patience begins anew."""

    escalate_at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationNudged:
    """Who has it was asked to declare an incident; done once, or not at all.

    Attributes:
        told: Whom, or none where nobody had to be.
        why: In words.
    """

    told: Slug | None
    why: str


PageEvent = (
    PageOpened
    | LevelSkipped
    | LevelNotified
    | PageAcknowledged
    | PageResolved
    | PageExhausted
    | AlertExpired
    | TimerRestarted
    | DeclarationNudged
)
