"""What must always hold of a page: checked in simulation, after kills and every night.

The numbers are those of ``docs/invariants.md``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.core.alert.alert import STILL_OPEN, Alert, AlertState, Disposition
from handrail.core.paging.delivery import OWED, Attempt, Delivery, DeliveryState
from handrail.core.paging.event import (
    LevelNotified,
    PageAcknowledged,
    PageEvent,
    PageResolved,
)
from handrail.core.paging.evolve import rebuild
from handrail.core.paging.page import LAST_RESORT_LEVEL, Page, PageState

LATENESS_MAX = timedelta(minutes=2)
"""How far past its due time a timer or delivery of a healthy installation may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken promise: which invariant, about what, and how it shows."""

    invariant: str
    subject: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """All that is recorded about one page."""

    page: Page
    events: Sequence[tuple[PageEvent, datetime]]
    deliveries: Sequence[Delivery]
    attempts: Sequence[Attempt]


def page_violations(
    facts: PageFacts, *, now: datetime, lateness_max: timedelta = LATENESS_MAX
) -> tuple[Violation, ...]:
    """Return every broken promise that this page's record shows."""
    found = (
        *_somebody_is_sought(facts, now, lateness_max),
        *_debts_are_met(facts, now, lateness_max),
        *_nothing_was_early(facts),
        *_nothing_after_the_end(facts),
        *_success_is_kept(facts),
        *_levels_go_up(facts),
        *_state_is_the_fold(facts),
    )
    subject = f"page {facts.page.id}"
    return tuple(
        Violation(invariant=name, subject=subject, what=what) for name, what in found
    )


Found = Iterator[tuple[str, str]]


def _somebody_is_sought(
    facts: PageFacts, now: datetime, lateness_max: timedelta
) -> Found:
    page = facts.page
    if page.state is not PageState.OPEN:
        return
    if page.advance_due_at is None:
        yield "I2", "it is open without a timer"
    elif now - page.advance_due_at > lateness_max:
        yield "I2", f"its timer is overdue since {page.advance_due_at}"
    if all(d.entry_id != page.entry_id for d in facts.deliveries):
        yield "I2", "the level it waits for owes nobody anything"


def _debts_are_met(facts: PageFacts, now: datetime, lateness_max: timedelta) -> Found:
    for delivery in facts.deliveries:
        if delivery.state is DeliveryState.PENDING:
            due_at = delivery.next_attempt_at
        elif delivery.state is DeliveryState.CLAIMED:
            due_at = delivery.lease_until or delivery.next_attempt_at
        else:
            continue
        if now - due_at > lateness_max:
            what = f"delivery {delivery.id} is {delivery.state} and overdue"
            yield "I2", f"{what} since {due_at}"


def _nothing_was_early(facts: PageFacts) -> Found:
    due = {d.id: d.due_at for d in facts.deliveries}
    for attempt in facts.attempts:
        if attempt.started_at < due[attempt.delivery_id]:
            yield "I3", f"attempt {attempt.id} began before its delivery was due"


def _nothing_after_the_end(facts: PageFacts) -> Found:
    rests = _rests(facts.events)
    for attempt in facts.attempts:
        began = attempt.started_at
        if any(start < began and (end is None or began < end) for start, end in rests):
            yield "I4", f"attempt {attempt.id} was claimed after the page was taken"
    if facts.page.state not in {PageState.ACKNOWLEDGED, PageState.RESOLVED}:
        return
    for delivery in facts.deliveries:
        if delivery.state in OWED:
            yield "I4", f"delivery {delivery.id} is still owed"


def _rests(
    events: Sequence[tuple[PageEvent, datetime]],
) -> list[tuple[datetime, datetime | None]]:
    """Return the spans in which the page was taken or over, and owed nobody."""
    rests: list[tuple[datetime, datetime | None]] = []
    for event, at in events:
        if isinstance(event, PageAcknowledged | PageResolved):
            rests.append((at, None))
        elif isinstance(event, LevelNotified):
            rests = [(start, end or at) for start, end in rests]
    return rests


def _success_is_kept(facts: PageFacts) -> Found:
    accepted = {a.delivery_id for a in facts.attempts if a.outcome == "accepted"}
    for delivery in facts.deliveries:
        is_done = delivery.state is DeliveryState.HANDED_OVER
        if is_done != (delivery.id in accepted):
            said = "accepted" if delivery.id in accepted else "never accepted"
            what = f"delivery {delivery.id} is {delivery.state}, attempts say {said}"
            yield "I6", what


def _levels_go_up(facts: PageFacts) -> Found:
    last = (0, 0)
    seen: set[str] = set()
    for event, _ in facts.events:
        if not isinstance(event, LevelNotified):
            continue
        if event.entry_id in seen:
            yield "I7", f"level entry {event.entry_id} was notified twice"
        seen.add(event.entry_id)
        if event.level == LAST_RESORT_LEVEL:
            continue
        place = (event.round, event.level + 1)
        if place <= last:
            yield "I7", f"level {place} was notified after {last}"
        last = place


def _state_is_the_fold(facts: PageFacts) -> Found:
    rebuilt = rebuild(facts.page.id, facts.events)
    if rebuilt != facts.page:
        yield "I8", f"the record rebuilds {rebuilt}, stored is {facts.page}"


def alert_violations(
    alert: Alert,
    *,
    page: Page | None,
    now: datetime,
    lateness_max: timedelta = LATENESS_MAX,
) -> tuple[Violation, ...]:
    """Return every broken promise that this alert's row shows."""
    subject = f"alert {alert.id}"
    return tuple(
        Violation(invariant=name, subject=subject, what=what)
        for name, what in _alert(alert, page, now, lateness_max)
    )


def _alert(
    alert: Alert, page: Page | None, now: datetime, lateness_max: timedelta
) -> Found:
    is_firing = alert.state is AlertState.FIRING
    if alert.evaluate_due_at is not None and now - alert.evaluate_due_at > lateness_max:
        yield "I2", f"its evaluation is overdue since {alert.evaluate_due_at}"
    waits = alert.disposition in {Disposition.OPENED, Disposition.HELD}
    if waits and alert.evaluate_due_at is None:
        yield "I2", f"it is {alert.disposition} and nothing will evaluate it"
    if alert.disposition in {Disposition.PAGED, Disposition.LAST_RESORT} and (
        page is None or page.state is not PageState.OPEN
    ):
        state = page.state if page else "missing"
        yield "I2", f"it is {alert.disposition}, but its page is {state}"
    if alert.disposition not in STILL_OPEN and not alert.reason:
        yield "I9", f"it is {alert.disposition} without a reason"
    if is_firing == (alert.closed_at is not None):
        yield "I1", f"it is {alert.state} but closed at {alert.closed_at}"


def conservation_violations(
    *, accepted: Mapping[str, int], generations: int
) -> tuple[Violation, ...]:
    """Return whether every accepted opening is an alert that exists.

    Args:
        accepted: How many entries of each kind were ever accepted.
        generations: The sum of the generations of all alerts.
    """
    opened = sum(accepted.get(kind, 0) for kind in ("opened", "reopened", "unparsed"))
    if opened == generations:
        return ()
    what = f"{opened} openings were accepted, the alerts account for {generations}"
    return (Violation(invariant="I1", subject="conservation", what=what),)
