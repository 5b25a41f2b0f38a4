"""Admission: what becomes of one signal, given what is known of its key.

The rules, in words: an unknown key opens an alert; an open one is repeated, and looked
at again when the sender's severity was raised; one that closed a moment ago, or whose
sender had merely fallen silent, is reopened. Only a resolve or an acknowledge of a key
without an open alert is dropped.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

from handrail.core.alert.alert import KnownAlert
from handrail.core.alert.receipt import EntryKind
from handrail.core.alert.signal import Signal, SignalAction
from handrail.core.severity.severity import from_word


@unique
class AdmissionReason(StrEnum):
    """Why a signal was decided as it was."""

    NEW_KEY = "new_key"
    AFTER_WINDOW = "after_window"
    UNREADABLE = "unreadable"
    ALREADY_OPEN = "already_open"
    SEVERITY_RAISED = "severity_raised"
    WITHIN_WINDOW = "within_window"
    SENDER_RETURNED = "sender_returned"
    SENDER_RESOLVED = "sender_resolved"
    ENDED_IN_PAST = "ended_in_past"
    SENDER_ACKNOWLEDGED = "sender_acknowledged"
    NO_OPEN_ALERT = "no_open_alert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of a signal.

    Attributes:
        kind: What the receipt says.
        alert_id: The known alert it goes into; none where it opens one or is dropped.
        expires_at: For a firing one: when it expires unless repeated, or none.
    """

    kind: EntryKind
    reason: AdmissionReason
    alert_id: str | None = None
    expires_at: datetime | None = None


def decide(
    signal: Signal,
    known: KnownAlert | None,
    *,
    now: datetime,
    reopen_window: timedelta,
    resolve_timeout: timedelta | None,
) -> Decision:
    """Decide about one signal.

    Args:
        signal: What the sender says.
        known: The open alert with its key, or else the one last closed.
        now: The instant of admission.
        reopen_window: A resolved alert that fires again within it is reopened.
        resolve_timeout: Expiry of a firing signal that names none; none for never.
    """
    if signal.action is SignalAction.RESOLVE:
        return _end(known, AdmissionReason.SENDER_RESOLVED)
    if signal.action is SignalAction.ACKNOWLEDGE:
        return _acknowledge(known)
    if signal.ends_at is not None and signal.ends_at <= now:
        return _end(known, AdmissionReason.ENDED_IN_PAST)
    expires_at = signal.ends_at
    if expires_at is None and resolve_timeout is not None:
        expires_at = now + resolve_timeout
    return _fire(signal, known, reopen_from=now - reopen_window, expires_at=expires_at)


def is_raised(word: str | None, *, over: str | None) -> bool:
    """Return whether a sender's severity word says worse than the earlier one.

    No word never raises; any word after none is looked at again, because the service's
    default and not the word decided the first time.
    """
    if word is None or word == over:
        return False
    return over is None or from_word(word).rank < from_word(over).rank


def _fire(
    signal: Signal,
    known: KnownAlert | None,
    *,
    reopen_from: datetime,
    expires_at: datetime | None,
) -> Decision:
    """Decide about a firing signal."""
    kind, reason = EntryKind.OPENED, AdmissionReason.NEW_KEY
    if known is None or (
        known.closed_at is not None
        and not known.is_expired
        and known.closed_at < reopen_from
    ):
        if known is not None:
            reason = AdmissionReason.AFTER_WINDOW
        if signal.unparsed:
            kind, reason = EntryKind.UNPARSED, AdmissionReason.UNREADABLE
        return Decision(kind=kind, reason=reason, expires_at=expires_at)
    if known.closed_at is None:
        kind, reason = EntryKind.REPEATED, AdmissionReason.ALREADY_OPEN
        if is_raised(signal.severity_word, over=known.severity_word):
            reason = AdmissionReason.SEVERITY_RAISED
    elif known.is_expired:
        kind, reason = EntryKind.REOPENED, AdmissionReason.SENDER_RETURNED
    else:
        kind, reason = EntryKind.REOPENED, AdmissionReason.WITHIN_WINDOW
    return Decision(kind=kind, reason=reason, alert_id=known.id, expires_at=expires_at)


def _end(known: KnownAlert | None, reason: AdmissionReason) -> Decision:
    """Decide about a resolve. An expired alert can still recover."""
    if known is None or (known.closed_at is not None and not known.is_expired):
        return Decision(kind=EntryKind.DROPPED, reason=AdmissionReason.NO_OPEN_ALERT)
    return Decision(kind=EntryKind.RESOLVED, reason=reason, alert_id=known.id)


def _acknowledge(known: KnownAlert | None) -> Decision:
    """Decide about an acknowledge. An expired alert's page may still seek somebody."""
    if known is None or (known.closed_at is not None and not known.is_expired):
        return Decision(kind=EntryKind.DROPPED, reason=AdmissionReason.NO_OPEN_ALERT)
    return Decision(
        kind=EntryKind.ACKNOWLEDGED,
        reason=AdmissionReason.SENDER_ACKNOWLEDGED,
        alert_id=known.id,
    )
