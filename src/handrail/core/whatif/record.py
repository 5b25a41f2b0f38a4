"""Recorded alerts: what a back-test plays again. No person is named in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from handrail.core.alert.alert import Alert, AlertState
from handrail.core.ids import AlertId, Slug
from handrail.core.whatif.question import Case, Raise
from handrail.core.whatif.response_times import Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRaise:
    """The sender said that it was worse: a severity, or its word for one."""

    at: datetime
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAlert:
    """One time that an alert fired, as its sender made it.

    Attributes:
        id: Of the alert; several firings of one alert share it.
        severity_word: What the sender said first, or none.
        closed_at: When it stopped firing; none where it still does.
        is_expired: It closed because its sender fell silent.
        contacts: Who, unnamed, was told of its pages, and how long they took.
    """

    id: str
    integration: str
    fired_at: datetime
    labels: Mapping[str, str] = field(default_factory=dict)
    severity_word: str | None = None
    raises: tuple[RecordedRaise, ...] = ()
    closed_at: datetime | None = None
    is_expired: bool = False
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The alerts that fired in ``[starts_at, ends_at)``, in that order.

    Attributes:
        is_cut: There were more than were asked for; the oldest are missing.
    """

    starts_at: datetime
    ends_at: datetime
    alerts: tuple[RecordedAlert, ...]
    is_cut: bool = False


def case_of(recorded: RecordedAlert) -> Case:
    """Return the alert as a case to be played."""
    alert = Alert(
        id=AlertId(recorded.id),
        integration=Slug(recorded.integration),
        dedup_key=recorded.id,
        state=AlertState.FIRING,
        title="",
        labels=recorded.labels,
        severity_word=recorded.severity_word,
        starts_at=recorded.fired_at,
        opened_at=recorded.fired_at,
        last_seen_at=recorded.fired_at,
        evaluate_due_at=recorded.fired_at,
    )
    closes_as = AlertState.EXPIRED if recorded.is_expired else AlertState.RESOLVED
    return Case(
        alert=alert,
        raises=tuple(
            Raise(at=one.at, word=one.word)
            for one in sorted(recorded.raises, key=lambda one: one.at)
            if recorded.closed_at is None or one.at < recorded.closed_at
        ),
        closes_at=recorded.closed_at,
        closes_as=closes_as,
    )
