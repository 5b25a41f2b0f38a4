"""One row that cannot be handled never stops the others, and somebody is told of it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from handrail.core import limits
from handrail.core.alert.alert import Alert, AlertState
from handrail.core.alert.receipt import EntryKind, Receipt, ReceiptEntry
from handrail.core.ids import AlertId, ReceiptId, Slug
from handrail.ports.id_source import IdSource
from handrail.ports.setback import Setback, UnreadableError
from handrail.ports.store import Transaction

OURSELVES = Slug("handrail")
"""The integration under which Handrail itself raises alerts."""

ALERTNAME = "HandrailSetAside"
_ARTICLES = {"alert": "an", "incident": "an", "page": "a", "delivery": "a"}
R = TypeVar("R")


def each(
    tx: Transaction,
    rows: Sequence[R],
    act: Callable[[R], object],
    *,
    otherwise: Callable[[R, Setback], object],
) -> None:
    """Act on each row; where acting fails, undo it and do ``otherwise`` for that row.

    All are acted on under one savepoint at first; only if that fails one by one.
    """

    def all_of_them() -> None:
        for row in rows:
            act(row)

    if not rows or not isinstance(tx.attempt(all_of_them), Setback):
        return
    for row in rows:
        done = tx.attempt(partial(act, row))
        if isinstance(done, Setback):
            otherwise(row, done)


def readable(read: Callable[[], R | None]) -> R | None:
    """Return what is read, or none where it cannot be read any more.

    For what should go on without it: a page matters more than all that is known of it.
    """
    try:
        return read()
    except UnreadableError:
        return None


def leave_out(
    tx: Transaction,
    unreadable: Sequence[UnreadableError],
    put_off: Callable[[str, datetime], object],
    *,
    ids: IdSource,
) -> None:
    """Set rows aside that cannot be read, so that they come no more before others."""
    for error in unreadable:
        failed = Setback(error=error, is_passing=False)
        at = again_at(tx, failed)
        tx.attempt(partial(put_off, error.row_id, at))
        tell_of(tx, error, ids=ids)


def tell_of(tx: Transaction, error: UnreadableError, *, ids: IdSource) -> None:
    """Raise the alert of our own about a row that cannot be read."""
    tx.attempt(
        lambda: raise_alert(
            tx,
            what=f"read {_ARTICLES[error.concept]} {error.concept}",
            about=f"{error.concept.capitalize()} {error.row_id}",
            setback=Setback(error=error, is_passing=False),
            ids=ids,
        )
    )


def again_at(tx: Transaction, setback: Setback) -> datetime:
    """Return when what was set back is tried again."""
    return tx.now + wait_after(setback)


def wait_after(setback: Setback) -> timedelta:
    """Return how long to wait before it is tried again."""
    return limits.SET_ASIDE_PASSING if setback.is_passing else limits.SET_ASIDE


def raise_alert(
    tx: Transaction, *, what: str, about: str, setback: Setback, ids: IdSource
) -> None:
    """Open an alert of our own about a row that was set aside, once for each kind.

    Args:
        tx: The transaction.
        what: What could not be done, e.g. ``evaluate an alert``.
        about: The row, e.g. ``alert <id>``.
        setback: Why.
        ids: Makes ids.
    """
    key = f"set-aside:{what}"
    known = tx.alert.known(OURSELVES, [key], closed_since=tx.now)
    if setback.is_passing or key in known:
        return
    name = type(setback.error).__name__
    alert = Alert(
        id=AlertId(ids.new_id()),
        integration=OURSELVES,
        dedup_key=key,
        state=AlertState.FIRING,
        title=f"Handrail cannot {what}",
        labels={"alertname": ALERTNAME},
        annotations={
            "description": f"{about} fails with {name} and is tried again every"
            f" {limits.SET_ASIDE.seconds} s. The log has the details.",
        },
        starts_at=tx.now,
        opened_at=tx.now,
        last_seen_at=tx.now,
        reason="a row was set aside",
        evaluate_due_at=tx.now,
    )
    entry = ReceiptEntry(kind=EntryKind.OPENED, alert_id=alert.id, ends_at=None)
    receipt = Receipt(
        id=ReceiptId(ids.new_id()),
        integration=OURSELVES,
        received_at=tx.now,
        entries=(entry,),
    )
    tx.alert.add([alert])
    tx.receipt.add(receipt, is_folded=True)


def count_set_aside(tx: Transaction) -> int:
    """Return how many of our own alerts about rows set aside are open."""
    ours = tx.alert.firing(OURSELVES)
    return sum(alert.labels.get("alertname") == ALERTNAME for alert in ours)
