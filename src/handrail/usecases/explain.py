"""Why was I paged, why not: everything recorded about one id, in order."""

from collections.abc import Iterator
from dataclasses import dataclass

from handrail.core.alert.alert import Alert
from handrail.core.alert.receipt import Receipt
from handrail.core.errors import NotFoundError
from handrail.core.ids import AlertId, DeliveryId, PageId, ReceiptId
from handrail.core.instants import format_rfc3339
from handrail.core.paging.delivery import Attempt, Delivery
from handrail.core.paging.event import (
    AlertExpired,
    DeclarationNudged,
    LevelNotified,
    LevelSkipped,
    PageAcknowledged,
    PageEvent,
    PageExhausted,
    PageOpened,
    PageResolved,
    TimerRestarted,
)
from handrail.core.paging.page import LAST_RESORT_LEVEL, Page
from handrail.ports.store import Transaction
from handrail.usecases.page_record import page_event, stream_of

_at = format_rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the story: when, who made it happen, what happened."""

    at: str
    actor: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStory:
    """A page, its record, and the debt it made."""

    page: Page
    entries: tuple[Entry, ...]
    deliveries: tuple[Delivery, ...]
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What became of one alert, from its receipts to its pages."""

    alert: Alert
    receipts: tuple[Receipt, ...]
    pages: tuple[PageStory, ...]

    def lines(self) -> Iterator[str]:
        """Yield the story as lines of text for a terminal."""
        alert = self.alert
        yield f"Alert {alert.id}: {alert.title}"
        yield f"  {alert.state}, disposition {alert.disposition}: {alert.reason or '-'}"
        yield f"  from {alert.integration}, key {alert.dedup_key}"
        where = alert.service or "no service"
        yield f"  {where}, {alert.severity or 'severity not decided yet'}"
        yield f"  decided by {alert.decided_by or 'nothing yet'}"
        yield f"  repeated {alert.repeats} times, last {_at(alert.last_seen_at)}"
        for receipt in self.receipts:
            kinds = {e.kind.name.lower() for e in receipt.entries}
            at = _at(receipt.received_at)
            yield f"  receipt {receipt.id} at {at}: {', '.join(sorted(kinds))}"
        for story in self.pages:
            yield from page_lines(story)


def explain(tx: Transaction, some_id: str) -> Explanation:
    """Return an alert's story, given its id or a receipt's, page's or delivery's.

    Raises:
        NotFoundError: Nothing has this id, or its receipt went into no alert.
    """
    alert_id = _alert_id(tx, some_id)
    alert = tx.alert.get(alert_id) if alert_id else None
    if alert is None:
        msg = f"nothing has the id {some_id}; give that of an alert, page or receipt"
        raise NotFoundError(msg)
    return Explanation(
        alert=alert,
        receipts=tuple(tx.receipt.for_alert(alert.id, limit=100)),
        pages=tuple(page_story(tx, page) for page in tx.page.for_alert(alert.id)),
    )


def _alert_id(tx: Transaction, some_id: str) -> AlertId | None:
    page = tx.page.get(PageId(some_id))
    if page is None and (delivery := tx.delivery.get(DeliveryId(some_id))):
        page = tx.page.get(delivery.page_id) if delivery.page_id else None
    if page is not None:
        return page.alert_id
    receipt = tx.receipt.get(ReceiptId(some_id))
    if receipt is not None:
        for entry in receipt.entries:
            if entry.alert_id is not None:
                return entry.alert_id
    return AlertId(some_id)


def page_story(tx: Transaction, page: Page) -> PageStory:
    """Return the page with its record, deliveries and attempts."""
    return PageStory(
        page=page,
        entries=tuple(
            Entry(
                at=_at(stored.occurred_at),
                actor=stored.actor,
                what=describe(page_event(stored)),
            )
            for stored in tx.event.read(stream_of(page.id))
        ),
        deliveries=tuple(tx.delivery.for_page(page.id)),
        attempts=tuple(tx.delivery.attempts(page.id)),
    )


def describe(event: PageEvent) -> str:  # noqa: C901, PLR0911, PLR0912 - one flat table, a line an event
    """Return a page's event in words."""
    match event:
        case PageOpened():
            policy = event.policy
            runs = f"policy {policy.name} v{policy.version}" if policy else "no policy"
            return f"opened at {event.severity}, {event.urgency} urgency, {runs}"
        case LevelSkipped():
            return f"level {event.level + 1} was empty, skipped at once: {event.why}"
        case LevelNotified():
            return _notified(event)
        case PageAcknowledged():
            return f"acknowledged by {event.by or 'the sender'} via {event.via}"
        case PageResolved():
            return _resolved(event)
        case PageExhausted():
            return f"exhausted: {event.why}"
        case AlertExpired():
            return "the alert's sender fell silent; the page goes on"
        case TimerRestarted():
            return f"timer restarted: {event.why}"
        case DeclarationNudged(told=None):
            return f"nobody is asked to declare an incident: {event.why}"
        case DeclarationNudged():
            return f"{event.told} was asked to declare an incident: {event.why}"


def _resolved(event: PageResolved) -> str:
    return f"resolved by {event.by}" if event.by else f"resolved: {event.reason.words}"


def _notified(event: LevelNotified) -> str:
    is_last = event.level == LAST_RESORT_LEVEL
    name = "the last resort" if is_last else f"level {event.level + 1}"
    who = ", ".join(dict.fromkeys(f"{d.recipient} ({d.why})" for d in event.deliveries))
    return (
        f"{name} told ({event.reason.words}): {who}; next at {_at(event.escalate_at)}"
    )


def page_lines(story: PageStory) -> Iterator[str]:
    """Yield a page's record, and what it owed whom, as lines of text."""
    yield f"Page {story.page.id}: {story.page.state}"
    for entry in story.entries:
        yield f"  {entry.at}  {entry.what}  [{entry.actor}]"
    by_delivery: dict[str, list[Attempt]] = {}
    for attempt in story.attempts:
        by_delivery.setdefault(attempt.delivery_id, []).append(attempt)
    for delivery in story.deliveries:
        yield from delivery_lines(delivery)
        for attempt in by_delivery.get(delivery.id, ()):
            detail = f": {attempt.detail}" if attempt.detail else ""
            yield f"    attempt {_at(attempt.ended_at)} {attempt.outcome}{detail}"


def delivery_lines(delivery: Delivery) -> Iterator[str]:
    """Yield one debt as lines of text."""
    via = f"{delivery.kind} {delivery.address}".strip()
    yield f"  delivery to {delivery.recipient} by {via}: {delivery.state}"
    yield f"    due {_at(delivery.due_at)}; {delivery.reason or 'waiting'}"
