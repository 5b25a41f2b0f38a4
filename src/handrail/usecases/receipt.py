"""Receipts: what became of everything that was accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handrail.core.alert.alert import STILL_OPEN, Alert, Disposition
from handrail.core.alert.receipt import EntryKind, ReceiptEntry
from handrail.core.errors import NotFoundError
from handrail.core.ids import AlertId, ReceiptId, Slug
from handrail.ports.store import Transaction

_OWN_DISPOSITION = {
    EntryKind.REPEATED: Disposition.REPEATED,
    EntryKind.RESOLVED: Disposition.RESOLVED,
    EntryKind.ACKNOWLEDGED: Disposition.ACKNOWLEDGED,
    EntryKind.DROPPED: Disposition.DROPPED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryStory:
    """What became of one signal of a request.

    Attributes:
        kind: What admission decided: ``opened``, ``repeated``, ``reopened``,
            ``resolved``, ``acknowledged``, ``unparsed`` or ``dropped``.
        disposition: What became of the signal; for one that opened or reopened an
            alert, what has become of that alert so far.
        is_final: Nothing is owed about it any more.
        reason: Why, in words.
        decided_by: The rule and its version that decided, or "".
        alert_id: The alert it went into; none where it was dropped.
        alert_title: That alert's title, or "".
        alert_disposition: What has become of that alert so far, or none.
    """

    kind: str
    disposition: Disposition
    is_final: bool
    reason: str
    decided_by: str
    alert_id: AlertId | None = None
    alert_title: str = ""
    alert_disposition: Disposition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptStory:
    """A receipt and what became of each of its signals.

    Attributes:
        error: What could not be read, or "".
        body_is_kept: The raw body can be fetched.
    """

    id: ReceiptId
    integration: Slug
    received_at: datetime
    entries: tuple[EntryStory, ...]
    error: str = ""
    body_is_kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conservation:
    """Whether everything that was accepted is accounted for.

    Attributes:
        accepted_by_kind: Signals ever accepted, by what admission decided.
        alerts_by_disposition: Alerts, by what became of them.
        holds: Each signal that opened an alert is still there as an alert.
    """

    accepted_by_kind: Mapping[str, int]
    alerts_by_disposition: Mapping[str, int]
    holds: bool


def tell(tx: Transaction, receipt_id: ReceiptId) -> ReceiptStory:
    """Tell what became of an accepted request.

    Raises:
        NotFoundError: There is no such receipt, or it was pruned.
    """
    receipt = tx.receipt.get(receipt_id)
    if receipt is None:
        msg = (
            f"Receipt {receipt_id} is not known; receipts of mere repeats are kept"
            " for 30 days."
        )
        raise NotFoundError(msg)
    ids = {entry.alert_id for entry in receipt.entries if entry.alert_id is not None}
    alerts = {alert_id: tx.alert.get(alert_id) for alert_id in ids}
    raw = tx.receipt.raw(receipt_id)
    return ReceiptStory(
        id=receipt.id,
        integration=receipt.integration,
        received_at=receipt.received_at,
        entries=tuple(
            _entry_story(entry, alerts.get(entry.alert_id) if entry.alert_id else None)
            for entry in receipt.entries
        ),
        error="" if raw is None else raw.error,
        body_is_kept=raw is not None,
    )


def conservation(tx: Transaction) -> Conservation:
    """Compare what was accepted with what is there.

    Every ``opened`` and ``unparsed`` entry made exactly one alert, and nothing else
    makes alerts or deletes them, so their numbers must be equal. A repeat, reopening,
    resolve or acknowledge names its alert and makes none; a drop ends with its receipt.
    """
    accepted = tx.receipt.count_entries()
    alerts = tx.alert.count_by_disposition()
    opening = (EntryKind.OPENED.name.lower(), EntryKind.UNPARSED.name.lower())
    opened = sum(accepted.get(kind, 0) for kind in opening)
    return Conservation(
        accepted_by_kind=accepted,
        alerts_by_disposition=alerts,
        holds=opened == sum(alerts.values()),
    )


def _entry_story(entry: ReceiptEntry, alert: Alert | None) -> EntryStory:
    kind = entry.kind.name.lower()
    if alert is None:
        return EntryStory(
            kind=kind,
            disposition=Disposition.DROPPED,
            is_final=True,
            reason="no open alert has this key, so there was nothing to end or take",
            decided_by="admission",
        )
    own = _OWN_DISPOSITION.get(entry.kind)
    return EntryStory(
        kind=kind,
        disposition=own or alert.disposition,
        is_final=own is not None or alert.disposition not in STILL_OPEN,
        reason=alert.reason if own is None else _own_reason(entry),
        decided_by=alert.decided_by if own is None else "admission",
        alert_id=alert.id,
        alert_title=alert.title,
        alert_disposition=alert.disposition,
    )


def _own_reason(entry: ReceiptEntry) -> str:
    match entry.kind:
        case EntryKind.REPEATED:
            return "an open alert has this key; the repeat was counted"
        case EntryKind.RESOLVED:
            return "its sender says that the condition has ended"
        case _:
            return "its sender says that somebody is on it"
