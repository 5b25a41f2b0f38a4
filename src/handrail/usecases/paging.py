"""What people, senders and time do to a page; each verb is one transaction's work."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from handrail.core.alert.alert import Alert, AlertState
from handrail.core.errors import NotFoundError
from handrail.core.ids import DeliveryId, EntryId, PageId, Slug
from handrail.core.paging import escalate
from handrail.core.paging.debt import page_debt
from handrail.core.paging.disposition import disposed
from handrail.core.paging.evaluate import Destination, opened_about
from handrail.core.paging.event import (
    EscalationReason,
    LevelNotified,
    PageAcknowledged,
    PageEvent,
    PageOpened,
    PageResolved,
    ResolveReason,
    TimerRestarted,
)
from handrail.core.paging.evolve import begin, evolve
from handrail.core.paging.nudge import nudge as nudged
from handrail.core.paging.nudge import nudge_at
from handrail.core.paging.page import Page, PageState
from handrail.ports.id_source import IdSource
from handrail.ports.setback import Setback, UnreadableError
from handrail.ports.store import Transaction
from handrail.usecases import level_entry, setback
from handrail.usecases.incident_answer import note_answer
from handrail.usecases.page_record import new_event, stream_of
from handrail.usecases.turn import lock_turns, present, take_turns

ENGINE = "engine"
HELD = "held"
"""The meta key that keeps everything from being sent, after a restore."""


def open_page(
    tx: Transaction, alert: Alert, destination: Destination, *, ids: IdSource
) -> Page:
    """Open a page about the alert and notify its first level, in this transaction."""
    revision = tx.configuration.snapshot().revision
    opened = opened_about(alert, destination, revision=revision)
    return _open(tx, opened, alert=alert, ids=ids)


def open_about_incident(tx: Transaction, opened: PageOpened, *, ids: IdSource) -> Page:
    """Open a page about an incident and notify its first level."""
    assert opened.incident_id is not None, "a page about an alert is opened with it"
    return _open(tx, opened, alert=None, ids=ids)


def _open(
    tx: Transaction, opened: PageOpened, *, alert: Alert | None, ids: IdSource
) -> Page:
    before = begin(PageId(ids.new_id()), opened, at=tx.now)
    events = escalate.climb(
        before, reason=EscalationReason.OPENED, by=None, **present(tx)
    )
    page = _fold(before, events, tx)
    tx.page.add(page)
    records = [
        new_event(e, at=tx.now, actor=ENGINE, ids=ids) for e in (opened, *events)
    ]
    tx.event.append(stream_of(page.id), records, after=0)
    if alert is not None:
        alert = replace(alert, page_id=page.id)
    _apply_effects(tx, page, events, alert=alert, ids=ids)
    return page


def acknowledge(
    tx: Transaction,
    page_id: PageId,
    *,
    by: Slug | None,
    via: str,
    actor: str,
    ids: IdSource,
) -> Page:
    """Take the page: whatever it still owed anybody is cancelled in the same commit.

    Raises:
        NotFoundError: There is no such page.
        ConflictError: It is resolved, or somebody else has it.
    """
    return _change(
        tx,
        page_id,
        lambda page: escalate.acknowledge(
            page, by=by, via=via, nudge_at=nudge_at(page, by=by, now=tx.now)
        ),
        actor=actor,
        ids=ids,
    )


def escalate_now(
    tx: Transaction, page_id: PageId, *, by: Slug | None, actor: str, ids: IdSource
) -> Page:
    """Notify the next level at once.

    Raises:
        NotFoundError: There is no such page.
        ConflictError: It is resolved.
    """
    return _change(
        tx,
        page_id,
        lambda page: escalate.escalate_now(page, by=by, **present(tx)),
        actor=actor,
        ids=ids,
    )


def resolve(
    tx: Transaction, page_id: PageId, *, by: Slug | None, actor: str, ids: IdSource
) -> Page:
    """End the page, and its alert with it if the page is its present one.

    Ending an ended page changes nothing: the alert may fire anew by then.

    Raises:
        NotFoundError: There is no such page.
    """
    page = _get(tx, page_id)
    if page.state is PageState.RESOLVED:
        return page
    alert = _alert(tx, page)
    is_present = alert is not None and alert.page_id == page_id
    if alert is not None and is_present and alert.closed_at is None:
        closed = replace(
            alert,
            state=AlertState.RESOLVED,
            closed_at=tx.now,
            evaluate_due_at=None,
            expire_due_at=None,
            reason=f"resolved by {by or actor}",
        )
        tx.alert.save(closed)
    return end_page(
        tx, page_id, reason=ResolveReason.PERSON, by=by, actor=actor, ids=ids
    )


def end_page(
    tx: Transaction,
    page_id: PageId,
    *,
    reason: ResolveReason,
    by: Slug | None,
    actor: str,
    ids: IdSource,
) -> Page:
    """End the page only; its alert is the caller's business."""
    return _change(
        tx,
        page_id,
        lambda page: escalate.resolve(page, reason=reason, by=by),
        actor=actor,
        ids=ids,
    )


