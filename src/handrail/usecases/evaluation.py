"""The second half of admission: what was committed is routed, held, muted or paged."""

from dataclasses import replace

from handrail.core.alert.alert import Alert, AlertState, Disposition
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.paging.evaluate import (
    Destination,
    Hold,
    Mute,
    PageNow,
    Verdict,
    evaluate,
)
from handrail.core.paging.event import ResolveReason
from handrail.core.paging.page import Page, PageState
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.usecases import paging


def evaluate_due(tx: Transaction, *, ids: IdSource, limit: int) -> int:
    """Evaluate alerts whose time has come; return how many were."""
    alerts = tx.alert.due_for_evaluation(limit=limit)
    snapshot = tx.configuration.snapshot() if alerts else None
    for alert in alerts:
        assert snapshot is not None
        _evaluate(tx, alert, snapshot, ids=ids)
    return len(alerts)


def _evaluate(
    tx: Transaction, alert: Alert, snapshot: Snapshot, *, ids: IdSource
) -> None:
    verdict = evaluate(alert, snapshot=snapshot, now=tx.now)
    alert = _placed(alert, verdict.destination)
    active = _active_page(tx, alert)
    if active is not None:
        _re_evaluated(tx, alert, active, verdict, ids=ids)
        return
    _carry_out(tx, alert, verdict, ids=ids)


def _placed(alert: Alert, destination: Destination) -> Alert:
    return replace(
        alert,
        service=destination.service,
        severity=destination.severity,
        urgency=destination.urgency,
        decided_by=destination.decided_by,
        evaluate_due_at=None,
    )


def _carry_out(
    tx: Transaction, alert: Alert, verdict: Verdict, *, ids: IdSource
) -> None:
    match verdict:
        case PageNow(destination=destination):
            paging.open_page(tx, alert, destination, ids=ids)
        case Hold(until=until, why=why):
            held = replace(
                alert,
                disposition=Disposition.HELD,
                reason=why,
                evaluate_due_at=until,
            )
            tx.alert.save(held)
        case Mute(reason=reason, why=why):
            muted = replace(
                alert, disposition=Disposition.MUTED, reason=f"{reason}: {why}"
            )
            tx.alert.save(muted)


def _active_page(tx: Transaction, alert: Alert) -> Page | None:
    if alert.page_id is None:
        return None
    page = tx.page.get(alert.page_id)
    if page is None or page.state is PageState.RESOLVED:
        return None
    return page


def _re_evaluated(
    tx: Transaction, alert: Alert, active: Page, verdict: Verdict, *, ids: IdSource
) -> None:
    """Page anew only where the severity has become worse; a repeat never pages."""
    is_worse = verdict.destination.severity.rank < active.severity.rank
    if not (is_worse and isinstance(verdict, PageNow)):
        tx.alert.save(alert)
        return
    paging.end_page(
        tx,
        active.id,
        reason=ResolveReason.SUPERSEDED,
        by=None,
        actor=paging.ENGINE,
        ids=ids,
    )
    paging.open_page(tx, alert, verdict.destination, ids=ids)


def expire_due(tx: Transaction, *, ids: IdSource, limit: int) -> int:
    """Expire alerts whose sender fell silent; return how many were.

    Journaled repeats are applied first, so that none expires that was just repeated,
    and what should have been evaluated before it expired is: after a standstill both
    are overdue. An expired alert's unanswered page goes on and says so: silence is
    not recovery.
    """
    while tx.receipt.fold(limit=1000):
        pass
    alerts = tx.alert.due_for_expiry(limit=limit)
    for alert in alerts:
        assert alert.expire_due_at is not None
        due_at = alert.evaluate_due_at
        if due_at is not None and due_at < alert.expire_due_at:
            _evaluate(tx, alert, tx.configuration.snapshot(), ids=ids)
        _expire(tx, tx.alert.get(alert.id) or alert, ids=ids)
    return len(alerts)


def _expire(tx: Transaction, alert: Alert, *, ids: IdSource) -> None:
    expired = replace(
        alert,
        state=AlertState.EXPIRED,
        closed_at=tx.now,
        expire_due_at=None,
        evaluate_due_at=None,
    )
    if alert.disposition in {Disposition.OPENED, Disposition.HELD}:
        why = "its sender fell silent before it paged"
        expired = replace(expired, disposition=Disposition.EXPIRED, reason=why)
    tx.alert.save(expired)
    if _active_page(tx, expired) is not None:
        assert expired.page_id is not None
        paging.note_expiry(tx, expired.page_id, ids=ids)


def on_resolved(tx: Transaction, alert: Alert, *, actor: str, ids: IdSource) -> Alert:
    """Close the alert because its sender says that the condition has ended."""
    closed = replace(
        alert,
        state=AlertState.RESOLVED,
        closed_at=tx.now,
        evaluate_due_at=None,
        expire_due_at=None,
    )
    if alert.disposition in {Disposition.OPENED, Disposition.HELD}:
        why = "resolved by its sender before it paged"
        closed = replace(closed, disposition=Disposition.RESOLVED, reason=why)
    tx.alert.save(closed)
    if _active_page(tx, closed) is None:
        return closed
    assert closed.page_id is not None
    paging.end_page(
        tx,
        closed.page_id,
        reason=ResolveReason.ALERT_RESOLVED,
        by=None,
        actor=actor,
        ids=ids,
    )
    return tx.alert.get(closed.id) or closed


def on_acknowledged(
    tx: Transaction, alert: Alert, *, actor: str, ids: IdSource
) -> Alert:
    """Stop paging because the sender says that somebody is on it."""
    active = _active_page(tx, alert)
    if active is None:
        if alert.disposition not in {Disposition.OPENED, Disposition.HELD}:
            return alert
        taken = replace(
            alert,
            disposition=Disposition.ACKNOWLEDGED,
            reason="acknowledged by its sender before it paged",
            evaluate_due_at=None,
        )
        tx.alert.save(taken)
        return taken
    if active.state is not PageState.ACKNOWLEDGED:
        tx.alert.save(alert)
        paging.acknowledge(tx, active.id, by=None, via="sender", actor=actor, ids=ids)
    return tx.alert.get(alert.id) or alert
