"""The second half of admission: what was committed is routed, held, muted or paged."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from handrail.core import limits
from handrail.core.alert.alert import Alert, AlertState, Disposition
from handrail.core.ids import AlertId
from handrail.core.paging.evaluate import (
    Destination,
    Hold,
    Mute,
    PageNow,
    Verdict,
    evaluate,
    opened_about,
)
from handrail.core.paging.event import PageOpened, ResolveReason
from handrail.core.paging.page import Page, PageState
from handrail.core.severity.severity import Severity, Urgency
from handrail.ports.id_source import IdSource
from handrail.ports.setback import Setback, UnreadableError
from handrail.ports.store import Transaction
from handrail.usecases import backlog, paging, setback
from handrail.usecases.turn import lock_turns_to_come

Verdicts = Mapping[AlertId, Verdict]
"""Of the alerts that could be evaluated."""


def evaluate_due(tx: Transaction, *, ids: IdSource, limit: int) -> int:
    """Evaluate alerts whose time has come; return how many were."""
    unreadable: list[UnreadableError] = []
    alerts = tx.alert.due_for_evaluation(limit=limit, otherwise=unreadable.append)
    _leave_out(tx, unreadable, ids=ids)
    if alerts:
        verdicts = _with_turns_locked(tx, alerts)
        setback.each(
            tx,
            alerts,
            lambda alert: _evaluate(tx, alert, verdicts, ids=ids),
            otherwise=lambda alert, why: _page_anyhow(tx, alert, why, ids=ids),
        )
    return len(alerts) + len(unreadable)


def _with_turns_locked(tx: Transaction, alerts: Sequence[Alert]) -> Verdicts:
    """Evaluate all, and lock the turns of their pages before the first is opened."""
    snapshot = tx.configuration.snapshot()
    verdicts: dict[AlertId, Verdict] = {}
    opened: list[PageOpened] = []
    for alert in alerts:
        # What cannot be evaluated is dealt with where it is acted on, and fails again.
        with suppress(Exception):
            verdict = evaluate(alert, snapshot=snapshot, now=tx.now)
            verdicts[alert.id] = verdict
            if isinstance(verdict, PageNow):
                destination = verdict.destination
                opened.append(
                    opened_about(alert, destination, revision=snapshot.revision)
                )
    lock_turns_to_come(tx, opened)
    return verdicts


def _leave_out(
    tx: Transaction, unreadable: Sequence[UnreadableError], *, ids: IdSource
) -> None:
    def put_off(row_id: str, until: datetime) -> None:
        tx.alert.put_off(AlertId(row_id), until)

    setback.leave_out(tx, unreadable, put_off, ids=ids)


def _page_anyhow(tx: Transaction, alert: Alert, why: Setback, *, ids: IdSource) -> None:
    """Page the last resort about an alert that could not be evaluated.

    If that fails as well the alert waits a while, so that it blocks no other.
    """
    failed = why
    if not why.is_passing:
        paged = tx.attempt(lambda: _page_last_resort(tx, alert, why, ids=ids))
        if not isinstance(paged, Setback):
            return
        failed = paged
    waiting = replace(
        alert,
        reason=f"its evaluation failed: {type(failed.error).__name__}",
        evaluate_due_at=setback.again_at(tx, failed),
    )
    _set_aside(tx, waiting, failed, what="evaluate an alert", ids=ids)


def _page_last_resort(
    tx: Transaction, alert: Alert, why: Setback, *, ids: IdSource
) -> None:
    failed = f"the evaluation failed ({type(why.error).__name__})"
    destination = Destination(
        service=alert.service,
        severity=alert.severity or Severity.SEV1,
        urgency=Urgency.HIGH,
        policy=None,
        decided_by=f"{failed}, so the last resort is told",
    )
    placed = _placed(alert, destination)
    active = _active_page(tx, alert)
    if active is not None and active.is_seeking:
        tx.alert.save(placed)
        return
    if active is not None:
        _supersede(tx, active, ids=ids)
    paging.open_page(tx, placed, destination, ids=ids)


def _set_aside(
    tx: Transaction, waiting: Alert, why: Setback, *, what: str, ids: IdSource
) -> None:
    """Save the alert with its later time, and tell of it unless it is about us."""
    tx.attempt(lambda: tx.alert.save(waiting))
    if waiting.integration != setback.OURSELVES:
        about = f"Alert {waiting.id}"
        tx.attempt(
            lambda: setback.raise_alert(
                tx, what=what, about=about, setback=why, ids=ids
            )
        )


def _evaluate(
    tx: Transaction, alert: Alert, verdicts: Verdicts, *, ids: IdSource
) -> None:
    verdict = verdicts.get(alert.id)
    if verdict is None:
        verdict = evaluate(alert, snapshot=tx.configuration.snapshot(), now=tx.now)
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
            severity = verdict.destination.severity
            backlog.ask_for_alert(tx, muted, severity, ids=ids)


def _active_page(tx: Transaction, alert: Alert) -> Page | None:
    """Return the page to go on with; one that cannot be read is as good as none."""
    page_id = alert.page_id
    if page_id is None:
        return None
    page = setback.readable(lambda: tx.page.get(page_id))
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
    _supersede(tx, active, ids=ids)
    paging.open_page(tx, alert, verdict.destination, ids=ids)


def _supersede(tx: Transaction, active: Page, *, ids: IdSource) -> None:
    paging.end_page(
        tx,
        active.id,
        reason=ResolveReason.SUPERSEDED,
        by=None,
        actor=paging.ENGINE,
        ids=ids,
    )


def forgive_downtime(tx: Transaction) -> int:
    """Let no alert expire for what its sender could not say while we were down.

    Returns:
        How many alerts were given time.
    """
    while tx.receipt.fold(limit=1000):
        pass
    return tx.alert.defer_expiry(tx.now + limits.EXPIRY_GRACE_AT_START)


def expire_due(tx: Transaction, *, ids: IdSource, limit: int) -> int:
    """Expire alerts whose sender fell silent; return how many were.

    Journaled repeats are applied first, so that none expires that was just repeated,
    and what should have been evaluated before it expired is: after a standstill both
    are overdue. An expired alert's unanswered page goes on and says so: silence is
    not recovery.
    """
    while tx.receipt.fold(limit=1000):
        pass
    unreadable: list[UnreadableError] = []
    alerts = tx.alert.due_for_expiry(limit=limit, otherwise=unreadable.append)
    _leave_out(tx, unreadable, ids=ids)
    verdicts = _with_turns_locked(
        tx, [alert for alert in alerts if _is_evaluated_first(alert)]
    )
    setback.each(
        tx,
        alerts,
        lambda alert: _evaluate_and_expire(tx, alert, verdicts, ids=ids),
        otherwise=lambda alert, why: _expire_later(tx, alert, why, ids=ids),
    )
    return len(alerts) + len(unreadable)


def _evaluate_and_expire(
    tx: Transaction, alert: Alert, verdicts: Verdicts, *, ids: IdSource
) -> None:
    if _is_evaluated_first(alert):
        _evaluate(tx, alert, verdicts, ids=ids)
    _expire(tx, tx.alert.get(alert.id) or alert, ids=ids)


def _is_evaluated_first(alert: Alert) -> bool:
    assert alert.expire_due_at is not None
    due_at = alert.evaluate_due_at
    return due_at is not None and due_at < alert.expire_due_at


def _expire_later(
    tx: Transaction, alert: Alert, why: Setback, *, ids: IdSource
) -> None:
    waiting = replace(alert, expire_due_at=setback.again_at(tx, why))
    _set_aside(tx, waiting, why, what="expire an alert", ids=ids)


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