def note_expiry(tx: Transaction, page_id: PageId, *, ids: IdSource) -> Page:
    """Note on the page that its alert's sender fell silent."""
    return _change(tx, page_id, escalate.expire, actor=ENGINE, ids=ids)


def nudge(
    tx: Transaction, page_id: PageId, *, declared: str | None, ids: IdSource
) -> Slug | None:
    """Note that who has the page is asked to declare an incident, if it is time.

    Returns:
        Whom to ask, or none where nobody has to be.
    """
    page = _get(tx, page_id)
    events = nudged(page, declared=declared, now=tx.now)
    _record(tx, page, events, actor=ENGINE, ids=ids)
    return events[0].told if events else None


def advance_due(tx: Transaction, *, ids: IdSource, limit: int) -> int:
    """Advance pages whose timer has run out; return how many were looked at.

    None while held: nobody is told then, so nobody can have left it unanswered.
    """
    if tx.meta.get(HELD):
        return 0
    unreadable: list[UnreadableError] = []
    pages = tx.page.due(limit=limit, otherwise=unreadable.append)
    setback.leave_out(
        tx, unreadable, lambda row, at: tx.page.put_off(PageId(row), at), ids=ids
    )
    if pages:
        lock_turns(tx, pages)
        setback.each(
            tx,
            pages,
            lambda page: _advance(tx, page, ids=ids),
            otherwise=lambda page, why: _advance_anyhow(tx, page, why, ids=ids),
        )
    return len(pages) + len(unreadable)


def _advance(tx: Transaction, page: Page, *, ids: IdSource) -> None:
    events = escalate.advance(
        page,
        nobody_was_told=level_entry.nobody_was_told(tx, page),
        **present(tx),
    )
    _record(tx, page, events, actor=ENGINE, ids=ids)


def _advance_anyhow(
    tx: Transaction, page: Page, why: Setback, *, ids: IdSource
) -> None:
    """Tell the last resort about a page whose next level could not be worked out.

    If that fails as well the page's timer is set again, so that it blocks no other.
    """
    snapshot, failed = tx.configuration.snapshot(), why
    if not why.is_passing:
        passed_on = tx.attempt(
            lambda: _record(
                tx,
                page,
                escalate.to_last_resort(page, snapshot=snapshot, now=tx.now),
                actor=ENGINE,
                ids=ids,
            )
        )
        if not isinstance(passed_on, Setback):
            return
        failed = passed_on
    at = setback.again_at(tx, failed)
    said = f"passing it on failed: {type(failed.error).__name__}"
    restarted = TimerRestarted(escalate_at=at, why=said)
    noted = tx.attempt(lambda: _record(tx, page, (restarted,), actor=ENGINE, ids=ids))
    if isinstance(noted, Setback):
        # Its record cannot be written either; only the timer is.
        later = replace(page, advance_due_at=at)
        tx.attempt(lambda: tx.page.save(later, expected_sequence=page.sequence))
    what, about = "escalate a page", f"Page {page.id}"
    tx.attempt(
        lambda: setback.raise_alert(tx, what=what, about=about, setback=failed, ids=ids)
    )


def follow_clock(tx: Transaction, by: timedelta, *, ids: IdSource) -> int:
    """Move what is due with a clock that was set back; return how many pages were.

    What was to come in five minutes comes in five minutes, not in an hour and five;
    ``by`` is negative. What is held for support hours is only looked at again.
    """
    assert by < timedelta(0), "only a clock that was set back delays anything"
    tx.alert.shift_evaluations(by)
    tx.delivery.shift_owed(by)
    pages = tx.page.timed(otherwise=lambda _: None)
    for page in pages:
        assert page.advance_due_at is not None
        event = TimerRestarted(
            escalate_at=page.advance_due_at + by, why=f"the clock was set back by {-by}"
        )
        _record(tx, page, (event,), actor=ENGINE, ids=ids)
    return len(pages)


def escalate_dead_level(
    tx: Transaction, page_id: PageId, entry_id: EntryId, *, ids: IdSource
) -> None:
    """Pass the page on if nothing of this level entry can ever arrive.

    What reaches a shadow alone has reached nobody.
    """
    if not level_entry.is_dead(tx, page_id, entry_id):
        return
    _change(
        tx,
        page_id,
        lambda page: escalate.all_dead(page, entry_id=entry_id, **present(tx)),
        actor=ENGINE,
        ids=ids,
    )


def _get(tx: Transaction, page_id: PageId) -> Page:
    found = tx.page.get(page_id)
    if found is not None:
        tx.alert.lock([found.alert_id] if found.alert_id else [])
        found = tx.page.get(page_id, lock=True)
    if found is None:
        msg = f"there is no page {page_id}"
        raise NotFoundError(msg)
    return found


def _change(
    tx: Transaction,
    page_id: PageId,
    decide: Callable[[Page], tuple[PageEvent, ...]],
    *,
    actor: str,
    ids: IdSource,
) -> Page:
    page = _get(tx, page_id)
    return _record(tx, page, decide(page), actor=actor, ids=ids)


def _record(
    tx: Transaction,
    page: Page,
    events: tuple[PageEvent, ...],
    *,
    actor: str,
    ids: IdSource,
) -> Page:
    if not events:
        return page
    after = _fold(page, events, tx)
    records = [new_event(e, at=tx.now, actor=actor, ids=ids) for e in events]
    tx.event.append(stream_of(page.id), records, after=page.sequence)
    tx.page.save(after, expected_sequence=page.sequence)
    _apply_effects(tx, after, events, alert=_alert(tx, page), ids=ids)
    for event in events:
        if isinstance(event, PageAcknowledged) and event.by is not None:
            note_answer(tx, after, by=event.by, actor=actor, ids=ids)
    return after


def _alert(tx: Transaction, page: Page) -> Alert | None:
    """Return the alert the page is about, its row locked, if it is about one.

    A page goes on even if what it is about cannot be read any more.
    """
    about = page.alert_id
    if about is None:
        return None
    return setback.readable(lambda: tx.alert.get(about, lock=True))


def _fold(page: Page, events: Sequence[PageEvent], tx: Transaction) -> Page:
    for event in events:
        page = evolve(page, event, at=tx.now)
    return page


def _apply_effects(
    tx: Transaction,
    page: Page,
    events: Sequence[PageEvent],
    *,
    alert: Alert | None,
    ids: IdSource,
) -> None:
    """Write what the events owe: deliveries, cancellations, the alert's disposition."""
    take_turns(tx, page, events)
    for event in events:
        if isinstance(event, LevelNotified):
            deliveries = [
                page_debt(
                    p, page, event, delivery_id=DeliveryId(ids.new_id()), now=tx.now
                )
                for p in event.deliveries
            ]
            tx.delivery.add(deliveries)
        if isinstance(event, PageAcknowledged):
            who = event.by or "the sender"
            tx.delivery.cancel_owed(page.id, reason=f"acknowledged by {who}")
        if isinstance(event, PageResolved):
            why = event.reason.words
            tx.delivery.cancel_owed(page.id, reason=f"the page is over: {why}")
    if alert is not None and alert.page_id == page.id:
        tx.alert.save(disposed(alert, page, events))
